/// The text of a pipeline file by lines, to find the place of something inside a value.
struct SourceText {
    private let scalars: [Unicode.Scalar]
    private let lineStarts: [Int]

    /// Splits a text into lines as YAML does.
    init(_ text: String) {
        var scalars: [Unicode.Scalar] = []
        var lineStarts = [0]
        for scalar in text.unicodeScalars {
            let endsCRLF = scalar == "\n" && scalars.last == "\r"
            scalars.append(scalar)
            if endsCRLF {
                lineStarts[lineStarts.count - 1] = scalars.count
            } else if Self.isBreak(scalar) {
                lineStarts.append(scalars.count)
            }
        }
        self.scalars = scalars
        self.lineStarts = lineStarts
    }

    /// The place of a UTF-8 offset into the value of a scalar that starts at `start`.
    ///
    /// Quotes, escapes, folded lines and the indentation of a block make a value differ from its text in the file.
    /// The two are walked side by side: white space against white space, everything else one by one.
    func position(ofOffset offset: Int, in value: String, from start: Position) -> Position {
        guard start.line >= 1, start.line <= lineStarts.count else { return start }
        var index = min(lineStarts[start.line - 1] + start.column - 1, scalars.count)
        let style = index < scalars.count ? scalars[index] : " "
        let isBlock = style == "|" || style == ">"
        if isBlock {
            while index < scalars.count, !Self.isBreak(scalars[index]) { index += 1 }
            skipBlank(&index)
        } else if style == "\"" || style == "'" {
            index += 1
        }
        var consumed = 0
        var wasBlank = false
        for scalar in value.unicodeScalars {
            if consumed >= offset { break }
            consumed += UTF8.width(scalar)
            let isBlank = Self.isBlank(scalar)
            if !isBlank {
                if wasBlank { skipBlank(&index) }
                step(&index, over: scalar, quotedBy: isBlock ? " " : style)
            }
            wasBlank = isBlank
        }
        if wasBlank { skipBlank(&index) }
        return position(ofIndex: index)
    }

    /// The place behind the last character.
    var end: Position { position(ofIndex: scalars.count) }

    private func step(_ index: inout Int, over scalar: Unicode.Scalar, quotedBy quote: Unicode.Scalar) {
        guard index < scalars.count else { return }
        if quote == "'", scalar == "'" {
            index += 2
        } else if quote == "\"", scalars[index] == "\\" {
            let digits = index + 1 < scalars.count ? Self.escapeDigits(scalars[index + 1]) : 0
            index += 2 + digits
        } else {
            index += 1
        }
        index = min(index, scalars.count)
    }

    private func skipBlank(_ index: inout Int) {
        while index < scalars.count, Self.isBlank(scalars[index]) { index += 1 }
    }

    private func position(ofIndex index: Int) -> Position {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle }
        }
        return Position(line: low + 1, column: index - lineStarts[low] + 1)
    }

    private static func escapeDigits(_ scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "x": 2
        case "u": 4
        case "U": 8
        default: 0
        }
    }

    /// Whether YAML 1.1 ends a line here.
    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || isBreak(scalar)
    }
}
