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

    /// Compiles a tree that the checker has passed; `layout` has a slot for each of its fields.
    static func program(
        tree: ExpressionTree, types: [ExpressionType?], bindings: [ExpressionBinding?], layout: EventLayout,
        isScore: Bool
    ) -> Program {
        var compiler = ExpressionCompiler(tree: tree, types: types, bindings: bindings, layout: layout)
        let modes = compiler.modes(root: isScore ? .score(isNegated: false) : .value)
        for index in tree.nodes.indices { compiler.emit(index, modes[index]) }
        return Program(instructions: compiler.instructions, strings: compiler.strings)
    }

    private init(
        tree: ExpressionTree, types: [ExpressionType?], bindings: [ExpressionBinding?], layout: EventLayout
    ) {
        self.tree = tree
        self.types = types
        self.bindings = bindings
        self.layout = layout
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
            default: break
            }
        }
        if case .none = mode { return operands(index).map { ($0, .none) } }
        return operands(index).map { ($0, .value) }
    }

    private func operands(_ index: Int) -> [Int] {
        switch tree.nodes[index].kind {
        case .literal, .name, .has, .invalid: []
        case .not(let operand), .negate(let operand): [operand]
        case .binary(_, let left, let right): [left, right]
        case .isIn(let value, let elements): [value] + elements
        }
    }

    // MARK: - Instructions

    private mutating func emit(_ index: Int, _ mode: Mode) {
        switch mode {
        case .none: break
        case .value: emitValue(index)
        case .score(let isNegated): emitScore(index, isNegated: isNegated)
        }
    }

    /// The operands' code stands before this already.
    private mutating func emitValue(_ index: Int) {
        if case .typeTest(let types, let isNegated) = bindings[index] {
            return emitTypeTest(types, isNegated: isNegated)
        }
        switch tree.nodes[index].kind {
        case .literal(let literal): emitLiteral(literal)
        case .name: emitName(index)
        case .has: instructions.append(.has(slot: slot(index)))
        case .not: instructions.append(.not)
        case .negate: instructions.append(.negate)
        case .binary(let operation, _, _): instructions.append(Self.instruction(operation))
        case .isIn(_, let elements): instructions.append(.isIn(count: elements.count))
        case .invalid: preconditionFailure("Only trees without errors are compiled.")
        }
    }

    private mutating func emitScore(_ index: Int, isNegated: Bool) {
        switch tree.nodes[index].kind {
        case .not: break
        case .binary(.and, _, _): instructions.append(isNegated ? .maximum : .minimum)
        case .binary(.or, _, _): instructions.append(isNegated ? .minimum : .maximum)
        case .binary(.greaterOrEqual, let left, _) where types[left] != .string,
            .binary(.greater, let left, _) where types[left] != .string:
            instructions.append(isNegated ? .scoreAtMost : .scoreAtLeast)
        case .binary(.lessOrEqual, let left, _) where types[left] != .string,
            .binary(.less, let left, _) where types[left] != .string:
            instructions.append(isNegated ? .scoreAtLeast : .scoreAtMost)
        default:
            emitValue(index)
            if isNegated { instructions.append(.not) }
            instructions.append(.scoreTruth)
        }
    }

    private mutating func emitTypeTest(_ types: [EventType], isNegated: Bool) {
        for (position, type) in types.enumerated() {
            instructions.append(.typeIs(type))
            if position > 0 { instructions.append(.or) }
        }
        if isNegated { instructions.append(.not) }
    }

    private mutating func emitLiteral(_ literal: ExpressionLiteral) {
        switch literal {
        case .integer(let integer): instructions.append(.integer(integer))
        case .double(let double): instructions.append(.double(double))
        case .boolean(let truth): instructions.append(.boolean(truth))
        case .string(let bytes):
            let next = strings.count
            let constant = stringIndices[bytes] ?? next
            if constant == next {
                strings.append(bytes)
                stringIndices[bytes] = next
            }
            instructions.append(.string(constant))
        }
    }

    private mutating func emitName(_ index: Int) {
        switch bindings[index] {
        case .field:
            let slot = slot(index)
            instructions.append(types[index] == .string ? .stringField(slot: slot) : .integerField(slot: slot))
        case .eventTime: instructions.append(.eventTime)
        case .measure(let measure): instructions.append(.measure(measure))
        case .threshold(let threshold): instructions.append(.threshold(threshold))
        case .eventType, .typeTest, nil: preconditionFailure("The checker has bound every name.")
        }
    }

    private func slot(_ index: Int) -> Int {
        guard case .field(let field) = bindings[index], let slot = layout.slot(of: field) else {
            preconditionFailure("The layout has a slot for each field of the expression.")
        }
        return slot
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
