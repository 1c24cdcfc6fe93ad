/// A 128-bit digest of an event's mapped fields (R5, R6).
public struct Digest: Comparable, Hashable, Sendable {
    /// The first 64 bits, most significant in order.
    public var high: UInt64
    /// The last 64 bits.
    public var low: UInt64

    /// Creates a digest from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    public static func < (left: Digest, right: Digest) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        for word in [high, low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                text.append(Array("0123456789abcdef".utf8)[Int(word >> UInt64(shift) & 0xF)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
