extension Int: SnapshotValue {
    /// Writes the integer.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(Int64(self)) }
    /// Reads an integer.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) { self = Int(try snapshot.readInteger()) }
}

extension String: SnapshotValue {
    /// Writes the UTF-8 of the text behind its length.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(utf8) }
    /// Reads a text.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        guard let text = String(validating: try snapshot.readBytes(), as: UTF8.self) else {
            throw snapshot.damage("a text is not UTF-8")
        }
        self = text
    }
}

extension Int128: SnapshotValue {
    /// Writes the halves.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(hash: UInt64(truncatingIfNeeded: self))
        snapshot.write(hash: UInt64(truncatingIfNeeded: self >> 64))
    }
    /// Reads a sum that leaves room to add others to it.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let low = try snapshot.readHash()
        let value = Int128(Int64(bitPattern: try snapshot.readHash())) << 64 | Int128(low)
        guard value.magnitude < UInt128(1) << 100 else { throw snapshot.damage("a sum is out of range") }
        self = value
    }
}

extension Double: SnapshotValue {
    /// Writes the bits.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(hash: bitPattern) }
    /// Reads the bits.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) { self.init(bitPattern: try snapshot.readHash()) }
}

extension EventTime: SnapshotValue {
    /// Times that events, windows and slots can have; far from the ends, so that no sum of them saturates.
    static let sound = Int64(-1) << 53...Int64(1) << 53

    /// Writes the milliseconds.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(milliseconds) }
    /// Reads a moment that is neither end of time.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        self.init(milliseconds: try snapshot.readInteger(in: Self.sound))
    }
}

extension Digest: SnapshotValue {
    /// Writes both halves.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(hash: high)
        snapshot.write(hash: low)
    }
    /// Reads both halves.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let high = try snapshot.readHash()
        self.init(high: high, low: try snapshot.readHash())
    }
}

extension Currency: SnapshotValue {
    /// Writes the packed letters.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(Int64(code)) }
    /// Reads the packed letters.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        self.init(packed: UInt32(try snapshot.readInteger(in: 0...Int64(UInt32.max))))
    }
}

extension MajorAmount: SnapshotValue {
    /// Writes the billionths.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(billionths) }
    /// Reads an amount.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let billionths = try snapshot.read(Int128.self)
        guard billionths >= 0 else { throw snapshot.damage("an amount is below zero") }
        self.init(billionths: billionths)
    }
}

extension EventType: SnapshotValue {
    /// Writes the raw value.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(Int(rawValue)) }
    /// Reads a raw value.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let value = try snapshot.readIndex(below: EventType.allCases.count)
        guard let type = EventType(rawValue: UInt8(value)) else { throw snapshot.damage("\(value) is no event type") }
        self = type
    }
}

extension SnapshotValue where Self: RawRepresentable, RawValue == String {
    /// Writes the raw value.
    func write(to snapshot: inout SnapshotWriter) { snapshot.write(rawValue) }
    /// Reads a raw value.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let text = try snapshot.read(String.self)
        guard let value = Self(rawValue: text) else { throw snapshot.damage("`\(text)` is no \(Self.self)") }
        self = value
    }
}

extension CreditLine.State: SnapshotValue {}
extension DeadLetterReason: SnapshotValue {}
extension LedgerCommand.Action: SnapshotValue {}
