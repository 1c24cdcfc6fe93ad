public import RampartCore

/// A test inside a pipeline file: records, and exactly what they must give.
public struct PipelineTest: Sendable {
    /// Records that are fed in their order.
    public struct Feed: Sendable {
        /// What is fed.
        public enum Content: Sendable {
            /// One record, again and again.
            case record(RecordTemplate)
            /// The text of a log.
            case lines(String)
        }

        /// The source that reads them; nil for the only one, or for the one that takes the record's `type`.
        public var source: String?
        /// What is fed.
        public var content: Content
        /// The line in the pipeline file.
        public var line: Int
    }

    /// A record that may repeat; `{n}` in its texts is the number of the repetition, from 1.
    public struct RecordTemplate: Sendable {
        /// How often it is fed.
        public var count: Int
        /// The event time of the first, for records that carry none.
        public var start: EventTime?
        /// The event time from one to the next.
        public var step: EventSpan
        /// The members or columns, in their order.
        public var members: [RecordValue.Member]

        /// The members of one repetition, from 1: `{n}` in texts is its number.
        public func members(ofRepetition number: Int) -> [RecordValue.Member] {
            members.map { RecordValue.Member(name: $0.name, value: $0.value.numbered(number)) }
        }

        /// The event time of one repetition, from 1, for a record that carries none.
        public func time(ofRepetition number: Int) -> EventTime? {
            let (span, overflow) = step.milliseconds.multipliedReportingOverflow(by: Int64(number - 1))
            return start.map { $0 + EventSpan(milliseconds: overflow ? .max : span) }
        }
    }

    /// What it shows.
    public var name: String
    /// The line in the pipeline file.
    public var line: Int
    /// The records.
    public var feeds: [Feed]
    /// Thresholds for this test; load the file again with them.
    public var overrides: [ThresholdOverride]
    /// What must come out.
    public var expectation: Expectation
}

/// A value of a test's record, as JSON has them.
public indirect enum RecordValue: Hashable, Sendable {
    /// A member of an object.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: RecordValue

        /// Creates a member.
        public init(name: String, value: RecordValue) {
            self.name = name
            self.value = value
        }
    }

    case string(String)
    /// A number as it is written in the file, which is also JSON's way.
    case number(String)
    case boolean(Bool)
    case null
    case list([RecordValue])
    case object([Member])

    /// The value with a number in place of `{n}` in its texts.
    fileprivate func numbered(_ number: Int) -> RecordValue {
        switch self {
        case .string(let text): .string(text.replacing("{n}", with: "\(number)"))
        case .list(let values): .list(values.map { $0.numbered(number) })
        case .object(let members): .object(members.map { Member(name: $0.name, value: $0.value.numbered(number)) })
        case .number, .boolean, .null: self
        }
    }
}

/// What has become of a record (R3), as tests count it.
public enum Fate: String, CaseIterable, Hashable, Sendable {
    case accepted, duplicate, conflict, late, filtered
    case deadLettered = "dead_lettered"

    /// What a record of that fate is, in a few words.
    var summary: String {
        switch self {
        case .accepted: "records that became events"
        case .duplicate: "records that were copies"
        case .conflict: "records with the id of another"
        case .late: "records behind the watermark"
        case .filtered: "records that no source takes"
        case .deadLettered: "records set aside"
        }
    }
}

/// What a test must give; what is nil is not looked at.
public struct Expectation: Sendable {
    /// An alert's opening revision.
    public struct ExpectedAlert: Sendable {
        /// A field of the key and its value.
        public struct KeyValue: Hashable, Sendable {
            /// The field.
            public var field: Field
            /// The value.
            public var value: String
        }

        /// A measure and its value.
        public struct MeasureValue: Hashable, Sendable {
            /// The name of the measure.
            public var name: String
            /// The value, or for money that of one currency.
            public var value: Threshold.Value
            /// The currency, for money.
            public var currency: Currency?
        }

        /// The name of its stage.
        public var stage: String
        /// Its severity.
        public var severity: AlertPolicy.Severity?
        /// Its merchant.
        public var merchantID: String?
        /// Fields of its key.
        public var key: [KeyValue]
        /// The end of the window that opened it.
        public var opened: EventTime?
        /// Values of its measures when it opened.
        public var measures: [MeasureValue]
        /// The line in the pipeline file.
        public var line: Int
    }

    /// An incident's last revision.
    public struct ExpectedIncident: Sendable {
        /// The number of alerts of one stage.
        public struct StageCount: Hashable, Sendable {
            /// The name of the stage.
            public var stage: String
            /// How many alerts.
            public var count: Int
        }

        /// The name of its stage.
        public var stage: String
        /// Its highest severity.
        public var severity: AlertPolicy.Severity?
        /// Its merchant.
        public var merchantID: String?
        /// When its first alert opened.
        public var opened: EventTime?
        /// When it closed.
        public var closed: EventTime?
        /// Alerts by stage.
        public var alerts: [StageCount]
        /// The line in the pipeline file.
        public var line: Int
    }

    /// A credit.
    public struct ExpectedCredit: Sendable {
        /// What is given back.
        public var component: String?
        /// Why.
        public var reason: String?
        /// What has become of it.
        public var state: CreditLine.State?
        /// Its merchant.
        public var merchantID: String?
        /// Its currency.
        public var currency: Currency?
        /// Its sum in units at the source's scale.
        public var amountMinor: Int64?
        /// Its number of lines.
        public var lines: Int?
        /// The line in the pipeline file.
        public var line: Int
    }

    /// A number of records of one fate.
    public struct FateCount: Hashable, Sendable {
        /// The fate.
        public var fate: Fate
        /// How many.
        public var count: Int

        /// Creates a count.
        public init(fate: Fate, count: Int) {
            self.fate = fate
            self.count = count
        }
    }

    /// Records by fate; a fate that is not named is not looked at.
    public var fates: [FateCount]
    /// Exactly these alerts, in any order.
    public var alerts: [ExpectedAlert]?
    /// Exactly these alerts of stages in shadow, in any order.
    public var shadow: [ExpectedAlert]?
    /// Exactly these credits, in any order.
    public var credits: [ExpectedCredit]?
    /// The incidents, as their last revisions have them.
    public var incidents: [ExpectedIncident]?
}
