import Engine
import Pipelines
import RampartCore

/// Loads the pipeline file again while the daemon runs, and says whether it can be put in force.
struct PipelineReloader {
    /// What became of a new look at the file.
    enum Outcome {
        /// It says what is in force already.
        case unchanged
        /// It cannot be put in force, and why.
        case refused(String)
        /// It can.
        case accepted(Pipeline)
    }

    let path: String
    /// The `--set`s of the command line.
    let settings: [String]
    let topics: DaemonTopics

    /// Loads the file and compares it with what is in force.
    func reload(current: Pipeline) -> Outcome {
        let pipeline: Pipeline
        do {
            pipeline = try PipelineFile.load(path: path, settings: settings, isQuiet: true)
        } catch {
            return .refused((error as? Failure)?.message ?? "\(error)")
        }
        guard pipeline.topology.family == current.topology.family else {
            return .refused("it is the pipeline \(pipeline.topology.family), and \(current.topology.family) runs")
        }
        guard pipeline.topology.graph == current.topology.graph else {
            return .refused(
                "its graph differs: sources, stages, keys, windows and measures give state its shape and cannot change "
                    + "while it lives; bring them back, or run it as another application with other sinks, or all is "
                    + "said and credited again")
        }
        do throws(DaemonError) {
            guard try DaemonTopics(pipeline, application: topics.application) == topics else {
                return .refused("it reads or writes other topics, or masks otherwise, which needs a restart")
            }
        } catch {
            return .refused(error.message)
        }
        return pipeline.topology.revision == current.topology.revision ? .unchanged : .accepted(pipeline)
    }
}
