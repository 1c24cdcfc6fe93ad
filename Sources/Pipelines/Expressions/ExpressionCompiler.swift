import RampartCore

/// Makes a program of a checked tree, either for its value or for its score (R20).
struct ExpressionCompiler {
    /// How a node is compiled.
    private enum Mode {
        case value
        /// For its score, or for the score of its negation: `!` is pushed inwards.
        case score(isNegated: Bool)
        /// Not at all: the comparison that it stands in has taken it.
        case none
    }

    private let tree: ExpressionTree
    private let types: [ExpressionType?]
    private let bindings: [ExpressionBinding?]
    private let layout: EventLayout
    private var instructions: [Program.Instruction] = []
    private var strings: [[UInt8]] = []
    private var stringIndices: [[UInt8]: Int] = [:]
    private var zones: [ZoneRules] = []
    private var tables: [TableKeys] = []
    /// How many values the steps so far leave on the stack.
    private var depth = 0
    /// Where on the stack the value of each node comes to lie, for the elements that macros go through.
    private var places: [Int]

    /// Compiles a tree that the checker has passed; `layout` has a slot for each of its fields.
    static func program(
        tree: ExpressionTree, types: [ExpressionType?], bindings: [ExpressionBinding?], layout: EventLayout,
        isScore: Bool
    ) -> Program {
        var compiler = ExpressionCompiler(tree: tree, types: types, bindings: bindings, layout: layout)
        let modes = compiler.modes(root: isScore ? .score(isNegated: false) : .value)
        for index in tree.nodes.indices { compiler.emit(index, modes[index]) }
        return Program(
            instructions: compiler.instructions, strings: compiler.strings, zones: compiler.zones,
            tables: compiler.tables)
    }

    private init(
        tree: ExpressionTree, types: [ExpressionType?], bindings: [ExpressionBinding?], layout: EventLayout
    ) {
        self.tree = tree
        self.types = types
        self.bindings = bindings
        self.layout = layout
        places = Array(repeating: 0, count: tree.nodes.count)
    }

    // MARK: - Modes

    /// The mode of each node; backwards, for a node comes before what uses it.
    private func modes(root: Mode) -> [Mode] {
        var modes = [Mode](repeating: .value, count: tree.nodes.count)
        modes[tree.nodes.count - 1] = root
        for index in tree.nodes.indices.reversed() {
            for (operand, mode) in operandModes(index, modes[index]) { modes[operand] = mode }
        }
        return modes
    }

    private func operandModes(_ index: Int, _ mode: Mode) -> [(operand: Int, mode: Mode)] {
        if case .typeTest = bindings[index] { return operands(index).map { ($0, .none) } }
        if case .score(let isNegated) = mode {
            switch tree.nodes[index].kind {
            case .not(let operand): return [(operand, .score(isNegated: !isNegated))]
            case .binary(.and, let left, let right), .binary(.or, let left, let right):
                return [(left, mode), (right, mode)]
            case .conditional(let condition, let first, let second):
                return [(condition, .value), (first, mode), (second, mode)]
            case .macro(_, let elements, let bodies):
                return elements.map { ($0, .value) } + bodies.map { ($0, mode) }
            default: break
            }
        }
        if case .none = mode { return operands(index).map { ($0, .none) } }
        // The zone is part of the step.
        if case .zone = bindings[index], case .call(_, let value, let argument) = tree.nodes[index].kind {
            return [(value, .value)] + (argument.map { [($0, .none)] } ?? [])
        }
        return operands(index).map { ($0, .value) }
    }

