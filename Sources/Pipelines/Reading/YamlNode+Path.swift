internal import RampartCore

extension YamlNode {
    /// The way to a value: `seller.id`, `items[0].price`, a list of names and indices, or for CSV the name of a column.
    func path(_ what: String, format: Source.Format, _ report: Report) -> Path? {
        switch content {
        case .scalar:
            guard let text = string(what, report) else { return nil }
            return format == .csv ? Path([text]) : path(text, what, report)
        case .sequence(let elements):
            if format == .csv, elements.count > 1 {
                report.error(position, "found a list of \(elements.count) names for \(what); CSV columns do not nest")
                return nil
            }
            if elements.isEmpty { report.error(position, "the list for \(what) is empty; expected at least one name") }
            let steps = elements.enumerated().compactMap { $1.step(what, canBeIndex: $0 > 0, report) }
            return steps.isEmpty || steps.count < elements.count ? nil : Path(steps: steps)
        case .mapping:
            report.error(position, "found a mapping for \(what); expected a path such as seller.id")
            return nil
        }
    }

    /// An element of a path that is written as a list: a number without quotes is an index.
    private func step(_ what: String, canBeIndex: Bool, _ report: Report) -> Path.Step? {
        if canBeIndex, let text = plainText, text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) {
            guard let index = Self.index(text[...]) else {
                report.error(
                    position, "found \(quoted(text)) for \(what); expected an index from 0 to \(FileLimits.pathIndex)",
                    "a member of that name is written in quotation marks")
                return nil
            }
            return .index(index)
        }
        return string(what, report).map { .name(Array($0.utf8)) }
    }

    /// Names joined by dots, each with indices behind it.
    private func path(_ text: String, _ what: String, _ report: Report) -> Path? {
        var steps: [Path.Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let name = part.prefix { $0 != "[" && $0 != "]" }
            guard !name.isEmpty else {
                report.error(
                    position, "found \(quoted(text)) for \(what); expected names joined by single dots",
                    "a name that has a dot itself is written in a list: [a.b, c]")
                return nil
            }
            steps.append(.name(Array(name.utf8)))
            var rest = part[name.endIndex...]
            while !rest.isEmpty {
                guard rest.first == "[", let end = rest.firstIndex(of: "]"),
                    let index = Self.index(rest[..<end].dropFirst())
                else {
                    report.error(
                        position,
                        "found \(quoted(text)) for \(what); "
                            + "expected an index from 0 to \(FileLimits.pathIndex) in brackets, as in items[0].price",
                        "a name that has a bracket itself is written in a list: [\"a[b\", c]")
                    return nil
                }
                steps.append(.index(index))
                rest = rest[rest.index(after: end)...]
            }
        }
        return Path(steps: steps)
    }

    private static func index(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }), let index = Int(text),
            index <= FileLimits.pathIndex
        else { return nil }
        return index
    }
}
