extension EventBatch {
    /// Appends an event of another batch with the same layout.
    public mutating func append(_ row: Int, of other: EventBatch, stringSlots: UInt64) {
        var header = other.headers[row]
        let identity = append(header.identity, of: other)
        header.identity = identity
        headers.append(header)
        let first = row * slotCount
        for slot in 0..<slotCount {
            let word = other.slots[first + slot]
            let isString = (stringSlots & header.present) & (1 << UInt64(slot)) != 0
            slots.append(isString ? append(ByteRange(word: word), of: other).word : word)
        }
    }

    /// Copies a string and says where it lies now.
    private mutating func append(_ range: ByteRange, of other: EventBatch) -> ByteRange {
        guard range.count > 0 else { return ByteRange(offset: 0, count: 0) }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: other.bytes[range.indices])
        return ByteRange(offset: offset, count: range.count)
    }

    /// Bytes held.
    public var byteCount: Int {
        headers.capacity * MemoryLayout<Header>.stride + slots.capacity * MemoryLayout<Int64>.stride + bytes.capacity
    }

    /// Bytes that its events take, whatever memory is kept for more.
    var usedByteCount: Int {
        headers.count * MemoryLayout<Header>.stride + slots.count * MemoryLayout<Int64>.stride + bytes.count
    }

    /// Whether the values of a slot are equal, absent ones included.
    func equal(_ slot: Int, _ row: Int, _ other: EventBatch, _ otherRow: Int, isString: Bool) -> Bool {
        guard has(slot, row: row), other.has(slot, row: otherRow) else {
            return has(slot, row: row) == other.has(slot, row: otherRow)
        }
        if !isString { return integer(slot, row: row) == other.integer(slot, row: otherRow) }
        return Self.compare(bytes, range(slot, row: row), other.bytes, other.range(slot, row: otherRow)) == 0
    }

    /// Less than, equal to or greater than zero as the first string comes before, is, or comes after the second.
    static func compare(
        _ left: ContiguousArray<UInt8>, _ leftRange: ByteRange, _ right: ContiguousArray<UInt8>, _ rightRange: ByteRange
    ) -> Int {
        let common = Int(min(leftRange.count, rightRange.count))
        let leftStart = Int(leftRange.offset)
        let rightStart = Int(rightRange.offset)
        for index in 0..<common where left[leftStart + index] != right[rightStart + index] {
            return Int(left[leftStart + index]) - Int(right[rightStart + index])
        }
        return Int(leftRange.count) - Int(rightRange.count)
    }

    /// The bytes of a string slot as text; nil where absent. For outputs, not for the hot path.
    func text(_ slot: Int, row: Int) -> String? {
        guard has(slot, row: row) else { return nil }
        return String(decoding: string(slot, row: row), as: UTF8.self)
    }

    /// The `event_id` as text, or the digest where there is none.
    func identityText(row: Int) -> String {
        let header = headers[row]
        guard header.identity.count > 0 else { return header.digest.description }
        return String(decoding: bytes[header.identity.indices], as: UTF8.self)
    }
}

extension EventBatch {
    /// Whether one event comes before another in canonical order (R6).
    static func precedes(
        _ left: EventBatch, _ leftRow: Int, _ right: EventBatch, _ rightRow: Int, stringSlots: UInt64
    ) -> Bool {
        let first = left.headers[leftRow]
        let second = right.headers[rightRow]
        if first.time != second.time { return first.time < second.time }
        let identities = compare(left.bytes, first.identity, right.bytes, second.identity)
        if identities != 0 { return identities < 0 }
        if first.digest != second.digest { return first.digest < second.digest }
        if first.source != second.source { return first.source < second.source }
        if first.type != second.type { return first.type.rawValue < second.type.rawValue }
        return keptFieldsPrecede(left, leftRow, right, rightRow, stringSlots: stringSlots)
    }

    /// Orders events that nothing but an engineered collision of digests makes alike.
    private static func keptFieldsPrecede(
        _ left: EventBatch, _ leftRow: Int, _ right: EventBatch, _ rightRow: Int, stringSlots: UInt64
    ) -> Bool {
        let present = left.headers[leftRow].present
        guard present == right.headers[rightRow].present else { return present < right.headers[rightRow].present }
        for slot in 0..<left.slotCount where left.has(slot, row: leftRow) {
            if stringSlots & (1 << UInt64(slot)) != 0 {
                let order = compare(
                    left.bytes, left.range(slot, row: leftRow), right.bytes, right.range(slot, row: rightRow))
                if order != 0 { return order < 0 }
            } else if left.integer(slot, row: leftRow) != right.integer(slot, row: rightRow) {
                return left.integer(slot, row: leftRow) < right.integer(slot, row: rightRow)
            }
        }
        return false
    }
}

extension EventBatch {
    /// Sets an empty slot to a number.
    mutating func attach(_ value: Int64, to slot: Int, row: Int) {
        slots[row * slotCount + slot] = value
        headers[row].present |= 1 << UInt64(slot)
    }

    /// Sets an empty slot to the value of another event's slot, if that has one.
    mutating func attach(_ from: Int, _ otherRow: Int, of other: EventBatch, to slot: Int, row: Int, isString: Bool) {
        guard other.has(from, row: otherRow) else { return }
        let word = other.slots[otherRow * other.slotCount + from]
        attach(isString ? append(ByteRange(word: word), of: other).word : word, to: slot, row: row)
    }
}
