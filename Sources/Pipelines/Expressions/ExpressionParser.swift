import RampartCore

/// Reads words into a tree, by recursive descent with one level for each pair of parentheses.
///
/// What CEL has and the subset has not is reported and passed over; only what cannot be read at all is thrown.
struct ExpressionParser {
    private let text: [UInt8]
    private let tokens: [ExpressionToken]
    private var position = 0
    private var depth = 0
    private var nodes: [ExpressionNode] = []
    private var errors: [ExpressionError] = []

    /// Reads an expression; the tree is nil where an error left nothing to go on with.
    static func parse(
        _ text: [UInt8], tokens: [ExpressionToken]
    ) -> (tree: ExpressionTree?, errors: [ExpressionError]) {
        var parser = ExpressionParser(text: text, tokens: tokens)
        do throws(ExpressionError) {
            try parser.parseWhole()
            return (ExpressionTree(nodes: parser.nodes), parser.errors)
        } catch {
            return (nil, parser.errors + [error])
        }
    }

    private init(text: [UInt8], tokens: [ExpressionToken]) {
        self.text = text
        self.tokens = tokens
    }

    // MARK: - Words

    private var token: ExpressionToken { tokens[position] }
    private var isAtEnd: Bool { token.kind == .end }

    private mutating func advance() { if !isAtEnd { position += 1 } }

    private func isAt(_ symbol: ExpressionSymbol) -> Bool { token.kind == .symbol(symbol) }

    /// The word after this one, or the end.
    private var next: ExpressionToken { tokens[min(position + 1, tokens.count - 1)] }

    private func unexpected(_ expected: String, suggestion: String? = nil) -> ExpressionError {
        let found = isAtEnd ? "the end of the expression" : ExpressionText.quote(text[token.range])
        return ExpressionError(
            range: token.range, message: "found \(found); expected \(expected)", suggestion: suggestion)
    }

    private mutating func report(_ range: Range<Int>, _ message: String, suggestion: String? = nil) {
        errors.append(ExpressionError(range: range, message: message, suggestion: suggestion))
    }

    // MARK: - Nodes

    private mutating func append(
        _ kind: ExpressionNode.Kind, _ range: Range<Int>
    ) throws(ExpressionError) -> Int {
        guard nodes.count < Limits.instructions else { throw .tooLong(text) }
        nodes.append(ExpressionNode(kind: kind, range: range))
        return nodes.count - 1
    }

    /// Goes one level deeper; the caller comes back up.
    private mutating func descend() throws(ExpressionError) {
        depth += 1
        guard depth <= Limits.expressionNesting else {
            throw ExpressionError(
                range: token.range, message: "the expression is nested more than \(Limits.expressionNesting) deep")
        }
    }

    // MARK: - Grammar

    private mutating func parseWhole() throws(ExpressionError) {
        guard !isAtEnd else {
            throw ExpressionError(range: 0..<text.count, message: "found nothing; expected an expression")
        }
        _ = try parseConditional()
        guard isAtEnd else { throw strangerAfterOperand() }
    }

    /// What is wrong with a word that follows a whole operand.
    private func strangerAfterOperand() -> ExpressionError {
        if isAt(.rightParenthesis) {
            return ExpressionError(range: token.range, message: "found `)`, but no `(` is open")
        }
        return unexpected("an operator or the end of the expression")
    }

    /// An expression, and CEL's `? :` behind it, which the subset has not.
    private mutating func parseConditional() throws(ExpressionError) -> Int {
        let condition = try parseBinary(precedenceMin: 1)
        guard isAt(.question) else { return condition }
        report(
            token.range, "the conditional `? :` is not in the subset; expected an operator or the end",
            suggestion: "write `a && b || !a && c` for `a ? b : c`")
        advance()
        try descend()
        _ = try parseConditional()
        guard isAt(.colon) else { throw unexpected("the `:` of `? :`") }
        advance()
        let last = try parseConditional()
        depth -= 1
        return try append(.invalid, nodes[condition].range.lowerBound..<nodes[last].range.upperBound)
    }

    /// Operands joined by operators that bind at least so tightly.
    private mutating func parseBinary(precedenceMin: Int) throws(ExpressionError) -> Int {
        var left = try parseUnary()
        while let operation = binaryOperator(), operation.precedence >= precedenceMin {
            if operation.isRelation { reportChain(after: left) }
            advance()
            if operation == .isIn {
                left = try parseList(after: left)
                continue
            }
            let right = try parseBinary(precedenceMin: operation.precedence + 1)
            let range = nodes[left].range.lowerBound..<nodes[right].range.upperBound
            left = try append(.binary(operation, left, right), range)
        }
        return left
    }

