/// One task, whole: the intake of its partitions, and all key groups of all subgraphs.
///
/// Its state is *facts*, a function of the input and the settings in force, and *promises*, what was said to the world.
/// Facts are kept in snapshots and rebuilt from the input behind them. Promises are handed out as changes, to be
/// written with the outputs, and read back; they are never derived anew.
///
/// Recovery: take up a snapshot (or start anew), schedule the settings and commands that are known, set `isRebuilding`,
/// read and advance to where the outputs were committed, restore the promises, reset `isRebuilding`, and go on.
public struct TaskState: Sendable {
    /// The records that were set aside while others were read.
    public struct SetAside: Sendable {
        /// Records that could not become events.
        public var deadLetters: [DeadLetter] = []
        /// Events behind their partition's watermark.
        public var lateEvents: [LateEvent] = []
    }

    private static let version: Int64 = 5

    var intake: Intake
    /// Where exchanges arrive; the partitions behind those of the intake. A subgraph without one is fed here.
    var inlets: [Inlet]
    private var sightings = MerchantSightings()
    /// The groups of all subgraphs, one behind the other.
    var groups: [KeyGroup]
    private let hashSeed: UInt64
    /// The moment until which everything due has been done, in each subgraph.
    var done: [EventTime]
    /// The pane from which the settings in force count in each subgraph, as far as they were scheduled when it was over.
    private var settingsPanes: [EventTime]
    /// Events that were read and go to the main subgraph through an exchange.
    var departing: [EventBatch] = []
    /// Commands that no group has tried yet.
    private var commands: [(pane: EventTime, command: LedgerCommand)] = []
    /// Whether windows and promises of a subgraph still have to be compared, because nothing had been read when they were
    /// linked.
    private var hasUncheckedPromises: [Bool]

    /// Starts a task that has read nothing.
    ///
    /// The partitions of exchanges come behind those of sources. `hashSeed` keys the in-memory tables; it changes no result,
    /// and should be unknown to whoever writes events.
    public init(topology: Topology, partitions: [PartitionBinding], bounds: Intake.Bounds, hashSeed: UInt64) {
        self.init(
            topology: topology, partitions: partitions, bounds: bounds, hashSeed: hashSeed,
            claimCeiling: Limits.claimsPerKeyGroup)
    }

    init(
        topology: Topology, partitions: [PartitionBinding], bounds: Intake.Bounds, hashSeed: UInt64, claimCeiling: Int
    ) {
        inlets = partitions.compactMap {
            if case .exchange(let subgraph, let tasks) = $0 {
                Inlet(subgraph: subgraph, upstreamTasks: tasks)
            } else {
                nil
            }
        }
        intake = Intake(
            topology: topology, partitions: Array(partitions.dropLast(inlets.count)), bounds: bounds)
        self.hashSeed = hashSeed
        let subgraphs = topology.subgraphs.indices
        groups = subgraphs.flatMap { subgraph in
            let plan = GroupPlan(topology, subgraph: subgraph)
            return (0..<KeyGroup.count).map {
                KeyGroup(
                    index: $0, plan: plan, hashSeed: hashSeed, keepsPromises: true, claimCeiling: claimCeiling)
            }
        }
        done = subgraphs.map { _ in .distantPast }
        settingsPanes = done
        hasUncheckedPromises = subgraphs.map { _ in false }
    }

    var topology: Topology { groups[0].plan.topology }

    /// While true, `advance` moves facts only and returns nothing, and `read` sets nothing aside.
    public var isRebuilding = false {
        didSet {
            for group in groups.indices { groups[group].isRebuilding = isRebuilding }
            if oldValue, !isRebuilding { link() }
        }
    }

    /// Asks for the scores of some stages, by their index, from here on (R36).
    public mutating func askForScores(_ details: [Int: ScoreRow.Detail]) {
        for group in groups.indices { groups[group].scores = details.isEmpty ? nil : ScoreBook(details) }
    }

    // MARK: - Input

