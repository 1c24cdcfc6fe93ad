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
        case filter(keep: YamlNode)
        case window(WindowSpec)
    }

    /// The name.
    var name: String
    /// Where the name stands.
    var position: Position
    /// What it reads.
    var from: [PlacedName]
    /// Its thresholds.
    var thresholds: [ThresholdSpec]
    /// Whether its findings are told to the world.
    var mode: Stage.Mode
    /// What it does.
    var kind: Kind
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
    /// A field of the key and its place.
    struct KeyField {
        /// The field.
        var field: Field
        /// Where it stands.
        var position: Position
    }

    /// The key, without what is no field.
    var key: [KeyField]
    /// Whether nothing was left out of the key.
    var isKeyWhole: Bool
    /// Where `key` stands.
    var keyPosition: Position
    /// The length.
    var size: EventSpan
    /// How often it is evaluated.
    var every: EventSpan
    /// The measures: names and expressions.
    var measures: [YamlNode.Entry]
    /// The condition.
    var when: YamlNode
    /// How urgent alerts are.
    var severity: AlertPolicy.Severity
    /// How long without a finding until an alert closes.
    var closeAfter: EventSpan
    /// The template of the message.
    var message: YamlNode?
    /// What findings claim.
    var credit: CreditSpec?
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
    var amount: WindowSpec.KeyField?
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
