import Pipelines
import RampartCore

/// What the interpreter of the tests computes with; integers are wide, so that it needs no overflow checks.
enum ModelValue: Equatable {
    case integer(Int128)
    case double(Double)
    case boolean(Bool)
    case string(String)
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
        }
    }

    // MARK: - Value (R19)

    /// The value for an event.
    func value(_ event: SampleEvent) -> ModelValue {
        switch self {
        case .integer(let integer): return .integer(Int128(integer))
        case .double(let double): return .double(double)
        case .boolean(let truth): return .boolean(truth)
        case .string(let string): return .string(string)
        case .field(let field):
            if let integer = event.integers[field] { return .integer(Int128(integer)) }
            if let string = event.strings[field] { return .string(string) }
            return .failure(.absent)
        case .time: return .integer(Int128(event.time))
        case .threshold(let threshold):
            switch threshold.value {
            case .integer(let integer): return .integer(Int128(integer))
            case .double(let double): return .double(double)
            }
        case .has(let field): return .boolean(event.integers[field] != nil || event.strings[field] != nil)
        case .typeIs(let type): return .boolean(event.type == type)
        case .typeIn(let types): return .boolean(types.contains(event.type))
        case .not(let operand):
            let value = operand.value(event)
            return value == .boolean(true) ? .boolean(false) : value == .boolean(false) ? .boolean(true) : value
        case .negate(let operand):
            return Self.arithmetic(
                "-", operand.value(event) == .double(0) ? .double(-0.0) : .integer(0), operand.value(event))
        case .binary(let operation, let left, let right):
            return Self.binary(operation, left.value(event), right.value(event))
        case .isIn(let value, let elements):
            let sought = value.value(event)
            if sought.failure != nil { return sought }
            return .boolean(elements.contains { Self.binary("==", sought, $0.value(event)) == .boolean(true) })
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
        case (.integer, .integer), (.boolean, .boolean): left == right
        case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
        default: left.double! == right.double!
        }
    }

    private static func isLess(_ left: ModelValue, _ right: ModelValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        default: left.double! < right.double!
        }
    }

    private static func arithmetic(_ operation: String, _ left: ModelValue, _ right: ModelValue) -> ModelValue {
        if left.failure != nil { return left }
        if right.failure != nil { return right }
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
    func score(_ event: SampleEvent, isNegated: Bool = false) -> Double {
        switch self {
        case .not(let operand): return operand.score(event, isNegated: !isNegated)
        case .binary("&&", let left, let right), .binary("||", let left, let right):
            let scores = [left.score(event, isNegated: isNegated), right.score(event, isNegated: isNegated)]
            guard case .binary(let operation, _, _) = self else { return 0 }
            return (operation == "&&") != isNegated ? scores.min()! : scores.max()!
        case .binary(let operation, let left, let right) where ["<", "<=", ">", ">="].contains(operation):
            let (a, b) = (left.value(event), right.value(event))
            if case .string = a { break }
            if case .string = b { break }
            guard var a = a.double, var b = b.double else { return 0 }
            if min(a, b) < 0 { (a, b) = (a - min(a, b), b - min(a, b)) }
            let isAtLeast = operation.hasPrefix(">") != isNegated
            let score = isAtLeast ? (a + 1) / (b + 1) : (b + 1) / (a + 1)
            return score.isNaN ? 0 : min(score, 1e9)
        default: break
        }
        return value(event) == .boolean(!isNegated) ? 2 : 0
    }
}

extension ExpressionModel {
    private static let integers: [Int64] = [0, 1, -1, 2, 3, 10, -7, 250, .max, .min, 1 << 53, 1 << 62]
    private static let doubles = [0.0, 0.5, -1.5, 2.0, 250.0, 1e9, 1e300]
    private static let strings = ["", "GBP", "EUR", "b-1", "é"]

    /// A well-typed expression of the type, at most so deep.
    static func random(_ type: ExpressionType, _ depth: Int, _ random: inout ExpressionRandom) -> ExpressionModel {
        if depth == 0 || random.chance(1, in: 6) { return leaf(type, &random) }
        let below = depth - 1
        switch type {
        case .string: return leaf(.string, &random)
        case .integer:
            if random.chance(1, in: 6) { return .negate(.random(.integer, below, &random)) }
            let operation = random.pick(["+", "-", "*", "/", "%"])
            return .binary(operation, .random(.integer, below, &random), .random(.integer, below, &random))
        case .double:
            if random.chance(1, in: 6) { return .negate(.random(.double, below, &random)) }
            let operands = random.pick(
                [
                    (ExpressionType.double, .double), (.double, .integer), (.integer, .double),
                ] as [(ExpressionType, ExpressionType)])
            let operation = random.pick(["+", "-", "*", "/"])
            return .binary(operation, .random(operands.0, below, &random), .random(operands.1, below, &random))
        case .boolean: return condition(below, &random)
        }
    }

    private static func condition(_ depth: Int, _ random: inout ExpressionRandom) -> ExpressionModel {
        let number: [ExpressionType] = [.integer, .double]
        switch random.below(8) {
        case 0, 1: return .not(.random(.boolean, depth, &random))
        case 2, 3, 4:
            let operation = random.pick(["&&", "||", "&&", "||", "==", "!="])
            return .binary(operation, .random(.boolean, depth, &random), .random(.boolean, depth, &random))
        case 5:
            let operation = random.pick(["==", "!=", "<", "<=", ">", ">="])
            let left = ExpressionModel.random(random.pick(number), depth, &random)
            return .binary(operation, left, .random(random.pick(number), depth, &random))
        case 6:
            let operation = random.pick(["==", "!=", "<", "<=", ">", ">="])
            return .binary(operation, .random(.string, depth, &random), .random(.string, depth, &random))
        default:
            let type = random.pick([ExpressionType.integer, .double, .string, .boolean])
            let elements = (0...random.below(3)).map { _ in literal(type, &random) }
            let sought = type.name == "double" ? random.pick(number) : type
            return .isIn(.random(sought, depth, &random), elements)
        }
    }

    private static func literal(_ type: ExpressionType, _ random: inout ExpressionRandom) -> ExpressionModel {
        switch type {
        case .integer: .integer(random.pick(integers))
        case .double: .double(random.pick(doubles))
        case .string: .string(random.pick(strings))
        case .boolean: .boolean(random.chance(1, in: 2))
        }
    }

    private static func leaf(_ type: ExpressionType, _ random: inout ExpressionRandom) -> ExpressionModel {
        if random.chance(1, in: 3) { return literal(type, &random) }
        switch type {
        case .integer:
            return random.pick([
                .field(.amount), .field(.cost), .field(.rating), .time, .threshold(Samples.thresholds[0]),
            ])
        case .double: return .threshold(Samples.thresholds[1])
        case .string: return .field(random.pick([.currency, .buyerID, .reason]))
        case .boolean:
            return random.pick([
                .has(.amount), .has(.reason), .typeIs(.refund), .typeIs(.order), .typeIn([.order, .click]),
            ])
        }
    }

    /// An event in which every field may be absent.
    static func event(_ random: inout ExpressionRandom) -> SampleEvent {
        var event = SampleEvent(type: random.pick([.order, .refund, .click]), time: random.pick([0, 1_000, -5]))
        for field in [Field.amount, .cost, .rating] where random.chance(3, in: 4) {
            event.integers[field] = random.pick(integers)
        }
        for field in [Field.currency, .buyerID, .reason] where random.chance(3, in: 4) {
            event.strings[field] = random.pick(strings)
        }
        return event
    }
}
