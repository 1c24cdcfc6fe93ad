/// One revision of an alert (R24): a row of `alerts.ndjson`.
public struct Alert: Hashable, Sendable {
    /// Whether the attack goes on.
    public enum State: String, Hashable, Sendable {
        case open, closed
    }

    /// The value of a measure when the revision was written.
    public enum MeasureValue: Hashable, Sendable {
        case integer(Int64)
        case double(Double)
        /// One value per currency, sorted by code.
        case money([CurrencyValue])
        /// No event gave the measure a value.
        case absent
    }

    /// The value of a money measure in one currency.
    public struct CurrencyValue: Hashable, Sendable {
        /// The currency of the amounts measured.
        public var currency: Currency
        /// An integer in the source's units, or for `avg` a double in them.
        public var value: Threshold.Value

        /// Creates a value.
        public init(currency: Currency, value: Threshold.Value) {
            self.currency = currency
            self.value = value
        }
    }

    /// A bounded sample of what the finding rests on (R23).
    public struct Evidence: Hashable, Sendable {
        /// A number of things of one kind.
        public struct Count: Hashable, Sendable {
            /// The kind: an event type, or `accounts`.
            public var name: String
            /// How many.
            public var count: Int
        }

        /// The first events of the window in canonical order: their ids, or their digests where they have none.
        public var eventIDs: [String]
        /// The first accounts in canonical order.
        public var accounts: [String]
        /// All events in the window by type, in the order of `EventType`, then all distinct accounts.
        public var counts: [Count]
    }

    /// What was in force when the revision was written.
    public struct Settings: Hashable, Sendable {
        /// The revision of the pipeline.
        public var revision: String
        /// How urgent the stage's alerts are.
        public var severity: AlertPolicy.Severity
        /// The thresholds as they count for the merchant, in file order.
        public var thresholds: [Threshold]
        /// Those of the thresholds that a data file sets for the merchant, in file order.
        public var overrides: [StageExceptions.Override] = []
        /// Why the alert of a live stage is told in shadow.
        public var mute: StageExceptions.Mute?
        /// The template of the alert's words; nil where they are made from measures and key.
        public var message: [MessagePart]?

        /// Creates the settings of a row.
        public init(
            revision: String, severity: AlertPolicy.Severity, thresholds: [Threshold], message: [MessagePart]? = nil
        ) {
            self.revision = revision
            self.severity = severity
            self.thresholds = thresholds
            self.message = message
        }
    }

    /// 32 hexadecimal digits, the same for all revisions.
    public var id: String
    /// 1 on opening, then one more each time.
    public var revision: Int
    /// Whether the attack goes on.
    public var state: State
    /// The mode in which the alert opened: that of all its revisions.
    public var mode: Stage.Mode
    /// Index of the stage in the topology.
    public var stage: Int
    /// The merchant who is under attack; nil where the stage's key names none.
    public var merchantID: String?
    /// The values of the stage's key, in the order of its fields.
    public var key: [String]
    /// The key as bytes, each value behind its length: the order of rows (R35).
    public var keyBytes: [UInt8]
    /// Start of the window reported.
    public var windowStart: EventTime
    /// End of the window reported.
    public var windowEnd: EventTime
    /// The pane end at which the alert opened; no row says it, but the first has it as its own.
    public var opened: EventTime
    /// The pane end at which the revision was written.
    public var paneEnd: EventTime
    /// How far past its thresholds (R20).
    public var score: Double
    /// The values of the stage's measures, in their order.
    public var measures: [MeasureValue]
    /// Whether a finding so far was made while its key group was saturated, so that measures may miss events (R22).
    public var isSaturated = false
    /// A sample of the events and accounts.
    public var evidence: Evidence
    /// What was in force when it was written.
    public var settings: Settings
}
