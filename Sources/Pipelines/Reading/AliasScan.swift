/// Finds aliases before the file is parsed.
///
/// It knows no quotes or blocks, and so may see an alias in a text where both `&name` and `*name` stand after white
/// space. It never misses a real one, which is what makes parsing safe.
enum AliasScan {
    /// Where the first `*name` stands for which there is an `&name`.
    static func firstAlias(in text: String) -> Position? {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        var anchors: Set<String> = []
        var aliases: [(name: String, position: Position)] = []
        var position = Position.start
        var previous: Unicode.Scalar = "\n"
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            if scalar == "&" || scalar == "*", canPrecede(previous) {
                let name = String(String.UnicodeScalarView(scalars[index...].prefix { isName($0) }))
                if name.isEmpty {
                    // An operator of an expression.
                } else if scalar == "&" {
                    anchors.insert(name)
                } else {
                    aliases.append((name, position))
                }
            }
            if SourceText.isBreak(scalar), !(scalar == "\n" && previous == "\r") {
                position = Position(line: position.line + 1, column: 1)
            } else if !SourceText.isBreak(scalar) {
                position.column += 1
            }
            previous = scalar
        }
        return aliases.first { anchors.contains($0.name) }?.position
    }

    private static func canPrecede(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "[", "]", "{", "}", ",", ":", "-", "?", "\"", "'", "\u{FEFF}": true
        default: SourceText.isBreak(scalar)
        }
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        // The letters that the parser takes for the name of an anchor.
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
