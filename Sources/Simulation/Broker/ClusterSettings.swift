/// How the simulated cluster and its clients are configured; times are milliseconds of virtual time.
public struct ClusterSettings: Hashable, Sendable {
    /// How the lead topic's partitions are divided.
    public enum Assignor: Hashable, Sendable {
        /// Everything is given up before it is dealt out anew.
        case range
        /// Only what moves is given up, and reaches its new owner a generation later (KIP-429).
        case cooperativeSticky
    }

    /// How the lead topic's partitions are divided.
    public var assignor = Assignor.cooperativeSticky
    /// After this long without a call a member is taken out of the group (`session.timeout.ms`).
    public var sessionTimeout: Int64 = 10_000
    /// The longest time between polls, and the longest that a rebalance waits (`max.poll.interval.ms`).
    public var pollIntervalMax: Int64 = 30_000
    /// After this long an open transaction is aborted (`transaction.timeout.ms`).
    public var transactionTimeout: Int64 = 20_000
    /// How long an empty group waits for more members (`group.initial.rebalance.delay.ms`).
    public var initialRebalanceDelay: Int64 = 0
    /// How long tombstones and markers outlive compaction (`delete.retention.ms`).
    public var deleteRetention: Int64 = 60_000
    /// The most records that a poll delivers; how many it is each time is drawn.
    public var pollRecordsMax = 50
    /// The most records that a read returns; how many it is each time is drawn.
    public var readRecordsMax = 100
    /// The most bytes of key, value and headers that a record may have (`message.max.bytes`).
    public var recordBytesMax = 1_000_000
    /// The most bytes that may be written beside an offset (`offset.metadata.max.bytes`).
    public var metadataBytesMax = 4096
    /// Whether offsets are taken only from members of the present generation, as brokers do since KIP-447.
    public var fencesMembers = true
    /// The number of events that the trace keeps.
    public var traceLimit = 400

    /// The defaults.
    public init() {}
}
