/// Strings, numbers and literals.
extension JSONScanner {
    /// Reads a string whose opening quote is behind the index; the value is its content, escapes and all.
    @inline(__always)
    mutating func string() throws(JSONFault) -> RawValue {
        let start = index
        var kind = RawValue.Kind.string
        while true {
            skipPlain()
            guard index < record.count else { throw .invalid(index: index) }
            let byte = record[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                return RawValue(kind: kind, from: start, to: index - 1)
            }
            if byte == UInt8(ascii: "\\") {
                kind = .escapedString
                try escape()
            } else {
                let length = byte < 0x80 ? 0 : UTF8Check.sequenceLength(record, at: index)
                guard length > 0 else { throw .invalid(index: index) }
                index += length
            }
        }
    }

    /// Moves to the next byte of a string that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let record = record
        var index = index
        defer { self.index = index }
        while index + 8 <= record.count {
            let word = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
            let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
            // A subtraction borrows only from bytes above one that is found, so the lowest mark is always right. They
            // may also mark a byte that is not ASCII, which `word` marks anyway.
            let found = (quotes &- ones) | (backslashes &- ones) | (word &- ones &* 0x20) | word
            let marks = found & highs
            if marks != 0 {
                index += marks.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
        while index < record.count {
            let byte = record[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { return }
            index += 1
        }
    }

    /// Checks the escape whose backslash is at the index; a surrogate must be one half of a pair.
    private mutating func escape() throws(JSONFault) {
        index += 1
        switch next() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            guard let first = Self.hexadecimal(record, at: index + 1) else { throw .invalid(index: index) }
            index += 5
            guard first >= 0xD800, first <= 0xDFFF else { return }
            guard first <= 0xDBFF, next() == UInt8(ascii: "\\"), index + 1 < record.count,
                record[index + 1] == UInt8(ascii: "u"), let second = Self.hexadecimal(record, at: index + 2),
                second >= 0xDC00, second <= 0xDFFF
            else { throw .invalid(index: index) }
            index += 6
        default: throw .invalid(index: index)
        }
    }

    /// The number that four hexadecimal digits spell, if they are there.
    static func hexadecimal(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var number: UInt32 = 0
        for offset in 0..<4 {
            let digit: UInt8
            switch bytes[start + offset] {
            case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
                digit = byte - UInt8(ascii: "0")
            case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
                digit = byte - UInt8(ascii: "a") + 10
            case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"):
                digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            number = number << 4 | UInt32(digit)
        }
        return number
    }

    /// Reads a number whose first byte is at the index.
    @inline(__always)
    mutating func number() throws(JSONFault) -> RawValue {
        let start = index
        if next() == UInt8(ascii: "-") { index += 1 }
        if next() == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits()
        }
        var kind = RawValue.Kind.integer
        if next() == UInt8(ascii: ".") {
            kind = .number
            index += 1
            try digits()
        }
        if next() | 0x20 == UInt8(ascii: "e") {
            kind = .number
            index += 1
            if next() == UInt8(ascii: "+") || next() == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return RawValue(kind: kind, from: start, to: index)
    }

    /// Reads one or more digits.
    @inline(__always)
    private mutating func digits() throws(JSONFault) {
        let start = index
        while next() &- UInt8(ascii: "0") <= 9 { index += 1 }
        guard index > start else { throw .invalid(index: index) }
    }

    /// Reads `true`, `false` or `null`.
    mutating func literal() throws(JSONFault) -> RawValue {
        let start = index
        switch next() {
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"):
            try word("null")
            return RawValue(kind: .null, from: start, to: index)
        default: throw .invalid(index: index)
        }
        return RawValue(kind: .boolean, from: start, to: index)
    }

    private mutating func word(_ letters: StaticString) throws(JSONFault) {
        let expected = UnsafeRawBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount)
        guard record.count - index >= expected.count,
            expected.indices.allSatisfy({ record[index + $0] == expected[$0] })
        else { throw .invalid(index: index) }
        index += expected.count
    }
}
