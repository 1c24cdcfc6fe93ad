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
    public var description: String { Hexadecimal.text(high, low) }
}
