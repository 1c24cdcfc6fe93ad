import RampartCore

/// A value of an expression; an error is a value that spreads (R19).
enum OracleValue: Hashable {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case string(String)
    case error

    /// The value as a double, if it is a number.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}

/// What the names of an expression stand for.
struct OracleScope {
    /// The event, in filters and in conditions of measures.
    var event: OracleEvent?
    /// The measures, in conditions of windows.
    var measures: [OracleValue] = []
    /// The thresholds of the stage.
    var thresholds: [Threshold] = []

    /// The value of an expression (R19).
    func value(_ expression: ModelExpression) -> OracleValue {
        switch expression {
        case .integer(let value): return .integer(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .boolean(let value): return .boolean(value)
        case .field(let field): return event?.fields[field] ?? .error
        case .has(let field): return .boolean(event?.fields[field] != nil)
        case .typeIs(let type): return .boolean(event?.type == type)
        case .measure(let index): return measures[index]
        case .threshold(let index):
            switch thresholds[index].value {
            case .integer(let value): return .integer(value)
            case .double(let value): return .double(value)
            }
        case .not(let operand):
            guard case .boolean(let truth) = value(operand) else { return .error }
            return .boolean(!truth)
        case .and(let left, let right):
            let values = [value(left), value(right)]
            if values.contains(.boolean(false)) { return .boolean(false) }
            return values.contains(.error) ? .error : .boolean(true)
        case .or(let left, let right):
            let values = [value(left), value(right)]
            if values.contains(.boolean(true)) { return .boolean(true) }
            return values.contains(.error) ? .error : .boolean(false)
        case .compare(let comparison, let left, let right): return compare(comparison, value(left), value(right))
        case .arithmetic(let operation, let left, let right): return calculate(operation, value(left), value(right))
        case .isIn(let operand, let list):
            let found = value(operand)
            return found == .error ? .error : .boolean(list.map(value).contains(found))
        }
    }

    private func compare(
        _ comparison: ModelExpression.Comparison, _ left: OracleValue, _ right: OracleValue
    ) -> OracleValue {
        if left == .error || right == .error { return .error }
        if comparison == .equal || comparison == .notEqual {
            let equal: Bool =
                if case .integer = left, case .integer = right {
                    left == right
                } else if let left = left.number, let right = right.number {
                    left == right
                } else {
                    left == right
                }
            return .boolean(equal == (comparison == .equal))
        }
        if case .integer(let left) = left, case .integer(let right) = right {
            return .boolean(ordered(comparison, left, right))
        }
        guard let left = left.number, let right = right.number else { return .error }
        return .boolean(ordered(comparison, left, right))
    }

    private func ordered<Number: Comparable>(
        _ comparison: ModelExpression.Comparison, _ left: Number, _ right: Number
    ) -> Bool {
        switch comparison {
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }

    private func calculate(
        _ operation: ModelExpression.Operator, _ left: OracleValue, _ right: OracleValue
    ) -> OracleValue {
        if case .integer(let left) = left, case .integer(let right) = right {
            let (value, overflow) =
                switch operation {
                case .add: left.addingReportingOverflow(right)
                case .subtract: left.subtractingReportingOverflow(right)
                case .multiply: left.multipliedReportingOverflow(by: right)
                case .divide: left.dividedReportingOverflow(by: right)
                case .remainder: left.remainderReportingOverflow(dividingBy: right)
                }
            return overflow ? .error : .integer(value)
        }
        guard let left = left.number, let right = right.number else { return .error }
        switch operation {
        case .add: return .double(left + right)
        case .subtract: return .double(left - right)
        case .multiply: return .double(left * right)
        case .divide: return .double(left / right)
        case .remainder: return .error
        }
    }

    /// The score of a condition, which is negated where `turned` (R20).
    func score(_ condition: ModelExpression, turned: Bool = false) -> Double {
        switch condition {
        case .not(let operand): return score(operand, turned: !turned)
        case .and(let left, let right), .or(let left, let right):
            let scores = [score(left, turned: turned), score(right, turned: turned)]
            if case .and = condition { return turned ? scores.max()! : scores.min()! }
            return turned ? scores.min()! : scores.max()!
        case .compare(let comparison, let left, let right) where comparison != .equal && comparison != .notEqual:
            guard var first = value(left).number, var second = value(right).number else { return 0 }
            let lower = min(first, second)
            if lower < 0 {
                first -= lower
                second -= lower
            }
            let atLeast = (comparison == .greater || comparison == .greaterOrEqual) != turned
            return bounded(atLeast ? (first + 1) / (second + 1) : (second + 1) / (first + 1))
        default:
            guard case .boolean(let truth) = value(condition) else { return 0 }
            return truth != turned ? 2 : 0
        }
    }

    private func bounded(_ score: Double) -> Double { score.isNaN ? 0 : min(score, 1e9) }
}
