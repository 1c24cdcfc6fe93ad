public import RampartCore

/// How a log is replayed.
public struct ReplayOptions: Sendable {
    /// Which partition is read next; no choice changes a result.
    public enum Polling: Hashable, Sendable {
        /// The one whose watermark is lowest, so that the least is staged (R10).
        case lowestWatermark
        /// Any, by a seeded generator: for tests that prove that the choice does not matter.
        case seeded(UInt64)
    }

    /// Threads that share the key groups, 1 to 128.
    public var shards = 1
    /// The event times taken.
    public var bounds = Intake.Bounds()
    /// Whether the end of the logs releases everything (R15).
    public var flushes = true
    /// Which partition is read next.
    public var polling = Polling.lowestWatermark
    /// Lines of earlier runs (R33).
    public var prior: [PriorLine] = []
    /// The stages, by index, whose scores are wanted (R36).
    public var scores: [Int: ScoreRow.Detail] = [:]
    /// The secret of the in-memory tables; it changes no result.
    public var hashSeed: UInt64 = 0

    /// Creates the default options.
    public init() {}
}

/// How far a replay has come.
public struct ReplayProgress: Sendable {
    /// Records read so far.
    public var records: Int
    /// The task's watermark.
    public var watermark: EventTime

    /// Creates a report on progress.
    public init(records: Int, watermark: EventTime) {
        self.records = records
        self.watermark = watermark
    }
}

/// What a replay came to, beside its rows.
public struct ReplayReport: Sendable {
    /// A log that could not be read to its end.
    public struct Failure: Sendable {
        /// The log's name.
        public var log: String
        /// What went wrong.
        public var error: any Error

        /// Creates a failure.
        public init(log: String, error: any Error) {
            self.log = log
            self.error = error
        }
    }

    /// The fates settled on reading.
    public var intake: IntakeCounters
    /// What the key groups counted.
    public var groups: GroupCounters
    /// Prior lines within the run's span that no finding justified (R33).
    public var unjustified: [PriorLine]
    /// The logs that could not be read to their end.
    public var failures: [Failure]
    /// Whether the run was told to stop before the end of the logs.
    public var wasStopped: Bool

    /// Creates a report.
    public init(
        intake: IntakeCounters, groups: GroupCounters, unjustified: [PriorLine] = [], failures: [Failure] = [],
        wasStopped: Bool = false
    ) {
        self.intake = intake
        self.groups = groups
        self.unjustified = unjustified
        self.failures = failures
        self.wasStopped = wasStopped
    }

    /// Whether every log was read to its end.
    public var isComplete: Bool { failures.isEmpty && !wasStopped }
}
