/// An exact, non-negative amount in a currency's major unit, such as a cap of 500.00, held in billionths.
///
/// Amounts of sources with different scales compare exactly here: a scale has at most nine places.
public struct MajorAmount: Comparable, Hashable, Sendable {
    /// The most decimal places that a scale can have.
    public static let placesMax = 9

    /// The amount times 10⁹.
    public var billionths: Int128

    /// Creates an amount from billionths of the major unit.
    @inlinable
    public init(billionths: Int128) { self.billionths = billionths }

    /// Creates an amount from integer units at a scale of 0 to 9 decimal places.
    @inlinable
    public init(units: Int64, scale: Int) {
        var billionths = Int128(units)
        for _ in scale..<Self.placesMax { billionths *= 10 }
        self.billionths = billionths
    }

    /// Nothing.
    public static let zero = MajorAmount(billionths: 0)

    @inlinable
    public static func < (left: MajorAmount, right: MajorAmount) -> Bool { left.billionths < right.billionths }

    /// The sum; an amount of money never comes near the range of 128 bits.
    @inlinable
    public static func + (left: MajorAmount, right: MajorAmount) -> MajorAmount {
        MajorAmount(billionths: left.billionths + right.billionths)
    }
}