    /// Reads records of a partition, whose events are staged; returns what was set aside.
    public mutating func read(_ records: RecordBatch, of partition: Int) -> SetAside {
        let chunk = intake.read(records, of: partition)
        guard !hasInlet(of: Subgraph.main) else { return dealOut(chunk) }
        for row in 0..<chunk.events.count {
            let hash = chunk.events.headers[row].partitionHash
            sightings.note(hash)
            groups[KeyGroup.index(of: hash)].stage(row, of: chunk.events)
        }
        return isRebuilding ? SetAside() : SetAside(deadLetters: chunk.deadLetters, lateEvents: chunk.lateEvents)
    }

    /// Hashes of the merchants, or whatever else sources are partitioned by, of events read since this was last asked; the
    /// same one may come again.
    public mutating func takeSightings() -> [UInt64] { sightings.take() }

    /// Keeps a recorded promise: the partition's watermark is at least this from its next record on (R7, R11).
    public mutating func promise(_ watermark: EventTime, of partition: Int) {
        intake.promise(watermark, of: partition)
    }

    /// Does all that is due until the watermark of each subgraph; the rows are sorted (R35).
    public mutating func advance() -> Outputs { advance { $0.watermark(ofSubgraph: $1) } }

    /// Does all that is due until the end of time (R15).
    public mutating func flush() -> Outputs { advance { _, _ in .distantFuture } }

    /// Does all that is due in one subgraph until the end of time: where others must hear what has departed before they end.
    public mutating func flush(_ subgraph: Int) -> Outputs {
        var outputs = Outputs()
        advance(subgraph, to: .distantFuture, into: &outputs)
        settleCommands(into: &outputs)
        outputs.sort()
        return outputs
    }

    private mutating func advance(to watermark: (Self, Int) -> EventTime) -> Outputs {
        var outputs = Outputs()
        if !departing.isEmpty { outputs.departed[Subgraph.main] = departing }
        departing = []
        for subgraph in topology.subgraphs.indices {
            advance(subgraph, to: watermark(self, subgraph), into: &outputs)
        }
        settleCommands(into: &outputs)
        outputs.sort()
        return outputs
    }

    private mutating func advance(_ subgraph: Int, to watermark: EventTime, into outputs: inout Outputs) {
        // What came since is of later panes: while time stands still, nothing falls due.
        if watermark > done[subgraph] {
            changeEachGroup(of: subgraph) { $0.advance(to: watermark, into: &outputs) }
            done[subgraph] = watermark
        }
        handOver(&outputs)
        if hasUncheckedPromises[subgraph], !isRebuilding { endOrphanedRuns(of: subgraph) }
    }

    // MARK: - All groups

    // Note: a group is large. Through a loop or a subscript the compiler copies it, or moves it out and back in, and what is
    // done at every poll and commit would cost more in that than in itself.

    private func forEachGroup(_ body: (borrowing KeyGroup) -> Void) {
        groups.withUnsafeBufferPointer { groups in
            for group in groups.indices { body(groups[group]) }
        }
    }

    private mutating func changeEachGroup(_ body: (inout KeyGroup) -> Void) {
        groups.withUnsafeMutableBufferPointer { groups in
            for group in groups.indices { body(&groups[group]) }
        }
    }

    private mutating func changeEachGroup(of subgraph: Int, _ body: (inout KeyGroup) -> Void) {
        groups.withUnsafeMutableBufferPointer { groups in
            for group in Self.range(of: subgraph) { body(&groups[group]) }
        }
    }

    private static func range(of subgraph: Int) -> Range<Int> {
        subgraph * KeyGroup.count..<(subgraph + 1) * KeyGroup.count
    }

    // MARK: - Settings and commands

