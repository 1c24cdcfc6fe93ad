internal import Pipelines
internal import RampartCore

/// What all tasks of a worker share: topics, bounds, and the topologies of the settings that are or were in force.
final class TaskPlan {
    let topics: DaemonTopics
    let settings: WorkerSettings
    /// The settings that new tasks start with.
    var current: PipelineSettings
    private var pipelines: [PipelineSettings: Pipeline] = [:]

    init(topics: DaemonTopics, settings: WorkerSettings, current: PipelineSettings, pipeline: Pipeline) {
        self.topics = topics
        self.settings = settings
        self.current = current
        pipelines[current] = pipeline
    }

    var bindings: [PartitionBinding] { topics.inputs.map(\.binding) }

    /// The graph that some settings put in force.
    func topology(of settings: PipelineSettings) throws(DaemonError) -> Topology {
        if let known = pipelines[settings] { return known.topology }
        let pipeline = try settings.load()
        guard pipeline.topology.graph == current.graph else {
            throw DaemonError(
                .stop,
                "the control log holds revision \(settings.revision) of another graph (\(settings.graph), this is "
                    + "\(current.graph)); run the pipeline that it belongs to, or give this one another application")
        }
        pipelines[settings] = pipeline
        return pipeline.topology
    }
}
