internal import Pipelines
internal import RampartCore

/// What all tasks of a worker share: topics, bounds, and the topologies of the settings that are or were in force.
final class TaskPlan {
    /// How a pipeline of another graph can be run.
    static let adviceForAnotherGraph =
        "give this one another application and other sinks: it begins anew, and into the same sinks it would say "
        + "everything, credits too, a second time"

    let topics: DaemonTopics
    let settings: WorkerSettings
    /// The settings that new tasks start with.
    var current: PipelineSettings
    /// The hash of the graph, which no reload changes.
    let graph: String
    /// Which timestamps are taken; no reload changes them, since they belong to the graph.
    let bounds: Intake.Bounds
    private var pipelines: [PipelineSettings: Pipeline] = [:]

    init(topics: DaemonTopics, settings: WorkerSettings, current: PipelineSettings, pipeline: Pipeline) {
        self.topics = topics
        self.settings = settings
        self.current = current
        graph = current.graph
        bounds = Intake.Bounds(maxAhead: pipeline.maxAhead)
        pipelines[current] = pipeline
    }

    /// How many tasks there are, once that was found out.
    var tasks = 0

    /// Whether input is dealt out to other tasks before it is staged.
    var isRepartitioned: Bool { topics.exchanges.contains { $0.subgraph == Subgraph.main } }

    var bindings: [PartitionBinding] { topics.bindings(tasks: tasks) }

    /// The graph that some settings put in force.
    func topology(of settings: PipelineSettings) throws(DaemonError) -> Topology {
        if let known = pipelines[settings] { return known.topology }
        let pipeline = try settings.load()
        guard pipeline.topology.graph == graph else {
            throw DaemonError(
                .stop,
                "the control log holds revision \(settings.revision) of another graph (\(settings.graph), this is "
                    + "\(graph)); run the pipeline that it belongs to, or \(Self.adviceForAnotherGraph)")
        }
        pipelines[settings] = pipeline
        return pipeline.topology
    }

    /// Why settings cannot be put in force; nil where they can. They may come from anyone who can write a command.
    func refusal(of settings: PipelineSettings) -> String? {
        guard settings.graph == graph else { return "it is of another graph; only a new application can change that" }
        do throws(DaemonError) {
            let topology = try topology(of: settings)
            return topology.revision == settings.revision ? nil : "its revision is not that of its text"
        } catch {
            return error.message
        }
    }
}