    private func operands(_ index: Int) -> [Int] {
        switch tree.nodes[index].kind {
        case .literal, .name, .has, .variable, .invalid: []
        case .not(let operand), .negate(let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .isIn(let value, let elements): [value] + elements
        case .isInTable(let value, _, _): [value]
        case .conditional(let condition, let first, let second): [condition, first, second]
        case .call(_, let value, let argument): [value] + (argument.map { [$0] } ?? [])
        case .macro(_, let elements, let bodies): elements + bodies
        }
    }

    // MARK: - Instructions

    private mutating func emit(_ index: Int, _ mode: Mode) {
        switch mode {
        case .none: break
        case .value: emitValue(index)
        case .score(let isNegated): emitScore(index, isNegated: isNegated)
        }
        places[index] = depth - 1
    }

    private mutating func push(_ instruction: Program.Instruction) {
        instructions.append(instruction)
        depth += 1 - instruction.operandCount
    }

    /// The operands' code stands before this already.
    private mutating func emitValue(_ index: Int) {
        if case .typeTest(let types, let isNegated) = bindings[index] {
            return emitTypeTest(types, isNegated: isNegated)
        }
        switch tree.nodes[index].kind {
        case .literal(let literal): emitLiteral(literal)
        case .name: emitName(index)
        case .has:
            if case .column(let column) = bindings[index] { return push(.hasColumn(column)) }
            push(.has(slot: slot(index)))
        case .not: push(.not)
        case .negate: push(.negate)
        case .binary(let operation, _, _): push(Self.instruction(operation))
        case .isIn(_, let elements): push(.isIn(count: elements.count))
        case .isInTable: emitTable(index)
        case .conditional: push(.conditional)
        case .call(let function, _, _): emitCall(function, index)
        case .macro(.exists, let elements, _): push(.exists(count: elements.count))
        case .macro(.all, let elements, _): push(.all(count: elements.count))
        case .variable(let element, _): push(.local(places[element]))
        case .invalid: preconditionFailure("Only trees without errors are compiled.")
        }
    }

    private mutating func emitScore(_ index: Int, isNegated: Bool) {
        switch tree.nodes[index].kind {
        case .not: break
        case .binary(.and, _, _): push(isNegated ? .maximum : .minimum)
        case .binary(.or, _, _): push(isNegated ? .minimum : .maximum)
        case .conditional: push(.scoreConditional)
        case .macro(let macro, let elements, _):
            let isAny = (macro == .exists) != isNegated
            push(isAny ? .scoreExists(count: elements.count) : .scoreAll(count: elements.count))
        case .binary(.greaterOrEqual, let left, _) where isNumber(left),
            .binary(.greater, let left, _) where isNumber(left):
            push(isNegated ? .scoreAtMost : .scoreAtLeast)
        case .binary(.lessOrEqual, let left, _) where isNumber(left), .binary(.less, let left, _) where isNumber(left):
            push(isNegated ? .scoreAtLeast : .scoreAtMost)
        default:
            emitValue(index)
            if isNegated { push(.not) }
            push(.scoreTruth)
        }
    }

    /// Whether a node's value has a distance from others, which a score measures.
    private func isNumber(_ index: Int) -> Bool { types[index]?.isNumber ?? false }

    private mutating func emitCall(_ function: ExpressionFunction, _ index: Int) {
        if let step = function.step { return push(step) }
        guard let part = function.part, case .zone(let zone) = bindings[index] else {
            preconditionFailure("The checker has bound every part of a timestamp to a zone.")
        }
        let known = zones.firstIndex { $0.name == zone.name }
        if known == nil { zones.append(zone) }
        push(.timePart(part, zone: UInt16(known ?? zones.count - 1)))
    }

    private mutating func emitTable(_ index: Int) {
        guard case .table(let table) = bindings[index] else {
            preconditionFailure("The checker has bound every table.")
        }
        let known = tables.firstIndex { $0.name == table.name }
        if known == nil { tables.append(table) }
        push(.isInTable(known ?? tables.count - 1))
    }

    private mutating func emitTypeTest(_ types: [EventType], isNegated: Bool) {
        for (position, type) in types.enumerated() {
            push(.typeIs(type))
            if position > 0 { push(.or) }
        }
        if isNegated { push(.not) }
    }

    private mutating func emitLiteral(_ literal: ExpressionLiteral) {
        switch literal {
        case .integer(let integer): push(.integer(integer))
        case .double(let double): push(.double(double))
        case .boolean(let truth): push(.boolean(truth))
        case .timestamp(let time): push(.timestamp(time))
        case .duration(let span): push(.duration(span))
        case .string(let bytes):
            let next = strings.count
            let constant = stringIndices[bytes] ?? next
            if constant == next {
                strings.append(bytes)
                stringIndices[bytes] = next
            }
            push(.string(constant))
        }
    }

    private mutating func emitName(_ index: Int) {
        switch bindings[index] {
        case .field, .attached:
            let slot = slot(index)
            switch types[index] {
            case .string: push(.stringField(slot: slot))
            case .timestamp: push(.timeField(slot: slot))
            default: push(.integerField(slot: slot))
            }
        case .eventTime: push(.eventTime)
        case .measure(let measure): push(.measure(measure))
        case .threshold(let threshold): push(.threshold(threshold))
        case .column(let column): push(.column(column))
        case .eventType, .typeTest, .zone, .table, nil: preconditionFailure("The checker has bound every name.")
        }
    }

    private func slot(_ index: Int) -> Int {
        switch bindings[index] {
        case .field(let field): if let slot = layout.slot(of: field) { return slot }
        case .attached(let column): return layout.slot(of: column)
        default: break
        }
        preconditionFailure("The layout has a slot for each field of the expression.")
    }

    private static func instruction(_ operation: BinaryOperator) -> Program.Instruction {
        switch operation {
        case .or: .or
        case .and: .and
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .isIn: preconditionFailure("The parser makes `in` a node of its own.")
        }
    }
}
