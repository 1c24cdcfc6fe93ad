internal import RampartCore

/// The keys of one kind of mapping in a pipeline file.
public struct KeyGroup: Sendable {
    /// One key.
    public struct Key: Sendable {
        /// As it is written.
        public var name: String
        /// Whether the mapping must have it.
        public var isRequired: Bool
        /// What it says, in a few words.
        public var summary: String
        /// What can stand behind it, as far as its form goes.
        public var value: ValueForm
    }

    /// What the mapping describes, as the reference's heading and messages call it.
    public var name: String
    /// Its keys in the order of the reference.
    public var keys: [Key]
    /// Keys of which the mapping has exactly one.
    public var alternatives: [String] = []

    /// The names of the keys.
    var names: [String] { keys.map(\.name) }
}

/// Every key that a pipeline file can have, in one place: the loader refuses others, and the reference names these.
public enum PipelineKeys {
    /// All groups, in the order of the reference.
    public static let all: [KeyGroup] =
        [
            file, source, typeSwitch, typeCase, dedupe, column, identifierField, integerField, moneyField,
            currencyField,
            timeField, pathField,
        ] + StageKind.all.map(\.keys) + [
            window, threshold, alert, credit, escalation, table, overrides, mutes, ledger, sinks, sink, test,
            recordFeed,
            lineFeed, expectation, expectedAlert, expectedIncident, expectedCredit,
        ]