    /// The operator that stands here; a word of another language is reported and taken for what it means.
    private mutating func binaryOperator() -> BinaryOperator? {
        switch token.kind {
        case .symbol(let symbol): return BinaryOperator(rawValue: symbol.rawValue)
        case .identifier("in"): return .isIn
        case .identifier(let word):
            let meant: [String: BinaryOperator] = ["and": .and, "or": .or, "mod": .remainder]
            guard let operation = meant[word.lowercased()] else { return nil }
            // An operator may be looked at by several levels; it is told once.
            if errors.last?.range != token.range {
                report(
                    token.range, "found `\(word)`; expected an operator",
                    suggestion: "did you mean `\(operation.rawValue)`?")
            }
            return operation
        default: return nil
        }
    }

    private mutating func reportChain(after left: Int) {
        guard !nodes[left].isParenthesised else { return }
        switch nodes[left].kind {
        case .binary(let operation, _, _) where operation.isRelation: break
        case .isIn: break
        default: return
        }
        report(
            token.range, "comparisons do not chain; found \(ExpressionText.quote(text[token.range])) behind one",
            suggestion: "write `a < b && b < c` for `a < b < c`")
        // The types would complain of the bool on the left, which nobody meant.
        nodes[left].kind = .invalid
    }

    private mutating func parseUnary() throws(ExpressionError) -> Int {
        let start = token.range.lowerBound
        if isAt(.not) {
            advance()
            try descend()
            let operand = try parseUnary()
            depth -= 1
            return try append(.not(operand), start..<nodes[operand].range.upperBound)
        }
        guard isAt(.minus) else { return try parsePostfix(parsePrimary()) }
        advance()
        if let literal = negatedLiteral() {
            let range = start..<token.range.upperBound
            advance()
            return try parsePostfix(append(.literal(literal), range))
        }
        try descend()
        let operand = try parseUnary()
        depth -= 1
        return try append(.negate(operand), start..<nodes[operand].range.upperBound)
    }

    /// The number here with a sign before it: the sign is part of it, or the lowest integer could not be written.
    private func negatedLiteral() -> ExpressionLiteral? {
        switch token.kind {
        case .integer(let magnitude) where magnitude <= UInt64(Int64.max) + 1:
            .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .double(let double): .double(-double)
        default: nil
        }
    }

    private mutating func parsePrimary() throws(ExpressionError) -> Int {
        let range = token.range
        switch token.kind {
        case .integer(let magnitude):
            advance()
            guard let integer = Int64(exactly: magnitude) else {
                report(range, "\(ExpressionText.quote(text[range])) is outside the 64 bits of an int")
                return try append(.invalid, range)
            }
            return try append(.literal(.integer(integer)), range)
        case .double(let double):
            advance()
            return try append(.literal(.double(double)), range)
        case .string(let bytes):
            advance()
            return try append(.literal(.string(bytes)), range)
        case .identifier(let name): return try parseName(name)
        case .symbol(.leftParenthesis): return try parseParentheses()
        case .symbol(.leftBracket):
            skipBrackets()
            return try invalid(range, "a list can only stand on the right side of `in`")
        case .symbol(.leftBrace):
            skipBrackets()
            return try invalid(range, "maps and messages are not in the subset; expected a value")
        case .symbol, .end: throw unexpected("a value: a name, a number, a string, `true`, `false`, `!`, `-` or `(`")
        }
    }

    private mutating func parseParentheses() throws(ExpressionError) -> Int {
        let start = token.range.lowerBound
        advance()
        try descend()
        let inner = try parseConditional()
        guard isAt(.rightParenthesis) else {
            throw unexpected("an operator, or the `)` of the `(` in column \(start + 1)")
        }
        nodes[inner].range = start..<token.range.upperBound
        nodes[inner].isParenthesised = true
        advance()
        depth -= 1
        return inner
    }

