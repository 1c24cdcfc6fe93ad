/// Mistakes of YAML itself, which only the text can hold.
enum BrokenText {
    /// Each mistake at one line of the tree's text.
    static func mistakes(in tree: Tree, name: String) -> [BrokenPipeline] {
        let written = TreeText(tree, isFlow: true)
        let lines = written.text.split(separator: "\n").map(String.init)
        return all.compactMap { mistake in
            guard let (index, text) = mistake.make(lines) else { return nil }
            return BrokenPipeline(
                mistake: mistake.name, place: name, text: text.joined(separator: "\n") + "\n", line: index + 1,
                says: mistake.says, hasMend: mistake.hasMend, isAlone: true,
                isStructural: false)
        }
    }

    fileprivate struct Mistake: Sendable {
        var name: String
        var says: String
        var hasMend = true
        /// The line of the mistake, from 0, and the lines with it.
        var make: @Sendable ([String]) -> (Int, [String])?
    }

    /// Changes the last line that fits.
    fileprivate static func line(
        _ name: String, says: String, hasMend: Bool = true, where fits: @escaping @Sendable (String) -> Bool,
        _ change: @escaping @Sendable (String) -> String
    ) -> Mistake {
        Mistake(name: name, says: says, hasMend: hasMend) { lines in
            guard let index = lines.lastIndex(where: fits) else { return nil }
            var lines = lines
            lines[index] = change(lines[index])
            return (index, lines)
        }
    }

    private static let isWindow: @Sendable (String) -> Bool = { $0.contains("window: {") && $0.contains(",") }
    private static let isStages: @Sendable (String) -> Bool = { $0.hasPrefix("stages:") }
    private static let isBetween: @Sendable (String) -> Bool = { $0.hasPrefix("    key: ") }
    private static let isFrom: @Sendable (String) -> Bool = { $0.hasPrefix("    from: ") }
    private static let isKey: @Sendable (String) -> Bool = { $0.hasPrefix("    key: [") }
    private static let isMessage: @Sendable (String) -> Bool = { $0.hasPrefix("      message: \"") }

    fileprivate static let all = [
        line("a brace that does not close", says: "`}`", where: isWindow) { String($0.dropLast(2)) },
        line("a bracket that does not close", says: "`]`", where: isKey) { String($0.dropLast()) },
        line("a brace closed with a bracket", says: "`}`", where: isWindow) { $0.dropLast() + "]" },
        line("no comma between members", says: "`,`", where: isWindow) { $0.replacing(",", with: "") },
        line("a tab as indentation", says: "spaces", where: isFrom) { "\t" + $0.drop { $0 == " " } },
        line("a tab behind spaces", says: "spaces", where: isFrom) { "  \t" + $0.drop { $0 == " " } },
        line("a line indented too far", says: "indent", where: isBetween) { "  " + $0 },
        line("a line indented too little", says: "indent", where: isBetween) { String($0.dropFirst(1)) },
        line("no colon", says: "`:`", where: isFrom) { $0.replacing(":", with: "") },
        line("no blank behind a colon", says: "a blank", where: isFrom) { $0.replacing(": ", with: ":") },
        line("a quotation mark that does not close", says: "quotation mark", where: isMessage) {
            String($0.dropLast())
        },
        line("an unknown escape", says: "\\\\", where: isMessage) { $0.dropLast() + "\\d\"" },
        line("an anchor", says: "pipeline files have neither", where: isKey) {
            $0.replacing("key: ", with: "key: &x ")
        },
        line("an alias of nothing", says: "quotation marks", where: isFrom) { _ in "    from: *clicks" },
        line("a tag", says: "write the value without a tag", where: isFrom) {
            $0.replacing("from: ", with: "from: !!set ")
        },
        line("a merged mapping", says: "quotation marks", where: isFrom) { $0 + "\n    <<: *standard" }.moved(by: 1),
        line("a plain text that begins with @", says: "quotation marks", where: isFrom) { _ in "    from: @clicks" },
        line("a plain text that begins with a backtick", says: "quotation marks", where: isFrom) { _ in
            "    from: `clicks`"
        },
        line("a plain text that begins with %", says: "quotation marks", where: isFrom) { _ in "    from: %clicks" },
        line("a message without quotation marks", says: "quotation marks", where: isMessage) {
            $0.replacing("\"", with: "")
        },
        line("a colon inside a plain text", says: "quotation marks", where: isFrom) { _ in
            "    from: clicks: all of them"
        },
        line("a control character", says: "remove the control character", where: isFrom) { $0 + "\u{1}" },
        line("a second document", says: "keep one document", where: isStages) { "---\n" + $0 },
        line("a list among members", says: "expected", hasMend: false, where: isFrom) { $0 + "\n    - clicks" }
            .moved(by: 1),
        line("a list as a name", says: "expected a name", hasMend: false, where: isFrom) { $0 + "\n    [a, b]: c" }
            .moved(by: 1),
        line("a line that was left over", says: "`:`", where: isFrom) { $0 + "\n<<<<<<< HEAD" }.moved(by: 1),
    ]
}

extension BrokenText.Mistake {
    /// The same where the mistake stands some lines below the changed one.
    fileprivate func moved(by count: Int) -> Self {
        var copy = self
        copy.make = { [make] lines in make(lines).map { ($0 + count, $1) } }
        return copy
    }
}
