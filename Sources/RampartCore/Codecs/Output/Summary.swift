/// What a run read, found and moved, in numbers: the contents of `summary.json`.
///
/// Shards and chunks keep summaries of their own; adding them gives the run's. Lists that are indexed by source or
/// stage have the topology's order; everything else is written in sorted order, whatever the order of adding.
public struct Summary: Hashable, Sendable {
    /// The records of one log.
    public struct Log: Hashable, Sendable {
        /// The log as its user named it.
        public var name: String
        /// Records read from it.
        public var read: Int

        /// Creates the numbers of a log.
        public init(name: String, read: Int = 0) {
            self.name = name
            self.read = read
        }
    }

    /// The value of `pipeline:`.
    public var family: String
    /// Hash of the canonical settings.
    public var revision: String
    /// Why the run stopped before its end; nil where it did not.
    public var interruption: String?
    /// Whether the end of the logs released everything (R15), so that every line stands in a credit.
    public var isFlushed = true
    /// The logs in the order of their partitions.
    public var logs: [Log] = []
    /// All records by fate, those of no source included.
    public var fates = FateCounts()
    /// Dead letters by reason.
    public var deadLetters: [DeadLetterReason: Int] = [:]
    /// One entry per source, in file order.
    public var sources: [SourceSummary]
    /// One entry per stage, in file order.
    public var stages: [StageSummary]
    /// Key groups that did not have room for everything for a time (R22).
    public var saturatedKeyGroups = 0
    /// What was credited.
    public var credits: [CreditKey: CreditSum] = [:]
    /// What the ledger did beside that.
    public var ledger = LedgerSummary()
    /// How the run went.
    public var run = RunSummary()

    /// Creates the summary of a run that has read nothing.
    public init(topology: Topology) {
        self.family = topology.family
        self.revision = topology.revision
        self.sources = topology.sources.map { SourceSummary(source: $0) }
        self.stages = topology.stages.map { StageSummary(stage: $0) }
    }

    /// Whether everything was read and written.
    public var isComplete: Bool { interruption == nil }

    /// Counts a line, to be told apart by what finance asks for.
    public mutating func count(_ line: CreditLine) {
        let key = CreditKey(
            component: line.component, state: line.state, currency: line.currency, scale: line.scale)
        credits[key, default: CreditSum()] += CreditSum(lines: 1, amount: Int128(line.amount))
    }

    /// Counts a revision of an alert.
    public mutating func count(_ alert: Alert) {
        switch alert.mode {
        case .live: stages[alert.stage].alerts.count(revision: alert.revision)
        case .shadow: stages[alert.stage].shadow.count(revision: alert.revision)
        }
    }

    /// Counts a revision of an incident.
    public mutating func count(_ incident: IncidentRevision) {
        stages[incident.stage].incidents.count(revision: incident.revision)
    }

    /// Adds the numbers of another part of the same run; `run` and the list of logs stay as they are here.
    public static func += (left: inout Summary, right: Summary) {
        precondition(left.sources.count == right.sources.count && left.stages.count == right.stages.count)
        left.interruption = left.interruption ?? right.interruption
        left.fates += right.fates
        left.deadLetters.merge(right.deadLetters, uniquingKeysWith: +)
        for index in left.sources.indices { left.sources[index] += right.sources[index] }
        for index in left.stages.indices { left.stages[index] += right.stages[index] }
        left.saturatedKeyGroups += right.saturatedKeyGroups
        left.credits.merge(right.credits) { $0 + $1 }
        left.ledger += right.ledger
    }
}
