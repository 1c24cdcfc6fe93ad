/// A moment in words: the UTC calendar date and time of day of an event time.
public struct UTCText {
    private let day: Int64
    private let millisecond: Int64

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Puts a moment into words.
    public init(_ time: EventTime) {
        let remainder = time.milliseconds % Self.millisecondsPerDay
        millisecond = remainder < 0 ? remainder + Self.millisecondsPerDay : remainder
        day = time.milliseconds / Self.millisecondsPerDay - (remainder < 0 ? 1 : 0)
    }

    /// ISO 8601 with milliseconds, such as `2011-11-14T12:00:00.000Z`.
    public var iso8601: String { "\(date)T\(seconds).\(Self.padded(millisecond % 1000, to: 3))Z" }

    /// The date, such as `2011-11-14`.
    public var date: String {
        // Years counted from March put the leap day at their end, which makes months a linear function of the day.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(dayOfMonth, to: 2))"
    }

    /// The time of day, with milliseconds only where there are any.
    public var timeOfDay: String {
        let fraction = millisecond % 1000
        return fraction == 0 ? seconds : "\(seconds).\(Self.padded(fraction, to: 3))"
    }

    private var seconds: String {
        let second = millisecond / 1000
        return [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, to: 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
