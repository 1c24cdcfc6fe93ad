import RampartCore

/// A condition or value of a model pipeline, as a tree that the oracle walks.
indirect enum ModelExpression: Hashable, Sendable {
    /// How two values are compared.
    enum Comparison: String, CaseIterable, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// How two numbers become one.
    enum Operator: String, CaseIterable, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"
    }

    case integer(Int64)
    case double(Double)
    case string(String)
    case boolean(Bool)
    case field(Field)
    case has(Field)
    case typeIs(EventType)
    case measure(Int)
    case threshold(Int)
    case not(ModelExpression)
    case and(ModelExpression, ModelExpression)
    case or(ModelExpression, ModelExpression)
    case compare(Comparison, ModelExpression, ModelExpression)
    case arithmetic(Operator, ModelExpression, ModelExpression)
    case isIn(ModelExpression, [ModelExpression])

    /// The expression as CEL text; names are those of the stage's measures and thresholds.
    func text(measures: [String], thresholds: [String]) -> String {
        func render(_ expression: ModelExpression) -> String {
            expression.text(measures: measures, thresholds: thresholds)
        }
        switch self {
        case .integer(let value): return "\(value)"
        case .double(let value): return "\(value)"
        case .string(let value): return "\"\(value)\""
        case .boolean(let value): return "\(value)"
        case .field(let field): return field.name
        case .has(let field): return "has(\(field.name))"
        case .typeIs(let type): return "type == \"\(type.name)\""
        case .measure(let index): return measures[index]
        case .threshold(let index): return thresholds[index]
        case .not(let operand): return "!(\(render(operand)))"
        case .and(let left, let right): return "(\(render(left))) && (\(render(right)))"
        case .or(let left, let right): return "(\(render(left))) || (\(render(right)))"
        case .compare(let comparison, let left, let right):
            return "\(render(left)) \(comparison.rawValue) \(render(right))"
        case .arithmetic(let operation, let left, let right):
            return "(\(render(left)) \(operation.rawValue) \(render(right)))"
        case .isIn(let value, let list):
            return "\(render(value)) in [\(list.map(render).joined(separator: ", "))]"
        }
    }

    /// The measures that the expression names.
    var measuresNamed: Set<Int> {
        switch self {
        case .measure(let index): [index]
        case .not(let operand): operand.measuresNamed
        case .and(let left, let right), .or(let left, let right), .compare(_, let left, let right),
            .arithmetic(_, let left, let right):
            left.measuresNamed.union(right.measuresNamed)
        case .isIn(let value, let list): list.reduce(value.measuresNamed) { $0.union($1.measuresNamed) }
        default: []
        }
    }
}
