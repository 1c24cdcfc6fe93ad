internal import RampartCore

/// The form of a value in a pipeline file: what can be said of it before names are looked up.
///
/// The readers go by the same words and bounds; what they look up beyond that, an editor does not see.
public indirect enum ValueForm: Sendable {
    /// A text that is not empty; numbers and `true` are texts too.
    case text
    /// A name of lower-case letters, digits and underscores, and hyphens where allowed.
    case name(hyphens: Bool)
    /// A length of time such as `90s`.
    case duration(allowsZero: Bool = false)
    /// A whole number within bounds.
    case wholeNumber(ClosedRange<Int64>)
    /// A whole number or a decimal.
    case number
    /// `true` or `false`.
    case boolean
    /// Money in major units, not below zero.
    case amount
    /// An ISO 4217 code.
    case currency
    /// A moment in UTC or with an offset.
    case moment
    /// How times are written, in letters: every such pattern has a year.
    case timePattern
    /// A time zone by its name.
    case zone
    /// One of some words.
    case choice([String])
    /// The way to a value in a record, or `none`.
    case path
    /// An expression that is true or false.
    case condition
    /// A measure over the events of a window.
    case measure
    /// Whatever YAML can write down.
    case anything
    /// One value, or a list of at least one.
    case oneOrMore(ValueForm)
    /// A list.
    case list(ValueForm, atLeast: Int = 0)
    /// A mapping of fixed keys.
    case mapping(KeyGroup)
    /// A mapping of the file's own names to values.
    case named(hyphens: Bool, atLeast: Int = 0, atMost: Int, ValueForm)
    /// A mapping of any names to values.
    case members(ValueForm)
    /// A mapping of currencies to values.
    case byCurrency(ValueForm)
    /// One of several forms.
    case either([ValueForm])
    /// A stage, whose keys depend on its kind.
    case stage
    /// An entry of a test's `records:`, whose keys depend on whether it has `lines`.
    case feed
}

extension ValueForm {
    /// A case of an enumeration by its name in the file.
    static func choice<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> ValueForm
    where Value.RawValue == String {
        .choice(Value.allCases.map(\.rawValue))
    }

    /// The name of an event type.
    static var eventType: ValueForm { .choice(EventType.allCases.map(\.name)) }

    /// A field of certain kinds by its name.
    static func field(_ kinds: [Field.Kind]) -> ValueForm {
        .choice(Field.allCases.filter { kinds.contains($0.kind) }.map(\.name))
    }
}
