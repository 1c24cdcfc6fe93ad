public import RampartCore

/// An expression without errors; it becomes a program once the layout of events is known.
public struct CheckedExpression: Sendable {
    /// The type of its value.
    public let type: ExpressionType
    /// The fields that it reads, for which the layout must have slots.
    public let fields: Set<Field>
    /// The indices of the measures that it names, in order.
    public let measures: [Int]
    /// The indices of the thresholds that it names.
    public let thresholds: Set<Int>
    /// Whether a window's condition would hold on a window of nothing, which is never evaluated (R16).
    public let holdsOnZeros: Bool

    private let tree: ExpressionTree
    private let types: [ExpressionType?]
    private let bindings: [ExpressionBinding?]

    /// Takes over what the checker found.
    fileprivate init(
        tree: ExpressionTree, type: ExpressionType, types: [ExpressionType?], bindings: [ExpressionBinding?],
        scope: ExpressionScope
    ) {
        var fields: Set<Field> = []
        var measures: Set<Int> = []
        var thresholds: Set<Int> = []
        for binding in bindings {
            switch binding {
            case .field(let field): fields.insert(field)
            case .measure(let index): measures.insert(index)
            case .threshold(let index): thresholds.insert(index)
            case .attached, .eventTime, .eventType, .typeTest, .zone, .column, .table, nil: break
            }
        }
        self.tree = tree
        self.type = type
        self.types = types
        self.bindings = bindings
        self.fields = fields
        self.measures = measures.sorted()
        self.thresholds = thresholds
        guard case .window(let scopeMeasures) = scope.subject, type == .boolean else {
            holdsOnZeros = false
            return
        }
        let program = ExpressionCompiler.program(
            tree: tree, types: types, bindings: bindings, layout: EventLayout(fields: []), isScore: false)
        holdsOnZeros =
            program.verdict(measures: scopeMeasures.map(\.valueOfNothing), thresholds: scope.thresholds) == .holds
    }

    /// The program for the expression's value.
    public func program(layout: EventLayout) -> Program {
        ExpressionCompiler.program(tree: tree, types: types, bindings: bindings, layout: layout, isScore: false)
    }

    /// The program for a condition's score (R20).
    public func scoreProgram(layout: EventLayout) -> Program {
        precondition(type == .boolean, "Only conditions have a score.")
        return ExpressionCompiler.program(
            tree: tree, types: types, bindings: bindings, layout: layout, isScore: true)
    }

    /// The steps of the longer of its programs.
    fileprivate var instructionCount: Int {
        let columns = bindings.compactMap { if case .attached(let column) = $0 { column } else { nil } }
        let layout = EventLayout(fields: fields.sorted { $0.rawValue < $1.rawValue }, attached: columns)
        let value = program(layout: layout).instructions.count
        return type == .boolean ? max(value, scoreProgram(layout: layout).instructions.count) : value
    }
}

extension Measure {
    /// The measure over no events (R18).
    fileprivate var valueOfNothing: Value {
        switch function {
        case .count, .sum, .distinct: .integer(0)
        case .min, .max, .avg: .failure(.absent)
        }
    }
}

/// Reads an expression, finds what its names stand for and checks its types; tells all errors that make sense at once.
public func checkExpression(
    _ text: String, scope: ExpressionScope, expecting expected: ExpressionType
) -> Result<CheckedExpression, ExpressionErrors> {
    let bytes = Array(text.utf8)
    let (tokens, lexicalErrors) = ExpressionLexer.tokens(of: bytes)
    // What the parser says about words that are wrong themselves is noise.
    guard lexicalErrors.isEmpty else { return .failure(ExpressionErrors(lexicalErrors)) }
    let (tree, syntaxErrors) = ExpressionParser.parse(bytes, tokens: tokens)
    guard let tree else { return .failure(ExpressionErrors(syntaxErrors)) }
    let checker = ExpressionChecker(tree: tree, scope: scope, expecting: expected)
    let errors = syntaxErrors + checker.errors
    guard errors.isEmpty, let type = checker.types[tree.nodes.count - 1] else {
        return .failure(ExpressionErrors(errors))
    }
    let expression = CheckedExpression(
        tree: tree, type: type, types: checker.types, bindings: checker.bindings, scope: scope)
    guard expression.instructionCount <= Limits.instructions else {
        return .failure(ExpressionErrors([.tooLong(bytes)]))
    }
    return .success(expression)
}