    /// The root of the file.
    static let file = group(
        "the pipeline",
        [
            required("pipeline", "the family: the name that ids are made from", .name(hyphens: true)),
            optional("lateness", "lateness of the sources that name none; 0s if absent", .duration(allowsZero: true)),
            optional(
                "max_ahead", "how long after its message's append time an event may be; 1h if absent", .duration()),
            required(
                "sources", "where events enter, by name",
                .named(hyphens: true, atLeast: 1, atMost: Limits.sources, .mapping(source))),
            required(
                "stages", "transforms, windows and incidents, by name",
                .named(hyphens: true, atLeast: 1, atMost: Limits.stages, .stage)),
            optional(
                "tables", "keyed facts from data files, by name",
                .named(hyphens: false, atMost: FileLimits.tables, .mapping(table))),
            optional("overrides", "thresholds for single merchants or segments", .mapping(overrides)),
            optional("mutes", "merchants whose findings are told in shadow for a while", .mapping(mutes)),
            optional("ledger", "what becomes of claimed lines", .mapping(ledger)),
            optional("sinks", "where outputs go", .mapping(sinks)),
            optional("tests", "records and what they must give", .list(.mapping(test))),
        ])
    /// An entry of `sources:`.
    static let source = group(
        "a source",
        [
            required(
                "event", "the event type, or a switch over a column", .either([.eventType, .mapping(typeSwitch)])),
            optional("format", "json (default) or csv", .choice(Source.Format.self)),
            optional("topic", "the topic that the daemon reads", .text),
            optional(
                "partitioned_by", "the field that decides the partition; merchant_id if absent", .field([.identifier])),
            optional(
                "repartition", "true where the topic is partitioned by something else: events are dealt out first",
                .boolean),
            optional(
                "lateness", "how far behind its partition's newest event an event may be", .duration(allowsZero: true)),
            optional(
                "scale", "decimal places of its money, 0 to 9; 2 if absent",
                .wholeNumber(0...Int64(MajorAmount.placesMax))),
            optional("dedupe", "how copies are told apart", .either([.choice(["off"]), .mapping(dedupe)])),
            optional(
                "columns", "what expressions can read of a record, by name",
                .named(
                    hyphens: false, atMost: Limits.columns,
                    .either([.choice(RecordExpression.Column.Kind.self), .mapping(column)]))),
            optional(
                "fields", "where fields come from, if not from the member or column of their own name", .mapping(fields)
            ),
        ])
    /// A source's `event:` that depends on the record.
    static let typeSwitch = group(
        "a switch",
        [
            required("switch", "the path of the value that decides", .path),
            required(
                "cases", "patterns and the event types they give; the first that matches wins",
                .list(.mapping(typeCase), atLeast: 1)),
            optional("default", "the event type of other records; without it they are filtered", .eventType),
        ])
    /// An entry of a switch's `cases:`.
    static let typeCase = group(
        "a case",
        [
            optional("equals", "the whole value", .text),
            optional("starts_with", "the beginning of the value", .text),
            required("event", "the event type", .eventType),
            optional("fields", "field mappings of this event type alone", .mapping(fields)),
        ], exactlyOneOf: ["equals", "starts_with"])
    /// A source's `dedupe:`.
    static let dedupe = group(
        "dedupe",
        [
            required("by", "id or content", .choice(CopyIdentity.self)),
            optional("horizon", "how long a copy is recognised; 1h if absent", .duration()),
            optional(
                "max_keys",
                "the most events that each of the \(Ceiling.groupCount) key groups remembers; "
                    + "\(Ceiling.standardDedupeKeys) if absent",
                .wholeNumber(Ceiling.keyRange)),
        ])
    /// An entry of a source's `columns:`.
    static let column = group(
        "a column",
        [
            required("type", "string, int, money or bool", .choice(RecordExpression.Column.Kind.self)),
            optional("path", "the member or column, if not that of its own name", .path),
            optional("default", "the value where the record has none", .text),
        ])
    /// A setting of an identifier or a long text.
    static let identifierField = group(
        "the mapping of a text field",
        valueKeys(.text) + [
            optional("prefix", "only so many first characters", .wholeNumber(1...Int64(Limits.identifierBytes)))
        ])
    /// A setting of `rating`.
    static let integerField = group("the mapping of a whole number", valueKeys(.wholeNumber(Field.ratings)))
    /// A setting of `amount`, `cost` or `price`.
    static let moneyField = group(
        "the mapping of a money field",
        valueKeys(.text) + [
            optional("format", "units (default) or decimal", .choice(MoneyFormat.self)),
            optional("times", "the path of a whole number to multiply by", .path),
            optional("negate", "true turns the sign", .boolean),
        ])
    /// A setting of `currency`.
    static let currencyField = group("the mapping of currency", valueKeys(.currency))
    /// A setting of `ts`.
    static let timeField = group(
        "the mapping of ts",
        [
            optional("path", "the member or column", .path),
            optional(
                "format", "how the time is written; epoch_ms if absent",
                .either([.choice(TimeFormatName.self), .timePattern])),
            optional("zone", "the zone of local times", .zone),
        ])
    /// A setting of `event_id` or `type`, which only have a place.
    static let pathField = group("the mapping of event_id or type", [optional("path", "the member or column", .path)])
    /// An entry of `stages:` of the kind `window`.
    static let windowStage = group(
        "a window stage",
        [
            optional("kind", "window (default), incident, or a kind of transform", .choice(StageKind.all.map(\.name))),
            optional("mode", "live (default) or shadow", .choice(Stage.Mode.allCases.map(\.rawValue))),
            required("from", "the sources and transforms it reads", .oneOrMore(.name(hyphens: true))),
            required("key", "the fields that the window is kept for", .oneOrMore(.field([.identifier, .currency]))),
            required("window", "its size and how often it is evaluated", .mapping(window)),
            required(
                "measure", "what is measured, by name",
                .named(hyphens: false, atLeast: 1, atMost: Limits.measures, .measure)),
            optional(
                "tune", "thresholds, by name",
                .named(hyphens: false, atMost: Limits.thresholds, .either([.number, .mapping(threshold)]))),
            optional("allow", "tables whose keys are not measured", .oneOrMore(.name(hyphens: false))),
            required("when", "the condition of a finding", .condition),
            optional("alert", "how findings become alerts", .mapping(alert)),
            optional("credit", "what findings claim", .mapping(credit)),
        ] + ceiling)
    /// An entry of `stages:` of the kind `incident`.
    static let incidentStage = group(
        "an incident stage",
        [
            required("kind", "incident", .choice(StageKind.all.map(\.name))),
            required("from", "the windows whose alerts it gathers", .oneOrMore(.name(hyphens: true))),
            optional("quiet", "how long no alert must be open until it closes; 6h if absent", .duration()),
            optional("escalate", "a severity for several kinds of attack at once", .mapping(escalation)),
        ])
    /// An entry of `stages:` of a kind of transform.
    static func transformStage(_ type: any Transform.Type) -> KeyGroup {
        group(
            "a \(type.kind) stage",
            [
                required("kind", type.kind, .choice(StageKind.all.map(\.name))),
                required("from", "the sources and transforms it reads", .oneOrMore(.name(hyphens: true))),
            ] + type.settings.map { required($0.name, $0.summary, form($0.form)) } + [
                optional(
                    "tune", "thresholds, by name",
                    .named(hyphens: false, atMost: Limits.thresholds, .either([.number, .mapping(threshold)])))
            ] + (type.keepsState ? ceiling : []))
    }

