/// The `filter` kind: keeps the events for which a condition holds.
///
/// It has no state, and is run as a step of its own, for most events meet one.
public struct Filter: Transform {
    /// The value of `kind:`.
    public static let kind = "filter"
    /// What it does.
    public static let summary = "keeps the events for which a condition holds"
    /// The condition.
    public static let settings = [TransformSetting("keep", .condition, "the condition of events that pass")]

    /// The settings.
    public let values: TransformValues

    /// Creates a filter of its settings.
    public init(_ values: TransformValues) { self.values = values }

    /// Creates a filter of its condition, over an event's fields and the stage's thresholds.
    public init(condition: Program) { values = TransformValues(["keep": .condition(condition)]) }

    /// The condition.
    public var condition: Program { values.condition("keep") }
}
