/// Writes JSON (RFC 8259) to the end of a byte buffer, members in the order in which they are given.
///
/// The writer puts the commas; who calls it gives each member a value and no name twice.
public struct JSONWriter: Sendable {
    /// Everything written so far.
    public private(set) var bytes: [UInt8] = []

    /// Whether the next value or member has one before it in its object or array.
    private var needsComma = false

    /// Starts with no bytes.
    public init() {}

    /// Forgets everything written and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// Ends a line: what follows is another document.
    public mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Objects and arrays

    /// Writes an object with the members that the closure writes.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array with the values that the closure writes for each element.
    public mutating func array<Elements: Sequence>(
        of elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        open(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        close(UInt8(ascii: "]"))
    }

    /// Writes a member with a plain value.
    public mutating func member(_ name: String, _ value: some JSONValue) {
        self.name(name)
        value.write(to: &self)
    }

    /// Writes a member that holds an object.
    public mutating func object(_ name: String, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    /// Writes a member that holds an array.
    public mutating func array<Elements: Sequence>(
        _ name: String, of elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        self.name(name)
        array(of: elements, write)
    }

    // MARK: Values

    /// Writes the absence of a value.
    public mutating func null() { token("null") }

    /// Writes a boolean.
    public mutating func value(_ boolean: Bool) { token(boolean ? "true" : "false") }

    /// Writes an integer with all its digits, however many.
    public mutating func value(_ integer: some BinaryInteger) { token(String(integer)) }

    /// Writes the shortest decimal that reads back as the same double; JSON has no number for the others, so `null`.
    public mutating func value(_ double: Double) { token(double.isFinite ? "\(double)" : "null") }

    /// Writes a string; control characters and line separators of any alphabet are escaped, so that a row is one line.
    public mutating func value(_ string: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    // MARK: -

    private mutating func name(_ name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func token(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// Appends whole runs of plain bytes and, between them, the escapes.
    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        var index = 0
        while index < utf8.count {
            let (length, scalar) = Self.escape(at: index, of: utf8)
            if length > 0 {
                bytes.append(contentsOf: utf8[runStart..<index])
                appendEscape(of: scalar)
                runStart = index + length
            }
            index += max(length, 1)
        }
        bytes.append(contentsOf: utf8[runStart...])
    }

    /// How many bytes of the character at `index` are replaced by an escape, and the character; 0 where it stays.
    ///
    /// RFC 8259 asks for the quote, the backslash and C0. DEL, C1, U+2028 and U+2029 go too: they steer terminals, and
    /// some readers take them for the end of a line.
    private static func escape(
        at index: Int, of utf8: UnsafeBufferPointer<UInt8>
    ) -> (length: Int, scalar: UInt16) {
        let byte = utf8[index]
        if byte >= 0x20 && byte < 0x7F { return byte == 0x22 || byte == 0x5C ? (1, UInt16(byte)) : (0, 0) }
        if byte < 0x20 || byte == 0x7F { return (1, UInt16(byte)) }
        if byte == 0xC2 && index + 1 < utf8.count && utf8[index + 1] < 0xA0 { return (2, UInt16(utf8[index + 1])) }
        if byte == 0xE2 && index + 2 < utf8.count && utf8[index + 1] == 0x80 && utf8[index + 2] & 0xFE == 0xA8 {
            return (3, 0x2000 | UInt16(utf8[index + 2] & 0x3F))
        }
        return (0, 0)
    }

    private mutating func appendEscape(of scalar: UInt16) {
        bytes.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22: bytes.append(UInt8(ascii: "\""))
        case 0x5C: bytes.append(UInt8(ascii: "\\"))
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in stride(from: 12, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: scalar >> UInt16(shift)) & 0xF
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
