/// A header of a record.
public struct RecordHeader: Hashable, Sendable {
    /// The name; may repeat within a record.
    public var name: String
    /// The value; nil where the record has a header without one.
    public var value: [UInt8]?

    /// Creates a header.
    public init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A record as a topic keeps it.
public struct StoredRecord: Hashable, Sendable {
    /// Its offset.
    public var offset: Int64
    /// The broker's timestamp in milliseconds since 1970, if there is one.
    public var timestamp: Int64?
    /// Whether the timestamp is the broker's time of appending, and not the producer's.
    public var isAppendTime: Bool
    /// The key, if there is one.
    public var key: [UInt8]?
    /// The value; nil for a tombstone.
    public var value: [UInt8]?
    /// The headers in their order.
    public var headers: [RecordHeader]

    /// Creates a record.
    public init(
        offset: Int64, timestamp: Int64?, isAppendTime: Bool, key: [UInt8]?, value: [UInt8]?,
        headers: [RecordHeader] = []
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.isAppendTime = isAppendTime
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A record to be produced.
public struct OutboundRecord: Hashable, Sendable {
    /// The topic.
    public var topic: String
    /// The partition; nil where the hash of the key decides, as Java clients do it (`murmur2_random`).
    public var partition: Int?
    /// The key, if there is one.
    public var key: [UInt8]?
    /// The value; nil for a tombstone.
    public var value: [UInt8]?
    /// The headers in their order.
    public var headers: [RecordHeader]

    /// Creates a record.
    public init(
        topic: String, partition: Int? = nil, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// How far a group has come in a partition, as Kafka keeps it.
public struct CommittedOffset: Hashable, Sendable {
    /// The offset of the first record that is not covered.
    public var offsetNext: Int64
    /// What the committer wrote beside it.
    public var metadata: String

    /// Creates an offset to be committed.
    public init(offsetNext: Int64, metadata: String) {
        self.offsetNext = offsetNext
        self.metadata = metadata
    }
}

/// Where a partition is to be read from.
public struct StartOffset: Hashable, Sendable {
    /// The partition.
    public var partition: TopicPartition
    /// The offset of the first record that is wanted.
    public var offset: Int64

    /// Creates a start.
    public init(_ partition: TopicPartition, at offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}

/// A topic that must exist.
public struct TopicSpec: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The number of its partitions.
    public var partitions: Int
    /// Whether only the last record of each key is kept for good.
    public var isCompacted: Bool
    /// How long records are kept in milliseconds; nil for the broker's default, -1 for ever.
    public var retentionMilliseconds: Int64?

    /// Creates a specification.
    public init(name: String, partitions: Int, isCompacted: Bool, retentionMilliseconds: Int64? = nil) {
        self.name = name
        self.partitions = partitions
        self.isCompacted = isCompacted
        self.retentionMilliseconds = retentionMilliseconds
    }
}
