/// What a promise is about: the key of its changes.
///
/// A key names its key group, and its stage by name, so that promises outlive the graph that made them.
enum PromiseKey: Hashable, Sendable {
    /// The open alert of a stage's key.
    case alert(stage: String, keyBytes: [UInt8])
    /// The run of a stage's key that ended at a pane end.
    case run(stage: String, keyBytes: [UInt8], end: EventTime)
    /// A line.
    case line(id: String)
    /// A credit.
    case credit(id: String)
    /// What was posted towards a cap.
    case posted(PostedSums.Key)
    /// The open incident of a stage and merchant.
    case incident(stage: String, merchantID: String)

    /// The key as bytes: kind, key group, and what tells it from others of its kind.
    func bytes(group: Int) -> [UInt8] {
        var key = SnapshotWriter()
        key.write(kind)
        key.write(group)
        switch self {
        case .alert(let stage, let keyBytes):
            key.write(stage)
            key.write(keyBytes)
        case .run(let stage, let keyBytes, let end):
            key.write(stage)
            key.write(keyBytes)
            key.write(end)
        case .line(let id), .credit(let id): key.write(id)
        case .posted(let sum):
            key.write(sum.merchantID)
            key.write(sum.day)
            key.write(sum.currency)
        case .incident(let stage, let merchantID):
            key.write(stage)
            key.write(merchantID)
        }
        return key.bytes
    }

    /// Reads a key, and which of the task's key groups it belongs to.
    static func read(_ bytes: [UInt8], groups: Int) throws(SnapshotError) -> (key: PromiseKey, group: Int) {
        var reader = SnapshotReader(bytes)
        let kind = try reader.readIndex(below: 6)
        let group = try reader.readIndex(below: groups)
        let key: PromiseKey
        switch kind {
        case 0: key = .alert(stage: try reader.read(), keyBytes: Array(try reader.readBytes()))
        case 1:
            let stage = try reader.read(String.self)
            let keyBytes = Array(try reader.readBytes())
            key = .run(stage: stage, keyBytes: keyBytes, end: try reader.read())
        case 2: key = .line(id: try reader.read())
        case 3: key = .credit(id: try reader.read())
        case 4:
            let merchantID = try reader.read(String.self)
            let day = try reader.read(EventTime.self)
            key = .posted(PostedSums.Key(merchantID: merchantID, day: day, currency: try reader.read()))
        default: key = .incident(stage: try reader.read(), merchantID: try reader.read())
        }
        try reader.finish()
        return (key, group)
    }

    private var kind: Int {
        switch self {
        case .alert: 0
        case .run: 1
        case .line: 2
        case .credit: 3
        case .posted: 4
        case .incident: 5
        }
    }
}

/// The promises of a key group, as they are read back.
struct Promises {
    /// The version of the form of values, their first number.
    static let version = 1

    /// Promises by what they are about; values are still as they were written.
    private(set) var values: [PromiseKey: [UInt8]] = [:]

    /// Adds a promise.
    mutating func add(_ key: PromiseKey, _ value: [UInt8]) { values[key] = value }

    /// The bytes of a promise.
    static func value(_ write: (inout SnapshotWriter) -> Void) -> [UInt8] {
        var value = SnapshotWriter()
        value.write(version)
        write(&value)
        return value.bytes
    }

    /// Reads the bytes of a promise.
    static func read<Value>(
        _ bytes: [UInt8], _ read: (inout SnapshotReader) throws(SnapshotError) -> Value
    ) throws(SnapshotError) -> Value {
        var reader = SnapshotReader(bytes)
        let version = try reader.readInteger()
        guard version == Int64(Self.version) else { throw SnapshotError("a promise has the unknown form \(version)") }
        let value = try read(&reader)
        try reader.finish()
        return value
    }
}

/// The promises that have changed since they were last taken, each as it stands; nil where it is forgotten.
///
/// A replay takes none, so that it keeps none.
struct PromiseLog: Sendable {
    /// Whether changes are kept.
    let isKept: Bool
    private(set) var changes: [PromiseKey: [UInt8]?] = [:]

    /// Notes a promise as it stands; it is written only where changes are kept.
    mutating func note(_ key: @autoclosure () -> PromiseKey, _ write: (inout SnapshotWriter) -> Void) {
        guard isKept else { return }
        changes[key()] = .some(Promises.value(write))
    }

    /// Notes that a promise is forgotten.
    mutating func forget(_ key: @autoclosure () -> PromiseKey) {
        guard isKept else { return }
        changes[key()] = .some(nil)
    }

    /// Hands the changes out.
    mutating func take() -> [PromiseKey: [UInt8]?] {
        guard !changes.isEmpty else { return [:] }
        defer { changes = [:] }
        return changes
    }
}
