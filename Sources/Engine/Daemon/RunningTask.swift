internal import RampartCore

/// A task that consumes: the core's state, how far it has read, and what waits for the next commit.
final class RunningTask {
    let number: Int
    let partitions: [TopicPartition]
    private let plan: TaskPlan
    private let basePane: EventSpan
    private(set) var state: TaskState
    var outbox: Outbox
    /// The first offset of each partition that was not read.
    private(set) var offsetsNext: [Int64]
    /// The offset at which the group began each partition, without which nothing can be rebuilt from the log alone.
    let offsetsBorn: [Int64]
    /// Since when each partition has been at its end, in milliseconds since 1970.
    private var endSince: [Int64?]
    /// Whether something was read or decided since the last commit.
    private(set) var hasMoved = false
    private(set) var inForce: PipelineSettings
    /// Commands that were recorded and whose pane had not come when it was last looked.
    private var pending: [ControlRecord.Effect]
    /// The offset of the first command that the task has not seen.
    var commandNext: Int64
    /// When the next checkpoint is due, in milliseconds since 1970.
    var checkpointDue: Int64
    private var paused: Set<TopicPartition> = []

    init(_ restored: RestoredTask, plan: TaskPlan, number: Int, checkpointDue: Int64) throws(DaemonError) {
        self.number = number
        self.plan = plan
        partitions = plan.topics.partitions(of: number)
        state = restored.state
        offsetsNext = restored.offsetsNext
        offsetsBorn = restored.offsetsBorn
        endSince = Array(repeating: nil, count: partitions.count)
        inForce = restored.inForce
        pending = restored.pending
        commandNext = restored.commandNext
        self.checkpointDue = checkpointDue
        let topology = try plan.topology(of: restored.inForce)
        basePane = topology.basePane
        outbox = Outbox(topology: topology, topics: plan.topics, task: number)
        if restored.isNew { recordBirth() }
    }

    /// A new task writes down the settings that it began with, which hold from the beginning of time.
    private func recordBirth() {
        let command = Command(id: "start-\(inForce.revision)", who: "", issuedAt: 0, body: .reload(inForce))
        outbox.append(
            .effect(ControlRecord.Effect(command: command, pane: EventTime.distantPast.milliseconds)))
        hasMoved = true
    }

    // MARK: - Reading

    /// Reads what a poll has brought for one partition.
    func read(_ arrivals: Inbox.Arrivals, of partition: Int, at now: Int64) {
        if let last = arrivals.batch.records.last {
            let setAside = state.read(arrivals.batch, of: partition)
            outbox.append(setAside)
            offsetsNext[partition] = Int64(last.position) + 1
            endSince[partition] = nil
            hasMoved = true
        }
        if arrivals.endOffset != nil, endSince[partition] == nil { endSince[partition] = now }
    }

    /// Does all that is due by event time.
    func advance() { outbox.append(state.advance()) }

    // MARK: - Idle partitions

    /// Promises idle partitions past, and writes the promises down (R11); returns them.
    ///
    /// A promise is made only if it completes a pane: nothing in between changes anything.
    func promiseIdle(at now: Int64) -> [(TopicPartition, EventTime)] {
        guard let idleAfter = plan.settings.idleAfter else { return [] }
        let idle = partitions.indices.filter { index in endSince[index].map { now - $0 >= idleAfter } ?? false }
        guard !idle.isEmpty else { return [] }
        let awake = partitions.indices.filter { !idle.contains($0) }
        var promises: [(TopicPartition, EventTime)] = []
        for index in idle {
            let reached =
                awake.map { state.watermark(of: $0) }.min()
                ?? EventTime(milliseconds: now - idleAfter) - state.lateness(of: index)
            guard reached > .distantPast else { continue }
            let promised = reached.floored(to: basePane)
            guard promised > state.watermark(of: index) else { continue }
            state.promise(promised, of: index)
            outbox.append(
                .promise(
                    ControlRecord.Promise(
                        topic: partitions[index].topic, offset: offsetsNext[index], watermark: promised.milliseconds)))
            promises.append((partitions[index], promised))
            hasMoved = true
        }
        if !promises.isEmpty { advance() }
        return promises
    }

    // MARK: - Commands

    /// The end of the first pane that the next commit leaves open: where commands take effect (R37).
    private var nextPane: EventTime {
        state.watermark == .distantPast
            ? .distantPast : state.watermark.floored(to: basePane) + basePane
    }

