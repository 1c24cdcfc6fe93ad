import Engine

/// A record among the others of a block, without copies of its key and value.
///
/// `offset` (8) · kind of timestamp (1) · timestamp (8) · key · value · number of headers (4) · name and value of each.
/// Key, value, and a header's parts come behind their length (4), which is -1 for one that is not there.
struct RecordFrame {
    /// Bytes of a record with nothing in it.
    static let byteCountMin = 29
    /// The most bytes of one record.
    static let byteCountMax = 64 << 20

    var offset: Int64
    var timestamp: Int64?
    var isAppendTime: Bool
    var key: UnsafeRawBufferPointer?
    var value: UnsafeRawBufferPointer?
    var headers: [RecordHeader]

    /// The record with bytes of its own.
    var record: StoredRecord {
        StoredRecord(
            offset: offset, timestamp: timestamp, isAppendTime: isAppendTime, key: key.map { Array($0) },
            value: value.map { Array($0) }, headers: headers)
    }

    private enum TimestampKind: UInt8 {
        case none = 0
        case createTime = 1
        case appendTime = 2
    }

    /// Bytes that a record takes.
    static func byteCount(of record: StoredRecord) -> Int {
        record.headers.reduce(byteCountMin + (record.key?.count ?? 0) + (record.value?.count ?? 0)) { count, header in
            count + 8 + header.name.utf8.count + (header.value?.count ?? 0)
        }
    }

    /// Appends a record.
    static func append(_ record: StoredRecord, to payload: inout [UInt8]) {
        let kind: TimestampKind =
            record.timestamp == nil ? .none : record.isAppendTime ? .appendTime : .createTime
        payload.append(littleEndian: record.offset)
        payload.append(kind.rawValue)
        payload.append(littleEndian: record.timestamp ?? 0)
        append(record.key, to: &payload)
        append(record.value, to: &payload)
        payload.append(littleEndian: UInt32(record.headers.count))
        for header in record.headers {
            append(header.name.utf8, to: &payload)
            append(header.value, to: &payload)
        }
    }

    private static func append(_ bytes: (some Collection<UInt8>)?, to payload: inout [UInt8]) {
        payload.append(littleEndian: Int32(bytes?.count ?? -1))
        if let bytes { payload.append(contentsOf: bytes) }
    }

    /// Takes the next record; nil where the bytes are none.
    init?(from reader: inout ByteReader) {
        guard let offset = reader.integer(Int64.self),
            let kind = reader.integer(UInt8.self).flatMap(TimestampKind.init),
            let timestamp = reader.integer(Int64.self), let key = reader.optionalBytes(),
            let value = reader.optionalBytes(), let headerCount = reader.integer(UInt32.self)
        else { return nil }
        self.offset = offset
        self.timestamp = kind == .none ? nil : timestamp
        self.isAppendTime = kind == .appendTime
        self.key = key
        self.value = value
        self.headers = []
        for _ in 0..<headerCount {
            guard let name = reader.text(), let value = reader.optionalBytes() else { return nil }
            headers.append(RecordHeader(name, value.map { Array($0) }))
        }
    }
}

extension ByteReader {
    /// Takes bytes behind their length; `.some(nil)` for those that are not there.
    fileprivate mutating func optionalBytes() -> UnsafeRawBufferPointer?? {
        guard let count = integer(Int32.self) else { return nil }
        if count == -1 { return .some(nil) }
        return bytes(Int(count)).map { .some($0) }
    }
}
