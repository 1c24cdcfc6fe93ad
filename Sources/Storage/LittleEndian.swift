/// Integers in files are little-endian and of fixed width, so that a reader in any language is short.
extension [UInt8] {
    /// Appends an integer.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends a text behind the number of its bytes.
    mutating func append(text: String) {
        append(littleEndian: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Reads what may be damaged, from its beginning on: nil where the bytes do not hold what is asked for.
struct ByteReader {
    /// What has not been read yet.
    private(set) var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// Takes an integer.
    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard rest.count >= size else { return nil }
        let value = rest.loadUnaligned(as: Integer.self)
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return Integer(littleEndian: value)
    }

    /// Takes that many bytes.
    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    /// Takes a text behind its length, if it is valid UTF-8.
    mutating func text() -> String? {
        guard let count = integer(UInt32.self), let bytes = bytes(Int(count)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
