internal import RampartCore

extension Threshold.Value {
    /// Reads a whole number or a decimal as JSON writes them.
    init?(text: String) {
        guard JSONNumber.isNumber(text) else { return nil }
        if let integer = Int64(text) {
            self = .integer(integer)
        } else if text.utf8.contains(where: { ".eE".utf8.contains($0) }), let double = Double(text), double.isFinite {
            self = .double(double)
        } else {
            return nil
        }
    }

    /// The value for comparison with bounds.
    var double: Double {
        switch self {
        case .integer(let integer): Double(integer)
        case .double(let double): double
        }
    }

    /// The value as a file would have it.
    var text: String {
        switch self {
        case .integer(let integer): "\(integer)"
        case .double(let double): "\(double)"
        }
    }

    /// Whether this value is below the other.
    func isBelow(_ other: Threshold.Value) -> Bool {
        if case .integer(let left) = self, case .integer(let right) = other { return left < right }
        return double < other.double
    }
}

/// The grammar of JSON's numbers.
enum JSONNumber {
    /// Whether a text is one number.
    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = takeDigits(&rest)
        guard whole.count > 0, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits(&rest).count > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard takeDigits(&rest).count > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        rest = rest[digits.endIndex...]
        return digits
    }
}

extension EventSpan {
    /// Reads a whole number with a unit: `ms`, `s`, `m`, `h` or `d`.
    init?(text: String) {
        let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard let count = Int64(String(digits) ?? ""),
            let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        self.init(milliseconds: overflow ? .max : product)
    }

    /// The mend of a text that is a duration in other words, such as `10 minutes` or `1.5h`.
    static func mend(_ text: String) -> String? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let count = Double(digits) else { return nil }
        let word = text.dropFirst(digits.count).lowercased().filter { $0 != " " }
        if word.isEmpty, !digits.contains(".") { return "write \(digits)s, \(digits)m or \(digits)h" }
        guard let length = words.first(where: { $0.words.contains(word) })?.milliseconds else { return nil }
        let milliseconds = count * Double(length)
        // A longer one is refused anyway, and this far doubles are exact.
        guard milliseconds > 0, milliseconds < 1e15, milliseconds == milliseconds.rounded() else { return nil }
        return "write \(EventSpan(milliseconds: Int64(milliseconds)).text)"
    }

    private static let words: [(words: [String], milliseconds: Int64)] = [
        (["ms", "millisecond", "milliseconds"], 1), (["s", "sec", "secs", "second", "seconds"], 1000),
        (["m", "min", "mins", "minute", "minutes"], 60_000), (["h", "hr", "hrs", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000), (["w", "week", "weeks"], 604_800_000),
    ]

    /// The shortest way to write the span in a file.
    var text: String {
        let unit = Self.units.last { milliseconds % $0.milliseconds == 0 }
        guard milliseconds != 0, let unit else { return "0s" }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
}

extension MajorAmount {
    /// Reads a decimal that is not negative, with at most `places` decimal places.
    init?(text: String, places: Int = MajorAmount.placesMax) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ part in part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }),
            let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 18
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= places else { return nil }
        var billionths: Int128 = 0
        for byte in whole.utf8 { billionths = billionths * 10 + Int128(byte - 48) }
        var count = 0
        for byte in fraction.utf8 {
            billionths = billionths * 10 + Int128(byte - 48)
            count += 1
        }
        for _ in count..<MajorAmount.placesMax { billionths *= 10 }
        self.init(billionths: billionths)
    }
}

extension EventTime {
    /// Reads `yyyy-MM-ddTHH:mm:ss`, with an optional fraction of up to three digits, and `Z` or an offset.
    init?(iso8601 text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.digits(4, &rest), Self.take("-", &rest), let month = Self.digits(2, &rest),
            Self.take("-", &rest), let day = Self.digits(2, &rest), Self.take("T", &rest),
            let hour = Self.digits(2, &rest), Self.take(":", &rest), let minute = Self.digits(2, &rest),
            Self.take(":", &rest), let second = Self.digits(2, &rest)
        else { return nil }
        guard year >= 1970, (1...12).contains(month), day >= 1, day <= Self.dayCount(year, month), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var fraction: Int64 = 0
        if Self.take(".", &rest) {
            let digits = rest.prefix { $0 >= 48 && $0 <= 57 }
            guard (1...3).contains(digits.count) else { return nil }
            let count = digits.count
            fraction = (Self.digits(count, &rest) ?? 0) * [100, 10, 1][count - 1]
        }
        guard let offset = Self.offset(&rest), rest.isEmpty else { return nil }
        let seconds = Self.dayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: seconds * 1000 + fraction)
    }

    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        if take("Z", &rest) { return 0 }
        let isNegative = take("-", &rest)
        guard isNegative || take("+", &rest), let hours = digits(2, &rest), take(":", &rest),
            let minutes = digits(2, &rest), hours <= 18, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
    }

    private static func digits(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    private static func take(_ letter: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: letter) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
        month == 12 ? 31 : dayNumber(year, month + 1, 1) - dayNumber(year, month, 1)
    }

    /// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March so that leap days come last.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
