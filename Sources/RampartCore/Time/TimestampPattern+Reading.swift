extension TimestampPattern {
    /// The timestamp that a text spells, if all of it is laid out like the pattern.
    func read(_ text: UnsafeRawBufferPointer) -> TimestampParser.Reading? {
        var reader = PatternReader(text: text)
        for part in parts {
            guard reader.take(part) else { return nil }
        }
        return reader.reading
    }
}

/// Reads one timestamp part by part.
private struct PatternReader {
    private let text: UnsafeRawBufferPointer
    private var index = 0
    private var (year, month, day) = (1970, 1, 1)
    private var (hour, minute, second, millisecond) = (0, 0, 0, 0)
    private var halfHour: Int?
    private var isAfternoon = false
    private var weekday: Int?
    private var offset: EventSpan?

    init(text: UnsafeRawBufferPointer) { self.text = text }

    /// What was read, if nothing is left over and there are such a day and such a time.
    var reading: TimestampParser.Reading? {
        guard index == text.count, let date = CivilDate(year: year, month: month, day: day) else { return nil }
        let days = date.daysSinceEpoch
        if let weekday, weekday != CivilDate.dayOfWeek(daysSinceEpoch: days) { return nil }
        var hour = hour
        if let halfHour {
            guard (1...12).contains(halfHour) else { return nil }
            hour = halfHour % 12 + (isAfternoon ? 12 : 0)
        }
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
        return TimestampParser.Reading(local: Int64(seconds) * 1_000 + Int64(millisecond), offset: offset)
    }

    /// Moves past a part, if it stands there.
    mutating func take(_ part: TimestampPattern.Part) -> Bool {
        switch part {
        case .literal(let bytes):
            for byte in bytes {
                guard take(byte) else { return false }
            }
            return true
        case .number(let number, let digits): return take(number, digits)
        case .monthName(let isShort):
            guard let found = name(TimestampPattern.months, isShort: isShort) else { return false }
            month = found + 1
            return true
        case .weekdayName(let isShort):
            weekday = name(TimestampPattern.weekdays, isShort: isShort)
            return weekday != nil
        case .half:
            isAfternoon = letter(at: index) == UInt8(ascii: "p")
            guard isAfternoon || letter(at: index) == UInt8(ascii: "a"), letter(at: index + 1) == UInt8(ascii: "m")
            else { return false }
            index += 2
            return true
        case .offset(let style): return takeOffset(style)
        }
    }

    private mutating func take(_ number: TimestampPattern.Number, _ digits: Int) -> Bool {
        if number == .fraction { return takeFraction(digits) }
        guard let value = self.number(atLeast: digits, atMost: max(digits, 2)) else { return false }
        switch number {
        case .year: year = digits == 2 ? value + (value < 70 ? 2000 : 1900) : value
        case .month: month = value
        case .day: day = value
        case .hour: hour = value
        case .halfHour: halfHour = value
        case .minute: minute = value
        case .second: second = value
        case .fraction: break
        }
        return true
    }

    /// Exactly so many digits of a fraction of a second; those past the third are dropped.
    private mutating func takeFraction(_ digits: Int) -> Bool {
        millisecond = 0
        for place in 0..<max(digits, 3) {
            var value = 0
            if place < digits {
                guard let digit = digit() else { return false }
                value = digit
            }
            if place < 3 { millisecond = millisecond * 10 + value }
        }
        return true
    }

    private mutating func takeOffset(_ style: TimestampPattern.Offset) -> Bool {
        if style != .numeric, take(UInt8(ascii: "Z")) {
            offset = .zero
            return true
        }
        let isWest = take(UInt8(ascii: "-"))
        guard isWest || take(UInt8(ascii: "+")), let hours = number(atLeast: 2, atMost: 2), hours < 24 else {
            return false
        }
        var minutes = 0
        if style != .hours {
            guard style != .extended || take(UInt8(ascii: ":")), let found = number(atLeast: 2, atMost: 2), found < 60
            else { return false }
            minutes = found
        }
        let span = Int64(hours * 60 + minutes) * 60_000
        offset = EventSpan(milliseconds: isWest ? -span : span)
        return true
    }

    private mutating func name(_ names: [[UInt8]], isShort: Bool) -> Int? {
        for (position, name) in names.enumerated() {
            let length = isShort ? TimestampPattern.shortNameBytes : name.count
            if (0..<length).allSatisfy({ letter(at: index + $0) == name[$0] }) {
                index += length
                return position
            }
        }
        return nil
    }

    /// A byte of the text, a capital as its small letter; 0 behind its end.
    private func letter(at index: Int) -> UInt8 {
        guard index < text.count else { return 0 }
        let byte = text[index]
        return byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private mutating func number(atLeast least: Int, atMost most: Int) -> Int? {
        var (number, count) = (0, 0)
        while count < most, let digit = digit() {
            number = number * 10 + digit
            count += 1
        }
        return count >= least ? number : nil
    }

    private mutating func digit() -> Int? {
        guard index < text.count, text[index] &- UInt8(ascii: "0") <= 9 else { return nil }
        index += 1
        return Int(text[index - 1] &- UInt8(ascii: "0"))
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }
}
