/// Tells whether bytes are UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing past U+10FFFF.
enum UTF8Check {
    /// Whether all of the bytes are UTF-8.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            index = asciiEnd(bytes, from: index)
            guard index < bytes.count else { return true }
            let length = sequenceLength(bytes, at: index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// The number of bytes of the multi-byte sequence at `index`, or 0 where there is no valid one.
    @inline(__always)
    static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = bytes[index]
        let rest = bytes.count - index
        switch first {
        case 0xC2...0xDF:
            return rest >= 2 && isContinuation(bytes[index + 1]) ? 2 : 0
        case 0xE0...0xEF:
            guard rest >= 3, isContinuation(bytes[index + 1]), isContinuation(bytes[index + 2]) else { return 0 }
            // 0xE0 with less than 0xA0 is overlong; 0xED with more than 0x9F is a surrogate.
            if first == 0xE0 { return bytes[index + 1] >= 0xA0 ? 3 : 0 }
            if first == 0xED { return bytes[index + 1] <= 0x9F ? 3 : 0 }
            return 3
        case 0xF0...0xF4:
            guard rest >= 4, isContinuation(bytes[index + 1]), isContinuation(bytes[index + 2]),
                isContinuation(bytes[index + 3])
            else { return 0 }
            // 0xF0 with less than 0x90 is overlong; 0xF4 with more than 0x8F is past U+10FFFF.
            if first == 0xF0 { return bytes[index + 1] >= 0x90 ? 4 : 0 }
            if first == 0xF4 { return bytes[index + 1] <= 0x8F ? 4 : 0 }
            return 4
        default:
            return 0
        }
    }

    /// The number of bytes that the first `scalars` characters of valid UTF-8 take.
    static func prefixLength(_ bytes: UnsafeRawBufferPointer, scalars: Int) -> Int {
        var (index, count) = (0, 0)
        while index < bytes.count {
            if !isContinuation(bytes[index]) {
                if count == scalars { return index }
                count += 1
            }
            index += 1
        }
        return index
    }

    private static func asciiEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { return index + high.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
