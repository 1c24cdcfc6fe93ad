/// How much a stage may keep in one key group: what does not fit is not admitted (R22).
public struct Ceiling: Hashable, Sendable {
    /// The most keys.
    public var keys: Int
    /// The most bytes, as `Ceiling` counts them.
    public var bytes: Int

    /// Creates a ceiling.
    public init(keys: Int, bytes: Int) {
        self.keys = keys
        self.bytes = bytes
    }

    /// The ceiling of a stage whose file names none.
    public static let standard = Ceiling(keys: 1 << 17, bytes: 64 << 20)

    /// The most keys that a source remembers for dedupe where its file names no number.
    public static let standardDedupeKeys = 1 << 17

    /// What a key, and each event, counts beside the event's texts: about what they take in memory with few measures, and
    /// nothing attached.
    public static let unitBytes = 256

    /// What can be asked for: places in tables are 32 bits wide.
    public static let keyRange: ClosedRange<Int64> = 1...Int64(Int32.max)
    /// What can be asked for.
    public static let byteRange: ClosedRange<Int64> = 1...(1 << 40)

    /// The number of key groups of a task, each of which has the ceiling.
    public static let groupCount = KeyGroup.count
}

/// What a stage keeps in one key group, measured against its ceiling.
struct Occupancy: Sendable {
    /// Keys.
    private(set) var keys = 0
    /// Bytes, by the measure of `Ceiling`.
    private(set) var bytes = 0

    /// Whether an event fits under a ceiling.
    func admits(textCount: Int, isNewKey: Bool, under ceiling: Ceiling) -> Bool {
        let more = textCount + (isNewKey ? 2 : 1) * Ceiling.unitBytes
        return (!isNewKey || keys < ceiling.keys) && bytes + more <= ceiling.bytes
    }

    /// Counts an event that enters.
    mutating func enter(textCount: Int) { bytes += textCount + Ceiling.unitBytes }
    /// Takes back an event that leaves.
    mutating func leave(textCount: Int) { bytes -= textCount + Ceiling.unitBytes }

    /// Counts a key that is new.
    mutating func addKey() {
        keys += 1
        bytes += Ceiling.unitBytes
    }

    /// Takes back a key of which nothing is left.
    mutating func removeKey() {
        keys -= 1
        bytes -= Ceiling.unitBytes
    }
}

extension EventBatch {
    /// The length of an event's id and of the texts in some slots.
    func textCount(_ row: Int, in slots: UInt64) -> Int {
        var count = Int(headers[row].identity.count)
        var strings = headers[row].present & slots
        while strings != 0 {
            count += Int(range(strings.trailingZeroBitCount, row: row).count)
            strings &= strings - 1
        }
        return count
    }
}