    /// Puts other settings in force from the pane that ends at or after `pane` on (R37).
    ///
    /// Events of that pane and later ones are filtered and measured by them, evaluations from its end on use them, and
    /// every live key is evaluated at the first pane end of its stage from there on (R17). The graph must be the same.
    /// Settings of a pane that is over are in force at once: they were already when it was done.
    public mutating func schedule(_ topology: Topology, from pane: EventTime) {
        precondition(topology.graph == self.topology.graph, "Only settings of the same graph can be swapped.")
        let end = paneEnd(from: pane)
        for subgraph in topology.subgraphs.indices {
            let plan = GroupPlan(topology, subgraph: subgraph)
            guard end <= done[subgraph] else {
                changeEachGroup(of: subgraph) { $0.schedule.add(plan, at: end) }
                continue
            }
            guard end >= settingsPanes[subgraph] else { continue }
            settingsPanes[subgraph] = end
            changeEachGroup(of: subgraph) { $0.put(plan) }
        }
    }

    /// Has a person's decision take effect at the pane that ends at or after `pane`.
    ///
    /// One of a pane that is over has taken effect already, and is passed over.
    public mutating func schedule(_ command: LedgerCommand, at pane: EventTime) {
        let end = paneEnd(from: pane)
        guard end > done[Subgraph.main] else { return }
        commands.append((end, command))
        changeEachGroup(of: Subgraph.main) { $0.schedule.add(command, at: end) }
    }

    /// The first end of a base pane at or after a moment.
    private func paneEnd(from time: EventTime) -> EventTime {
        let base = topology.basePane
        let floored = time.floored(to: base)
        return floored == time ? time : floored + base
    }

    /// Refuses the commands whose credit no group knew.
    private mutating func settleCommands(into outputs: inout Outputs) {
        let done = done[Subgraph.main]
        guard let first = commands.map(\.pane).min(), first <= done else { return }
        var decided: Set<String> = []
        changeEachGroup(of: Subgraph.main) { group in
            decided.formUnion(group.schedule.decided)
            group.schedule.decided = []
        }
        for (pane, command) in commands where pane <= done && !isRebuilding && !decided.contains(command.id) {
            outputs.refusals.append(CommandRefusal(command: command, paneEnd: pane, reason: .unknownCredit))
        }
        commands.removeAll { $0.pane <= done }
    }

    // MARK: - Looking in

    /// The task's watermark (R7): that of its main subgraph.
    public var watermark: EventTime { watermark(ofSubgraph: Subgraph.main) }

    /// The watermark of a partition; of one of an exchange the lowest of its upstream tasks.
    public func watermark(of partition: Int) -> EventTime {
        partition < intake.partitionCount
            ? intake.watermark(of: partition) : inlets[partition - intake.partitionCount].watermark
    }

    /// How far the input has come: the lowest watermark of its partitions.
    public var inputWatermark: EventTime { intake.watermark }

    /// How far the slowest subgraph has come.
    public var lowestWatermark: EventTime {
        topology.subgraphs.indices.map { watermark(ofSubgraph: $0) }.min() ?? watermark
    }

    /// How far a subgraph has come: what feeds it, be it an exchange or the subgraph upstream here.
    func watermark(ofSubgraph subgraph: Int) -> EventTime {
        if let inlet = inlets.first(where: { $0.subgraph == subgraph }) { return inlet.watermark }
        return subgraph == Subgraph.main
            ? intake.watermark : watermark(ofSubgraph: topology.subgraphs[subgraph].upstream)
    }

    /// How far behind the newest event of its partition an event may be (R7).
    public func lateness(of partition: Int) -> EventSpan { intake.lateness(of: partition) }

    /// Bytes of events of the main subgraph that wait for their pane.
    public var stagedBytes: Int {
        var count = 0
        forEachGroup { if $0.plan.subgraph == Subgraph.main { count += $0.staging.byteCount } }
        return count
    }

    /// What the key groups counted; of what was said (findings, lines) while facts were rebuilt, nothing.
    public var counters: GroupCounters {
        var counters = GroupCounters(topology)
        for group in groups { counters.add(group.totals) }
        return counters
    }

    /// What was counted on reading.
    public var intakeCounters: IntakeCounters { intake.counters }

