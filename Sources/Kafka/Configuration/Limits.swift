/// The bounds of what the adapter keeps.
enum Limits {
    /// Bytes of an error text that the client library may write.
    static let errorTextBytes = 512
    /// Fetched records that wait in a consumer.
    static let consumerQueueKilobytes = 32 << 10
    /// Bytes that one fetch answers with, but for a single larger record.
    static let fetchBytes = 16 << 20
    /// Records that wait to be sent.
    static let producerQueueRecords = 200_000
    /// Bytes that wait to be sent.
    static let producerQueueKilobytes = 64 << 10
    /// Fetched records that wait for `read` in each open partition.
    static let readerQueueKilobytes = 1 << 10
    /// Partitions that `read` keeps open.
    static let readerPartitions = 64
    /// Bytes that one `read` returns, but for a single larger record.
    static let readBytes = 4 << 20
    /// Events that one look at a handle's own queue takes.
    static let eventsPerLook = 1_000
    /// How long leaving the group may take.
    static let leaveTimeout = Duration.seconds(10)
    /// How long aborting the last transaction may take.
    static let abortTimeout = Duration.seconds(2)
}