    /// The keys of a stage that keeps events.
    private static let ceiling = [
        optional(
            "max_keys",
            "the most keys in each of the \(Ceiling.groupCount) key groups; \(Ceiling.standard.keys) if absent",
            .wholeNumber(Ceiling.keyRange)),
        optional(
            "max_bytes", "the most bytes in each key group; \(Ceiling.standard.bytes) if absent",
            .wholeNumber(Ceiling.byteRange)),
    ]

    private static func form(_ form: TransformSetting.Form) -> ValueForm {
        switch form {
        case .condition: .condition
        case .inputs: .oneOrMore(.name(hyphens: true))
        case .window: .name(hyphens: true)
        case .key: .oneOrMore(.field([.identifier, .currency]))
        case .span: .duration()
        case .prefix: .name(hyphens: false)
        case .attached:
            .oneOrMore(
                .choice(Field.allCases.filter { $0.kind != .text }.map(\.name) + [AttachedColumn.Content.time.name]))
        }
    }
    /// A stage's `window:`.
    static let window = group(
        "a window",
        [
            required("size", "its length", .duration()),
            optional("every", "how often it is evaluated; its size if absent", .duration()),
        ])
    /// An entry of `tune:` with bounds.
    static let threshold = group(
        "a threshold",
        [
            required("default", "the value", .number),
            optional("min", "the smallest value allowed", .number),
            optional("max", "the largest value allowed", .number),
        ])
    /// A stage's `alert:`.
    static let alert = group(
        "an alert",
        [
            optional("severity", "low, medium (default), high or critical", .choice(AlertPolicy.Severity.self)),
            optional(
                "close_after", "how long without a finding until it closes; the window's size if absent", .duration()),
            optional("message", "its words, with {measure}, {threshold} and {key field}", .text),
        ])
    /// A stage's `credit:`.
    static let credit = group(
        "a credit",
        [
            required("component", "what is given back", .name(hyphens: false)),
            required("reason", "why", .name(hyphens: false)),
            optional("amount", "the money field of the charge; cost where clicks are read", .field([.money])),
            optional(
                "event", "the event types that are charges; those read that have the amount if absent",
                .oneOrMore(.eventType)),
        ])
    /// An incident stage's `escalate:`.
    static let escalation = group(
        "an escalation",
        [
            required(
                "stages", "the number of stages with alerts from which on it counts",
                .wholeNumber(2...Int64(Limits.stages))),
            required("severity", "how urgent an incident then is at least", .choice(AlertPolicy.Severity.self)),
        ])
    /// An entry of `tables:`.
    static let table = group(
        "a table",
        [
            required("file", "the data file, from the folder of the pipeline file", .text),
            required("key", "the field whose values are its keys", .field([.identifier, .currency])),
        ])
    /// The file's `overrides:`.
    static let overrides = group(
        "the overrides",
        [
            required("file", "the data file, from the folder of the pipeline file", .text),
            optional("segments", "the table that says each merchant's segment", .name(hyphens: false)),
        ])
    /// The file's `mutes:`.
    static let mutes = group(
        "the mutes", [required("file", "the data file, from the folder of the pipeline file", .text)])
    /// The file's `ledger:`.
    static let ledger = group(
        "the ledger",
        [
            optional("statement", "the length of a credit's slot; 1h if absent", .duration()),
            optional("caps", "the most that is posted per merchant, day and currency", .byCurrency(.amount)),
            optional("review_above", "the most that a slot posts without review, per currency", .byCurrency(.amount)),
            optional("late_horizon", "how long late charges can be claimed; 24h if absent", .duration()),
            optional("late_credit", "hold (default) or post", .choice(LateCredit.self)),
            optional(
                "claim_horizon",
                "how long lines are remembered, and the age from which a charge is only held; 30d if absent",
                .duration()),
        ])
    /// The file's `sinks:`.
    static let sinks = group("the sinks", Sink.Kind.allCases.map { optional($0.rawValue, $0.summary, .mapping(sink)) })
    /// An entry of `sinks:`.
    static let sink = group(
        "a sink",
        [
            optional("topic", "the topic that the daemon writes", .text),
            optional("mask", "true masks addresses, devices and accounts", .boolean),
        ])
    /// An entry of `tests:`.
    static let test = group(
        "a test",
        [
            required("name", "what it shows", .text),
            required("records", "the records in their order", .list(.feed)),
            optional("set", "thresholds for this test", .members(.number)),
            required("expect", "what must come out", .mapping(expectation)),
        ])
    /// An entry of a test's `records:` that is one record.
    static let recordFeed = group(
        "a record of a test",
        [
            optional("source", "the source that reads it; else by its type", .name(hyphens: true)),
            optional("repeat", "how often; 1 if absent", .wholeNumber(1...FileLimits.repetitions)),
            optional("at", "the time of the first", .moment),
            optional("every", "the time between two", .duration()),
            required("record", "its members or columns", .members(.anything)),
        ])
    /// An entry of a test's `records:` that is the text of a log.
    static let lineFeed = group(
        "raw lines of a test",
        [
            optional("source", "the source that reads them; else by their type", .name(hyphens: true)),
            required("lines", "CSV with a header, or one JSON object a line", .text),
        ])
    /// A test's `expect:`.
    static let expectation = group(
        "an expectation",
        Fate.allCases.map { optional($0.rawValue, $0.summary, .wholeNumber(0...Int64.max)) } + [
            optional("alerts", "exactly the alerts that open", .list(.mapping(expectedAlert))),
            optional("shadow", "exactly the alerts that open in shadow", .list(.mapping(expectedAlert))),
            optional(
                "incidents", "exactly the incidents, each as its last revision has it",
                .list(.mapping(expectedIncident))),
            optional("credits", "exactly the credits", .list(.mapping(expectedCredit))),
        ])
    /// An entry of `expect: alerts:`.
    static let expectedAlert = group(
        "an expected alert",
        [
            required("stage", "its stage", .name(hyphens: true)),
            optional("severity", "its severity", .choice(AlertPolicy.Severity.self)),
            optional("merchant_id", "its merchant", .text),
            optional("key", "fields of its key", .members(.text)),
            optional("opened", "the end of the window that opened it", .moment),
            optional(
                "measures", "values of its measures when it opened", .members(.either([.number, .byCurrency(.number)]))),
        ])
    /// An entry of `expect: incidents:`.
    static let expectedIncident = group(
        "an expected incident",
        [
            required("stage", "its stage", .name(hyphens: true)),
            optional("severity", "its highest severity", .choice(AlertPolicy.Severity.self)),
            optional("merchant_id", "its merchant", .text),
            optional("opened", "when its first alert opened", .moment),
            optional("closed", "when it closed", .moment),
            optional("alerts", "how many alerts of each stage were part of it", .members(.wholeNumber(0...Int64.max))),
        ])
    /// An entry of `expect: credits:`.
    static let expectedCredit = group(
        "an expected credit",
        [
            optional("component", "its component", .text),
            optional("reason", "its reason", .text),
            optional("state", "its state", .choice(CreditLine.State.self)),
            optional("merchant_id", "its merchant", .text),
            optional("currency", "its currency", .currency),
            optional("amount_minor", "its sum in the smallest units", .wholeNumber(0...Int64.max)),
            optional("lines", "its number of lines", .wholeNumber(0...Int64.max)),
        ])

