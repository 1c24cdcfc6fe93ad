extension EventSpan {
    /// The units that a span can be written in, the longest first.
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// The span that a whole number and a unit name: `500ms`, `90s`, `10m`, `1h` or `30d`.
    public init?(text: some StringProtocol) {
        let digits = text.utf8.prefix { $0 &- UInt8(ascii: "0") <= 9 }
        let suffix = text.utf8.dropFirst(digits.count)
        guard !digits.isEmpty, let unit = Self.units.first(where: { $0.suffix.utf8.elementsEqual(suffix) }) else {
            return nil
        }
        var milliseconds: Int64 = 0
        for digit in digits {
            let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
            guard !overflow, !carried else { return nil }
            milliseconds = sum
        }
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self.init(milliseconds: product)
    }

    /// The span in the longest unit of which it is a whole number.
    public var text: String {
        guard milliseconds != 0 else { return "0s" }
        let unit = Self.units.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
