import RampartCore

/// The time zones that parts of timestamps are read in.
enum ExpressionZone {
    /// The rules of a zone by its name, such as `Europe/London`, or by its offset from UTC, such as `+08:00`.
    static func rules(_ text: String) -> ZoneRules? {
        offset(Array(text.utf8)).map { ZoneRules(name: text, initialOffset: $0) } ?? Zones.rules(named: text)
    }

    /// The offset that hours and minutes behind an optional sign name.
    private static func offset(_ text: [UInt8]) -> EventSpan? {
        let isWest = text.first == UInt8(ascii: "-")
        let digits = isWest || text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        guard digits.count == 5, digits.dropFirst(2).first == UInt8(ascii: ":"),
            let hours = number(digits.prefix(2)), hours < 24, let minutes = number(digits.suffix(2)), minutes < 60
        else { return nil }
        let span = hours * 3_600 + minutes * 60
        return .seconds(isWest ? -span : span)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 &- UInt8(ascii: "0")) }
    }
}
