/// What is checked in Swift files: text in, problems out.
enum SwiftChecks {
    /// The longest function, from the line that names it to the line that closes it.
    static let functionLinesMax = 70

    /// Functions that do not fit a screen.
    static func longFunctions(_ file: SwiftFile) -> [Problem] {
        functions(file).filter { $0.lines.count > functionLinesMax }.map { function in
            file.file.problem(
                function.lines.lowerBound,
                "the function has \(function.lines.count) lines; split it, \(functionLinesMax) fit a screen")
        }
    }

    /// The functions, initialisers and subscripts of a file that have a body, with the lines they cover.
    static func functions(_ file: SwiftFile) -> [(name: String, lines: Range<Int>)] {
        var found: [(name: String, lines: Range<Int>)] = []
        for index in file.code.indices {
            let line = file.code[index]
            for keyword in ["func ", "init(", "init?(", "init<", "subscript(", "subscript<", "deinit "] {
                guard let range = line.firstRange(of: keyword) else { continue }
                let before = line[..<range.lowerBound].last
                if let before, !before.isWhitespace { continue }
                let column = line.utf8.distance(from: line.startIndex, to: range.upperBound) - 1
                guard let end = bodyEnd(file.code, line: index, column: column) else { continue }
                let name = line[range.lowerBound...].prefix { $0 != "{" }
                found.append((String(name), index..<end + 1))
                break
            }
        }
        return found
    }

