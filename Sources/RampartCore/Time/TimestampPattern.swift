/// How a calendar timestamp is laid out, such as `dd/MM/yyyy HH:mm`, taken apart when the pipeline was loaded.
///
/// What a pattern does not name is 1970-01-01T00:00:00.000; the loader lets only the time of day be left out.
public struct TimestampPattern: Hashable, Sendable {
    /// A number in a timestamp.
    public enum Number: Hashable, Sendable {
        case year, month, day
        /// The hour, 0 to 23.
        case hour
        /// The hour of half a day, 1 to 12.
        case halfHour
        case minute, second, fraction
    }

    /// How an offset from UTC is written.
    public enum Offset: Hashable, Sendable {
        /// `Z` or `+08`.
        case hours
        /// `Z` or `+0800`.
        case basic
        /// `Z` or `+08:00`.
        case extended
        /// `+0800`, and no letter for UTC.
        case numeric
    }

    /// One part of a timestamp.
    public enum Part: Hashable, Sendable {
        /// These bytes.
        case literal([UInt8])
        /// A number of so many digits; of one or two where `digits` is 1 and it is no fraction.
        ///
        /// A year of two digits lies between 1970 and 2069.
        case number(Number, digits: Int)
        /// An English name of a month, in letters of either case.
        case monthName(isShort: Bool)
        /// An English name of the day of the week, which must be that of the date.
        case weekdayName(isShort: Bool)
        /// `AM` or `PM`, in letters of either case.
        case half
        case offset(Offset)
    }

    /// The pattern as the file spells it.
    public let text: String
    /// Its parts in order.
    public let parts: [Part]

    /// Creates a pattern from its parts; `text` is their spelling.
    public init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    /// The English names of the months in small letters.
    static let months = names(
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december")
    /// The English names of the days of the week in small letters, from Sunday.
    static let weekdays = names("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    /// Letters of a short name.
    static let shortNameBytes = 3

    private static func names(_ names: String...) -> [[UInt8]] { names.map { Array($0.utf8) } }
}
