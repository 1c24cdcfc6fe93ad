/// What is checked in the page of rules: every rule is there, and has tests that exist.
enum RuleChecks {
    /// The numbers that the page must have.
    static let numbers = 1...38
    /// By this a rule says that nothing proves it, since nothing does it.
    static let exemption = "not in this version"

    /// A rule's text and place.
    struct Rule: Hashable {
        /// The number after the R.
        var number: Int
        /// The line on which it begins, from 0.
        var index: Int
        /// Its words, `Proved by:` and what follows left out.
        var text: String
        /// The test functions that it names.
        var tests: [String]
    }

    /// The rules of a page: a paragraph that begins in bold, up to the next one or a heading, may hold several.
    static func rules(_ file: TextFile) -> [Rule] {
        var rules: [Rule] = []
        var start = 0
        for index in file.lines.indices.map({ $0 + 1 }) {
            let isEnd =
                index == file.lines.count || file.lines[index].hasPrefix("**") || file.lines[index].hasPrefix("#")
            guard isEnd else { continue }
            rules += paragraph(file.lines[start..<index], at: start)
            start = index
        }
        return rules
    }

    private static func paragraph(_ lines: ArraySlice<String>, at index: Int) -> [Rule] {
        let block = lines.joined(separator: "\n")
        let parts = block.split(separator: "Proved by:", maxSplits: 1, omittingEmptySubsequences: false)
        let proof = parts.count == 2 ? parts[1].split(separator: "\n\n", maxSplits: 1).first ?? "" : ""
        let tests = proof.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init).filter { $0 != "and" }
        let text = String(parts.first ?? "")
        return text.split(separator: "**R", omittingEmptySubsequences: false).dropFirst().compactMap { piece in
            guard let number = Int(piece.prefix { $0.isNumber }) else { return nil }
            return Rule(number: number, index: index, text: text, tests: tests)
        }
    }

    /// Rules that are missing, stated twice, unproved, or proved by tests that do not exist.
    static func problems(_ file: TextFile, tests: Set<String>) -> [Problem] {
        let rules = rules(file)
        var problems = numbers.filter { number in !rules.contains { $0.number == number } }.map {
            file.problem(0, "R\($0) has no entry")
        }
        var seen: Set<Int> = []
        for rule in rules {
            if !seen.insert(rule.number).inserted {
                problems.append(file.problem(rule.index, "R\(rule.number) is stated twice"))
            }
            if rule.tests.isEmpty, !rule.text.split(separator: "\n").joined(separator: " ").contains(exemption) {
                problems.append(file.problem(rule.index, "R\(rule.number) names no test after `Proved by:`"))
            }
            problems += rule.tests.filter { !tests.contains($0) }.map {
                file.problem(rule.index, "R\(rule.number) is proved by `\($0)`, which is no test")
            }
        }
        return problems
    }

    /// The names of the functions that follow `@Test`.
    static func testNames(_ file: SwiftFile) -> Set<String> {
        var names: Set<String> = []
        var isTest = false
        for index in file.code.indices {
            let words = file.words(index)
            if file.code[index].contains("@Test") { isTest = true }
            guard isTest, let keyword = words.firstIndex(of: "func"), keyword + 1 < words.count else { continue }
            names.insert(String(words[keyword + 1]))
            isTest = false
        }
        return names
    }
}
