/// One task, whole: the intake of its partitions and all its key groups.
///
/// Its state is *facts*, a function of the input and the settings in force, and *promises*, what was said to the world.
/// Facts are kept in snapshots and rebuilt from the input behind them. Promises are handed out as changes, to be
/// written with the outputs, and read back; they are never derived anew.
public struct TaskState: Sendable {
    /// The records that were set aside while others were read.
    public struct SetAside: Sendable {
        /// Records that could not become events.
        public var deadLetters: [DeadLetter] = []
        /// Events behind their partition's watermark.
        public var lateEvents: [LateEvent] = []
    }

    private var intake: Intake
    private var groups: [KeyGroup]
    private let hashSeed: UInt64
    /// While true, `advance` moves facts only and returns nothing, and `read` sets nothing aside.
    public var isRebuilding = false

    /// Starts a task that has read nothing.
    ///
    /// `hashSeed` keys the in-memory tables; it changes no result, and should be unknown to whoever writes events.
    public init(topology: Topology, partitions: [PartitionBinding], bounds: Intake.Bounds, hashSeed: UInt64) {
        intake = Intake(topology: topology, partitions: partitions, bounds: bounds)
        self.hashSeed = hashSeed
        let plan = GroupPlan(topology)
        groups = (0..<KeyGroup.count).map { _ in KeyGroup(plan: plan, hashSeed: hashSeed) }
    }

    // MARK: - Input

    /// Reads records of a partition, whose events are staged; returns what was set aside.
    public mutating func read(_ records: RecordBatch, of partition: Int) -> SetAside {
        let chunk = intake.read(records, of: partition)
        for row in 0..<chunk.events.count {
            groups[KeyGroup.index(of: chunk.events.headers[row].partitionHash)].stage(row, of: chunk.events)
        }
        return SetAside(deadLetters: chunk.deadLetters, lateEvents: chunk.lateEvents)
    }

    /// Keeps a recorded promise: the partition's watermark is at least this from its next record on (R7, R11).
    public mutating func promise(_ watermark: EventTime, of partition: Int) {}

    /// Does all that is due until the task's watermark; the rows are sorted (R35).
    public mutating func advance() -> Outputs { advance(to: watermark) }

    /// Does all that is due until the end of time (R15).
    public mutating func flush() -> Outputs { advance(to: .distantFuture) }

    private mutating func advance(to watermark: EventTime) -> Outputs {
        var outputs = Outputs()
        for group in groups.indices { groups[group].advance(to: watermark, into: &outputs) }
        outputs.sort()
        return outputs
    }

    /// Puts other settings in force from the pane that ends at or after `pane` on (R37).
    ///
    /// Events of that pane and later ones are filtered and measured by them, evaluations from its end on use them, and
    /// every live key is evaluated at the first pane end of its stage from there on (R17). The graph must be the same.
    public mutating func schedule(_ topology: Topology, from pane: EventTime) {}

    /// Has a person's decision take effect at the pane that ends at or after `pane`.
    public mutating func schedule(_ command: LedgerCommand, at pane: EventTime) {}

    // MARK: - Looking in

    /// The task's watermark (R7).
    public var watermark: EventTime { intake.watermark }

    /// The watermark of a partition.
    public func watermark(of partition: Int) -> EventTime { intake.watermark(of: partition) }

    /// How far behind the newest event of its partition an event may be.
    public func lateness(of partition: Int) -> EventSpan { .zero }

    /// Bytes of events that wait for their pane.
    public var stagedBytes: Int { 0 }

    /// What the key groups counted.
    public var counters: GroupCounters {
        var counters = GroupCounters(groups[0].plan.topology)
        for group in groups { counters.add(group.totals) }
        return counters
    }

    /// What was counted on reading.
    public var intakeCounters: IntakeCounters { intake.counters }

    /// A digest of the facts, the same with any hash seed, and after recovery as without.
    public var digest: UInt64 { 0 }

    /// Whether a credit with this id is known here.
    public func holds(creditID: String) -> Bool { false }

    // MARK: - Promises and facts

    /// The promises that changed since they were last taken, one change for each, in the order of their keys.
    public mutating func takeChanges() -> [PromiseChange] { [] }

    /// Replaces all promises by those that the changes come to, the last of each key.
    public mutating func restorePromises(_ changes: some Sequence<PromiseChange>) throws(SnapshotError) {}

    /// The facts as bytes.
    public func snapshot() -> [UInt8] { [] }

    /// Takes up the facts of a snapshot.
    ///
    /// `topology` is the one in force when it was taken.
    public init(
        topology: Topology, partitions: [PartitionBinding], bounds: Intake.Bounds, snapshot: [UInt8]
    ) throws(SnapshotError) {
        throw SnapshotError("the snapshot has no state")
    }
}