    /// Puts a command in force if it concerns this task; returns the pane from which on it holds.
    func take(_ command: Command) throws(DaemonError) -> EventTime? {
        switch command.body {
        case .reload(let settings):
            guard settings.revision != latestRevision else { return nil }
            state.schedule(try plan.topology(of: settings), from: nextPane)
        case .decide(let decision):
            guard let ledgerCommand = command.ledgerCommand, state.holds(creditID: decision.creditID) else {
                return nil
            }
            state.schedule(ledgerCommand, at: nextPane)
        }
        let effect = ControlRecord.Effect(command: command, pane: nextPane.milliseconds)
        pending.append(effect)
        outbox.append(.effect(effect))
        hasMoved = true
        return nextPane
    }

    /// The revision that is in force once all recorded commands are.
    private var latestRevision: String {
        for effect in pending.reversed() {
            if case .reload(let settings) = effect.command.body { return settings.revision }
        }
        return inForce.revision
    }

    private func settlePending() {
        for effect in pending where EventTime(milliseconds: effect.pane) <= state.watermark {
            if case .reload(let settings) = effect.command.body { inForce = settings }
        }
        pending.removeAll { EventTime(milliseconds: $0.pane) <= state.watermark }
    }

    // MARK: - Committing

    /// What the next commit says of this task's partitions; changes of promises are put into the outbox.
    func prepareCommit() -> [TopicPartition: CommittedOffset] {
        settlePending()
        outbox.append(state.takeChanges())
        var offsets: [TopicPartition: CommittedOffset] = [:]
        let digest = state.digest
        for (index, partition) in partitions.enumerated() {
            let note = OffsetNote(
                watermark: state.watermark, partitionWatermark: state.watermark(of: index),
                revision: inForce.revision, digest: digest, commandNext: commandNext, offsetBorn: offsetsBorn[index])
            offsets[partition] = CommittedOffset(offsetNext: offsetsNext[index], metadata: note.text)
        }
        return offsets
    }

    /// Notes that everything so far is committed.
    func committed() {
        outbox.removeAll()
        hasMoved = false
    }

    /// The task as of its last commit, which nothing may have followed.
    func checkpoint(generation: Int, controlNext: Int64) -> Checkpoint {
        precondition(!hasMoved && outbox.isEmpty, "A checkpoint is of what is committed.")
        let header = TaskCheckpoint.Header(controlNext: controlNext, inForce: inForce, pending: pending)
        return Checkpoint(
            task: number, generation: generation,
            offsets: Dictionary(uniqueKeysWithValues: zip(partitions, offsetsNext)),
            graph: inForce.graph, state: TaskCheckpoint(header: header, snapshot: state.snapshot()).bytes)
    }

    // MARK: - Coming back

    var watermark: EventTime { state.watermark }

    /// Where fetching goes on.
    var starts: [StartOffset] { zip(partitions, offsetsNext).map { StartOffset($0, at: $1) } }

    /// Whether the group has committed just what this task has done: nobody else has had it since.
    func stands(at committed: [TopicPartition: CommittedOffset]) -> Bool {
        guard !hasMoved else { return false }
        return zip(partitions, offsetsNext).allSatisfy { partition, next in
            guard let offset = committed[partition], let note = OffsetNote(text: offset.metadata) else { return false }
            return offset.offsetNext == next && note.digest == state.digest && note.watermark == state.watermark
        }
    }

    /// Fetching goes on after the task was suspended.
    func resumes() {
        paused.removeAll()
        endSince = Array(repeating: nil, count: partitions.count)
    }

    // MARK: - Too much staged

    /// Which partitions are to pause and which to go on, so that staging stays within its bound (R10).
    var imbalance: (ahead: [TopicPartition], rested: [TopicPartition]) {
        let limit = plan.settings.stagedBytesMax
        let staged = state.stagedBytes
        if staged > limit {
            let ahead = partitions.indices.filter {
                state.watermark(of: $0) > state.watermark && !paused.contains(partitions[$0])
            }
            return (ahead.map { partitions[$0] }, [])
        }
        return ([], staged < limit / 2 ? paused.sorted() : [])
    }

    /// Notes what was paused and let go on.
    func noteBalance(paused ahead: [TopicPartition], resumed rested: [TopicPartition]) {
        paused.formUnion(ahead)
        paused.subtract(rested)
    }
}
