extension MajorAmount {
    /// The amount that decimal text names exactly, such as `500` or `0.05`; nine decimal places at most.
    public init?(text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }), parts.count == 1 || parts[1].count <= Self.placesMax else {
            return nil
        }
        var billionths: Int128 = 0
        let zeros = repeatElement(UInt8(ascii: "0"), count: Self.placesMax - (parts.count == 2 ? parts[1].count : 0))
        for byte in parts.joined().map({ $0 }) + zeros {
            let digit = byte &- UInt8(ascii: "0")
            let (product, overflow) = billionths.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int128(digit))
            guard digit <= 9, !overflow, !carried else { return nil }
            billionths = sum
        }
        self.init(billionths: billionths)
    }

    /// The amount without decimal places that say nothing: `500`, `0.05`.
    public var text: String {
        let text = Self.text(units: billionths, scale: Self.placesMax)
        let kept = text.utf8.reversed().drop { $0 == UInt8(ascii: "0") }
        let digits = kept.first == UInt8(ascii: ".") ? kept.dropFirst() : kept
        return String(decoding: Array(digits.reversed()), as: UTF8.self)
    }

    /// Integer units in major units, with as many decimal places as the scale: 180 at scale 2 is `1.80`.
    public static func text(units: Int128, scale: Int) -> String {
        let digits = String(units.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        let sign = units < 0 ? "-" : ""
        guard scale > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
