/// Records of one partition in contiguous memory, as a `RecordSplitter` found them.
///
/// A batch is reused from chunk to chunk, so that in the long run reading allocates nothing.
public struct RecordBatch: Sendable {
    /// What the splitter already knows to be wrong with a record.
    public enum Fault: Hashable, Sendable {
        /// Longer than `Limits.recordBytes`; `index` is that of its entry in `oversized`.
        case tooLong(index: Int)
        /// A CSV record with this many cells, which is not the number of its header.
        case columnCount(found: Int)
        /// A CSV record with a quoted cell that does not end, or goes on after its end.
        case invalidCSV
        /// A message without a value.
        case noValue
    }

    /// One record.
    public struct Record: Hashable, Sendable {
        /// Its bytes in the batch, without the line end; only the first ones where it is too long.
        public var range: Range<Int>
        /// The number of its first line, from 1; of a message its offset.
        public var position: Int
        /// What is already known to be wrong with it.
        public var fault: Fault?

        /// Creates a record.
        public init(range: Range<Int>, position: Int, fault: Fault? = nil) {
            self.range = range
            self.position = position
            self.fault = fault
        }
    }

    /// What is left of a record of which only the start is kept.
    public struct Oversize: Hashable, Sendable {
        /// Number of bytes of the whole record.
        public var byteCount: Int
        /// SHA-256 of the whole record.
        public var digest: [UInt8]
    }

    /// The bytes of all records.
    public var bytes: ContiguousArray<UInt8> = []
    /// The records in their order.
    public var records: ContiguousArray<Record> = []
    /// What came with each message beside its value; empty where the records are those of a file.
    public var envelopes: ContiguousArray<RecordEnvelope> = []
    /// The totals of the records that are too long.
    public var oversized: [Oversize] = []
    /// How the records are laid out.
    public internal(set) var format: Source.Format = .json
    /// The header of a CSV partition, once it was read; it stays when the records are removed.
    public internal(set) var header: CSVHeader?

    /// Creates an empty batch.
    public init() {}

    /// Creates a batch of JSON records that were framed elsewhere, such as the payloads of messages.
    public init(json payloads: some Sequence<[UInt8]>) {
        for (index, payload) in payloads.enumerated() {
            payload.withUnsafeBytes { append($0, position: index + 1) }
        }
    }

    /// Appends a message of a topic, framed by its offset; its bytes are copied.
    public mutating func append(
        offset: Int, timestamp: Int64?, isAppendTime: Bool, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, headers: [RecordEnvelope.Header]
    ) {
        if let value, value.count > Limits.recordBytes {
            let oversize = Oversize(byteCount: value.count, digest: SHA256.digest(value))
            append(oversize: oversize, start: value, position: offset)
        } else {
            append(
                value ?? UnsafeRawBufferPointer(start: nil, count: 0), position: offset,
                fault: value == nil ? .noValue : nil)
        }
        var keyRange: Range<Int>?
        if let key {
            keyRange = bytes.count..<bytes.count + key.count
            bytes.append(contentsOf: key)
        }
        envelopes.append(
            RecordEnvelope(timestamp: timestamp, isAppendTime: isAppendTime, key: keyRange, headers: headers))
    }

    /// Removes the records and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        envelopes.removeAll(keepingCapacity: true)
        oversized.removeAll(keepingCapacity: true)
    }

    mutating func append(_ record: UnsafeRawBufferPointer, position: Int, fault: Fault? = nil) {
        let start = bytes.count
        bytes.append(contentsOf: record)
        records.append(Record(range: start..<bytes.count, position: position, fault: fault))
    }

    mutating func append(oversize: Oversize, start: UnsafeRawBufferPointer, position: Int) {
        oversized.append(oversize)
        let kept = UnsafeRawBufferPointer(rebasing: start.prefix(Limits.deadLetterBytes))
        append(kept, position: position, fault: .tooLong(index: oversized.count - 1))
    }
}

/// What a topic keeps of a message beside its value.
public struct RecordEnvelope: Hashable, Sendable {
    /// A header of a message.
    public struct Header: Hashable, Sendable {
        /// The name; may repeat.
        public var name: String
        /// The value, if it has one.
        public var value: [UInt8]?

        /// Creates a header.
        public init(name: String, value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }

    /// The broker's timestamp in milliseconds since 1970, if there is one.
    public var timestamp: Int64?
    /// Whether the timestamp is the broker's time of appending (R8).
    public var isAppendTime: Bool
    /// Where the key lies in the batch's bytes, if there is one.
    public var key: Range<Int>?
    /// The headers in their order.
    public var headers: [Header]

    /// Creates an envelope.
    public init(timestamp: Int64?, isAppendTime: Bool, key: Range<Int>?, headers: [Header]) {
        self.timestamp = timestamp
        self.isAppendTime = isAppendTime
        self.key = key
        self.headers = headers
    }
}

/// The first record of a CSV partition: the names of its columns.
public struct CSVHeader: Hashable, Sendable {
    /// The names in their order; empty where the header could not be read.
    public var columns: [[UInt8]]
}

/// Why a CSV partition cannot be read at all.
public enum CSVHeaderError: Error, Hashable {
    /// The first record is not valid CSV.
    case unreadable
    /// A column that a mapping reads is there twice.
    case duplicateColumn(String)
}
