import Pipelines
import RampartCore

/// What the interpreter of the tests computes with; integers are wide, so that it needs no overflow checks.
enum ModelValue: Equatable {
    case integer(Int128)
    case double(Double)
    case boolean(Bool)
    case string(String)
    case timestamp(Int128)
    case duration(Int128)
    case failure(EvaluationFailure)

    /// The failure if this is one.
    var failure: EvaluationFailure? { if case .failure(let failure) = self { failure } else { nil } }
    /// The value as a double if it is a number.
    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .double(let double): double
        default: nil
        }
    }
}

/// An expression as a tree, which writes itself as text and walks itself for its value: slow and obvious.
indirect enum ExpressionModel {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case string(String)
    case field(Field)
    case time
    case threshold(Threshold)
    case has(Field)
    case typeIs(EventType)
    case typeIn([EventType])
    case not(ExpressionModel)
    case negate(ExpressionModel)
    case binary(String, ExpressionModel, ExpressionModel)
    case isIn(ExpressionModel, [ExpressionModel])
    case timestamp(Int64)
    case duration(Int64)
    case conditional(ExpressionModel, ExpressionModel, ExpressionModel)
    /// A function behind a value, and the argument in its parentheses.
    case call(String, ExpressionModel, ExpressionModel?)
    /// A macro over a list, the name of its elements and its condition.
    case macro(String, [ExpressionModel], String, ExpressionModel)
    case variable(String)

    /// The text, with parentheses around every operand.
    var text: String {
        switch self {
        case .integer(let integer): "\(integer)"
        case .double(let double): "\(double)"
        case .boolean(let truth): "\(truth)"
        case .string(let string): "\"\(string)\""
        case .field(let field): field.name
        case .time: "ts"
        case .threshold(let threshold): threshold.name
        case .has(let field): "has(\(field.name))"
        case .typeIs(let type): "type == \"\(type.name)\""
        case .typeIn(let types): "type in [\(types.map { "'\($0.name)'" }.joined(separator: ", "))]"
        case .not(let operand): "!(\(operand.text))"
        case .negate(let operand): "-(\(operand.text))"
        case .binary(let operation, let left, let right): "(\(left.text)) \(operation) (\(right.text))"
        case .isIn(let value, let elements):
            "(\(value.text)) in [\(elements.map(\.text).joined(separator: ", "))]"
        case .timestamp(let time): "timestamp(\"\(EventTime(milliseconds: time).text)\")"
        case .duration(let span): "duration('\(span)ms')"
        case .conditional(let condition, let first, let second):
            "(\(condition.text)) ? (\(first.text)) : (\(second.text))"
        case .call(let name, let value, let argument): "(\(value.text)).\(name)(\(argument?.text ?? ""))"
        case .macro(let name, let elements, let variable, let condition):
            "[\(elements.map(\.text).joined(separator: ", "))].\(name)(\(variable), \(condition.text))"
        case .variable(let name): name
        }
    }

    // MARK: - Value (R19)

    /// The value for an event, where the macros around the expression have given `names` to elements.
    func value(_ event: SampleEvent, _ names: [String: ModelValue] = [:]) -> ModelValue {
        switch self {
        case .integer(let integer): return .integer(Int128(integer))
        case .double(let double): return .double(double)
        case .boolean(let truth): return .boolean(truth)
        case .string(let string): return .string(string)
        case .field(let field):
            if let integer = event.integers[field] { return .integer(Int128(integer)) }
            if let string = event.strings[field] { return .string(string) }
            return .failure(.absent)
        case .time: return .timestamp(Int128(event.time))
        case .threshold(let threshold):
            switch threshold.value {
            case .integer(let integer): return .integer(Int128(integer))
            case .double(let double): return .double(double)
            }
        case .has(let field): return .boolean(event.integers[field] != nil || event.strings[field] != nil)
        case .typeIs(let type): return .boolean(event.type == type)
        case .typeIn(let types): return .boolean(types.contains(event.type))
        case .not(let operand):
            let value = operand.value(event, names)
            return value == .boolean(true) ? .boolean(false) : value == .boolean(false) ? .boolean(true) : value
        case .negate(let operand):
            return Self.arithmetic(
                "-", operand.value(event, names) == .double(0) ? .double(-0.0) : .integer(0),
                operand.value(event, names))
        case .binary(let operation, let left, let right):
            return Self.binary(operation, left.value(event, names), right.value(event, names))
        case .isIn(let value, let elements):
            let sought = value.value(event, names)
            if sought.failure != nil { return sought }
            let values = elements.map { $0.value(event, names) }
            if let failure = values.first(where: { $0.failure != nil }) { return failure }
            return .boolean(values.contains { Self.binary("==", sought, $0) == .boolean(true) })
        case .timestamp(let time): return .timestamp(Int128(time))
        case .duration(let span): return .duration(Int128(span))
        case .conditional(let condition, let first, let second):
            let truth = condition.value(event, names)
            if truth.failure != nil { return truth }
            return truth == .boolean(true) ? first.value(event, names) : second.value(event, names)
        case .call(let name, let value, let argument):
            return ModelFunctions.call(name, value.value(event, names), argument?.value(event, names))
        case .macro(let name, let elements, let variable, let condition):
            let values = elements.map { $0.value(event, names) }
            if let failure = values.first(where: { $0.failure != nil }) { return failure }
            return values.map { condition.value(event, names.merging([variable: $0]) { $1 }) }
                .reduce(.boolean(name == "all")) { Self.binary(name == "all" ? "&&" : "||", $0, $1) }
        case .variable(let name): return names[name]!
        }
    }

    private static func binary(_ operation: String, _ left: ModelValue, _ right: ModelValue) -> ModelValue {
        if operation == "&&" || operation == "||" {
            let decisive = ModelValue.boolean(operation == "||")
            if left == decisive || right == decisive { return decisive }
            if left.failure != nil { return left }
            if right.failure != nil { return right }
            return .boolean(operation == "&&")
        }
        if left.failure != nil { return left }
        if right.failure != nil { return right }
        switch operation {
        case "==": return .boolean(isEqual(left, right))
        case "!=": return .boolean(!isEqual(left, right))
        case "<": return .boolean(isLess(left, right))
        case ">": return .boolean(isLess(right, left))
        case "<=": return .boolean(isLess(left, right) || isEqual(left, right))
        case ">=": return .boolean(isLess(right, left) || isEqual(left, right))
        default: return arithmetic(operation, left, right)
        }
    }

    private static func isEqual(_ left: ModelValue, _ right: ModelValue) -> Bool {
        switch (left, right) {
        case (.integer, .integer), (.boolean, .boolean), (.timestamp, .timestamp), (.duration, .duration): left == right
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        default: left.double! == right.double!
        }
    }

    private static func isLess(_ left: ModelValue, _ right: ModelValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.timestamp(let left), .timestamp(let right)), (.duration(let left), .duration(let right)): left < right
        default: left.double! < right.double!
        }
    }

    private static func arithmetic(_ operation: String, _ left: ModelValue, _ right: ModelValue) -> ModelValue {
        if left.failure != nil { return left }
        if right.failure != nil { return right }
        if let time = ModelFunctions.timeArithmetic(operation, left, right) { return time }
        guard case (.integer(let a), .integer(let b)) = (left, right) else {
            let (a, b) = (left.double!, right.double!)
            return .double(operation == "+" ? a + b : operation == "-" ? a - b : operation == "*" ? a * b : a / b)
        }
        if b == 0, operation == "/" || operation == "%" { return .failure(.divisionByZero) }
        // The remainder is part of a division, and fails where that does.
        if operation == "%", a == Int128(Int64.min), b == -1 { return .failure(.overflow) }
        let exact: Int128 =
            switch operation {
            case "+": a + b
            case "-": a - b
            case "*": a * b
            case "/": a / b
            default: a % b
            }
        return Int64(exactly: exact) == nil ? .failure(.overflow) : .integer(exact)
    }

    // MARK: - Score (R20)

    /// The score for an event, or that of the negation.
    func score(_ event: SampleEvent, isNegated: Bool = false, _ names: [String: ModelValue] = [:]) -> Double {
        switch self {
        case .not(let operand): return operand.score(event, isNegated: !isNegated, names)
        case .binary("&&", let left, let right), .binary("||", let left, let right):
            let scores = [
                left.score(event, isNegated: isNegated, names), right.score(event, isNegated: isNegated, names),
            ]
            guard case .binary(let operation, _, _) = self else { return 0 }
            return (operation == "&&") != isNegated ? scores.min()! : scores.max()!
        case .binary(let operation, let left, let right) where ["<", "<=", ">", ">="].contains(operation):
            // Only numbers have distances; a comparison of others is a plain truth.
            guard var a = left.value(event, names).double, var b = right.value(event, names).double else { break }
            if min(a, b) < 0 { (a, b) = (a - min(a, b), b - min(a, b)) }
            let isAtLeast = operation.hasPrefix(">") != isNegated
            let score = isAtLeast ? (a + 1) / (b + 1) : (b + 1) / (a + 1)
            return score.isNaN ? 0 : min(score, 1e9)
        case .conditional(let condition, let first, let second):
            guard case .boolean(let truth) = condition.value(event, names) else { return 0 }
            return (truth ? first : second).score(event, isNegated: isNegated, names)
        case .macro(let name, let elements, let variable, let condition):
            let values = elements.map { $0.value(event, names) }
            if values.contains(where: { $0.failure != nil }) { return 0 }
            let scores = values.map {
                condition.score(event, isNegated: isNegated, names.merging([variable: $0]) { $1 })
            }
            return (name == "all") != isNegated ? scores.min()! : scores.max()!
        default: break
        }
        return value(event, names) == .boolean(!isNegated) ? 2 : 0
    }
}
