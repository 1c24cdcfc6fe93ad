import Engine
import Logging
import Pipelines
import Synchronization

/// What all workers of a daemon share.
struct WorkerPlan: Sendable {
    let topics: DaemonTopics
    /// The name of this daemon, the same after each start.
    let instance: String
    let settings: WorkerSettings
    let overrides: [ThresholdOverride]
    let commandKey: [UInt8]?
    let store: any CheckpointStore & Sendable
    let logger: Logger
    /// The pipeline as it was last put in force here, for workers that begin again.
    let pipeline: CurrentPipeline
    let makeBroker: @Sendable (_ worker: Int) throws(BrokerError) -> any Broker
}

/// The pipeline that new workers begin with.
final class CurrentPipeline: Sendable {
    private let value: Mutex<Pipeline>

    init(_ pipeline: Pipeline) { value = Mutex(pipeline) }

    var pipeline: Pipeline {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
