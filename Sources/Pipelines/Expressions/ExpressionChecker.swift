import RampartCore

/// Finds the type of every node and what every name stands for; operands come before what uses them.
struct ExpressionChecker {
    /// What a node's value is.
    enum Operand: Hashable {
        case value(ExpressionType)
        /// The event's `type`, which is no string: it is compared with known names only.
        case eventType
        /// An error was reported; nothing that follows from it is.
        case unknown

        var name: String {
            switch self {
            case .value(let type): type.name
            case .eventType: "the event's `type`"
            case .unknown: "nothing"
            }
        }

        var isNumber: Bool {
            if case .value(let type) = self { type.isNumber } else { false }
        }
    }

    let tree: ExpressionTree
    let scope: ExpressionScope
    private(set) var operands: [Operand] = []
    var bindings: [ExpressionBinding?]
    private(set) var errors: [ExpressionError] = []
    /// The time zones found so far by their names; nil for names of none.
    var zones: [String: ZoneRules?] = [:]

    /// Checks all nodes of a tree.
    init(tree: ExpressionTree, scope: ExpressionScope, expecting expected: ExpressionType) {
        self.tree = tree
        self.scope = scope
        bindings = Array(repeating: nil, count: tree.nodes.count)
        for index in tree.nodes.indices { operands.append(check(index)) }
        checkRoot(expected)
    }

    /// The type of each node, or nil where one has none: the name `type` and names inside a comparison with it.
    var types: [ExpressionType?] {
        operands.map { if case .value(let type) = $0 { type } else { nil } }
    }

    mutating func report(_ range: Range<Int>, _ message: String, suggestion: String? = nil) {
        errors.append(ExpressionError(range: range, message: message, suggestion: suggestion))
    }

    func range(_ index: Int) -> Range<Int> { tree.nodes[index].range }

    private mutating func checkRoot(_ expected: ExpressionType) {
        let root = tree.nodes.count - 1
        let found = operands[root]
        // An integer stands for a double wherever one is expected, as it does in arithmetic.
        let fits = found == .value(expected) || (expected == .double && found == .value(.integer))
        guard !fits, found != .unknown else { return }
        var suggestion: String?
        if expected == .boolean, found.isNumber { suggestion = "compare it with a bound, such as `>= 10`" }
        if expected == .integer, found == .value(.double) {
            suggestion = "stay with whole numbers: amount * 3 / 2 is exact where amount * 1.5 is not"
        }
        if found == .eventType { suggestion = "compare it with an event type, such as `type == \"order\"`" }
        report(range(root), "found \(found.name); expected \(expected.name)", suggestion: suggestion)
    }

    private mutating func check(_ index: Int) -> Operand {
        switch tree.nodes[index].kind {
        case .literal(let literal): .value(literal.type)
        case .name(let name): checkName(name, index)
        case .has(let name, let nameRange): checkHas(name, nameRange, index)
        case .not(let operand): checkBoolean(operand, "`!` needs a bool")
        case .negate(let operand): checkNegate(operand)
        case .binary(let operation, let left, let right): checkBinary(operation, left, right, index)
        case .isIn(let value, let elements): checkIsIn(value, elements, index)
        case .isInTable(let value, let name, let nameRange): checkIsInTable(value, name, nameRange, index)
        case .conditional(let condition, let first, let second): checkConditional(condition, first, second, index)
        case .call(let function, let value, let argument): checkCall(function, value, argument, index)
        case .macro(let macro, let elements, let bodies): checkMacro(macro, elements, bodies)
        case .variable(_, let first): operands[first] == .eventType ? .unknown : operands[first]
        case .invalid: .unknown
        }
    }

    // MARK: - Names

    private mutating func checkName(_ name: String, _ index: Int) -> Operand {
        if let (binding, type) = scope.lookUp(name) {
            bindings[index] = binding
            return type.map { .value($0) } ?? .eventType
        }
        if let member = member(of: name) {
            report(
                range(index).lowerBound + name.utf8.count - member.utf8.count - 1..<range(index).upperBound,
                "members are not in the subset; expected an operator or the end",
                suggestion: ExpressionFunction(rawValue: member) == nil ? nil : "write `.\(member)(...)`")
        } else {
            reportUnknown(
                name, range(index), expected: scope.namesExpected, candidates: scope.names + ["true", "false"])
        }
        return .unknown
    }

    private mutating func checkHas(_ name: String, _ nameRange: Range<Int>, _ index: Int) -> Operand {
        if case .window = scope.subject {
            report(range(index), "`has` asks for a field of an event, and a window's condition reads none")
        } else if case .record = scope.subject {
            bindings[index] = scope.lookUp(name)?.binding
            if bindings[index] == nil {
                reportUnknown(name, nameRange, expected: scope.namesExpected, candidates: scope.names)
            }
        } else if let column = scope.columns.first(where: { $0.name == name }) {
            bindings[index] = .attached(column)
        } else if let field = Field(name: name) {
            bindings[index] = .field(field)
        } else if name == "type" || name == "ts" {
            report(nameRange, "every event has `\(name)`; expected a field that some events lack")
        } else if member(of: name) != nil {
            report(
                nameRange.lowerBound - 1..<range(index).upperBound,
                "`has` takes the name of one field, as in `has(device_id)`")
        } else {
            reportUnknown(
                name, nameRange, expected: "a field of the event",
                candidates: scope.columns.map(\.name) + Field.allCases.map(\.name))
        }
        return .value(.boolean)
    }

    /// What stands behind the dot of a name that no transform could have attached.
    private func member(of name: String) -> String? {
        let parts = name.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, !scope.columns.contains(where: { $0.prefix == parts[0] }) else { return nil }
        return String(parts[1])
    }

