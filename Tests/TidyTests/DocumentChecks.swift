/// What is checked in Markdown: text in, problems out.
enum DocumentChecks {
    /// A link of a page, and the line it is on.
    struct Link: Hashable {
        /// Where it leads, as written.
        var target: String
        /// The line, from 0.
        var index: Int
    }

    /// The links of a page, those in code left out.
    static func links(_ file: TextFile) -> [Link] {
        prose(file).flatMap { index, line in
            line.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap { piece in
                piece.firstIndex(of: ")").map { Link(target: String(piece[..<$0]), index: index) }
            }
        }
    }

    /// The lines of a page outside its code blocks, with code spans blanked.
    static func prose(_ file: TextFile) -> [(index: Int, line: String)] {
        var isCode = false
        return file.lines.enumerated().compactMap { index, line in
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
                return nil
            }
            guard !isCode else { return nil }
            let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
            return (index, pieces.enumerated().map { $0.offset % 2 == 0 ? String($0.element) : "`" }.joined())
        }
    }

    /// The names by which the headings of a page can be linked to.
    static func anchors(_ file: TextFile) -> Set<String> {
        var isCode = false
        var anchors: Set<String> = []
        for line in file.lines {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, line.hasPrefix("#") else { continue }
            let title = line.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
            let kept = title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
            anchors.insert(String(kept.map { $0 == " " ? "-" : $0 }))
        }
        return anchors
    }

    /// Links that lead nowhere; `page` gives a file of the repository by its path, `exists` whether there is one.
    static func brokenLinks(
        _ file: TextFile, page: (String) -> TextFile?, exists: (String) -> Bool
    ) -> [Problem] {
        links(file).compactMap { link in
            if link.target.contains("://") || link.target.hasPrefix("mailto:") { return nil }
            let parts = link.target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts[0].isEmpty ? file.path : TextChecks.resolve(String(parts[0]), from: file.folder)
            guard let path, exists(path) else {
                return file.problem(link.index, "the link to \(link.target) leads to nothing in the repository")
            }
            guard parts.count == 2, let target = page(path) else { return nil }
            if anchors(target).contains(String(parts[1])) { return nil }
            return file.problem(link.index, "\(path) has no heading for #\(parts[1])")
        }
    }

    /// The scripts, pages and pipelines that a page names in code and that do not exist.
    static func missingFiles(_ file: TextFile, exists: (String) -> Bool) -> [Problem] {
        let folders = ["deploy/", "docs/", "pipelines/", ".ci/", "Sources/", "Tests/"]
        return code(file).flatMap { index, line in
            let words = line.split { " `\"'()=,;".contains($0) }
            let paths = words.filter { word in folders.contains { word.hasPrefix($0) } && !word.contains("*") }
            return paths.filter { !exists(String($0)) && !$0.contains("…") && !$0.contains("<") }.map {
                file.problem(index, "there is no \($0)")
            }
        }
    }

    /// The code of a page: blocks, and spans one at a time.
    static func code(_ file: TextFile) -> [(index: Int, line: String)] {
        var isCode = false
        var found: [(index: Int, line: String)] = []
        for (index, line) in file.lines.enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                found.append((index, line))
            } else {
                let pieces = line.split(separator: "`", omittingEmptySubsequences: false)
                found += pieces.indices.filter { $0 % 2 == 1 }.map { (index, String(pieces[$0])) }
            }
        }
        return found
    }

    /// Commands and flags of `rampart` that a page shows and that the command line does not declare.
    ///
    /// A span or line of code is looked at when it begins with `rampart` or with a flag.
    static func missingCommands(_ file: TextFile, commandLine: [SwiftFile]) -> [Problem] {
        let words = Set(commandLine.flatMap { source in source.code.indices.flatMap { source.words($0) } })
        let literals = commandLine.flatMap(\.file.lines)
        func declares(command: Substring) -> Bool {
            words.contains(command.prefix(1).uppercased()[...] + command.dropFirst())
                || literals.contains { $0.contains("commandName: \"\(command)\"") }
        }
        func declares(flag: Substring) -> Bool {
            let names = [flag] + (flag.hasPrefix("no-") ? [flag.dropFirst(3)] : [])
            return flag == "help" || flag == "version" || literals.contains { $0.contains("\"\(flag)\"") }
                || names.contains { words.contains(camelCase($0)[...]) }
        }
        return code(file).flatMap { index, line -> [Problem] in
            var rest = line.split { " `[]|()\"".contains($0) }[...]
            var problems: [Problem] = []
            if let first = rest.first, first == "rampart" || first.hasSuffix("/rampart") {
                rest = rest.dropFirst()
                if let command = rest.first, command.allSatisfy(\.isLowercase), !declares(command: command) {
                    problems.append(file.problem(index, "`rampart \(command)` is no command"))
                }
            } else if rest.first?.hasPrefix("--") != true {
                return []
            }
            for flag in rest where flag.hasPrefix("--") && flag.count > 2 {
                let name = flag.dropFirst(2).prefix { $0.isLetter || $0 == "-" }
                if !declares(flag: name) { problems.append(file.problem(index, "`--\(name)` is no flag")) }
            }
            return problems
        }
    }

    private static func camelCase(_ flag: Substring) -> String {
        let parts = flag.split(separator: "-")
        return parts.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.capitalized }.joined()
    }
}

extension Substring {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
