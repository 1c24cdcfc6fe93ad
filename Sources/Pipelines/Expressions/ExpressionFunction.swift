import RampartCore

/// The functions that are called behind a value, by CEL's spelling.
enum ExpressionFunction: String, CaseIterable, Sendable {
    case size, startsWith, endsWith, contains, lowerAscii
    case getFullYear, getMonth, getDayOfYear, getDayOfMonth, getDate, getDayOfWeek
    case getHours, getMinutes, getSeconds, getMilliseconds

    /// What the function reads of a timestamp or duration, if that is what it does.
    var part: TimePart? {
        switch self {
        case .size, .startsWith, .endsWith, .contains, .lowerAscii: nil
        case .getFullYear: .fullYear
        case .getMonth: .month
        case .getDayOfYear: .dayOfYear
        case .getDayOfMonth: .dayOfMonth
        case .getDate: .date
        case .getDayOfWeek: .dayOfWeek
        case .getHours: .hours
        case .getMinutes: .minutes
        case .getSeconds: .seconds
        case .getMilliseconds: .milliseconds
        }
    }

    /// The types of the value that it stands behind.
    var receivers: [ExpressionType] {
        switch self {
        case .size, .startsWith, .endsWith, .contains, .lowerAscii: [.string]
        case .getHours, .getMinutes, .getSeconds, .getMilliseconds: [.timestamp, .duration]
        case .getFullYear, .getMonth, .getDayOfYear, .getDayOfMonth, .getDate, .getDayOfWeek: [.timestamp]
        }
    }

    /// The type of what it gives.
    var result: ExpressionType {
        switch self {
        case .startsWith, .endsWith, .contains: .boolean
        case .lowerAscii: .string
        default: .integer
        }
    }

    /// How many arguments its parentheses hold.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .size, .lowerAscii: 0...0
        case .startsWith, .endsWith, .contains: 1...1
        default: 0...1
        }
    }

    /// What its parentheses hold, and a use of it, for messages.
    var usage: String {
        switch self {
        case .size, .lowerAscii: "takes nothing in its parentheses, as in `title.\(rawValue)()`"
        case .startsWith, .endsWith, .contains: "takes one string, as in `title.\(rawValue)(\"sale\")`"
        default: "takes nothing or one time zone, as in `ts.\(rawValue)(\"Europe/London\")`"
        }
    }

    /// The step that does its work; parts of timestamps name a zone as well.
    var step: Program.Instruction? {
        switch self {
        case .size: .size
        case .startsWith: .startsWith
        case .endsWith: .endsWith
        case .contains: .contains
        case .lowerAscii: .lowerAscii
        default: nil
        }
    }
}

/// The macros that are written behind a list, by CEL's spelling.
enum ExpressionMacro: String, CaseIterable, Sendable {
    case exists, all

    /// What its parentheses hold, for messages.
    var usage: String {
        "`\(rawValue)` takes a name and a condition, as in `[\"a\", \"b\"].\(rawValue)(x, title.contains(x))`"
    }
}
