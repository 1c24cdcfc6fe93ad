import RampartCore

/// A small log: partitions of ordered records.
struct ModelLog: Hashable, Sendable {
    /// The partitions in the order in which they are named.
    var partitions: [ModelPartition]

    /// The number of records.
    var count: Int { partitions.reduce(0) { $0 + $1.records.count } }
}

/// A partition of a model log.
struct ModelPartition: Hashable, Sendable {
    /// The name of its file.
    var name: String
    /// The source by index, or nil where each record goes by its type.
    var source: Int?
    /// The records in their order.
    var records: [ModelRecord]

    /// The partition's file.
    var bytes: [UInt8] { records.flatMap { Array($0.text.utf8) + [UInt8(ascii: "\n")] } }
}

/// A record of a model log.
struct ModelRecord: Hashable, Sendable {
    /// A value in a record.
    enum Value: Hashable, Sendable {
        case string(String)
        case integer(Int64)
        /// JSON text that no field can read.
        case unreadable(String)
    }

    /// When a record says that it happened.
    enum Time: Hashable, Sendable {
        case milliseconds(Int64)
        /// JSON text that is no timestamp.
        case unreadable(String)
    }

    /// A line that is no JSON object, in place of everything below.
    var garbage: String?
    /// The `type` that the record carries.
    var type: String?
    /// Its `event_id`.
    var identity: String?
    /// Its `ts`.
    var time: Time
    /// Its fields.
    var fields: [Field: Value]

    /// Its `ts` where that can be read.
    var milliseconds: Int64? {
        guard garbage == nil, case .milliseconds(let milliseconds) = time else { return nil }
        return milliseconds
    }

    /// The record as a line of NDJSON.
    var text: String {
        if let garbage { return garbage }
        var members: [String] = []
        if let type { members.append("\"type\":\"\(type)\"") }
        if let identity { members.append("\"event_id\":\"\(identity)\"") }
        switch time {
        case .milliseconds(let milliseconds): members.append("\"ts\":\(milliseconds)")
        case .unreadable(let text): members.append("\"ts\":\(text)")
        }
        for (field, value) in fields.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            switch value {
            case .string(let text): members.append("\"\(field.name)\":\"\(text)\"")
            case .integer(let number): members.append("\"\(field.name)\":\(number)")
            case .unreadable(let text): members.append("\"\(field.name)\":\(text)")
            }
        }
        return "{\(members.joined(separator: ","))}"
    }
}
