/// Where a mistake of YAML most probably was made, and its mend.
///
/// The parser names the place where it could not go on, which may be lines below the mistake: a bracket that does not
/// close swallows the next line, and so does a name without a colon.
struct YamlMend {
    /// Where the mistake stands.
    private(set) var position: Position
    /// What to write instead.
    private(set) var suggestion: String?

    private let lines: [Substring]

    /// Looks at what the parser says: the problem and its place, and what it was about and where that began.
    init(problem: String, at place: Position, context: String, from start: Position?, in text: String) {
        position = place
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        if let quote = openQuotation(before: place) {
            self.position = quote
            suggestion = "close the quotation mark"
        } else if context.contains("flow") {
            let closing = context.contains("mapping") ? "}" : "]"
            suggestion = "write `,` between its parts and `\(closing)` behind the last"
            if let start, start.line < place.line, indent(of: place.line) <= indent(of: start.line) { position = start }
        } else if problem.contains("mapping values are not allowed") {
            findColon()
        } else if problem.contains("could not find expected ':'") {
            position = start ?? place
            suggestion = "write `:` and a blank behind the name, or remove the line"
        } else if problem.contains("cannot start any token") || problem.contains("tab") {
            suggestion =
                scalar(at: place) == "\t" ? "indent with spaces" : "put the text in quotation marks"
        } else if problem.contains("expected key") || problem.contains("expected '-'") {
            let isFirst = place.column <= indent(of: place.line) + 1
            suggestion =
                isFirst ? "indent the line like the others of its mapping or list" : "put the text in quotation marks"
        } else if problem.contains("escape") {
            suggestion = "write `\\\\` for a backslash"
        }
    }

    /// A colon behind a value: one inside a text, or the line above is no `name: value`.
    private mutating func findColon() {
        let line = text(of: position.line)
        let before = line.prefix(max(position.column - 1, 0))
        guard !before.contains(": ") else {
            suggestion = "put a text that holds `: ` in quotation marks"
            return
        }
        let above = (1..<max(position.line, 1)).last { number in
            let trimmed = text(of: number).drop { $0 == " " }
            return !trimmed.isEmpty && !trimmed.hasPrefix("#")
        }
        suggestion = "indent the line like the one above"
        guard let above else { return }
        let words = text(of: above)
        guard !words.contains(": "), words.last != ":", !words.drop(while: { $0 == " " }).hasPrefix("- ") else {
            return
        }
        position = Position(line: above, column: indent(of: above) + 1)
        suggestion = words.contains(":") ? "write a blank behind the `:`" : "write `:` and a blank behind the name"
    }

    /// The line with the quotation mark that nothing closes: an odd number of lines with an odd number of them.
    private func openQuotation(before place: Position) -> Position? {
        let odd = (1...max(place.line, 1)).filter { number in
            var count = 0
            var isEscaped = false
            for letter in text(of: number) {
                if letter == "\"", !isEscaped { count += 1 }
                isEscaped = letter == "\\" && !isEscaped
            }
            return count % 2 == 1
        }
        guard odd.count % 2 == 1, let last = odd.last,
            let index = text(of: last).unicodeScalars.enumerated().reversed().first(where: { $0.element == "\"" })
        else { return nil }
        return Position(line: last, column: index.offset + 1)
    }

    private func text(of line: Int) -> Substring { lines.indices.contains(line - 1) ? lines[line - 1] : "" }

    private func indent(of line: Int) -> Int { text(of: line).prefix { $0 == " " }.count }

    private func scalar(at place: Position) -> Unicode.Scalar? {
        text(of: place.line).unicodeScalars.dropFirst(place.column - 1).first
    }
}
