import RampartCore

/// Reads words into a tree, by recursive descent with one level for each pair of parentheses.
///
/// What CEL has and the subset has not is reported and passed over; only what cannot be read at all is thrown.
struct ExpressionParser {
    let text: [UInt8]
    let tokens: [ExpressionToken]
    var position = 0
    var depth = 0
    private(set) var nodes: [ExpressionNode] = []
    private(set) var errors: [ExpressionError] = []
    /// The names that the macros around this place give to elements of their lists, the innermost last.
    var variables: [Variable] = []

    /// A name that stands for an element of a list.
    struct Variable {
        var name: String
        /// The node of the element, and that of the list's first one.
        var element: Int
        var first: Int
    }

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

    var token: ExpressionToken { tokens[position] }
    var isAtEnd: Bool { token.kind == .end }

    mutating func advance() { if !isAtEnd { position += 1 } }

    func isAt(_ symbol: ExpressionSymbol) -> Bool { token.kind == .symbol(symbol) }

    /// The word after this one, or the end.
    var next: ExpressionToken { tokens[min(position + 1, tokens.count - 1)] }

    func unexpected(_ expected: String, suggestion: String? = nil) -> ExpressionError {
        let found = isAtEnd ? "the end of the expression" : ExpressionText.quote(text[token.range])
        return ExpressionError(
            range: token.range, message: "found \(found); expected \(expected)", suggestion: suggestion)
    }

    mutating func report(_ range: Range<Int>, _ message: String, suggestion: String? = nil) {
        errors.append(ExpressionError(range: range, message: message, suggestion: suggestion))
    }

    // MARK: - Nodes

    mutating func append(
        _ kind: ExpressionNode.Kind, _ range: Range<Int>
    ) throws(ExpressionError) -> Int {
        guard nodes.count < Limits.instructions else { throw .tooLong(text) }
        nodes.append(ExpressionNode(kind: kind, range: range))
        return nodes.count - 1
    }

    /// Has a node that is a name stand for a longer one.
    mutating func rename(_ node: Int, _ name: String, _ range: Range<Int>) {
        nodes[node] = ExpressionNode(kind: .name(name), range: range)
    }

    /// Goes one level deeper; the caller comes back up.
    mutating func descend() throws(ExpressionError) {
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

    /// An expression, and the `? :` behind it.
    mutating func parseConditional() throws(ExpressionError) -> Int {
        let condition = try parseBinary(precedenceMin: 1)
        guard isAt(.question) else { return condition }
        let column = token.range.lowerBound + 1
        advance()
        try descend()
        let first = try parseBinary(precedenceMin: 1)
        guard isAt(.colon) else {
            throw unexpected(
                "an operator, or the `:` of the `?` in column \(column)",
                suggestion: isAt(.question) ? "put the inner `? :` in parentheses" : nil)
        }
        advance()
        let second = try parseConditional()
        depth -= 1
        return try append(
            .conditional(condition, first, second), nodes[condition].range.lowerBound..<nodes[second].range.upperBound)
    }

    /// Operands joined by operators that bind at least so tightly.
    mutating func parseBinary(precedenceMin: Int) throws(ExpressionError) -> Int {
        var left = try parseUnary()
        while let operation = binaryOperator(), operation.precedence >= precedenceMin {
            if operation.isRelation { reportChain(after: left) }
            advance()
            if operation == .isIn {
                left = try parseContainer(of: left)
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
        case .isIn, .isInTable: break
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
        case .symbol(.leftBracket): return try parseMacro()
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
            if isAt(.leftParenthesis) { return try parseCall(name, range) }
            // The innermost macro wins, and every macro before the names of events and stages.
            guard let variable = variables.last(where: { $0.name == name }) else {
                return try append(.name(name), range)
            }
            return try append(.variable(element: variable.element, first: variable.first), range)
        }
    }

    mutating func invalid(
        _ range: Range<Int>, _ message: String, suggestion: String? = nil, node: Range<Int>? = nil
    ) throws(ExpressionError) -> Int {
        report(range, message, suggestion: suggestion)
        return try append(.invalid, node ?? range)
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
