/// The UTF-8 bytes that the content of a JSON string spells; the scanner has found its escapes to be valid.
struct JSONUnescaper: IteratorProtocol {
    private let content: UnsafeRawBufferPointer
    private var index = 0
    /// The bytes of an escape that are still to be given, the next one lowest.
    private var waiting: UInt32 = 0
    private var waitingCount = 0

    init(_ content: UnsafeRawBufferPointer) { self.content = content }

    mutating func next() -> UInt8? {
        if waitingCount > 0 { return takeWaiting() }
        guard index < content.count else { return nil }
        let byte = content[index]
        index += 1
        guard byte == UInt8(ascii: "\\"), index < content.count else { return byte }
        let escape = content[index]
        index += 1
        switch escape {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            encode(scalar())
            return takeWaiting()
        default: return escape
        }
    }

    /// The character of a `\u` escape whose first digit comes next, with its second half where it has one.
    private mutating func scalar() -> UInt32 {
        let first = JSONScanner.hexadecimal(content, at: index) ?? 0
        index += 4
        guard first >= 0xD800, first <= 0xDBFF, let second = JSONScanner.hexadecimal(content, at: index + 2) else {
            return first
        }
        index += 6
        return 0x10000 + (first - 0xD800) << 10 + (second & 0x3FF)
    }

    private mutating func encode(_ scalar: UInt32) {
        if scalar < 0x80 {
            (waiting, waitingCount) = (scalar, 1)
        } else if scalar < 0x800 {
            (waiting, waitingCount) = (0xC0 | scalar >> 6 | (0x80 | scalar & 0x3F) << 8, 2)
        } else if scalar < 0x10000 {
            waiting = 0xE0 | scalar >> 12 | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16
            waitingCount = 3
        } else {
            waiting = 0xF0 | scalar >> 18 | (0x80 | scalar >> 12 & 0x3F) << 8
            waiting |= (0x80 | scalar >> 6 & 0x3F) << 16 | (0x80 | scalar & 0x3F) << 24
            waitingCount = 4
        }
    }

    private mutating func takeWaiting() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: waiting)
        waiting >>= 8
        waitingCount -= 1
        return byte
    }
}
