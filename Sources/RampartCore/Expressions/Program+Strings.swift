/// Strings where they lie: no function of R19 copies one.
extension Program {
    /// A byte of a string.
    @inline(__always)
    func byte(_ index: Int, of string: Value.StringReference, bytes: ContiguousArray<UInt8>) -> UInt8 {
        let place = Int(string.range.offset) + index
        let byte = string.storage == .batch ? bytes[place] : constantBytes[place]
        let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        return string.isLowered && isCapital ? byte | 0x20 : byte
    }

    /// How two strings lie to each other in the order of their bytes.
    func compare(
        _ left: Value.StringReference, _ right: Value.StringReference, bytes: ContiguousArray<UInt8>
    ) -> Comparison {
        for index in 0..<Int(min(left.range.count, right.range.count)) {
            let a = byte(index, of: left, bytes: bytes)
            let b = byte(index, of: right, bytes: bytes)
            if a != b { return a < b ? .less : .greater }
        }
        return Comparison(Int64(left.range.count), Int64(right.range.count))
    }

    /// The number of a string's characters as Unicode counts code points.
    func size(of value: Value, bytes: ContiguousArray<UInt8>) -> Value {
        switch value {
        case .string(let string):
            // Every code point has one byte that does not continue another.
            let starts = (0..<Int(string.range.count)).count { byte($0, of: string, bytes: bytes) & 0xC0 != 0x80 }
            return .integer(Int64(starts))
        case .failure: return value
        case .integer, .double, .boolean, .timestamp, .duration: return .failure(.typeMismatch)
        }
    }

    /// Whether a string starts with another, ends with it or contains it.
    func search(
        _ instruction: Instruction, _ left: Value, _ right: Value, bytes: ContiguousArray<UInt8>
    ) -> Value {
        guard case (.string(let text), .string(let part)) = (left, right) else { return Value.failure(of: left, right) }
        let spare = Int(text.range.count) - Int(part.range.count)
        guard spare >= 0 else { return .boolean(false) }
        switch instruction {
        case .startsWith: return .boolean(matches(text, from: 0, part, bytes: bytes))
        case .endsWith: return .boolean(matches(text, from: spare, part, bytes: bytes))
        default: return .boolean(contains(text, part, bytes: bytes))
        }
    }

    private func matches(
        _ text: Value.StringReference, from start: Int, _ part: Value.StringReference, bytes: ContiguousArray<UInt8>
    ) -> Bool {
        for index in 0..<Int(part.range.count)
        where byte(start + index, of: text, bytes: bytes) != byte(index, of: part, bytes: bytes) {
            return false
        }
        return true
    }

    /// The search of Knuth, Morris and Pratt, which looks at each byte a bounded number of times.
    ///
    /// Both strings can come from one hostile record: comparing at every place would cost their product.
    private func contains(
        _ text: Value.StringReference, _ part: Value.StringReference, bytes: ContiguousArray<UInt8>
    ) -> Bool {
        let count = Int(part.range.count)
        guard count > 0 else { return true }
        // For each start of the part, the length of the longest shorter start that it ends with.
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { borders in
            borders.initialize(repeating: 0)
            var matched = 0
            func advance(over next: UInt8) {
                while matched > 0, byte(matched, of: part, bytes: bytes) != next { matched = Int(borders[matched - 1]) }
                if byte(matched, of: part, bytes: bytes) == next { matched += 1 }
            }
            for index in 1..<count {
                advance(over: byte(index, of: part, bytes: bytes))
                borders[index] = UInt32(matched)
            }
            matched = 0
            for index in 0..<Int(text.range.count) {
                advance(over: byte(index, of: text, bytes: bytes))
                if matched == count { return true }
            }
            return false
        }
    }
}

extension Value {
    /// The string with ASCII capitals as small letters; other letters stay as they are.
    var lowered: Value {
        switch self {
        case .string(var string):
            string.isLowered = true
            return .string(string)
        case .failure: return self
        case .integer, .double, .boolean, .timestamp, .duration: return .failure(.typeMismatch)
        }
    }
}
