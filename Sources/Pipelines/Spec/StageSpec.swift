internal import RampartCore

/// A name and where it stands.
struct PlacedName {
    /// The name.
    var name: String
    /// Where it stands.
    var position: Position
}

/// A stage of the file as it is written: its own values are read, what it says about others is not yet looked at.
struct StageSpec {
    /// The parts that only one kind has.
    enum Kind {
        case transform(TransformSpec)
        case window(WindowSpec)
        case incident(IncidentSpec)
    }

    /// The name.
    var name: String
    /// Where the name stands.
    var position: Position
    /// What it reads, without what is no name.
    var from: [PlacedName]
    /// Whether nothing was left out.
    var isFromWhole: Bool
    /// Its thresholds.
    var thresholds: [ThresholdSpec]
    /// Whether its findings are told to the world.
    var mode: Stage.Mode
    /// What it may keep.
    var ceiling: Ceiling
    /// What it does.
    var kind: Kind
}

/// A field and where it is named.
struct PlacedField {
    /// The field.
    var field: Field
    /// Where it stands.
    var position: Position
}

/// A transform of the file as it is written.
struct TransformSpec {
    /// A setting as it is written.
    enum Value {
        case condition(YamlNode)
        case inputs([PlacedName])
        case window(PlacedName)
        case key(KeySpec)
        case span(EventSpan)
        case prefix(PlacedName)
        case attached([(content: AttachedColumn.Content, position: Position)])
    }

    /// The kind.
    var kind: any Transform.Type
    /// The values of its settings.
    var values: [String: Value]

    /// What is read beside `from`.
    var sideInputs: [PlacedName] {
        for case .inputs(let names) in values.values { return names }
        return []
    }

    /// What it attaches as the stage with an index.
    func columns(stage: Int) -> [AttachedColumn] {
        var prefix = ""
        for case .prefix(let name) in values.values { prefix = name.name }
        for case .attached(let contents) in values.values {
            return contents.map { AttachedColumn(stage: stage, prefix: prefix, content: $0.content) }
        }
        return kind.facts.map { AttachedColumn(stage: stage, prefix: prefix, content: $0) }
    }

    /// The window whose findings it reads.
    var window: PlacedName? {
        for case .window(let name) in values.values { return name }
        return nil
    }
}

/// A key of the file as it is written.
struct KeySpec {
    /// The fields, without what is no field.
    var fields: [PlacedField]
    /// Whether nothing was left out.
    var isWhole: Bool
    /// Where `key` stands.
    var position: Position
}

/// A threshold of the file and its place.
struct ThresholdSpec {
    /// The threshold.
    var threshold: Threshold
    /// Where its name stands.
    var position: Position
}

/// A window stage of the file as it is written.
struct WindowSpec {
    /// The key.
    var key: KeySpec
    /// The length.
    var size: EventSpan
    /// How often it is evaluated.
    var every: EventSpan
    /// The measures: names and expressions.
    var measures: [YamlNode.Entry]
    /// The condition.
    var when: YamlNode
    /// The tables whose keys are let pass by.
    var allow: [PlacedName]
    /// How urgent alerts are.
    var severity: AlertPolicy.Severity
    /// How long without a finding until an alert closes.
    var closeAfter: EventSpan
    /// The template of the message.
    var message: YamlNode?
    /// What findings claim.
    var credit: CreditSpec?
}

/// An incident stage of the file as it is written.
struct IncidentSpec {
    /// How long no alert must be open until an incident closes.
    var quiet: EventSpan
    /// When several kinds of attack at once are worse than each of them.
    var escalation: Incident.Escalation?
    /// Where the number of stages of the escalation stands.
    var escalationPosition: Position
}

/// A `credit:` of the file as it is written.
struct CreditSpec {
    /// Where `credit` stands.
    var position: Position
    /// What is given back.
    var component: String
    /// Why.
    var reason: String
    /// The money field.
    var amount: PlacedField?
    /// The event types that are charges.
    var types: [PlacedType]?

    /// An event type and its place.
    struct PlacedType {
        /// The type.
        var type: EventType
        /// Where it stands.
        var position: Position
    }
}
