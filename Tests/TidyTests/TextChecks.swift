/// What is checked in every file that people wrote: text in, problems out.
enum TextChecks {
    /// The longest file.
    static let linesMax = 600

    /// Files that nobody reads to the end.
    static func length(_ file: TextFile) -> [Problem] {
        guard file.lines.count > linesMax else { return [] }
        return [file.problem(linesMax, "the file has \(file.lines.count) lines; split it, \(linesMax) are the most")]
    }

    /// Words that promise work instead of doing it, written in pieces so that this file holds none of them.
    static let shouted: Set<Substring> = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].asSubstrings
    private static let spoken = ["place" + "holder", "for" + " now", "not" + " implemented"]

    /// Words that promise work instead of doing it.
    static func promises(_ file: TextFile) -> [Problem] {
        var problems: [Problem] = []
        for (index, line) in file.lines.enumerated() {
            // ISO 4217 has a currency of that name, which tests quote.
            let line = line.replacing("\"XX" + "X\"", with: "")
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            problems += words.filter(shouted.contains).map { file.problem(index, "`\($0)` belongs in an issue") }
            let lowered = line.lowercased()
            problems += spoken.filter { lowered.contains($0) }.map {
                file.problem(index, "\"\($0)\" says that this is unfinished; finish it or describe what it is")
            }
        }
        return problems
    }

    /// First folders of paths that only one person's machine has.
    private static let machineFolders: Set<Substring> = ["home", "Users", "root", "work", "workspace"]

    /// Absolute paths of a developer's machine.
    static func machinePaths(_ file: TextFile) -> [Problem] {
        var problems: [Problem] = []
        for (index, line) in file.lines.enumerated() where line.contains("/") {
            for word in line.split(whereSeparator: endsPath) where word.hasPrefix("/") {
                let parts = word.split(separator: "/")
                guard parts.count > 1, machineFolders.contains(parts[0]) else { continue }
                problems.append(file.problem(index, "\(word) is a path of one machine"))
            }
        }
        return problems
    }

    private static func endsPath(_ character: Character) -> Bool {
        !(character.isLetter || character.isNumber || "/._-~+@".contains(character))
    }

    /// Paths that climb out of the repository, or to something that it does not hold.
    static func pathsOutside(_ file: TextFile, exists: (String) -> Bool) -> [Problem] {
        var problems: [Problem] = []
        for (index, line) in file.lines.enumerated() where line.contains("../") {
            for word in line.split(whereSeparator: endsPath) where word.hasPrefix("../") {
                let target = resolve(String(word), from: file.folder)
                if target.map({ !exists($0) }) ?? true {
                    problems.append(file.problem(index, "\(word) is not in the repository"))
                }
            }
        }
        return problems
    }

    /// A relative path as one from the root of the repository; nil where it climbs out.
    static func resolve(_ path: String, from folder: String) -> String? {
        var parts = path.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }

    /// Scripts that cannot be run, or that would run on after an error.
    static func scripts(_ file: TextFile) -> [Problem] {
        guard let first = file.lines.first, first.hasPrefix("#!") else {
            return file.has(".sh") ? [file.problem(0, "a script begins with `#!/usr/bin/env bash`")] : []
        }
        var problems: [Problem] = []
        if !file.isExecutable { problems.append(file.problem(0, "the script is not executable")) }
        if first.contains("bash"), !file.lines.contains("set -euo pipefail") {
            problems.append(file.problem(0, "the script needs `set -euo pipefail`"))
        }
        return problems
    }
}

extension Collection<String> {
    /// The same strings as a set that can be asked for pieces of a line.
    fileprivate var asSubstrings: Set<Substring> { Set(map { $0[...] }) }
}
