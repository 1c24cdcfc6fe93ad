internal import RampartCore

/// Everything that a pipeline file can name and that its outputs can say, for `rampart list` and for programs.
public enum PipelineReference {
    /// What can be listed.
    public enum Topic: String, CaseIterable, Sendable {
        case kinds, formats, measures, functions, operators, fields, keys, thresholds, severities, sinks, fates, states
        case reasons, limits
    }

    /// Names of one sort, each with what is said of it.
    public struct Section: Sendable {
        /// What its heading says.
        public var title: String
        /// What all of it belongs to, where a topic has several sections.
        public var of: String?
        /// What the cells of a row are; the first is always a name.
        public var columns: [String]
        /// The rows.
        public var rows: [[String]]
    }

    /// The sections of a topic.
    public static func sections(_ topic: Topic) -> [Section] {
        switch topic {
        case .kinds: [section("Stage kinds (kind:)", StageKind.all.map { ($0.name, $0.summary) })]
        case .formats: formats
        case .measures: [section("Measures (measure:)", ExpressionReference.measures)]
        case .functions: [section("Functions in expressions", ExpressionReference.functions)]
        case .operators: [section("Operators in expressions", ExpressionReference.operators)]
        case .fields: fields
        case .keys: keys
        case .thresholds: [section("Thresholds", thresholds)]
        case .severities: [section("Severities of alerts (severity:)", severities)]
        case .sinks: [section("Sinks (sinks:)", Sink.Kind.allCases.map { ($0.rawValue, $0.summary) })]
        case .fates: [section("Fates of records", Fate.allCases.map { ($0.rawValue, $0.summary) })]
        case .states:
            [section("States of credits and lines", CreditLine.State.allCases.map { ($0.rawValue, $0.summary) })]
        case .reasons: [section("Reasons of dead letters", DeadLetterReason.allCases.map { ($0.rawValue, $0.summary) })]
        case .limits: [section("Limits", limits)]
        }
    }

    private static func section(_ title: String, of group: String? = nil, _ rows: [(String, String)]) -> Section {
        Section(title: title, of: group, columns: ["name", "summary"], rows: rows.map { [$0.0, $0.1] })
    }

    private static func section(_ title: String, _ entries: [ExpressionReference.Entry]) -> Section {
        Section(
            title: title, columns: ["name", "types", "summary", "example"],
            rows: entries.map { [$0.name, $0.signature, $0.summary, $0.example] })
    }

    // MARK: - Topics

    private static var formats: [Section] {
        [
            section(
                "Formats of a source (format:)", of: "a source",
                Source.Format.allCases.map { ($0.rawValue, $0.summary) }),
            section("Formats of ts", of: "ts", TimeFormatName.allCases.map { ($0.rawValue, $0.summary) }),
            section("Formats of money", of: "money", MoneyFormat.allCases.map { ($0.rawValue, $0.summary) }),
        ]
    }

    private static var fields: [Section] {
        EventType.allCases.map { type in
            let envelope = [["type", "string"], ["event_id", "string"], ["ts", "timestamp"]]
            let own = Field.allCases.filter(type.mappable.contains).map { [$0.name, $0.kind.type] }
            return Section(
                title: "Fields of \(type.name) events", of: type.name, columns: ["name", "type"], rows: envelope + own)
        }
    }

    private static var keys: [Section] {
        PipelineKeys.all.map { group in
            Section(
                title: "Keys of \(group.name)", of: group.name, columns: ["name", "required", "summary"],
                rows: group.keys.map { [$0.name, $0.isRequired ? "required" : "", $0.summary] })
        }
    }

    private static let thresholds = [
        ("NAME: 10", "in tune: of a stage, a whole number or a decimal without bounds"),
        ("NAME: { default: 10, min: 2, max: 1000 }", "in tune: of a stage, with bounds that every other value keeps"),
        ("--set STAGE.NAME=12", "on the command line, for one run"),
        ("set: { STAGE.NAME: 12 }", "in a test"),
    ]

    private static var severities: [(String, String)] {
        AlertPolicy.Severity.allCases.map { ($0.rawValue, $0 == .medium ? "where a stage names none" : "") }
    }

    private static var limits: [(String, String)] {
        [
            ("\(FileLimits.bytes) bytes", "a pipeline file"),
            ("\(FileLimits.nesting)", "mappings and lists inside each other in it"),
            ("\(FileLimits.nameBytes) bytes", "a name of a pipeline, source, stage, measure or threshold"),
            ("\(Limits.sources)", "sources"), ("\(Limits.stages)", "stages"),
            ("\(Limits.measures)", "measures of a stage"), ("\(Limits.thresholds)", "thresholds of a stage"),
            ("\(FileLimits.tables)", "tables"),
            ("\(FileLimits.dataBytes) bytes", "all data files of a pipeline together"),
            ("\(FileLimits.dataRows)", "rows of a data file"), ("\(FileLimits.dataColumns)", "columns of a data file"),
            ("\(FileLimits.duration.text)", "a duration"), ("\(MajorAmount.placesMax)", "decimal places of money"),
            ("\(Limits.instructions)", "steps of an expression"),
            ("\(Limits.expressionNesting)", "parts of an expression inside each other"),
            ("\(Limits.expressionZones)", "time zones in an expression"),
            ("\(FileLimits.repetitions)", "repetitions of a record in a test"),
            ("\(Limits.recordBytes) bytes", "a record"),
            ("\(Limits.identifierBytes) bytes", "a short string of a record"),
            ("\(Limits.textBytes) bytes", "a text of a record"),
            ("\(Limits.nesting)", "objects and arrays inside each other in a record"),
            ("\(Limits.evidenceSample)", "events, and accounts, that an alert names"),
            ("\(Limits.incidentSample)", "alerts of each stage that an incident names"),
            ("\(Limits.deadLetterBytes) bytes", "what is kept of a record that was set aside"),
        ]
    }
}

extension Source.Format {
    /// What a log of this format is, in a few words.
    fileprivate var summary: String {
        switch self {
        case .json: "one JSON object a line; where a source names no format"
        case .csv: "comma-separated values with a header"
        }
    }
}

extension TimeFormatName {
    /// How such a time is written, in a few words.
    fileprivate var summary: String {
        switch self {
        case .epochSeconds: "seconds since 1970"
        case .epochMilliseconds: "milliseconds since 1970; where ts names no format"
        case .epochMicroseconds: "microseconds since 1970"
        case .iso8601: "a date and time with Z or an offset, or with a zone"
        case .local: "a local date and time; needs a zone"
        }
    }
}

extension MoneyFormat {
    /// How such an amount is written, in a few words.
    fileprivate var summary: String {
        switch self {
        case .units: "a whole number of the smallest units at the source's scale; where a field names no format"
        case .decimal: "major units such as 12.50"
        }
    }
}

extension CreditLine.State {
    /// What has become of the money, in a few words.
    fileprivate var summary: String {
        switch self {
        case .posted: "to be paid"
        case .held: "waits for a person"
        case .reversed: "taken back"
        case .rejected: "refused"
        }
    }
}

extension Field.Kind {
    /// The type that expressions give a field of this kind.
    fileprivate var type: String {
        switch self {
        case .identifier, .text, .currency: "string"
        case .integer: "int"
        case .money: "int (money)"
        }
    }
}
