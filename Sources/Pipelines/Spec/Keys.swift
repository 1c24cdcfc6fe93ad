/// The keys of one kind of mapping in a pipeline file.
public struct KeyGroup: Sendable {
    /// One key.
    public struct Key: Hashable, Sendable {
        /// As it is written.
        public var name: String
        /// Whether the mapping must have it.
        public var isRequired: Bool
        /// What it says, in a few words.
        public var summary: String
    }

    /// What the mapping describes, as the reference's heading and messages call it.
    public var name: String
    /// Its keys in the order of the reference.
    public var keys: [Key]

    /// The names of the keys.
    var names: [String] { keys.map(\.name) }
}

/// Every key that a pipeline file can have, in one place: the loader refuses others, and the reference names these.
public enum PipelineKeys {
    /// All groups, in the order of the reference.
    public static let all: [KeyGroup] = [
        file, source, typeSwitch, typeCase, dedupe, identifierField, integerField, moneyField, currencyField,
        timeField, pathField, windowStage, filterStage, window, threshold, alert, credit, ledger, sinks, sink, test,
        recordFeed, lineFeed, expectation, expectedAlert, expectedCredit,
    ]

    /// The root of the file.
    static let file = group(
        "the pipeline",
        [
            required("pipeline", "the family: the name that ids are made from"),
            optional("lateness", "lateness of the sources that name none; 0s if absent"),
            optional("max_ahead", "how long after its message's append time an event may be; 1h if absent"),
            required("sources", "where events enter, by name"),
            required("stages", "filters and windows, by name"),
            optional("ledger", "what becomes of claimed lines"),
            optional("sinks", "where outputs go"),
            optional("tests", "records and what they must give"),
        ])
    /// An entry of `sources:`.
    static let source = group(
        "a source",
        [
            required("event", "the event type, or a switch over a column"),
            optional("format", "json (default) or csv"),
            optional("topic", "the topic that the daemon reads"),
            optional("partitioned_by", "the field that decides the partition; merchant_id if absent"),
            optional("lateness", "how far behind its partition's newest event an event may be"),
            optional("scale", "decimal places of its money, 0 to 9; 2 if absent"),
            optional("dedupe", "how copies are told apart"),
            optional("fields", "where fields come from, if not from the member or column of their own name"),
        ])
    /// A source's `event:` that depends on the record.
    static let typeSwitch = group(
        "a switch",
        [
            required("switch", "the path of the value that decides"),
            required("cases", "patterns and the event types they give; the first that matches wins"),
            optional("default", "the event type of other records; without it they are filtered"),
        ])
    /// An entry of a switch's `cases:`.
    static let typeCase = group(
        "a case",
        [
            optional("equals", "the whole value"),
            optional("starts_with", "the beginning of the value"),
            required("event", "the event type"),
            optional("fields", "field mappings of this event type alone"),
        ])
    /// A source's `dedupe:`.
    static let dedupe = group(
        "dedupe",
        [
            required("by", "id or content"),
            optional("horizon", "how long a copy is recognised; 1h if absent"),
        ])
    /// A setting of an identifier or a long text.
    static let identifierField = group(
        "the mapping of a text field",
        valueKeys + [
            optional("prefix", "only so many first characters")
        ])
    /// A setting of `rating`.
    static let integerField = group("the mapping of a whole number", valueKeys)
    /// A setting of `amount`, `cost` or `price`.
    static let moneyField = group(
        "the mapping of a money field",
        valueKeys + [
            optional("format", "units (default) or decimal"),
            optional("times", "the path of a whole number to multiply by"),
            optional("negate", "true turns the sign"),
        ])
    /// A setting of `currency`.
    static let currencyField = group("the mapping of currency", valueKeys)
    /// A setting of `ts`.
    static let timeField = group(
        "the mapping of ts",
        [
            optional("path", "the member or column"),
            optional("format", "how the time is written; epoch_ms if absent"),
            optional("zone", "the zone of local times"),
        ])
    /// A setting of `event_id` or `type`, which only have a place.
    static let pathField = group("the mapping of event_id or type", [optional("path", "the member or column")])
    /// An entry of `stages:` of the kind `window`.
    static let windowStage = group(
        "a window stage",
        [
            optional("kind", "window (default) or filter"),
            optional("mode", "live (default) or shadow"),
            required("from", "the sources and filters it reads"),
            required("key", "the fields that the window is kept for"),
            required("window", "its size and how often it is evaluated"),
            required("measure", "what is measured, by name"),
            optional("tune", "thresholds, by name"),
            required("when", "the condition of a finding"),
            optional("alert", "how findings become alerts"),
            optional("credit", "what findings claim"),
        ])
    /// An entry of `stages:` of the kind `filter`.
    static let filterStage = group(
        "a filter stage",
        [
            required("kind", "filter"),
            required("from", "the sources and filters it reads"),
            required("keep", "the condition of events that pass"),
            optional("tune", "thresholds, by name"),
        ])
    /// A stage's `window:`.
    static let window = group(
        "a window",
        [
            required("size", "its length"),
            optional("every", "how often it is evaluated; its size if absent"),
        ])
    /// An entry of `tune:` with bounds.
    static let threshold = group(
        "a threshold",
        [
            required("default", "the value"),
            optional("min", "the smallest value allowed"),
            optional("max", "the largest value allowed"),
        ])
    /// A stage's `alert:`.
    static let alert = group(
        "an alert",
        [
            optional("severity", "low, medium (default), high or critical"),
            optional("close_after", "how long without a finding until it closes; the window's size if absent"),
            optional("message", "its words, with {measure}, {threshold} and {key field}"),
        ])
    /// A stage's `credit:`.
    static let credit = group(
        "a credit",
        [
            required("component", "what is given back"),
            required("reason", "why"),
            optional("amount", "the money field of the charge; cost where clicks are read"),
            optional("event", "the event types that are charges; those read that have the amount if absent"),
        ])
    /// The file's `ledger:`.
    static let ledger = group(
        "the ledger",
        [
            optional("statement", "the length of a credit's slot; 1h if absent"),
            optional("caps", "the most that is posted per merchant, day and currency"),
            optional("review_above", "the most that a slot posts without review, per currency"),
            optional("late_horizon", "how long late charges can be claimed; 24h if absent"),
            optional("late_credit", "hold (default) or post"),
            optional(
                "claim_horizon",
                "how long lines are remembered, and the age from which a charge is only held; 30d if absent"),
        ])
    /// The file's `sinks:`.
    static let sinks = group("the sinks", Sink.Kind.allCases.map { optional($0.rawValue, $0.summary) })
    /// An entry of `sinks:`.
    static let sink = group(
        "a sink",
        [
            optional("topic", "the topic that the daemon writes"),
            optional("mask", "true masks addresses, devices and accounts"),
        ])
    /// An entry of `tests:`.
    static let test = group(
        "a test",
        [
            required("name", "what it shows"),
            required("records", "the records in their order"),
            optional("set", "thresholds for this test"),
            required("expect", "what must come out"),
        ])
    /// An entry of a test's `records:` that is one record.
    static let recordFeed = group(
        "a record of a test",
        [
            optional("source", "the source that reads it; else by its type"),
            optional("repeat", "how often; 1 if absent"),
            optional("at", "the time of the first"),
            optional("every", "the time between two"),
            required("record", "its members or columns"),
        ])
    /// An entry of a test's `records:` that is the text of a log.
    static let lineFeed = group(
        "raw lines of a test",
        [
            optional("source", "the source that reads them; else by their type"),
            required("lines", "CSV with a header, or one JSON object a line"),
        ])
    /// A test's `expect:`.
    static let expectation = group(
        "an expectation",
        Fate.allCases.map { optional($0.rawValue, $0.summary) } + [
            optional("alerts", "exactly the alerts that open"),
            optional("shadow", "exactly the alerts that open in shadow"),
            optional("credits", "exactly the credits"),
        ])
    /// An entry of `expect: alerts:`.
    static let expectedAlert = group(
        "an expected alert",
        [
            required("stage", "its stage"),
            optional("severity", "its severity"),
            optional("merchant_id", "its merchant"),
            optional("key", "fields of its key"),
            optional("opened", "the end of the window that opened it"),
            optional("measures", "values of its measures when it opened"),
        ])
    /// An entry of `expect: credits:`.
    static let expectedCredit = group(
        "an expected credit",
        [
            optional("component", "its component"),
            optional("reason", "its reason"),
            optional("state", "its state"),
            optional("merchant_id", "its merchant"),
            optional("currency", "its currency"),
            optional("amount_minor", "its sum in the smallest units"),
            optional("lines", "its number of lines"),
        ])

    private static let valueKeys: [KeyGroup.Key] = [
        optional("path", "the member or column"),
        optional("default", "the value where the record has none"),
        optional("constant", "the value of every record"),
    ]

    private static func group(_ name: String, _ keys: [KeyGroup.Key]) -> KeyGroup {
        KeyGroup(name: name, keys: keys)
    }

    private static func required(_ name: String, _ summary: String) -> KeyGroup.Key {
        KeyGroup.Key(name: name, isRequired: true, summary: summary)
    }

    private static func optional(_ name: String, _ summary: String) -> KeyGroup.Key {
        KeyGroup.Key(name: name, isRequired: false, summary: summary)
    }
}
