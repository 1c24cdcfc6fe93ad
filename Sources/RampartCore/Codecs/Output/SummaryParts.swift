/// Records by what became of them (R3).
public struct FateCounts: Hashable, Sendable {
    /// Entered the graph.
    public var accepted = 0
    /// Copies of an accepted event.
    public var duplicate = 0
    /// The id of an accepted event with other contents.
    public var conflict = 0
    /// Behind their partition's watermark.
    public var late = 0
    /// Of no interest to the pipeline, or outside the time asked for.
    public var filtered = 0
    /// Could not be read.
    public var deadLettered = 0
    /// Still waiting when the run stopped.
    public var staged = 0

    /// Creates counts of nothing.
    public init() {}

    /// Records delivered: the sum of the fates.
    public var read: Int { accepted + duplicate + conflict + late + filtered + deadLettered + staged }

    /// Adds the counts of other records.
    public static func += (left: inout FateCounts, right: FateCounts) {
        left.accepted += right.accepted
        left.duplicate += right.duplicate
        left.conflict += right.conflict
        left.late += right.late
        left.filtered += right.filtered
        left.deadLettered += right.deadLettered
        left.staged += right.staged
    }
}

/// The numbers of one source.
public struct SourceSummary: Hashable, Sendable {
    /// How the source's events are told apart (R4).
    public enum Identity: String, Hashable, Sendable {
        case eventID = "event_id"
        case content
        case none
    }

    /// A field of money in one type and currency.
    public struct MoneyKey: Comparable, Hashable, Sendable {
        /// The type of the events.
        public var type: EventType
        /// The field of money.
        public var field: Field
        /// The currency of the amounts.
        public var currency: Currency

        /// Creates a key.
        public init(type: EventType, field: Field, currency: Currency) {
            self.type = type
            self.field = field
            self.currency = currency
        }

        /// The order in which they are written.
        public static func < (left: MoneyKey, right: MoneyKey) -> Bool {
            (left.type.rawValue, left.field.rawValue, left.currency)
                < (right.type.rawValue, right.field.rawValue, right.currency)
        }
    }

    /// The name in the pipeline file.
    public var name: String
    /// How events are told apart.
    public var identity: Identity
    /// Decimal places of the source's money.
    public var scale: Int
    /// Records that were known to be the source's, by fate.
    public var fates = FateCounts()
    /// Accepted events that there was no room to remember, so that their copies were accepted too (R22).
    public var unremembered = 0
    /// Accepted events by type.
    public var events: [EventType: Int] = [:]
    /// Sums over accepted events in units at `scale`.
    public var money: [MoneyKey: Int128] = [:]
    /// The earliest accepted event.
    public var firstTime: EventTime?
    /// The latest accepted event.
    public var lastTime: EventTime?

    /// Creates the summary of a source that has delivered nothing.
    public init(source: Source) {
        self.name = source.name
        self.scale = source.scale
        if source.mappings.values.contains(where: { $0.identity != nil }) {
            self.identity = .eventID
        } else if case .byContent = source.dedupe {
            self.identity = .content
        } else {
            self.identity = .none
        }
    }

    /// Counts an accepted event's type and time; its fate is counted apart.
    public mutating func accept(_ type: EventType, at time: EventTime) {
        events[type, default: 0] += 1
        cover(time)
    }

    /// Widens the span of accepted events so that it holds this moment.
    mutating func cover(_ time: EventTime?) {
        guard let time else { return }
        firstTime = min(firstTime ?? time, time)
        lastTime = max(lastTime ?? time, time)
    }

    /// Adds the numbers of other records of the same source.
    public static func += (left: inout SourceSummary, right: SourceSummary) {
        left.fates += right.fates
        left.unremembered += right.unremembered
        left.events.merge(right.events, uniquingKeysWith: +)
        left.money.merge(right.money, uniquingKeysWith: +)
        left.cover(right.firstTime)
        left.cover(right.lastTime)
    }
}

/// Alerts of one stage and mode, or incidents of one stage.
public struct AlertCounts: Hashable, Sendable {
    /// Those opened.
    public var opened = 0
    /// Revisions of them written.
    public var revisions = 0

    /// Creates counts of nothing.
    public init() {}

    /// Counts a revision by its number.
    mutating func count(revision: Int) {
        revisions += 1
        if revision == 1 { opened += 1 }
    }

    /// Adds the counts of others.
    public static func += (left: inout AlertCounts, right: AlertCounts) {
        left.opened += right.opened
        left.revisions += right.revisions
    }
}

/// The numbers of one stage.
public struct StageSummary: Hashable, Sendable {
    /// The name in the pipeline file.
    public var name: String
    /// The value of `kind:`.
    public var kind: String
    /// Whether the stage is live or in shadow; nil where it makes no findings.
    public var mode: Stage.Mode?
    /// The severity of the stage's alerts; nil where it raises none.
    public var severity: AlertPolicy.Severity?
    /// Events that entered: for a filter those that passed.
    public var events = 0
    /// Events that lacked a field of the key (R16).
    public var unkeyed = 0
    /// Events that a transform passed on with nothing attached (R21).
    public var unmatched = 0
    /// Events that an allow-list kept out.
    public var allowed = 0
    /// Events that did not fit under the ceiling, or of a table evaluations of keys that did not (R22).
    public var refused = 0
    /// Evaluations at which the condition held.
    public var findings = 0
    /// Findings that a mute had told in shadow.
    public var muted = 0
    /// Live keys at the peak; the sum of the key groups' peaks.
    public var keysMax = 0
    /// Bytes of state at the peak; the sum of the key groups' peaks.
    public var bytesMax = 0
    /// Live alerts.
    public var alerts = AlertCounts()
    /// Alerts in shadow.
    public var shadow = AlertCounts()
    /// Incidents.
    public var incidents = AlertCounts()
    /// Conditions whose value was an error (R19).
    public var conditionErrors = 0

    /// Creates the summary of a stage that has seen nothing.
    public init(stage: Stage) {
        self.name = stage.name
        switch stage.kind {
        case .transform(let transform): kind = type(of: transform).kind
        case .incident: kind = "incident"
        case .window(let window):
            kind = "window"
            severity = window.alert.severity
            mode = stage.mode
        }
    }

    /// Adds the numbers of other keys of the same stage.
    public static func += (left: inout StageSummary, right: StageSummary) {
        left.events += right.events
        left.unkeyed += right.unkeyed
        left.unmatched += right.unmatched
        left.allowed += right.allowed
        left.refused += right.refused
        left.findings += right.findings
        left.muted += right.muted
        left.keysMax += right.keysMax
        left.bytesMax += right.bytesMax
        left.alerts += right.alerts
        left.shadow += right.shadow
        left.incidents += right.incidents
        left.conditionErrors += right.conditionErrors
    }
}