    /// The setting of a field that is mapped by a path alone, switched off, or described by a group.
    static let fields: KeyGroup = {
        let envelope: [(name: String, group: KeyGroup, summary: String)] = [
            ("type", pathField, "where the record's own type stands"),
            ("event_id", pathField, "the id by which copies are known"),
            ("ts", timeField, "when the event happened"),
        ]
        let fields = Field.allCases.map { field in
            let types = EventType.allCases.filter { $0.mappable.contains(field) }.map(\.name)
            let events = types.count == EventType.allCases.count ? "all" : types.joined(separator: ", ")
            return (name: field.name, group: field.keys, summary: "\(field.kind.noun) of \(events) events")
        }
        return group(
            "the fields of a source",
            (envelope + fields).map { optional($0.name, $0.summary, .either([.path, .mapping($0.group)])) })
    }()

    private static func valueKeys(_ value: ValueForm) -> [KeyGroup.Key] {
        [
            optional("path", "the member or column", .path),
            optional("default", "the value where the record has none", value),
            optional("constant", "the value of every record", value),
            optional("expr", "an expression over the source's columns", .text),
        ]
    }

    private static func group(
        _ name: String, _ keys: [KeyGroup.Key], exactlyOneOf alternatives: [String] = []
    ) -> KeyGroup {
        KeyGroup(name: name, keys: keys, alternatives: alternatives)
    }

    private static func required(_ name: String, _ summary: String, _ value: ValueForm) -> KeyGroup.Key {
        KeyGroup.Key(name: name, isRequired: true, summary: summary, value: value)
    }

    private static func optional(_ name: String, _ summary: String, _ value: ValueForm) -> KeyGroup.Key {
        KeyGroup.Key(name: name, isRequired: false, summary: summary, value: value)
    }
}
