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
    /// The element that a macro has come to.
    var element: OracleValue?

    /// The value of an expression (R19).
    func value(_ expression: ModelExpression) -> OracleValue {
        switch expression {
        case .integer(let value): return .integer(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .boolean(let value): return .boolean(value)
        case .field(let field): return event?.fields[field] ?? .error
        case .has(let field): return .boolean(event?.fields[field] != nil)
        case .attached(let name): return event?.attached[name] ?? .error
        case .hasAttached(let name): return .boolean(event?.attached[name] != nil)
        case .isWithin(let name, let span):
            guard case .integer(let time) = event?.attached[name], let now = event?.time else { return .error }
            return .boolean(now - time <= span)
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
            let values = list.map(value)
            return found == .error || values.contains(.error) ? .error : .boolean(values.contains(found))
        case .isInTable(let operand, _, let keys):
            guard case .string(let text) = value(operand) else { return .error }
            return .boolean(keys.contains(text))
        case .conditional(let condition, let first, let second):
            guard case .boolean(let truth) = value(condition) else { return .error }
            return value(truth ? first : second)
        case .search(let search, let operand, let part):
            guard case .string(let text) = value(operand) else { return .error }
            return .boolean(Self.matches(search, text, part))
        case .size(let operand):
            guard case .string(let text) = value(operand) else { return .error }
            return .integer(Int64(text.unicodeScalars.count))
        case .lowered(let operand):
            guard case .string(let text) = value(operand) else { return .error }
            return .string(text.lowercased())
        case .part(let part, let minutes): return event.map { .integer(Self.part(part, $0.time, minutes)) } ?? .error
        case .isBefore(let time): return event.map { .boolean($0.time < time) } ?? .error
        case .macro(let macro, let list, let condition):
            let values = list.map(value)
            if values.contains(.error) { return .error }
            let truths = values.map { with($0).value(condition) }
            if truths.contains(.boolean(macro == .exists)) { return .boolean(macro == .exists) }
            return truths.contains(.error) ? .error : .boolean(macro == .all)
        case .element: return element ?? .error
        }
    }

    /// The same names, and the element of a macro.
    private func with(_ element: OracleValue) -> OracleScope {
        var scope = self
        scope.element = element
        return scope
    }

    private static func matches(_ search: ModelExpression.Search, _ text: String, _ part: String) -> Bool {
        switch search {
        case .startsWith: text.hasPrefix(part)
        case .endsWith: text.hasSuffix(part)
        case .contains: text.indices.contains { text[$0...].hasPrefix(part) }
        }
    }

    /// A part of a moment, which is not before 1970, on clocks that are no more than a day ahead or behind.
    private static func part(_ part: ModelExpression.Part, _ milliseconds: Int64, _ minutesEast: Int) -> Int64 {
        let day: Int64 = 86_400
        // A week more is as good, and not below zero.
        let seconds = milliseconds / 1000 + Int64(minutesEast) * 60 + 7 * day
        switch part {
        case .hours: return seconds % day / 3600
        case .minutes: return seconds % 3600 / 60
        case .seconds: return seconds % 60
        // The first day of 1970 was a Thursday.
        case .dayOfWeek: return (seconds / day + 4) % 7
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
        case .conditional(let condition, let first, let second):
            guard case .boolean(let truth) = value(condition) else { return 0 }
            return score(truth ? first : second, turned: turned)
        case .macro(let macro, let list, let condition):
            let values = list.map(value)
            if values.contains(.error) { return 0 }
            let scores = values.map { with($0).score(condition, turned: turned) }
            return (macro == .all) != turned ? scores.min()! : scores.max()!
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
