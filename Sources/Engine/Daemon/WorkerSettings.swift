/// How a worker goes about its work; no choice here changes a result but `idleAfter`, whose consequences are recorded.
public struct WorkerSettings: Sendable {
    /// Milliseconds between commits.
    public var commitInterval: Int64 = 1000
    /// Milliseconds between two checkpoints of a task.
    public var checkpointInterval: Int64 = 300_000
    /// Milliseconds at its end after which a partition is promised past (R11); nil for never.
    public var idleAfter: Int64? = 60_000
    /// Milliseconds until a refused call is made again.
    public var retryBackoff: Int64 = 200
    /// Milliseconds in which revoked tasks must be committed.
    public var revocationTimeout: Int64 = 20_000
    /// Milliseconds between looks at the commands topic.
    public var commandInterval: Int64 = 1000
    /// The longest poll in milliseconds.
    public var pollWait: Int64 = 100
    /// Bytes of staged events of a task above which its partitions that are ahead pause (R10).
    public var stagedBytesMax = 256 << 20
    /// Bytes that wait for a commit above which it is made at once.
    public var outboxBytesMax = 32 << 20
    /// Milliseconds after which a task that stands still commits its offsets again.
    public var renewInterval: Int64 = 86_400_000
    /// Whether missing topics of its own are created.
    public var createsTopics = true

    /// Creates the default settings.
    public init() {}
}