    /// A digest of the facts, the same with any hash seed, and after recovery as without.
    public var digest: UInt64 {
        var digest = Fingerprint(key: .stable)
        for done in done { digest.combine(UInt64(bitPattern: done.milliseconds), 0) }
        intake.combine(into: &digest)
        for inlet in inlets { inlet.combine(into: &digest) }
        forEachGroup { $0.combine(into: &digest) }
        return digest.digest.low
    }

    /// Whether a credit with this id is known here.
    public func holds(creditID: String) -> Bool {
        groups.indices.contains { groups[$0].ledger.credits[creditID] != nil }
    }
}

// MARK: - Promises

extension TaskState {
    /// The promises that changed since they were last taken, one change for each, in the order of their keys.
    public mutating func takeChanges() -> [PromiseChange] {
        var changes: [PromiseChange] = []
        changeEachGroup { changes.append(contentsOf: $0.takeChanges()) }
        return changes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Replaces all promises by those that the changes come to, the last of each key.
    ///
    /// After an error the promises are as they were.
    public mutating func restorePromises(_ changes: some Sequence<PromiseChange>) throws(SnapshotError) {
        var latest: [[UInt8]: [UInt8]] = [:]
        for change in changes { latest[change.key] = change.value }
        var promises = Array(repeating: Promises(), count: groups.count)
        for (bytes, value) in latest {
            let (key, group) = try PromiseKey.read(bytes, groups: groups.count)
            promises[group].add(key, value)
        }
        var restored = groups
        for group in restored.indices { try restored[group].restore(promises[group]) }
        groups = restored
        if !isRebuilding { link() }
    }

    /// Has every live key find its open alert again.
    private mutating func link() {
        for subgraph in topology.subgraphs.indices {
            let done = done[subgraph]
            changeEachGroup(of: subgraph) { $0.link(at: done) }
            hasUncheckedPromises[subgraph] = true
            endOrphanedRuns(of: subgraph)
        }
    }

    private mutating func endOrphanedRuns(of subgraph: Int) {
        let done = done[subgraph]
        guard done > .distantPast, done < .distantFuture else { return }
        hasUncheckedPromises[subgraph] = false
        changeEachGroup(of: subgraph) { group in
            for book in group.books.indices { group.books[book].endOrphanedRuns(at: done) }
        }
    }
}

// MARK: - Facts

extension TaskState {
    /// The facts as bytes; the promises and what is scheduled are not among them.
    public func snapshot() -> [UInt8] {
        var snapshot = SnapshotWriter()
        snapshot.write(Self.version)
        snapshot.write(topology.graph)
        snapshot.write(hash: hashSeed)
        for done in done { snapshot.write(done == .distantPast || done == .distantFuture ? nil : done) }
        intake.write(to: &snapshot)
        for inlet in inlets { inlet.write(to: &snapshot) }
        forEachGroup { $0.writeFacts(to: &snapshot) }
        return snapshot.bytes
    }

    /// Takes up the facts of a snapshot; there are no promises yet.
    ///
    /// `topology` is the one in force when it was taken.
    public init(
        topology: Topology, partitions: [PartitionBinding], bounds: Intake.Bounds, snapshot: [UInt8]
    ) throws(SnapshotError) {
        var reader = SnapshotReader(snapshot)
        let version = try reader.readInteger()
        guard version == Self.version else { throw SnapshotError("the state has the unknown form \(version)") }
        guard try reader.read(String.self) == topology.graph else {
            throw SnapshotError("the state is of another graph")
        }
        self.init(
            topology: topology, partitions: partitions, bounds: bounds, hashSeed: try reader.readHash())
        for subgraph in done.indices { done[subgraph] = try reader.readOptional() ?? .distantPast }
        try intake.restore(from: &reader)
        for inlet in inlets.indices { try inlets[inlet].restore(from: &reader) }
        for group in groups.indices { try groups[group].restoreFacts(from: &reader) }
        try reader.finish()
    }
}
