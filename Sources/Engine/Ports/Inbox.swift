public import RampartCore

/// The records of one poll, by partition: filled by the broker's adapter, emptied by the worker.
public struct Inbox {
    /// The records of one partition, in their order.
    public struct Arrivals {
        /// The records; a record's `position` is its offset.
        public var batch = RecordBatch()
        /// Where the partition ended when it had no more records, if that was seen after the last of them.
        public var endOffset: Int64?

        /// Whether nothing came.
        public var isEmpty: Bool { batch.records.isEmpty && endOffset == nil }

        /// Creates an empty place.
        public init() {}
    }

    /// Bytes after which a poll ends.
    public let byteLimit: Int
    /// The records by partition; places stay when they are emptied, so that memory is used again.
    public private(set) var partitions: [TopicPartition: Int] = [:]
    /// The places that `partitions` points to.
    public private(set) var arrivals: [Arrivals] = []
    /// Bytes of keys, values and headers held.
    public private(set) var byteCount = 0
    /// Records held.
    public private(set) var recordCount = 0

    /// Creates an empty inbox.
    public init(byteLimit: Int = 4 << 20) { self.byteLimit = byteLimit }

    /// Whether a poll should end.
    public var isFull: Bool { byteCount >= byteLimit }
    /// Whether there is nothing in it, ends of partitions included.
    public var isEmpty: Bool { recordCount == 0 && arrivals.allSatisfy(\.isEmpty) }

    /// The place of a partition, for `append`; the same as long as the inbox lives.
    public mutating func place(of partition: TopicPartition) -> Int {
        if let place = partitions[partition] { return place }
        partitions[partition] = arrivals.count
        arrivals.append(Arrivals())
        return arrivals.count - 1
    }

    /// Adds a record; its bytes are copied.
    public mutating func append(
        at place: Int, offset: Int64, timestamp: Int64?, isAppendTime: Bool, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, headers: [RecordHeader]
    ) {
        let before = arrivals[place].batch.bytes.count
        arrivals[place].batch.append(
            offset: Int(offset), timestamp: timestamp, isAppendTime: isAppendTime, key: key, value: value,
            headers: headers.map { RecordEnvelope.Header(name: $0.name, value: $0.value) })
        arrivals[place].endOffset = nil
        byteCount += arrivals[place].batch.bytes.count - before
        recordCount += 1
    }

    /// Adds a record that was kept whole.
    public mutating func append(_ record: StoredRecord, at place: Int) {
        Self.withBytes(of: record.key) { key in
            Self.withBytes(of: record.value) { value in
                append(
                    at: place, offset: record.offset, timestamp: record.timestamp, isAppendTime: record.isAppendTime,
                    key: key, value: value, headers: record.headers)
            }
        }
    }

    private static func withBytes(of bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
        guard let bytes else { return body(nil) }
        bytes.withUnsafeBytes { body($0) }
    }

    /// Notes that a partition had no more records from an offset on.
    public mutating func noteEnd(at place: Int, offset: Int64) { arrivals[place].endOffset = offset }

    /// Empties a place and returns what it held.
    public mutating func removeAll() {
        for place in arrivals.indices {
            arrivals[place].batch.removeAll()
            arrivals[place].endOffset = nil
        }
        byteCount = 0
        recordCount = 0
    }
}
