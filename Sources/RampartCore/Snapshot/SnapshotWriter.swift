/// Writes the state of a task, or one promise, to the end of a byte buffer.
///
/// The format: an integer is a LEB128 of its zigzag form, so that small ones take a byte; a hash is eight bytes, least
/// significant first; a flag is one byte; bytes, texts and lists stand behind their number; an optional value stands
/// behind a flag. There are no names, tags or offsets: what follows what is said by the `write` of each part, and a
/// version number at the start says which form that is. Nothing about the machine or the run's tables goes in, and
/// what has an order is written in it. Framing and checksums are up to whoever keeps the bytes.
struct SnapshotWriter: Sendable {
    /// Everything written so far.
    private(set) var bytes: [UInt8] = []
    /// The number of the first event of the key group's log that is written; others are counted from it.
    var firstEvent = 0

    /// Writes an integer.
    mutating func write(_ value: Int64) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes an integer.
    mutating func write(_ value: Int) { write(Int64(value)) }

    /// Writes a flag.
    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Writes 64 bits that are as likely to be large as small.
    mutating func write(hash: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: hash >> shift)) }
    }

    /// Writes bytes behind their number.
    mutating func write(_ content: some Collection<UInt8>) {
        write(content.count)
        bytes.append(contentsOf: content)
    }

    /// Writes a value.
    mutating func write(_ value: some SnapshotValue) { value.write(to: &self) }

    /// Writes an optional value behind a flag.
    mutating func write<Value: SnapshotValue>(_ value: Value?) {
        write(value != nil)
        if let value { write(value) }
    }

    /// Writes the values of a list behind their number.
    mutating func write<Value: SnapshotValue>(list: some Collection<Value>) {
        write(list.count)
        for value in list { write(value) }
    }
}

/// A value that can be written into a snapshot and read from it.
protocol SnapshotValue {
    /// Writes the value.
    func write(to snapshot: inout SnapshotWriter)
    /// Reads what `write` wrote; whatever the bytes are, it throws or makes a sound value.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError)
}

/// A part of a key group whose facts go into snapshots; every stage kind's state is one.
protocol SnapshotPart {
    /// Writes the facts.
    func write(to snapshot: inout SnapshotWriter)
    /// Takes up what `write` wrote into a part that was just created.
    ///
    /// Whatever the bytes are, it throws or leaves a part that works.
    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError)
    /// Adds the facts, or sizes that tell them, to a digest that is the same with any hash seed.
    func combine(into digest: inout Fingerprint)
}

/// What restoring a part of a key group refers to.
struct SnapshotContext {
    /// The graph.
    let topology: Topology
    /// The key group; nil where the events of any can come.
    let group: Int?
    /// The events that windows refer to by number; empty until they are restored.
    var log: EventLog
}
