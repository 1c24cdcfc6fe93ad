import Engine
import Logging
import Pipelines
import Synchronization

/// What all workers of a daemon share.
struct WorkerPlan: Sendable {
    let topics: DaemonTopics
    /// The daemon's name, the same after each start.
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

/// How long a worker waits before it begins again: longer each time, until it has committed something.
struct Backoff {
    /// The first delay in milliseconds.
    static let first: Int64 = 1000
    /// The longest delay in milliseconds.
    static let longest: Int64 = 30_000

    private var delay = Self.first

    /// The next delay in milliseconds.
    mutating func next() -> Int64 {
        defer { delay = min(delay * 2, Self.longest) }
        return delay
    }

    mutating func reset() { delay = Self.first }
}
