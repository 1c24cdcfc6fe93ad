internal import RampartCore

/// Calls in front of parentheses and behind values.
extension ExpressionParser {
    /// `has(field)`, `size(value)` or a constant of time; any other call is reported and passed over.
    mutating func parseCall(_ name: String, _ nameRange: Range<Int>) throws(ExpressionError) -> Int {
        if name == "has" { return try parseHas(nameRange) }
        if let literal = TimeLiteral(rawValue: name) { return try parseTimeLiteral(literal, nameRange) }
        if name == ExpressionFunction.size.rawValue { return try parseSize(nameRange) }
        skipBrackets()
        if Measure.Function(rawValue: name) != nil {
            return try invalid(
                nameRange, "`\(name)` is a measure, not a function of conditions",
                suggestion: "give it a name under `measure`, and use that name here")
        }
        if let function = ExpressionFunction(rawValue: name) {
            return try invalid(
                nameRange, "`\(name)` is called behind a value",
                suggestion: "write `\(function.receivers[0] == .string ? "title" : "ts").\(name)(...)`")
        }
        let names = ["has", "size"] + TimeLiteral.allCases.map(\.rawValue)
        return try invalid(
            nameRange, "the function `\(name)` is not in the subset; those that are, `rampart list functions` lists",
            suggestion: name.lowercased() == "not" ? "did you mean `!`?" : Suggestion.didYouMean(name, among: names))
    }

    private mutating func parseHas(_ nameRange: Range<Int>) throws(ExpressionError) -> Int {
        guard let (field, fieldRange) = parseFieldOfHas() else {
            let start = token.range.lowerBound
            let end = skipBrackets()
            return try invalid(start..<end, "`has` takes the name of one field, as in `has(device_id)`")
        }
        let range = nameRange.lowerBound..<token.range.upperBound
        advance()
        guard !variables.contains(where: { $0.name == field }) else {
            return try invalid(
                fieldRange, "`has` takes the name of a field, and `\(field)` is an element of a list", node: range)
        }
        return try append(.has(field, fieldRange), range)
    }

    /// The name between the parentheses, of a field or of what a transform has attached; up to the closing one.
    private mutating func parseFieldOfHas() -> (name: String, range: Range<Int>)? {
        guard case .identifier(let first) = next.kind else { return nil }
        let range = next.range
        if tokens[position + 2].kind == .symbol(.rightParenthesis) {
            position += 2
            return (first, range)
        }
        guard tokens[position + 2].kind == .symbol(.dot), position + 4 < tokens.count,
            case .identifier(let second) = tokens[position + 3].kind,
            tokens[position + 4].kind == .symbol(.rightParenthesis)
        else { return nil }
        position += 4
        return ("\(first).\(second)", range.lowerBound..<tokens[position - 1].range.upperBound)
    }

    /// `duration` and `timestamp`, which are constants: their texts are read here.
    private mutating func parseTimeLiteral(
        _ literal: TimeLiteral, _ nameRange: Range<Int>
    ) throws(ExpressionError) -> Int {
        guard case .string(let bytes) = next.kind, tokens[position + 2].kind == .symbol(.rightParenthesis) else {
            let isTime = literal == .timestamp && next.kind == .identifier("ts")
            let start = token.range.lowerBound
            let end = skipBrackets()
            return try invalid(
                start..<end, "`\(literal.rawValue)` takes one text in quotes, as in \(literal.example)",
                suggestion: isTime ? "write `ts`, which is a timestamp already" : nil)
        }
        let textRange = next.range
        let range = nameRange.lowerBound..<tokens[position + 2].range.upperBound
        position += 3
        switch literal.read(bytes) {
        case .success(let constant): return try append(.literal(constant), range)
        case .failure(let fault):
            return try invalid(textRange, fault.message, suggestion: fault.suggestion, node: range)
        }
    }