    /// The line on which the body that opens after a place closes; nil where the declaration has none.
    private static func bodyEnd(_ code: [String], line: Int, column: Int) -> Int? {
        var braces = 0
        var brackets = 0
        for index in line..<code.count {
            let bytes = Array(code[index].utf8)
            if index > line, braces == 0, brackets == 0, startsDeclaration(code[index]) { return nil }
            for byte in index == line ? bytes[min(column, bytes.count)...] : bytes[...] {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): brackets += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): brackets -= 1
                case UInt8(ascii: "{"): braces += 1
                case UInt8(ascii: "}"):
                    braces -= 1
                    // A brace inside brackets is a default argument; below zero the protocol around it closed.
                    if braces < 0 { return nil }
                    if braces == 0, brackets <= 0 { return index }
                default: break
                }
            }
        }
        return nil
    }

    private static func startsDeclaration(_ line: String) -> Bool {
        let words = line.split(separator: " ").prefix { $0.first?.isLetter == true || $0.first == "@" }
        return words.contains { ["func", "var", "let", "struct", "enum", "associatedtype", "case"].contains($0) }
    }

    /// Modules that bring a clock, a thread, the system or a locale.
    static let modulesOutsideCore: Set<Substring> = [
        "Foundation", "FoundationEssentials", "FoundationInternationalization", "Glibc", "Musl", "Darwin", "Dispatch",
        "Synchronization", "CZlib", "CZstd", "Yams", "ArgumentParser", "_Concurrency",
    ]

    /// Words by which code would wait, run beside itself, read a clock or draw a number.
    static let wordsOutsideCore: [Substring: String] = {
        let reasons: [(String, [Substring])] = [
            (
                "the core runs in one piece",
                ["async", "await", "Task", "TaskGroup", "Thread", "actor", "Mutex", "Atomic"]
            ),
            ("shells own threads", ["withTaskGroup", "DispatchQueue", "pthread_create", "AsyncStream", "MainActor"]),
            (
                "only events tell the time",
                ["Date", "ContinuousClock", "SuspendingClock", "clock_gettime", "gettimeofday"]
            ),
            ("nothing is drawn", ["SystemRandomNumberGenerator", "random", "randomElement", "shuffled", "shuffle"]),
            ("it differs from run to run", ["hashValue", "ObjectIdentifier"]),
        ]
        var words: [Substring: String] = [:]
        for (reason, list) in reasons {
            for word in list { words[word] = reason }
        }
        return words
    }()

    /// Clocks, randomness, concurrency and the system, none of which the core may touch.
    static func impurities(_ file: SwiftFile) -> [Problem] {
        var problems = file.imports.filter { modulesOutsideCore.contains($0.module) }.map { found in
            file.file.problem(found.index, "the core must not import \(found.module)")
        }
        for index in file.code.indices {
            for word in file.words(index) {
                guard let reason = wordsOutsideCore[word] else { continue }
                problems.append(file.file.problem(index, "the core must not use `\(word)`: \(reason)"))
            }
        }
        return problems
    }

    /// Imports of a module by a file that must not know it.
    static func imports(of module: String, _ file: SwiftFile) -> [Problem] {
        file.imports.filter { $0.module == module }.map { found in
            file.file.problem(found.index, "\(file.file.folder) must not import \(module)")
        }
    }

    /// Public declarations without a sentence of documentation.
    ///
    /// Operators, `description`, `hash(into:)` and what fulfils one of our protocols (`requirements`) have their
    /// contract from there, and a row of constants shares the comment above the first.
    static func undocumented(_ file: SwiftFile, requirements: Set<Substring> = []) -> [Problem] {
        file.code.indices.compactMap { index in
            guard let declaration = publicDeclaration(file.code[index]), !isDocumented(file, index) else { return nil }
            let fulfils = name(of: declaration).map(requirements.contains) == true && conforms(file.code, around: index)
            if fulfils || hasContractElsewhere(declaration) { return nil }
            return file.file.problem(index, "`\(declaration)` needs a sentence that says what it is for")
        }
    }

    /// The names of the functions and variables that the protocols of a file require.
    static func requirements(_ file: SwiftFile) -> Set<Substring> {
        var names: Set<Substring> = []
        var end: String?
        for (index, line) in file.code.enumerated() {
            let words = file.words(index)
            if words.contains("protocol"), line.contains("{"), !line.contains("}") {
                end = line.prefix { $0 == " " } + "}"
            } else if line == end {
                end = nil
            } else if end != nil, let keyword = words.firstIndex(where: { $0 == "func" || $0 == "var" }) {
                names.formUnion(words[(keyword + 1)...].prefix(1))
            }
        }
        return names
    }

    private static func name(of declaration: String) -> Substring? {
        let words = declaration.split { !($0 == "_" || $0.isLetter || $0.isNumber) }
        return words.firstIndex { $0 == "func" || $0 == "var" }.flatMap { words.dropFirst($0 + 1).first }
    }

    /// Whether the type or extension around a line names a protocol or a superclass.
    private static func conforms(_ code: [String], around index: Int) -> Bool {
        let indent = code[index].prefix { $0 == " " }.count
        let above = code[..<index].last { line in
            !line.allSatisfy { $0 == " " } && line.prefix { $0 == " " }.count < indent
        }
        return above?.contains(": ") == true
    }

    /// The declaration on a line if it is public, without attributes and the body.
    private static func publicDeclaration(_ line: String) -> String? {
        var words = line.split(separator: " ")[...]
        while words.first?.first == "@" { words = words.dropFirst() }
        guard words.first == "public" || words.first == "open" else { return nil }
        words = words.dropFirst()
        if words.first == "import" || words.first == "extension" { return nil }
        return words.joined(separator: " ").prefix { $0 != "{" }.trimmingSuffix(" ")
    }

    private static func hasContractElsewhere(_ declaration: String) -> Bool {
        let words = declaration.split(separator: " ")
        guard let keyword = words.firstIndex(where: { $0 == "func" || $0 == "var" }), keyword + 1 < words.count else {
            return false
        }
        let name = words[keyword + 1]
        if words[keyword] == "var" { return name.hasPrefix("description") }
        return name.hasPrefix("hash(into") || !(name.first!.isLetter || name.first == "_" || name.first == "`")
    }

    private static func isDocumented(_ file: SwiftFile, _ index: Int) -> Bool {
        var above = index - 1
        while above >= 0 {
            let line = file.file.lines[above].drop { $0 == " " }
            if line.hasPrefix("///") || line.hasSuffix("*/") { return true }
            let isAttribute = line.hasPrefix("@") && publicDeclaration(file.code[above]) == nil
            let isRow = isConstant(file.code[index]) && isConstant(file.code[above])
            guard isAttribute || isRow else { return false }
            above -= 1
        }
        return false
    }

    private static func isConstant(_ line: String) -> Bool {
        guard let declaration = publicDeclaration(line) else { return false }
        return declaration.hasPrefix("static let") && !line.contains("{")
    }
}

extension String.SubSequence {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
