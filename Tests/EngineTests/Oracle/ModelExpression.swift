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

    /// A function of a string and a part that it may have.
    enum Search: String, CaseIterable, Sendable {
        case startsWith, endsWith, contains
    }

    /// A number that a timestamp has.
    enum Part: String, CaseIterable, Sendable {
        case hours = "getHours"
        case minutes = "getMinutes"
        case seconds = "getSeconds"
        case dayOfWeek = "getDayOfWeek"
    }

    /// How a macro joins its conditions.
    enum Macro: String, CaseIterable, Sendable {
        case exists, all
    }

    case integer(Int64)
    case double(Double)
    case string(String)
    case boolean(Bool)
    case field(Field)
    case has(Field)
    /// A value that a join has attached, by its name; and whether it has.
    case attached(String)
    case hasAttached(String)
    /// Whether the time that a join has attached is no more than so many milliseconds ago.
    case isWithin(String, Int64)
    case typeIs(EventType)
    case measure(Int)
    case threshold(Int)
    case not(ModelExpression)
    case and(ModelExpression, ModelExpression)
    case or(ModelExpression, ModelExpression)
    case compare(Comparison, ModelExpression, ModelExpression)
    case arithmetic(Operator, ModelExpression, ModelExpression)
    case isIn(ModelExpression, [ModelExpression])
    /// Whether a value is a key of a table with these keys.
    case isInTable(ModelExpression, String, [String])
    case conditional(ModelExpression, ModelExpression, ModelExpression)
    case search(Search, ModelExpression, String)
    case size(ModelExpression)
    case lowered(ModelExpression)
    /// A part of the event's time, so many minutes east of UTC.
    case part(Part, minutesEast: Int)
    /// Whether the event's time is before another, in milliseconds.
    case isBefore(Int64)
    /// Whether conditions hold of values, which they name `element`.
    case macro(Macro, [ModelExpression], ModelExpression)
    case element

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
        case .attached(let name): return name
        case .hasAttached(let name): return "has(\(name))"
        case .isWithin(let name, let span): return "ts - \(name) <= duration(\"\(span)ms\")"
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
        case .isInTable(let value, let table, _): return "\(render(value)) in \(table)"
        case .conditional(let condition, let first, let second):
            return "((\(render(condition))) ? (\(render(first))) : (\(render(second))))"
        case .search(let search, let value, let part): return "\(render(value)).\(search.rawValue)(\"\(part)\")"
        case .size(let value): return "size(\(render(value)))"
        case .lowered(let value): return "\(render(value)).lowerAscii()"
        case .part(let part, let minutes):
            let (hours, rest) = (abs(minutes) / 60, abs(minutes) % 60)
            let zone = "\(minutes < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
            return "ts.\(part.rawValue)(\(minutes == 0 ? "" : "\"\(zone)\""))"
        case .isBefore(let time):
            return "ts - timestamp(\"1970-01-01T00:00:00Z\") < duration(\"\(time)ms\")"
        case .macro(let macro, let list, let condition):
            return "[\(list.map(render).joined(separator: ", "))].\(macro.rawValue)(element, \(render(condition)))"
        case .element: return "element"
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
        case .isIn(let value, let list), .macro(_, let list, let value):
            list.reduce(value.measuresNamed) { $0.union($1.measuresNamed) }
        case .conditional(let condition, let first, let second):
            condition.measuresNamed.union(first.measuresNamed).union(second.measuresNamed)
        case .search(_, let value, _), .size(let value), .lowered(let value): value.measuresNamed
        default: []
        }
    }
}
