/// Reads what a `SnapshotWriter` wrote; bytes that nobody wrote are told and never trap.
struct SnapshotReader: Sendable {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes that are left.
    var remaining: Int { bytes.count - offset }

    /// Refuses bytes behind the end.
    func finish() throws(SnapshotError) {
        guard remaining == 0 else { throw SnapshotError("\(remaining) bytes follow the end of the state") }
    }

    /// Reads an integer.
    mutating func readInteger() throws(SnapshotError) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw damage("an integer has more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads an integer that lies in a range.
    mutating func readInteger(in range: ClosedRange<Int64>) throws(SnapshotError) -> Int64 {
        let value = try readInteger()
        guard range.contains(value) else { throw damage("\(value) is not in \(range)") }
        return value
    }

    /// Reads a number of things, at most as many as given; the usual limit leaves room to add such numbers up.
    mutating func readCount(atMost limit: Int = 1 << 48) throws(SnapshotError) -> Int {
        Int(try readInteger(in: 0...Int64(limit)))
    }

    /// Reads an index into something with so many elements.
    mutating func readIndex(below count: Int) throws(SnapshotError) -> Int {
        let value = try readInteger()
        guard value >= 0, value < Int64(count) else { throw damage("\(value) is no index below \(count)") }
        return Int(value)
    }

    /// Reads a flag.
    mutating func readFlag() throws(SnapshotError) -> Bool {
        switch try readByte() {
        case 0: return false
        case 1: return true
        default: throw damage("a flag is neither 0 nor 1")
        }
    }

    /// Reads 64 bits.
    mutating func readHash() throws(SnapshotError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try readByte()) << shift }
        return value
    }

    /// Reads bytes.
    mutating func readBytes() throws(SnapshotError) -> ArraySlice<UInt8> {
        let count = try readCount(atMost: remaining)
        guard count <= remaining else { throw damage("the bytes end too early") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// Reads a value.
    mutating func read<Value: SnapshotValue>(_: Value.Type = Value.self) throws(SnapshotError) -> Value {
        try Value(from: &self)
    }

    /// Reads an optional value.
    mutating func readOptional<Value: SnapshotValue>(_: Value.Type = Value.self) throws(SnapshotError) -> Value? {
        try readFlag() ? try Value(from: &self) : nil
    }

    /// Reads a list of values.
    mutating func readList<Value: SnapshotValue>(_: Value.Type = Value.self) throws(SnapshotError) -> [Value] {
        // Every value takes a byte at least, so that a hostile number makes no large array.
        let count = try readCount(atMost: remaining)
        var values: [Value] = []
        for _ in 0..<count { values.append(try Value(from: &self)) }
        return values
    }

    /// An error that says where the bytes are damaged.
    func damage(_ what: String) -> SnapshotError { SnapshotError("\(what), at byte \(offset) of \(bytes.count)") }

    private mutating func readByte() throws(SnapshotError) -> UInt8 {
        guard offset < bytes.count else { throw damage("the bytes end too early") }
        defer { offset += 1 }
        return bytes[offset]
    }
}