    private mutating func reportUnknown(
        _ name: String, _ range: Range<Int>, expected: String, candidates: [String]
    ) {
        var message = "unknown name `\(name)`; expected \(expected)"
        if case .window = scope.subject, Field(name: name) != nil || name == "type" || name == "ts" {
            message = "`\(name)` belongs to events, and a window's condition reads none; expected \(expected)"
        }
        report(range, message, suggestion: Suggestion.didYouMean(name, among: candidates) ?? namesInScope)
    }

    /// Names to choose from: those of the file, or where those of the language are listed.
    private var namesInScope: String? {
        guard case .window = scope.subject else { return "`rampart list fields` lists the fields" }
        return scope.names.isEmpty ? nil : "there is \(alternatives(scope.names))"
    }

    // MARK: - Operators

    /// Reports an operand that is not a bool; the result is one all the same.
    mutating func checkBoolean(_ operand: Int, _ need: String) -> Operand {
        switch operands[operand] {
        case .value(.boolean), .unknown: break
        case let found: report(range(operand), "\(need); found \(found.name)")
        }
        return .value(.boolean)
    }

    private mutating func checkNegate(_ operand: Int) -> Operand {
        let found = operands[operand]
        guard !found.isNumber, found != .unknown else { return found }
        report(range(operand), "`-` needs a number; found \(found.name)")
        return .unknown
    }

    private mutating func checkBinary(
        _ operation: BinaryOperator, _ left: Int, _ right: Int, _ index: Int
    ) -> Operand {
        switch operation {
        case .or, .and:
            _ = checkBoolean(left, "`\(operation.rawValue)` needs a bool on its left side")
            return checkBoolean(right, "`\(operation.rawValue)` needs a bool on its right side")
        case .equal, .notEqual: return checkEqual(operation, left, right, index)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return checkOrder(operation, left, right, index)
        case .add, .subtract, .multiply, .divide, .remainder: return checkArithmetic(operation, left, right)
        case .isIn: preconditionFailure("The parser makes `in` a node of its own.")
        }
    }

    private mutating func checkEqual(
        _ operation: BinaryOperator, _ left: Int, _ right: Int, _ index: Int
    ) -> Operand {
        switch (operands[left], operands[right]) {
        case (.unknown, _), (_, .unknown): break
        case (.eventType, _): bindTypeTest(of: [right], isNegated: operation == .notEqual, index)
        case (_, .eventType): bindTypeTest(of: [left], isNegated: operation == .notEqual, index)
        case (let a, let b) where a == b || a.isNumber && b.isNumber: break
        case (let a, let b):
            report(
                range(index), "`\(operation.rawValue)` needs two values of one type; found \(a.name) and \(b.name)",
                suggestion: timeMend(a, b))
        }
        return .value(.boolean)
    }

    private mutating func checkOrder(
        _ operation: BinaryOperator, _ left: Int, _ right: Int, _ index: Int
    ) -> Operand {
        switch (operands[left], operands[right]) {
        case (.unknown, _), (_, .unknown): break
        case (.value(let a), .value(let b)) where a == b && a.isOrdered || a.isNumber && b.isNumber: break
        case (let a, let b):
            report(
                range(index),
                "`\(operation.rawValue)` needs two numbers, strings, timestamps or durations; "
                    + "found \(a.name) and \(b.name)", suggestion: timeMend(a, b))
        }
        return .value(.boolean)
    }

    private mutating func checkArithmetic(_ operation: BinaryOperator, _ left: Int, _ right: Int) -> Operand {
        if operation == .add, operands[left] == .value(.string), operands[right] == .value(.string) {
            report(
                range(left).lowerBound..<range(right).upperBound,
                "joining strings with `+` is not in the subset; expected numbers")
            return .unknown
        }
        if let time = checkTimeArithmetic(operation, left, right) { return time }
        let isRemainder = operation == .remainder
        var isKnown = true
        for side in [left, right] where isRemainder ? operands[side] != .value(.integer) : !operands[side].isNumber {
            isKnown = false
            guard operands[side] != .unknown else { continue }
            let need = isRemainder ? "whole numbers (int)" : "numbers"
            report(range(side), "`\(operation.rawValue)` needs \(need); found \(operands[side].name)")
        }
        guard isKnown else { return .unknown }
        return operands[left] == operands[right] ? operands[left] : .value(.double)
    }

    /// The node that a name stands for where a macro gave it, else the node itself.
    private func element(_ index: Int) -> Int {
        var index = index
        while case .variable(let element, _) = tree.nodes[index].kind { index = element }
        return index
    }

    /// Binds a comparison of `type` to the event types that it names.
    mutating func bindTypeTest(of names: [Int], isNegated: Bool, _ index: Int) {
        var types: [EventType] = []
        for name in names where operands[name] != .unknown {
            let element = element(name)
            guard case .literal(.string(let bytes)) = tree.nodes[element].kind else {
                report(
                    range(name), "`type` compares with the name of an event type; found \(operands[name].name)",
                    suggestion: "write it in quotes, such as `\"order\"`")
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let type = EventType(name: text) {
                if !types.contains(type) { types.append(type) }
            } else {
                let known = EventType.allCases.map(\.name)
                let found = ExpressionText.quote(bytes[...])
                report(
                    range(element), "unknown event type \(found); expected one of \(known.joined(separator: ", "))",
                    suggestion: Suggestion.didYouMean(text, among: known))
            }
        }
        bindings[index] = .typeTest(types, isNegated: isNegated)
    }
}
