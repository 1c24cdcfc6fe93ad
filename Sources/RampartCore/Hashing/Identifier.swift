/// The ids of alerts, lines and credits: made from what they name, so that every run gives the same ones.
public enum Identifier {
    /// Hexadecimal digits in an id.
    public static let length = 32

    /// H(parts) of the rules: 128 bits of SHA-256 over the parts, each behind its length, as 32 digits.
    ///
    /// The lengths keep `["ab", "c"]` and `["a", "bc"]` apart.
    public static func make(_ parts: [[UInt8]]) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(lengthPrefix(of: part.count))
            hash.update(part)
        }
        return Hexadecimal.text(hash.finalize().prefix(length / 2))
    }

    /// A length as four bytes, big-endian, as ids and key bytes have it before each of their parts.
    public static func lengthPrefix(of count: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}

/// Bytes as lower-case hexadecimal digits.
public enum Hexadecimal {
    /// Two digits for each byte.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 0xF))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The big-endian bytes of words, two digits for each byte.
    public static func text(_ words: UInt64...) -> String {
        text(
            words.flatMap { word in
                stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
            })
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
