extension EventTime {
    /// The moment that ISO 8601 text with `Z` or an offset names, such as `2011-11-14T12:00:00Z`.
    public init?(text: some StringProtocol) {
        let reading = Array(text.utf8).withUnsafeBytes { TimestampParser.read($0) }
        guard let reading, let offset = reading.offset else { return nil }
        self = EventTime(milliseconds: reading.local) - offset
    }

    /// The moment as `2011-11-14T12:00:00.000Z`.
    public var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the moment as `2011-11-14T12:00:00.000Z`; one outside the years 0 to 9999 as the nearest inside.
    public func append(to bytes: inout some RangeReplaceableCollection<UInt8>) {
        let written = min(max(milliseconds, Self.firstWritten), Self.lastWritten)
        let day = EventTime(milliseconds: written).floored(to: .days(1)).milliseconds
        let date = CivilDate(daysSinceEpoch: Int(day / EventSpan.days(1).milliseconds))
        let time = Int(written - day)
        Self.append(date.year, digits: 4, then: "-", to: &bytes)
        Self.append(date.month, digits: 2, then: "-", to: &bytes)
        Self.append(date.day, digits: 2, then: "T", to: &bytes)
        Self.append(time / 3_600_000, digits: 2, then: ":", to: &bytes)
        Self.append(time / 60_000 % 60, digits: 2, then: ":", to: &bytes)
        Self.append(time / 1_000 % 60, digits: 2, then: ".", to: &bytes)
        Self.append(time % 1_000, digits: 3, then: "Z", to: &bytes)
    }

    /// 0000-01-01T00:00:00.000Z.
    private static let firstWritten: Int64 = -62_167_219_200_000
    /// 9999-12-31T23:59:59.999Z.
    private static let lastWritten: Int64 = 253_402_300_799_999

    private static func append(
        _ number: Int, digits: Int, then letter: Unicode.Scalar, to bytes: inout some RangeReplaceableCollection<UInt8>
    ) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
        bytes.append(UInt8(ascii: letter))
    }
}