    private mutating func parseName(_ name: String) throws(ExpressionError) -> Int {
        let range = token.range
        switch name {
        case "true", "false":
            advance()
            return try append(.literal(.boolean(name == "true")), range)
        case "null":
            advance()
            return try invalid(
                range, "`null` is not in the subset; expected a value",
                suggestion: "ask `has(field)` whether an event has a field")
        case "in": throw unexpected("a value before `in`")
        default:
            advance()
            return isAt(.leftParenthesis) ? try parseCall(name, range) : try append(.name(name), range)
        }
    }

    /// `has(name)`; any other call is reported and passed over.
    private mutating func parseCall(_ name: String, _ nameRange: Range<Int>) throws(ExpressionError) -> Int {
        let isHas = name == "has"
        if isHas, case .identifier(let field) = next.kind, tokens[position + 2].kind == .symbol(.rightParenthesis) {
            let fieldRange = next.range
            let range = nameRange.lowerBound..<tokens[position + 2].range.upperBound
            position += 3
            return try append(.has(field, fieldRange), range)
        }
        let start = token.range.lowerBound
        let end = skipBrackets()
        if isHas { return try invalid(start..<end, "`has` takes the name of one field, as in `has(device_id)`") }
        if Measure.Function(rawValue: name) != nil {
            return try invalid(
                nameRange, "`\(name)` is a measure, not a function of conditions",
                suggestion: "give it a name under `measure`, and use that name here")
        }
        return try invalid(
            nameRange, "the function `\(name)` is not in the subset; the only one is `has(field)`",
            suggestion: name.lowercased() == "not" ? "did you mean `!`?" : Suggestion.didYouMean(name, among: ["has"]))
    }

    /// Passes over `.member`, `[index]` and `(arguments)` behind an operand.
    private mutating func parsePostfix(_ operand: Int) throws(ExpressionError) -> Int {
        var result = operand
        while true {
            let start = token.range.lowerBound
            let message: String
            var end = token.range.upperBound
            switch token.kind {
            case .symbol(.dot):
                message = "members and methods are not in the subset; expected an operator or the end"
                advance()
                guard case .identifier = token.kind else { throw unexpected("a name after `.`") }
                end = token.range.upperBound
                advance()
                if isAt(.leftParenthesis) { end = skipBrackets() }
            case .symbol(.leftBracket):
                message = "indexing is not in the subset; expected an operator or the end"
                end = skipBrackets()
            case .symbol(.leftParenthesis):
                message = "found a call of something that is no function; expected an operator or the end"
                end = skipBrackets()
            default: return result
            }
            report(start..<end, message)
            result = try append(.invalid, nodes[operand].range.lowerBound..<end)
        }
    }

    /// The list on the right side of `in`.
    private mutating func parseList(after value: Int) throws(ExpressionError) -> Int {
        let start = nodes[value].range.lowerBound
        guard isAt(.leftBracket) else {
            let right = try parseBinary(precedenceMin: BinaryOperator.isIn.precedence + 1)
            return try invalid(
                nodes[right].range,
                "the right side of `in` is a list of constants, as in `currency in [\"GBP\", \"EUR\"]`",
                node: start..<nodes[right].range.upperBound)
        }
        let open = token.range.lowerBound
        advance()
        try descend()
        var elements: [Int] = []
        if isAt(.rightBracket) {
            report(open..<token.range.upperBound, "found an empty list; expected at least one constant")
        } else {
            elements.append(try parseBinary(precedenceMin: 1))
            while isAt(.comma) {
                advance()
                elements.append(try parseBinary(precedenceMin: 1))
            }
        }
        guard isAt(.rightBracket) else { throw unexpected("`,` or the `]` of the list in column \(open + 1)") }
        let range = start..<token.range.upperBound
        advance()
        depth -= 1
        return try append(elements.isEmpty ? .invalid : .isIn(value, elements), range)
    }

    private mutating func invalid(
        _ range: Range<Int>, _ message: String, suggestion: String? = nil, node: Range<Int>? = nil
    ) throws(ExpressionError) -> Int {
        report(range, message, suggestion: suggestion)
        return try append(.invalid, node ?? range)
    }

    /// Passes over a bracket, all that it encloses and the one that closes it, whatever their kinds.
    @discardableResult
    private mutating func skipBrackets() -> Int {
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

extension ExpressionError {
    /// The expression would need more steps than a program can have.
    static func tooLong(_ text: [UInt8]) -> ExpressionError {
        ExpressionError(
            range: 0..<text.count, message: "the expression is too long; expected at most \(Limits.instructions) steps",
            suggestion: "split it over several filter stages")
    }
}
