/// Reads calendar timestamps: `2011-11-14T12:00:00.123Z`, with `T` or a space, a fraction of up to nine digits, and
/// `Z`, `+08:00`, `+0800` or nothing at the end.
struct TimestampParser {
    /// A timestamp as it is written.
    struct Reading: Hashable {
        /// Milliseconds since the epoch as if it were UTC; digits past the third of a fraction are dropped.
        var local: Int64
        /// The offset from UTC, if it is written.
        var offset: EventSpan?
    }

    private let text: UnsafeRawBufferPointer
    private var index = 0
    private var offset: EventSpan?

    /// Reads a timestamp, if the text is one.
    static func read(_ text: UnsafeRawBufferPointer) -> Reading? {
        var parser = TimestampParser(text: text)
        return parser.read()
    }

    private init(text: UnsafeRawBufferPointer) { self.text = text }

    private mutating func read() -> Reading? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let date = CivilDate(year: year, month: month, day: day), take("T") || take(" "),
            let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second < 60, let millisecond = fraction(), takeOffset(), index == text.count
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        return Reading(local: Int64(seconds) * 1_000 + Int64(millisecond), offset: offset)
    }

    /// The milliseconds of a fraction of a second, 0 where there is none.
    private mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        let start = index
        var milliseconds = 0
        while let digit = digit() {
            if index - start <= 3 { milliseconds = milliseconds * 10 + digit }
        }
        guard (1...9).contains(index - start) else { return nil }
        for _ in min(index - start, 3)..<3 { milliseconds *= 10 }
        return milliseconds
    }

    /// Reads the offset at the end, and returns whether there is a good one or none at all.
    private mutating func takeOffset() -> Bool {
        if index == text.count { return true }
        if take("Z") {
            offset = .zero
            return true
        }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2), hours < 24 else { return false }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return false }
        let span = Int64(hours * 60 + minutes) * 60_000
        offset = EventSpan(milliseconds: isWest ? -span : span)
        return true
    }

    private mutating func number(_ digits: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private mutating func digit() -> Int? {
        guard index < text.count, text[index] &- UInt8(ascii: "0") <= 9 else { return nil }
        index += 1
        return Int(text[index - 1] &- UInt8(ascii: "0"))
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: letter) else { return false }
        index += 1
        return true
    }
}
