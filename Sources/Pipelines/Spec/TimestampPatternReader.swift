internal import RampartCore

/// Takes a timestamp's pattern apart, or tells each of its mistakes at its place.
struct TimestampPatternReader {
    private let node: YamlNode
    private let pattern: String
    private let scalars: [Unicode.Scalar]
    private let report: Report
    private let text: SourceText
    private var index = 0
    /// Bytes before the index, by which places are found.
    private var offset = 0
    private var parts: [TimestampPattern.Part] = []
    private var elements: Set<Element> = []
    private var literal: [UInt8] = []
    private var hasMistake = false

    /// The longest pattern in bytes.
    private static let bytesMax = 64

    /// What a part says; a timestamp says each once.
    private enum Element: String {
        case year, month, day, hour, minute, second, fraction, weekday, half, offset
    }

    /// Whether a format is meant as a pattern, for every pattern has a year.
    static func isPattern(_ format: String) -> Bool {
        format.lowercased().contains("yy") || format.contains("%")
    }

    /// The pattern that stands at a node, if it holds no mistake.
    static func read(_ pattern: String, at node: YamlNode, _ report: Report, _ text: SourceText) -> TimestampPattern? {
        guard pattern.utf8.count <= bytesMax else {
            report.error(
                node.position, "the format has \(pattern.utf8.count) bytes; expected at most \(bytesMax)")
            return nil
        }
        var reader = TimestampPatternReader(pattern, node, report, text)
        return reader.read()
    }

    private init(_ pattern: String, _ node: YamlNode, _ report: Report, _ text: SourceText) {
        self.pattern = pattern
        self.node = node
        self.report = report
        self.text = text
        scalars = Array(pattern.unicodeScalars)
    }