    private mutating func parseSize(_ nameRange: Range<Int>) throws(ExpressionError) -> Int {
        let (arguments, parentheses) = try parseArguments()
        let range = nameRange.lowerBound..<parentheses.upperBound
        guard arguments.count == 1 else {
            return try invalid(parentheses, "`size` takes one string, as in `size(title)`", node: range)
        }
        return try append(.call(.size, arguments[0], argument: nil), range)
    }

    /// The values between parentheses, and where these stand.
    private mutating func parseArguments() throws(ExpressionError) -> (arguments: [Int], range: Range<Int>) {
        let start = token.range.lowerBound
        advance()
        try descend()
        var arguments: [Int] = []
        if !isAt(.rightParenthesis) {
            arguments.append(try parseConditional())
            while isAt(.comma) {
                advance()
                arguments.append(try parseConditional())
            }
        }
        guard isAt(.rightParenthesis) else {
            throw unexpected("an operator, or `,` or the `)` of the `(` in column \(start + 1)")
        }
        let end = token.range.upperBound
        advance()
        depth -= 1
        return (arguments, start..<end)
    }

    // MARK: - Behind a value

    /// Calls behind an operand; members and indices are reported and passed over.
    mutating func parsePostfix(_ operand: Int) throws(ExpressionError) -> Int {
        var result = operand
        while true {
            let start = token.range.lowerBound
            let message: String
            switch token.kind {
            case .symbol(.dot):
                result = try parseMember(of: result)
                continue
            case .symbol(.leftBracket):
                message = "indexing is not in the subset; expected an operator or the end"
            case .symbol(.leftParenthesis):
                message = "found a call of something that is no function; expected an operator or the end"
            default: return result
            }
            let end = skipBrackets()
            result = try invalid(start..<end, message, node: nodes[operand].range.lowerBound..<end)
        }
    }

    private mutating func parseMember(of value: Int) throws(ExpressionError) -> Int {
        let start = nodes[value].range.lowerBound
        let dot = token.range.lowerBound
        advance()
        guard case .identifier(let name) = token.kind else { throw unexpected("a name after `.`") }
        let nameRange = token.range
        advance()
        guard isAt(.leftParenthesis) else {
            if case .name(let prefix) = nodes[value].kind, !nodes[value].isParenthesised {
                rename(value, "\(prefix).\(name)", start..<nameRange.upperBound)
                return value
            }
            return try invalid(
                dot..<nameRange.upperBound, "members are not in the subset; expected an operator or the end",
                suggestion: ExpressionFunction(rawValue: name) == nil ? nil : "write `.\(name)(...)`",
                node: start..<nameRange.upperBound)
        }
        guard let function = ExpressionFunction(rawValue: name) else {
            let end = skipBrackets()
            if let macro = ExpressionMacro(rawValue: name) {
                return try invalid(nameRange, "\(macro.usage), behind a list in brackets", node: start..<end)
            }
            return try invalid(
                nameRange,
                "the function `\(name)` is not in the subset; those that are, `rampart list functions` lists",
                suggestion: Suggestion.didYouMean(name, among: ExpressionFunction.allCases.map(\.rawValue)),
                node: start..<end)
        }
        let (arguments, parentheses) = try parseArguments()
        let range = start..<parentheses.upperBound
        guard function.argumentCounts.contains(arguments.count) else {
            return try invalid(parentheses, "`\(name)` \(function.usage)", node: range)
        }
        return try append(.call(function, value, argument: arguments.first), range)
    }

    /// Passes over a bracket, all that it encloses and the one that closes it, whatever their kinds.
    @discardableResult
    mutating func skipBrackets() -> Int {
        var open = 0
        var end = token.range.upperBound
        repeat {
            switch token.kind {
            case .symbol(.leftParenthesis), .symbol(.leftBracket), .symbol(.leftBrace): open += 1
            case .symbol(.rightParenthesis), .symbol(.rightBracket), .symbol(.rightBrace): open -= 1
            default: break
            }
            end = token.range.upperBound
            advance()
        } while open > 0 && !isAtEnd
        return end
    }
}
