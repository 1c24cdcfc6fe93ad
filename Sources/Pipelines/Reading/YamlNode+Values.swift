internal import RampartCore

// Each reader reports what it found and what it expected, and gives nil for a value that cannot be used.
extension YamlNode {
    /// A text that is not empty.
    func string(_ what: String, _ report: Report) -> String? {
        guard let text, !text.isEmpty else {
            report.error(position, "found \(summary) for \(what); expected a text")
            return nil
        }
        return text
    }

    /// A name of lower-case letters, digits and underscores, and hyphens where allowed.
    func name(_ what: String, hyphens: Bool, _ report: Report) -> String? {
        guard let text = string(what, report) else { return nil }
        return isName(text, what, hyphens: hyphens, at: position, report) ? text : nil
    }

    /// One of a fixed set of words.
    func choice<Value>(_ what: String, among values: [(name: String, value: Value)], _ report: Report) -> Value? {
        if let text, let match = values.first(where: { $0.name == text }) { return match.value }
        let names = values.map(\.name)
        report.error(
            position, "found \(summary) for \(what); expected \(alternatives(names))",
            text.flatMap { Suggestion.didYouMean($0, among: names) })
        return nil
    }

    /// A case of an enumeration by its name in the file.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ what: String, _ type: Value.Type, _ report: Report
    ) -> Value? where Value.RawValue == String {
        choice(what, among: Value.allCases.map { ($0.rawValue, $0) }, report)
    }

    /// `true` or `false`.
    func boolean(_ what: String, _ report: Report) -> Bool? {
        let words = ["yes": "true", "on": "true", "no": "false", "off": "false"]
        let folded = text?.lowercased() ?? ""
        if let word = words[folded] ?? (text != folded && words.values.contains(folded) ? folded : nil) {
            report.error(position, "found \(summary) for \(what); expected true or false", "write \(word)")
            return nil
        }
        return choice(what, among: [("true", true), ("false", false)], report)
    }

    /// A whole number within bounds.
    func wholeNumber(_ what: String, in range: ClosedRange<Int64>, _ report: Report) -> Int64? {
        guard let text = plainText, let value = Int64(text), range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            report.error(position, "found \(summary) for \(what); expected a whole number \(bounds)")
            return nil
        }
        return value
    }

    /// A whole number or a decimal.
    func number(_ what: String, _ report: Report) -> Threshold.Value? {
        guard let text = plainText, let value = Threshold.Value(text: text) else {
            report.error(position, "found \(summary) for \(what); expected a number such as 10 or 0.5")
            return nil
        }
        return value
    }

    /// A length of time such as `90s`.
    func duration(_ what: String, allowsZero: Bool = false, _ report: Report) -> EventSpan? {
        guard let text, let span = EventSpan(text: text) else {
            report.error(
                position, "found \(summary) for \(what); expected a duration such as 500ms, 90s, 10m, 1h or 30d",
                text.flatMap(EventSpan.mend))
            return nil
        }
        guard span > .zero || (allowsZero && span == .zero) else {
            report.error(position, "\(what) is \(quoted(text)); expected a duration above zero")
            return nil
        }
        guard span <= FileLimits.duration else {
            report.error(
                position, "\(what) is \(quoted(text)); expected at most \(FileLimits.duration.text)")
            return nil
        }
        return span
    }

    /// An ISO 4217 code.
    func currency(_ what: String, _ report: Report) -> Currency? {
        guard let text = string(what, report) else { return nil }
        return parseCurrency(text, at: position, report)
    }

    /// A moment in UTC or with an offset.
    func moment(_ what: String, _ report: Report) -> EventTime? {
        guard let text, let time = EventTime(iso8601: text) else {
            report.error(position, "found \(summary) for \(what); expected a time such as 2011-11-14T12:00:00Z")
            return nil
        }
        return time
    }
}

/// Whether a name is written as names are; an error is reported where not.
func isName(_ text: String, _ what: String, hyphens: Bool, at position: Position, _ report: Report) -> Bool {
    let bytes = Array(text.utf8)
    let isGood =
        !bytes.isEmpty && bytes.count <= FileLimits.nameBytes && isLowercase(bytes[0])
        && bytes.allSatisfy {
            isLowercase($0) || isDigit($0) || $0 == UInt8(ascii: "_") || (hyphens && $0 == UInt8(ascii: "-"))
        }
    guard !isGood else { return true }
    let letters = hyphens ? "a-z, 0-9, _ and -" : "a-z, 0-9 and _"
    report.error(
        position,
        "\(quoted(text)) is no name of \(what); expected a letter a-z and then \(letters), "
            + "at most \(FileLimits.nameBytes) in all",
        nameSuggestion(bytes, hyphens: hyphens))
    return false
}

private func nameSuggestion(_ bytes: [UInt8], hyphens: Bool) -> String? {
    var mended: [UInt8] = []
    for byte in bytes.prefix(FileLimits.nameBytes) {
        let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
        if isLowercase(lower) || isDigit(lower) || lower == UInt8(ascii: "_") {
            mended.append(lower)
        } else if lower == UInt8(ascii: "-") || lower == UInt8(ascii: " ") {
            mended.append(hyphens && lower == UInt8(ascii: "-") ? lower : UInt8(ascii: "_"))
        } else {
            return nil
        }
    }
    guard let first = mended.first, isLowercase(first) else { return nil }
    return "write \(String(decoding: mended, as: UTF8.self))"
}

private func isLowercase(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

/// The currency of a code; an error is reported where there is none.
func parseCurrency(_ text: String, at position: Position, _ report: Report) -> Currency? {
    if let currency = Currency(text) { return currency }
    let capitals = text.uppercased()
    report.error(
        position, "\(quoted(text)) is no currency; expected an ISO 4217 code in capitals such as GBP",
        Currency(capitals) == nil ? nil : "write \(capitals)")
    return nil
}

/// The alternatives of a choice as a sentence has them: a, b or c.
func alternatives(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or " + last
}
