import RampartCore

/// The constants of time: a call with one text in quotes, which is read when the expression is checked.
enum TimeLiteral: String, CaseIterable {
    case timestamp, duration

    /// Why a text is no such constant.
    struct Fault: Error {
        /// What was expected.
        var message: String
        /// The mend, where one is known.
        var suggestion: String?
    }

    /// A use, for messages.
    var example: String {
        switch self {
        case .timestamp: "`timestamp(\"2026-01-01T00:00:00Z\")`"
        case .duration: "`duration(\"5m\")`"
        }
    }

    /// The constant that a text is.
    func read(_ bytes: [UInt8]) -> Result<ExpressionLiteral, Fault> {
        do throws(Fault) {
            switch self {
            case .timestamp: return .success(.timestamp(try Self.timestamp(bytes)))
            case .duration: return .success(.duration(try Self.duration(bytes)))
            }
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Timestamps

    private static func timestamp(_ bytes: [UInt8]) throws(Fault) -> EventTime {
        let text = String(decoding: bytes, as: UTF8.self)
        let found = ExpressionText.quote(bytes[...])
        guard isRFC3339(bytes), let time = EventTime(text: text) else {
            throw Fault(
                message: "\(found) is no timestamp; expected a date, a time and `Z` or an offset, as in \(example)",
                suggestion: mend(text))
        }
        guard Value.timestamps.contains(time) else {
            throw Fault(message: "\(found) is outside the years 1 to 9999 of timestamps")
        }
        let fraction = bytes.dropFirst(20).prefix { $0 &- UInt8(ascii: "0") <= 9 }
        guard bytes[19] != UInt8(ascii: ".") || fraction.dropFirst(3).allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            throw Fault(message: "\(found) names a part of a millisecond; timestamps have whole ones")
        }
        return time
    }

    private static let example = TimeLiteral.timestamp.example

    /// Whether the text is as strict as CEL has it where the reader of records is not: `T`, and `:` in the offset.
    private static func isRFC3339(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") else { return false }
        return bytes.last == UInt8(ascii: "Z") || bytes[bytes.count - 3] == UInt8(ascii: ":")
    }

    /// The text with what it lacks, where that makes it a timestamp.
    private static func mend(_ text: String) -> String? {
        let candidates = [text + "Z", text + "T00:00:00Z", text.replacing(" ", with: "T")]
        let mended = (candidates + [candidates[2] + "Z"]).first {
            isRFC3339(Array($0.utf8)) && EventTime(text: $0) != nil
        }
        return mended.map { "write `\($0)` if you mean UTC" }
    }

    // MARK: - Durations

    private static let units: [(name: String, nanoseconds: Int128)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]
    /// Digits before and behind the point of a number, few enough that no sum of numbers leaves 128 bits.
    private static let digitsMax = 18
    /// The longest text: no duration that is in range needs as many bytes.
    private static let bytesMax = 64

    private static func duration(_ bytes: [UInt8]) throws(Fault) -> EventSpan {
        let found = ExpressionText.quote(bytes[...])
        guard bytes.count <= bytesMax, let nanoseconds = nanoseconds(bytes) else {
            let text = String(decoding: bytes, as: UTF8.self)
            throw Fault(
                message:
                    "\(found) is no duration; expected numbers with the units h, m, s or ms, as in `90s` or `1h30m`",
                suggestion: days(text).map { "write `\($0)`" })
        }
        let (milliseconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard rest == 0 else {
            throw Fault(message: "\(found) has a part of a millisecond; durations have whole ones")
        }
        guard let milliseconds = Int64(exactly: milliseconds),
            Value.durations.contains(EventSpan(milliseconds: milliseconds))
        else { throw Fault(message: "\(found) is longer than the 292 years of durations") }
        return EventSpan(milliseconds: milliseconds)
    }

    /// The sum of numbers with units behind a sign; nil where the text is something else, or finer than nanoseconds.
    private static func nanoseconds(_ bytes: [UInt8]) -> Int128? {
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        var sum: Int128 = 0
        while !rest.isEmpty {
            let whole = takeDigits(&rest)
            var fraction: ArraySlice<UInt8> = []
            if rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
                fraction = takeDigits(&rest)
            }
            let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 &- UInt8(ascii: "0") > 9 }
            rest = rest.dropFirst(name.count)
            guard !(whole.isEmpty && fraction.isEmpty), max(whole.count, fraction.count) <= digitsMax,
                let unit = units.first(where: { $0.name.utf8.elementsEqual(name) })
            else { return nil }
            let divisor = fraction.reduce(Int128(1)) { product, _ in product * 10 }
            let (part, remainder) = (number(fraction) * unit.nanoseconds).quotientAndRemainder(dividingBy: divisor)
            guard remainder == 0 else { return nil }
            sum += number(whole) * unit.nanoseconds + part
        }
        return isNegative ? -sum : sum
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0 &- UInt8(ascii: "0") <= 9 }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int128 {
        digits.reduce(0) { $0 * 10 + Int128($1 &- UInt8(ascii: "0")) }
    }

    /// A number of days, as a window's size has them, in hours.
    private static func days(_ text: String) -> String? {
        guard text.hasSuffix("d"), let days = Int32(text.dropLast()), days >= 0 else { return nil }
        return "\(Int64(days) * 24)h"
    }
}