    private mutating func read() -> TimestampPattern? {
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "'" {
                readQuoted()
            } else if Self.isLetter(scalar) {
                readLetters(scalar)
            } else {
                literal += Array(String(scalar).utf8)
                advance(1)
            }
        }
        endLiteral()
        // What is missing would only repeat a mistake that was told.
        guard !hasMistake else { return nil }
        tellMissing()
        return hasMistake ? nil : TimestampPattern(text: pattern, parts: parts)
    }

    private mutating func advance(_ count: Int) {
        for scalar in scalars[index..<index + count] { offset += UTF8.width(scalar) }
        index += count
    }

    private mutating func error(_ offset: Int?, _ message: String, _ suggestion: String?) {
        let place = offset.map { text.position(ofOffset: $0, in: pattern, from: node.position) } ?? node.position
        report.error(place, message, suggestion)
        hasMistake = true
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    // MARK: - Other text

    /// Text in single quotes; two of them are one.
    private mutating func readQuoted() {
        let start = offset
        advance(1)
        if index < scalars.count, scalars[index] == "'" {
            literal.append(UInt8(ascii: "'"))
            advance(1)
            return
        }
        while index < scalars.count {
            if scalars[index] == "'" {
                advance(1)
                guard index < scalars.count, scalars[index] == "'" else { return }
            }
            literal += Array(String(scalars[index]).utf8)
            advance(1)
        }
        error(start, "the quoted text of the format does not end", "write ' behind it; two of them are one")
    }

    private mutating func endLiteral() {
        guard !literal.isEmpty else { return }
        if isDigit(literal[0]) { tellOpenWidth() }
        parts.append(.literal(literal))
        literal = []
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: - Parts

    private mutating func readLetters(_ letter: Unicode.Scalar) {
        endLiteral()
        let start = offset
        var count = 0
        while index + count < scalars.count, scalars[index + count] == letter { count += 1 }
        defer { advance(count) }
        guard let (element, part) = Self.part(letter, count) else {
            let found = String(repeating: Character(letter), count: count)
            return error(
                start, "`\(found)` is no part of a time; expected \(Self.expected(letter))",
                Self.mend(letter, found))
        }
        if case .number = part { tellOpenWidth() }
        if !elements.insert(element).inserted {
            let mend = letter == "m" ? "m is the minute and M the month" : nil
            error(start, "the format has the \(element.rawValue) twice", mend)
        }
        parts.append(part)
    }

    /// A number of one or two digits has no end where a digit follows.
    private mutating func tellOpenWidth() {
        guard case .number(let number, digits: 1)? = parts.last, number != .fraction, !hasMistake else { return }
        error(
            nil, "the format has a number of one or two digits right before another; where it ends cannot be told",
            "write its letter twice, for two digits always")
    }

    private static func part(_ letter: Unicode.Scalar, _ count: Int) -> (Element, TimestampPattern.Part)? {
        switch (letter, count) {
        case ("y", 2), ("y", 4): (.year, .number(.year, digits: count))
        case ("M", 1...2): (.month, .number(.month, digits: count))
        case ("M", 3...4): (.month, .monthName(isShort: count == 3))
        case ("d", 1...2): (.day, .number(.day, digits: count))
        case ("E", 3...4): (.weekday, .weekdayName(isShort: count == 3))
        case ("H", 1...2): (.hour, .number(.hour, digits: count))
        case ("h", 1...2): (.hour, .number(.halfHour, digits: count))
        case ("a", 1): (.half, .half)
        case ("m", 1...2): (.minute, .number(.minute, digits: count))
        case ("s", 1...2): (.second, .number(.second, digits: count))
        case ("S", 1...9): (.fraction, .number(.fraction, digits: count))
        case ("X", 1): (.offset, .offset(.hours))
        case ("X", 2): (.offset, .offset(.basic))
        case ("X", 3): (.offset, .offset(.extended))
        case ("Z", 1): (.offset, .offset(.numeric))
        default: nil
        }
    }

    /// What could stand where these letters do.
    private static func expected(_ letter: Unicode.Scalar) -> String {
        switch letter {
        case "y": "yyyy or yy"
        case "M": "M, MM, MMM or MMMM"
        case "E": "EEE or EEEE"
        case "d", "H", "h", "m", "s": "\(letter) or \(letter)\(letter)"
        case "S": "S to SSSSSSSSS"
        case "X": "one to three X"
        case "a", "Z": "\(letter)"
        default: "letters of y, M, d, E, H, h, m, s, S, a, X and Z, and other text in single quotes"
        }
    }

    private static func mend(_ letter: Unicode.Scalar, _ found: String) -> String? {
        switch letter {
        case "Y": found == "YY" ? "write yy" : "write yyyy"
        case "D": "write dd"
        case "y", "M", "d", "E", "H", "h", "m", "s", "S", "a", "X", "Z": nil
        default: "write '\(found)' if the letters stand in the time"
        }
    }

    // MARK: - What is missing

    private mutating func tellMissing() {
        let date: [(Element, String)] = [(.year, "yyyy"), (.month, "MM"), (.day, "dd")]
        for (element, letters) in date where !elements.contains(element) {
            error(nil, "the format has no \(element.rawValue)", "add \(letters)")
        }
        let clock: [(Element, Element, String)] = [
            (.minute, .hour, "HH"), (.second, .minute, "mm"), (.fraction, .second, "ss"),
        ]
        for (part, whole, letters) in clock where elements.contains(part) && !elements.contains(whole) {
            error(nil, "the format has a \(part.rawValue) and no \(whole.rawValue)", "add \(letters)")
        }
        let isHalf = parts.contains { if case .number(.halfHour, _) = $0 { true } else { false } }
        if isHalf != elements.contains(.half) {
            error(
                nil,
                isHalf ? "h counts to 12, and the format has no `a` for AM or PM" : "`a` is AM or PM, which needs h",
                isHalf ? "add a, or write HH for hours from 0 to 23" : "write h for H, or remove a")
        }
    }

    /// Whether the pattern gives an offset from UTC, so that it needs no zone.
    static func hasOffset(_ pattern: TimestampPattern) -> Bool {
        pattern.parts.contains { if case .offset = $0 { true } else { false } }
    }
}
