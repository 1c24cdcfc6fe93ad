/// A number that a timestamp or a duration has, counted as CEL counts it.
public enum TimePart: String, CaseIterable, Hashable, Sendable {
    /// The year.
    case fullYear
    /// The month from 0, the day of the year from 0, of the month from 0, and of the month from 1.
    case month, dayOfYear, dayOfMonth, date
    /// The day of the week, 0 on Sunday.
    case dayOfWeek
    /// What a clock shows; of a duration the whole number of them in all of it.
    case hours, minutes, seconds
    /// The milliseconds that no second holds, of a duration too.
    case milliseconds

    /// The part of a moment as a zone's clocks and calendars show it.
    func value(of time: EventTime, in zone: ZoneRules) -> Int64 {
        let local = time + zone.offset(at: time)
        let midnight = local.floored(to: .days(1))
        let clock = (local - midnight).milliseconds
        let days = Int(midnight.milliseconds / EventSpan.days(1).milliseconds)
        switch self {
        case .fullYear: return Int64(CivilDate(daysSinceEpoch: days).year)
        case .month: return Int64(CivilDate(daysSinceEpoch: days).month - 1)
        case .dayOfYear: return Int64(CivilDate(daysSinceEpoch: days).dayOfYear)
        case .dayOfMonth: return Int64(CivilDate(daysSinceEpoch: days).day - 1)
        case .date: return Int64(CivilDate(daysSinceEpoch: days).day)
        case .dayOfWeek: return Int64(CivilDate.dayOfWeek(daysSinceEpoch: days))
        case .hours: return clock / 3_600_000
        case .minutes: return clock / 60_000 % 60
        case .seconds: return clock / 1_000 % 60
        case .milliseconds: return clock % 1_000
        }
    }

    /// The part of a duration, if it has it.
    func value(of span: EventSpan) -> Int64? {
        switch self {
        case .hours: span.milliseconds / 3_600_000
        case .minutes: span.milliseconds / 60_000
        case .seconds: span.milliseconds / 1_000
        case .milliseconds: span.milliseconds % 1_000
        case .fullYear, .month, .dayOfYear, .dayOfMonth, .date, .dayOfWeek: nil
        }
    }
}
