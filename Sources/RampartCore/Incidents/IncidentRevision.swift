/// One revision of an incident (R25): a row of `incidents.ndjson`.
public struct IncidentRevision: Hashable, Sendable {
    /// The alerts of one stage.
    public struct Member: Hashable, Sendable {
        /// The name of the stage.
        public var stage: String
        /// Alerts that have opened.
        public var alerts: Int
        /// Those of them that are open.
        public var open: Int
        /// The highest score that a row of one of them has told.
        public var peakScore: Double
    }

    /// One alert of the sample.
    public struct Entry: Hashable, Sendable {
        /// The id of the alert.
        public var alertID: String
        /// The name of its stage.
        public var stage: String
        /// The pane end at which it opened.
        public var opened: EventTime
        /// The pane end at which it closed; nil while it is open.
        public var closed: EventTime?
        /// The highest score that one of its rows has told.
        public var peakScore: Double
    }

    /// Charges in one currency and scale; sums in units at the scale.
    public struct Money: Hashable, Sendable {
        /// The currency of the charges.
        public var currency: Currency
        /// Decimal places of the sums.
        public var scale: Int
        /// What was found: lines that are claimed, and those that are about to be at this pane end.
        public var atStake: Int128
        /// What of it the rules have posted.
        public var posted: Int128
        /// What of it the rules have held.
        public var held: Int128
    }

    /// 32 hexadecimal digits, the same for all revisions.
    public var id: String
    /// 1 on opening, then one more each time.
    public var revision: Int
    /// Whether the incident goes on.
    public var state: Alert.State
    /// Index of the stage in the topology.
    public var stage: Int
    /// The highest severity so far.
    public var severity: AlertPolicy.Severity
    /// The merchant who is under attack.
    public var merchantID: String
    /// The merchant as the bytes of a key: the order of rows (R35).
    public var keyBytes: [UInt8]
    /// The pane end at which the first alert opened.
    public var opened: EventTime
    /// The pane end since which no alert is open; nil while one is.
    public var quietSince: EventTime?
    /// The pane end at which the revision was written; that of the last is when the incident closed.
    public var paneEnd: EventTime
    /// The stages whose alerts are part of it, in the order in which they came to it.
    public var members: [Member]
    /// The first alerts of each stage, in the order of pane end, stage and key.
    public var timeline: [Entry]
    /// What it is about in money, by currency and scale.
    public var money: [Money]
    /// The revision of the pipeline.
    public var pipelineRevision: String
}
