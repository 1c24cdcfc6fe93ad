extension TimestampPattern {
    /// A moment as the pattern lays it out in a zone; what the pattern does not name is left out.
    public func text(of time: EventTime, in zone: ZoneRules) -> String {
        let offset = zone.offset(at: time)
        let local = time + offset
        let midnight = local.floored(to: .days(1))
        let days = Int(midnight.milliseconds / EventSpan.days(1).milliseconds)
        let date = CivilDate(daysSinceEpoch: days)
        let clock = Int((local - midnight).milliseconds)
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .literal(let literal): bytes += literal
            case .number(.fraction, let digits): bytes += Self.fraction(clock % 1_000, digits: digits)
            case .number(let number, let digits): bytes += Self.digits(Self.value(number, date, clock), digits)
            case .monthName(let isShort): bytes += Self.name(Self.months[date.month - 1], isShort)
            case .weekdayName(let isShort):
                bytes += Self.name(Self.weekdays[CivilDate.dayOfWeek(daysSinceEpoch: days)], isShort)
            case .half: bytes += Array((clock < 43_200_000 ? "AM" : "PM").utf8)
            case .offset(let style): bytes += Self.offset(Int(offset.milliseconds / 60_000), style)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ number: Number, _ date: CivilDate, _ clock: Int) -> Int {
        switch number {
        case .year: date.year
        case .month: date.month
        case .day: date.day
        case .hour: clock / 3_600_000
        case .halfHour: (clock / 3_600_000 + 11) % 12 + 1
        case .minute: clock / 60_000 % 60
        case .second: clock / 1_000 % 60
        case .fraction: clock % 1_000
        }
    }

    /// The last digits of a number, with zeros before it; all of them where one digit may be two.
    private static func digits(_ number: Int, _ count: Int) -> [UInt8] {
        let text = Array("\(max(number, 0))".utf8)
        let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: max(count - text.count, 0))
        return zeros + (count == 1 ? text : text.suffix(count))
    }

    private static func fraction(_ milliseconds: Int, digits count: Int) -> [UInt8] {
        let known = digits(milliseconds, 3)
        return known.prefix(count) + [UInt8](repeating: UInt8(ascii: "0"), count: max(count - 3, 0))
    }

    private static func name(_ name: [UInt8], _ isShort: Bool) -> [UInt8] {
        [name[0] & ~0x20] + name.dropFirst().prefix(isShort ? shortNameBytes - 1 : .max)
    }

    private static func offset(_ minutes: Int, _ style: Offset) -> [UInt8] {
        let sign = [UInt8(ascii: minutes < 0 ? "-" : "+")]
        let hours = sign + digits(abs(minutes) / 60, 2)
        let rest = digits(abs(minutes) % 60, 2)
        switch style {
        case .hours: return hours
        case .basic, .numeric: return hours + rest
        case .extended: return hours + [UInt8(ascii: ":")] + rest
        }
    }
}
