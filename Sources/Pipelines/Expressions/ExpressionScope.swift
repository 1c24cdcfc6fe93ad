public import RampartCore

/// The types of values in expressions (R19).
public enum ExpressionType: Hashable, Sendable {
    case integer, double, boolean, string, timestamp, duration

    /// The name in messages and in the reference, as CEL has it.
    public var name: String {
        switch self {
        case .integer: "int"
        case .double: "double"
        case .boolean: "bool"
        case .string: "string"
        case .timestamp: "timestamp"
        case .duration: "duration"
        }
    }

    /// Whether arithmetic takes values of this type.
    var isNumber: Bool { self == .integer || self == .double }

    /// Whether one value of this type can be less than another.
    var isOrdered: Bool { self != .boolean }
}

/// The names that an expression can use.
public struct ExpressionScope: Sendable {
    /// What an expression is about.
    public enum Subject: Sendable {
        /// One event: its fields, `type` and `ts`.
        case event
        /// A key's window: its measures.
        case window([Measure])
        /// A record that is no event yet: its columns.
        case record([Column])
    }

    /// A column of a record.
    public struct Column: Hashable, Sendable {
        /// Its name in expressions.
        public var name: String
        /// The type of its values.
        public var type: ExpressionType

        /// Creates a column.
        public init(name: String, type: ExpressionType) {
            self.name = name
            self.type = type
        }
    }

    /// What the expression is about.
    public var subject: Subject
    /// The thresholds of the stage; their names come before those of the subject.
    public var thresholds: [Threshold]

    /// What transforms have attached to the event, named with a dot.
    public var columns: [AttachedColumn]

    /// The tables that can stand on the right side of `in`.
    public var tables: [TableKeys]

    /// Creates a scope.
    public init(
        subject: Subject, thresholds: [Threshold], columns: [AttachedColumn] = [], tables: [TableKeys] = []
    ) {
        self.tables = tables
        self.subject = subject
        self.thresholds = thresholds
        self.columns = columns
    }

    /// Every name in scope, thresholds first.
    var names: [String] {
        switch subject {
        case .event:
            thresholds.map(\.name) + ["type", "ts"] + columns.map(\.name) + Field.allCases.map(\.name)
        case .window(let measures): thresholds.map(\.name) + measures.map(\.name)
        case .record(let columns): columns.map(\.name)
        }
    }

    /// What a name can be, for messages.
    var namesExpected: String {
        switch subject {
        case .event: "a field of the event, `type`, `ts` or a threshold of `tune`"
        case .window: "a measure of the stage or a threshold of `tune`"
        case .record: "a column of the source's `columns`"
        }
    }
}

/// What a name or an event type test in an expression stands for.
enum ExpressionBinding: Hashable, Sendable {
    case field(Field)
    /// What a transform has attached.
    case attached(AttachedColumn)
    case eventTime
    /// The event's `type`, which only comparisons with event types can read.
    case eventType
    case measure(Int)
    case threshold(Int)
    case column(Int)
    /// The table in which a value is looked for.
    case table(TableKeys)
    /// The time zone in which a part of a timestamp is read.
    case zone(ZoneRules)
    /// A comparison of `type`: whether it is, or is not, one of these.
    case typeTest([EventType], isNegated: Bool)
}

extension ExpressionScope {
    /// What a name stands for and the type of its value; `type` itself has none.
    func lookUp(_ name: String) -> (binding: ExpressionBinding, type: ExpressionType?)? {
        if let index = thresholds.firstIndex(where: { $0.name == name }) {
            return (.threshold(index), thresholds[index].value.type)
        }
        switch subject {
        case .event:
            if name == "type" { return (.eventType, nil) }
            if name == "ts" { return (.eventTime, .timestamp) }
            if let column = columns.first(where: { $0.name == name }) { return (.attached(column), column.type) }
            return Field(name: name).map { (.field($0), $0.kind.type) }
        case .window(let measures):
            guard let index = measures.firstIndex(where: { $0.name == name }) else { return nil }
            return (.measure(index), measures[index].function == .avg ? .double : .integer)
        case .record(let columns):
            guard let index = columns.firstIndex(where: { $0.name == name }) else { return nil }
            return (.column(index), columns[index].type)
        }
    }
}

extension Threshold.Value {
    /// The type of the threshold in expressions.
    fileprivate var type: ExpressionType {
        switch self {
        case .integer: .integer
        case .double: .double
        }
    }
}

extension AttachedColumn {
    /// The type of the column in expressions.
    fileprivate var type: ExpressionType {
        switch content {
        case .field(let field): field.kind.type
        case .time: .timestamp
        }
    }
}

extension Field.Kind {
    /// The type of such a field in expressions.
    fileprivate var type: ExpressionType {
        switch self {
        case .integer, .money: .integer
        case .identifier, .text, .currency: .string
        }
    }
}
