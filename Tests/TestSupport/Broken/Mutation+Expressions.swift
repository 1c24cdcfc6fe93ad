/// Mistakes in conditions and measures.
extension Mutation {
    static let expressions = [
        texts("an operator without its right side", at: conditions, says: "found the end", hasMend: false) {
            $0 + " &&"
        },
        texts("a parenthesis that does not close", at: conditions, says: "`)`", hasMend: false) { "(" + $0 },
        texts("a parenthesis that nothing opens", at: conditions, says: "`)`", hasMend: false) { $0 + ")" },
        texts("one equals sign", at: conditions, says: "==") { $0.replacing(first: ">=", with: "=") },
        texts("a word for an operator", at: conditions, says: "&&") { $0.replacing(first: "&&", with: "and") },
        texts("a word for the other operator", at: conditions, says: "||") { $0.replacing(first: "||", with: "or") },
        texts("half an operator", at: conditions, says: "&&") { $0.replacing(first: "&&", with: "&") },
        texts("a comparison the wrong way round", at: conditions, says: ">=") { $0.replacing(first: ">=", with: "=>") },
        texts("a number for a condition", at: conditions, says: "bool", hasMend: false) { _ in "1 + 1" },
        texts("a text compared with a number", at: conditions, says: "string", hasMend: false) {
            $0 + " && 1 >= \"ten\""
        },
        texts("a string that does not end", at: conditions, says: "\"", hasMend: false) { $0 + " && \"ten" },
        texts("a function that does not exist", at: conditions, says: "siz", hasMend: true) {
            $0 + " && siez(\"ten\") > 1"
        },
        texts("a name that does not exist", at: conditions, says: "zzzzzzzz", hasMend: true) {
            $0 + " && zzzzzzzz > 1"
        },
        texts("a measure in a condition", at: conditions, says: "count", hasMend: true) { $0 + " && count() > 1" },
        texts("a number too large", at: conditions, says: "99999999999999999999", hasMend: false) {
            $0 + " && 1 < 99999999999999999999"
        },
        texts("a chain of comparisons", at: conditions, says: "&&", hasMend: true) { $0 + " && 1 < 2 < 3" },
        misspeltName,
        texts("a measure without parentheses", at: measures, says: "`(`", hasMend: false) {
            String($0.prefix { $0 != "(" })
        },
        texts("a measure that does not close", at: measures, says: "`)`") { String($0.dropLast()) },
        texts("a measure of a condition that is none", at: measures, says: "bool", hasMend: false) {
            $0.hasPrefix("count(") ? "count(1 + 1)" : nil
        },
        texts("a measure with something behind it", at: measures, says: "calculate with measures in `when`") {
            $0 + " + 1"
        },
        texts("a sum of texts", at: measures, says: "merchant_id", hasMend: false) {
            $0.hasPrefix("sum(") ? "sum(merchant_id)" : nil
        },
        texts("a count of a field", at: measures, says: "distinct", hasMend: true) {
            $0.hasPrefix("count(") ? "count(merchant_id)" : nil
        },
        texts("a sum of nothing", at: measures, says: "field", hasMend: false) {
            $0.hasPrefix("sum(") ? "sum()" : nil
        },
        misspeltMeasure,
        misspeltField,
        texts("a field that no event has", at: measures, says: "title", hasMend: true) {
            $0.hasPrefix("count(") ? "count(title.size() > 1)" : nil
        },
    ]

    private static let conditions = ["stages.*.when", "stages.*.keep"]
    private static let measures = ["stages.*.measure.*"]

    private static let misspeltMeasure = Mutation(
        name: "a measure that does not exist", patterns: measures
    ) { tree, path, generator in
        guard let text = tree[path]?.text, let end = text.firstIndex(of: "(") else { return [] }
        let name = String(text[..<end])
        let changed = misspelt(name, &generator) + text[end...]
        return [
            Edit(tree: tree.replacing(path, with: .plain(changed)), blame: path, says: "did you mean `\(name)`?")
        ]
    }

    private static let misspeltField = Mutation(
        name: "a measure of a field that does not exist", patterns: measures
    ) { tree, path, generator in
        guard let text = tree[path]?.text,
            let name = text.split(whereSeparator: { "(,)".contains($0) }).dropFirst().first,
            name.allSatisfy({ $0.isLetter || $0 == "_" })
        else { return [] }
        let changed = text.replacing("(\(name)", with: "(" + misspelt(String(name), &generator))
        return [
            Edit(tree: tree.replacing(path, with: .plain(changed)), blame: path, says: "did you mean `\(name)`?")
        ]
    }

    private static let misspeltName = Mutation(
        name: "a misspelt name in a condition", patterns: conditions
    ) { tree, path, generator in
        guard let text = tree[path]?.text else { return [] }
        let name = String(text.prefix { $0.isLetter || $0 == "_" })
        let changed = misspelt(name, &generator) + text.dropFirst(name.count)
        return [
            Edit(tree: tree.replacing(path, with: .plain(changed)), blame: path, says: "did you mean `\(name)`?")
        ]
    }
}

extension String {
    fileprivate func replacing(first old: String, with new: String) -> String? {
        guard let range = firstRange(of: old) else { return nil }
        return replacingCharacters(range, with: new)
    }

    private func replacingCharacters(_ range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + self[range.upperBound...]
    }
}
