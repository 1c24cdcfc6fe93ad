/// Lists, and the two things that can be done with one: `in` and the macros.
extension ExpressionParser {
    /// What stands on the right side of `in`: a list in brackets, or the name of a table.
    mutating func parseContainer(of value: Int) throws(ExpressionError) -> Int {
        let start = nodes[value].range.lowerBound
        guard isAt(.leftBracket) else {
            if let name = tableName() {
                let range = token.range
                advance()
                return try append(.isInTable(value, name, range), start..<range.upperBound)
            }
            let right = try parseBinary(precedenceMin: BinaryOperator.isIn.precedence + 1)
            return try invalid(
                nodes[right].range, "the right side of `in` is a list, as in `currency in [\"GBP\", \"EUR\"]`",
                node: start..<nodes[right].range.upperBound)
        }
        let (elements, list) = try parseList()
        return try append(elements.isEmpty ? .invalid : .isIn(value, elements), start..<list.upperBound)
    }

    /// The name here, if it stands alone and is no word of the language and no element of a list.
    private func tableName() -> String? {
        guard case .identifier(let name) = token.kind, !["true", "false", "null", "in"].contains(name),
            next.kind != .symbol(.dot), next.kind != .symbol(.leftParenthesis),
            !variables.contains(where: { $0.name == name })
        else { return nil }
        return name
    }

    /// A list with `exists` or `all` behind it, the only ones that have a value.
    mutating func parseMacro() throws(ExpressionError) -> Int {
        let bracket = token.range
        let (elements, list) = try parseList()
        guard isAt(.dot), case .identifier(let name) = next.kind else {
            return try invalid(
                bracket, "a list can only stand on the right side of `in`, or before `.exists(...)` and `.all(...)`",
                node: list)
        }
        advance()
        let nameRange = token.range
        advance()
        guard let macro = ExpressionMacro(rawValue: name), isAt(.leftParenthesis) else {
            if isAt(.leftParenthesis) { skipBrackets() }
            let names = ExpressionMacro.allCases.map(\.rawValue)
            return try invalid(
                nameRange, "found `\(name)` behind a list; expected `exists(...)` or `all(...)`",
                suggestion: Suggestion.didYouMean(name, among: names), node: list.lowerBound..<nameRange.upperBound)
        }
        return try parseMacro(macro, elements, from: list.lowerBound)
    }

    /// The parentheses of a macro: its condition is read once for every element, which it then stands for.
    ///
    /// So macros inside macros are long programs and not loops, and the limit on steps bounds what they cost.
    private mutating func parseMacro(
        _ macro: ExpressionMacro, _ elements: [Int], from start: Int
    ) throws(ExpressionError) -> Int {
        let open = token.range.lowerBound
        guard let variable = macroVariable() else {
            let end = skipBrackets()
            return try invalid(open..<end, macro.usage, node: start..<end)
        }
        position += 3
        try descend()
        let conditionPosition = position
        let errorCount = errors.count
        var bodies: [Int] = []
        // An empty list was reported; its condition is read all the same.
        let stand = elements.isEmpty ? [try append(.invalid, start..<open)] : elements
        for element in stand where errors.count == errorCount {
            position = conditionPosition
            variables.append(Variable(name: variable, element: element, first: elements.first ?? element))
            bodies.append(try parseConditional())
            variables.removeLast()
        }
        guard isAt(.rightParenthesis) else {
            throw unexpected("an operator, or the `)` of the `(` in column \(open + 1)")
        }
        let range = start..<token.range.upperBound
        advance()
        depth -= 1
        // A condition with an error was read once and not for every element.
        let isWhole = !elements.isEmpty && errors.count == errorCount
        return try append(isWhole ? .macro(macro, elements: elements, bodies: bodies) : .invalid, range)
    }

    /// The name between the `(` here and a comma, if one stands there and is no word of the language.
    private func macroVariable() -> String? {
        guard case .identifier(let name) = next.kind, tokens[position + 2].kind == .symbol(.comma) else { return nil }
        return ["true", "false", "null", "in"].contains(name) ? nil : name
    }

    /// The elements of the list that begins here, none where it is empty, and where it stands.
    private mutating func parseList() throws(ExpressionError) -> (elements: [Int], range: Range<Int>) {
        let start = token.range.lowerBound
        advance()
        try descend()
        var elements: [Int] = []
        if isAt(.rightBracket) {
            report(start..<token.range.upperBound, "found an empty list; expected at least one value")
        } else {
            elements.append(try parseConditional())
            while isAt(.comma) {
                advance()
                elements.append(try parseConditional())
            }
        }
        guard isAt(.rightBracket) else { throw unexpected("`,` or the `]` of the list in column \(start + 1)") }
        let end = token.range.upperBound
        advance()
        depth -= 1
        return (elements, start..<end)
    }
}
