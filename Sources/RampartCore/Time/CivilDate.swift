/// A day of the Gregorian calendar, carried back to before it was in use.
struct CivilDate: Hashable {
    /// The year; 0 is the one before 1.
    var year: Int
    /// The month, 1 to 12.
    var month: Int
    /// The day of the month, from 1.
    var day: Int

    /// A day of the calendar, if there is one with these numbers.
    init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.dayCount(year: year, month: month) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies this many days after 1970-01-01.
    ///
    /// Years are counted from March here, so that a leap day is the last day of its year, and in eras of 400 years,
    /// after which the calendar repeats.
    init(daysSinceEpoch days: Int) {
        let shifted = days + Self.epochInEra
        let era = (shifted >= 0 ? shifted : shifted - (Self.daysPerEra - 1)) / Self.daysPerEra
        let dayOfEra = shifted - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The number of days from 1970-01-01 to this day.
    var daysSinceEpoch: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysPerEra + dayOfEra - Self.epochInEra
    }

    /// The number of days of the year that lie before this one.
    var dayOfYear: Int {
        var first = self
        first.month = 1
        first.day = 1
        return daysSinceEpoch - first.daysSinceEpoch
    }

    /// The day of the week of a day that lies this many days after 1970-01-01, 0 for Sunday.
    static func dayOfWeek(daysSinceEpoch days: Int) -> Int {
        // The epoch was a Thursday.
        let remainder = (days + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    private static let daysPerEra = 146_097
    /// Days from 0000-03-01, where an era begins, to 1970-01-01.
    private static let epochInEra = 719_468

    private static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
