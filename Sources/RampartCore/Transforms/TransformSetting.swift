/// A setting of a kind of transform: its key in the pipeline file, and what stands there.
public struct TransformSetting: Hashable, Sendable {
    /// What a setting's value is.
    public enum Form: Hashable, Sendable {
        /// A condition over an event.
        case condition
        /// Names of sources and transforms, read beside `from`: the side inputs.
        case inputs
        /// The name of a window stage, whose findings are read.
        case window
        /// Fields that events of all inputs have: those of a key.
        case key
        /// A length of time.
        case span
        /// The name under which expressions find what is attached.
        case prefix
        /// Fields of the side inputs' events, or their `ts`, which are attached.
        case attached
    }

    /// The key.
    public let name: String
    /// What stands there.
    public let form: Form
    /// What it says, in a few words.
    public let summary: String

    /// Creates a setting.
    public init(_ name: String, _ form: Form, _ summary: String) {
        self.name = name
        self.form = form
        self.summary = summary
    }
}

/// The settings of one stage, by their keys; a value is of its setting's form.
public struct TransformValues: Hashable, Sendable {
    /// A setting's value.
    public enum Value: Hashable, Sendable {
        case condition(Program)
        case inputs([Stage.Input])
        case window(Int)
        case key([Field])
        case span(EventSpan)
        case prefix(String)
        case attached([AttachedColumn])
    }

    private var values: [String: Value]
    private let facts: [AttachedColumn]

    /// Creates settings; `facts` is what the kind attaches whatever they are.
    public init(_ values: [String: Value], facts: [AttachedColumn] = []) {
        self.values = values
        self.facts = facts
    }

    /// The value of a key; every setting has one.
    public subscript(_ name: String) -> Value {
        guard let value = values[name] else { preconditionFailure("The loader reads every setting of a kind.") }
        return value
    }

    /// The values of all keys, in no order.
    private var all: some Collection<Value> { values.values }

    /// What is read beside `from`.
    public var sideInputs: [Stage.Input] {
        for case .inputs(let inputs) in all { return inputs }
        return []
    }

    /// The index of the window whose findings are read.
    public var window: Int? {
        for case .window(let index) in all { return index }
        return nil
    }

    /// The fields of the key.
    public var key: [Field] {
        for case .key(let fields) in all { return fields }
        return []
    }

    /// What is attached to the events that pass.
    public var attached: [AttachedColumn] {
        for case .attached(let columns) in all { return columns + facts }
        return facts
    }

    /// The condition of a key.
    func condition(_ name: String) -> Program {
        guard case .condition(let program) = self[name] else { preconditionFailure("`\(name)` is a condition.") }
        return program
    }

    /// The span of a key.
    func span(_ name: String) -> EventSpan {
        guard case .span(let span) = self[name] else { preconditionFailure("`\(name)` is a span.") }
        return span
    }
}

/// A value that a transform attaches to the events that it passes on.
public struct AttachedColumn: Hashable, Sendable {
    /// What is attached.
    public enum Content: Hashable, Sendable {
        /// A field of the other event.
        case field(Field)
        /// Its `ts`.
        case time

        /// The name in pipeline files.
        public var name: String {
            switch self {
            case .field(let field): field.name
            case .time: "ts"
            }
        }
    }

    /// The index of the stage that attaches it.
    public let stage: Int
    /// The name before the dot in expressions.
    public let prefix: String
    /// What is attached.
    public let content: Content

    /// Creates a column.
    public init(stage: Int, prefix: String, content: Content) {
        self.stage = stage
        self.prefix = prefix
        self.content = content
    }

    /// The name in expressions, such as `order.amount`.
    public var name: String { "\(prefix).\(content.name)" }

    /// Whether it is kept as bytes.
    public var isString: Bool {
        switch content {
        case .field(let field): field.isString
        case .time: false
        }
    }
}
