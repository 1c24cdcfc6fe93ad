/// A Swift file whose comments and strings are told apart from its code.
struct SwiftFile {
    /// The file as it is.
    var file: TextFile
    /// Its lines with blanks for comments and for the text of strings; code inside `\( )` is kept.
    var code: [String]

    /// Tells code from the rest.
    init(_ file: TextFile) {
        self.file = file
        var blanker = Blanker(bytes: Array(file.lines.joined(separator: "\n").utf8))
        code = TextFile(path: file.path, text: String(decoding: blanker.blanked(), as: UTF8.self)).lines
        while code.count < file.lines.count { code.append("") }
    }

    /// Tells code from the rest in a piece of text.
    init(path: String, text: String) { self.init(TextFile(path: path, text: text)) }

    /// The identifiers and keywords of a line of code.
    func words(_ index: Int) -> [Substring] {
        // By bytes, since characters make the walk of the tree ten times slower.
        code[index].utf8.split { !Self.isWord($0) }.map { Substring($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }

    /// The modules that the file imports, with their lines.
    var imports: [(index: Int, module: Substring)] {
        code.indices.compactMap { index in
            let words = words(index)
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
            let module = kinds.contains(words[keyword + 1]) && keyword + 2 < words.count ? keyword + 2 : keyword + 1
            return (index, words[module])
        }
    }
}

/// Replaces comments and the text of strings by blanks, so that braces and words that are left are code.
private struct Blanker {
    private enum Frame {
        /// Code, with the parentheses that are open in it.
        case code(parentheses: Int)
        /// A string literal.
        case string(pounds: Int, isMultiline: Bool)
    }

    private static let newline = UInt8(ascii: "\n")
    private var bytes: [UInt8]
    private var position = 0
    private var frames: [Frame] = [.code(parentheses: 0)]

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func blanked() -> [UInt8] {
        while position < bytes.count {
            switch frames[frames.count - 1] {
            case .code(let parentheses): readCode(parentheses)
            case .string(let pounds, let isMultiline): readString(pounds, isMultiline)
            }
        }
        return bytes
    }

    private func starts(_ text: StaticString, at index: Int) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[index..<index + text.utf8CodeUnitCount]) }
    }

    private func pounds(at index: Int) -> Int {
        bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
    }

    private mutating func blank(_ count: Int) {
        for index in position..<min(position + count, bytes.count) where bytes[index] != Self.newline {
            bytes[index] = UInt8(ascii: " ")
        }
        position += count
    }

    private mutating func readCode(_ parentheses: Int) {
        if starts("//", at: position) {
            blank(bytes[position...].prefix { $0 != Self.newline }.count)
        } else if starts("/*", at: position) {
            readBlockComment()
        } else if bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "#") {
            openLiteral()
        } else {
            if bytes[position] == UInt8(ascii: "(") { frames[frames.count - 1] = .code(parentheses: parentheses + 1) }
            if bytes[position] == UInt8(ascii: ")") {
                if parentheses == 0, frames.count > 1 {
                    frames.removeLast()
                } else {
                    frames[frames.count - 1] = .code(parentheses: max(parentheses - 1, 0))
                }
            }
            position += 1
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if starts("/*", at: position) {
                depth += 1
                blank(2)
            } else if starts("*/", at: position) {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func openLiteral() {
        let pounds = pounds(at: position)
        let quote = position + pounds
        if pounds > 0, starts("/", at: quote) {
            // A regular expression between `#/` and `/#`.
            blank(pounds + 1)
            while position < bytes.count, !(starts("/#", at: position)) { blank(1) }
            blank(2)
        } else if starts("\"\"\"", at: quote) {
            frames.append(.string(pounds: pounds, isMultiline: true))
            blank(pounds + 3)
        } else if starts("\"", at: quote) {
            frames.append(.string(pounds: pounds, isMultiline: false))
            blank(pounds + 1)
        } else {
            position += max(pounds, 1)
        }
    }

    private mutating func readString(_ pounds: Int, _ isMultiline: Bool) {
        let quotes = isMultiline ? 3 : 1
        if bytes[position] == UInt8(ascii: "\\") {
            let after = position + 1
            if after < bytes.count, self.pounds(at: after) >= pounds, after + pounds < bytes.count {
                let opens = bytes[after + pounds] == UInt8(ascii: "(")
                blank(pounds + 2)
                if opens { frames.append(.code(parentheses: 0)) }
            } else {
                blank(1)
            }
        } else if isMultiline ? starts("\"\"\"", at: position) : bytes[position] == UInt8(ascii: "\""),
            position + quotes >= bytes.count && pounds == 0
                || position + quotes < bytes.count && self.pounds(at: position + quotes) >= pounds
        {
            blank(quotes + pounds)
            frames.removeLast()
        } else if bytes[position] == Self.newline, !isMultiline {
            frames.removeLast()
            position += 1
        } else {
            blank(1)
        }
    }
}
