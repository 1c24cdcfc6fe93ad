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
    private var ends: [PartitionEnd?]
    /// What was set aside since the last commit.
    private(set) var lateCount = 0
    private(set) var deadLetterCount = 0
    /// Whether something was read or decided since the last commit.
    private(set) var hasMoved = false
    private(set) var inForce: PipelineSettings
    /// Commands that were recorded and whose pane had not come when it was last looked.
    private var pending: [ControlRecord.Effect]
    /// The offset of the first command that the task has not seen.
    var commandNext: Int64
    /// Control records written so far.
    private var controlCount: Int64
    /// When the next checkpoint is due, in milliseconds since 1970.
    var checkpointDue: Int64
    private var bound: StagingBound
    /// What the group has of this task, as far as this worker has committed it.
    private var committedOffsets: [TopicPartition: CommittedOffset]
    private var preparedOffsets: [TopicPartition: CommittedOffset] = [:]
    private var lastCommit: Int64

    /// Where a partition had no more records, and since when.
    private struct PartitionEnd {
        var offset: Int64
        /// In milliseconds since 1970.
        var since: Int64
        /// Whether the broker said so again just before the commit that is to come.
        var isConfirmed = false
    }

    init(
        _ restored: RestoredTask, plan: TaskPlan, number: Int, checkpointDue: Int64, at now: Int64
    ) throws(DaemonError) {
        lastCommit = now
        self.number = number
        self.plan = plan
        partitions = plan.topics.partitions(of: number)
        state = restored.state
        offsetsNext = restored.offsetsNext
        offsetsBorn = restored.offsetsBorn
        ends = Array(repeating: nil, count: partitions.count)
        bound = StagingBound(partitions: partitions, bytesMax: plan.settings.stagedBytesMax)
        committedOffsets = restored.committed
        inForce = restored.inForce
        pending = restored.pending
        commandNext = restored.commandNext
        controlCount = restored.controlCount
        self.checkpointDue = checkpointDue
        let topology = try plan.topology(of: restored.inForce)
        basePane = topology.basePane
        outbox = Outbox(topology: topology, topics: plan.topics, task: number, tasks: plan.tasks)
        if restored.isNew { recordBirth() }
    }

    /// A new task writes down the settings that it began with, which hold from the beginning of time.
    private func recordBirth() {
        let command = Command(id: "start-\(inForce.revision)", who: "", issuedAt: 0, body: .reload(inForce))
        record(.effect(ControlRecord.Effect(command: command, pane: EventTime.distantPast.milliseconds)))
    }

    /// Writes a decision down, in the commit that acts on it.
    private func record(_ decision: ControlRecord.Decision) {
        controlCount += 1
        outbox.append(ControlRecord(sequence: controlCount, decision))
        hasMoved = true
    }

    // MARK: - Reading

    /// Reads what a poll has brought for one partition.
    func read(_ arrivals: Inbox.Arrivals, of partition: Int, at now: Int64) throws(DaemonError) {
        if let last = arrivals.batch.records.last {
            try read(arrivals.batch, of: partition)
            moveOn(to: Int64(last.position) + 1, of: partition)
            ends[partition] = nil
        }
        if let end = arrivals.endOffset {
            // Markers and aborted records at the end are passed too, or retention could take away what is waited for.
            moveOn(to: end, of: partition)
            if ends[partition]?.offset != end { ends[partition] = PartitionEnd(offset: end, since: now) }
        }
    }

    private func read(_ records: RecordBatch, of partition: Int) throws(DaemonError) {
        guard !state.isExchange(partition) else {
            do throws(SnapshotError) {
                return try state.receive(records, of: partition)
            } catch {
                throw DaemonError(partitions[partition], holds: error)
            }
        }
        let setAside = state.read(records, of: partition)
        lateCount += setAside.lateEvents.count
        deadLetterCount += setAside.deadLetters.count
        outbox.append(setAside)
    }

    private func moveOn(to offset: Int64, of partition: Int) {
        guard offset > offsetsNext[partition] else { return }
        offsetsNext[partition] = offset
        hasMoved = true
    }

    /// Hashes of the merchants of events read since this was last asked.
    func takeSightings() -> [UInt64] { state.takeSightings() }

    /// Does all that is due by event time; returns the decisions that changed nothing.
    func advance() -> [CommandRefusal] {
        let outputs = state.advance()
        outbox.append(outputs)
        return outputs.refusals
    }

    // MARK: - Idle partitions

    /// The partitions that a promise would carry on now, with the end that each must still have (R11).
    ///
    /// An end that was seen long ago may be over: records can wait in the client or behind an open transaction. So the
    /// broker is asked again before anything is promised.
    func idleCandidates(at now: Int64) -> [(partition: TopicPartition, end: Int64)] {
        proposals(at: now).compactMap { index, _ in ends[index].map { (partitions[index], $0.offset) } }
    }

    /// Notes whether a candidate is still at its end.
    func confirmEnd(of partition: TopicPartition, isConfirmed: Bool) {
        guard let index = partitions.firstIndex(of: partition) else { return }
        if isConfirmed { ends[index]?.isConfirmed = true } else { ends[index] = nil }
    }

    /// Promises idle partitions past, and writes the promises down; returns them.
    func promiseIdle(at now: Int64) -> [(TopicPartition, EventTime)] {
        var promises: [(TopicPartition, EventTime)] = []
        for (index, promised) in proposals(at: now) where ends[index]?.isConfirmed == true {
            state.promise(promised, of: index)
            record(
                .promise(
                    ControlRecord.Promise(
                        topic: partitions[index].topic, offset: offsetsNext[index], watermark: promised.milliseconds)))
            promises.append((partitions[index], promised))
        }
        for index in ends.indices { ends[index]?.isConfirmed = false }
        return promises
    }

    /// What can be promised of idle partitions. Only promises that complete a pane are made: nothing between changes
    /// anything.
    private func proposals(at now: Int64) -> [(index: Int, promised: EventTime)] {
        guard let idleAfter = plan.settings.idleAfter else { return [] }
        let inputs = partitions.indices.filter { !state.isExchange($0) }
        let idle = inputs.filter { index in ends[index].map { now - $0.since >= idleAfter } ?? false }
        let slowest = inputs.filter { !idle.contains($0) }.map { state.watermark(of: $0) }.min()
        return idle.compactMap { index in
            let reached = slowest ?? EventTime(milliseconds: now - idleAfter) - state.lateness(of: index)
            guard reached > .distantPast else { return nil }
            let promised = reached.floored(to: basePane)
            return promised > state.watermark(of: index) ? (index, promised) : nil
        }
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
        record(.effect(effect))
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
        let settled = state.lowestWatermark
        for effect in pending where EventTime(milliseconds: effect.pane) <= settled {
            if case .reload(let settings) = effect.command.body { inForce = settings }
        }
        pending.removeAll { EventTime(milliseconds: $0.pane) <= settled }
    }

    // MARK: - Committing

    /// What the next commit says of this task's partitions; changes of promises are put into the outbox.
    func prepareCommit() -> [TopicPartition: CommittedOffset] {
        settlePending()
        outbox.append(state.takeChanges())
        outbox.appendRest(of: state)
        let digest = state.digest
        for (index, partition) in partitions.enumerated() {
            let note = OffsetNote(
                watermark: state.watermark, partitionWatermark: state.watermark(of: index),
                revision: inForce.revision, digest: digest, commandNext: commandNext,
                controlCount: controlCount, offsetBorn: offsetsBorn[index])
            preparedOffsets[partition] = CommittedOffset(offsetNext: offsetsNext[index], metadata: note.text)
        }
        return preparedOffsets
    }

    /// Notes that everything so far is committed.
    func noteCommitted(at now: Int64) {
        (lateCount, deadLetterCount) = (0, 0)
        outbox.removeAll()
        hasMoved = false
        committedOffsets = preparedOffsets
        lastCommit = now
    }

    /// Has a task that stands still commit its offsets again from time to time, since Kafka forgets what nobody renews.
    func renew(at now: Int64) {
        if now - lastCommit >= plan.settings.renewInterval { hasMoved = true }
    }

    /// The task as of its last commit, which nothing may have followed.
    func checkpoint(generation: Int, controlEnd: Int64) -> Checkpoint {
        precondition(!hasMoved && outbox.isEmpty, "A checkpoint is of what is committed.")
        let header = TaskCheckpoint.Header(
            controlCount: controlCount, controlEnd: controlEnd, inForce: inForce, pending: pending)
        return Checkpoint(
            task: number, generation: generation,
            offsets: Dictionary(uniqueKeysWithValues: zip(partitions, offsetsNext)),
            graph: inForce.graph, state: TaskCheckpoint(header: header, snapshot: state.snapshot()).bytes)
    }

    // MARK: - Coming back

    var watermark: EventTime { state.watermark }

    /// Where fetching goes on.
    var starts: [StartOffset] { zip(partitions, offsetsNext).map { StartOffset($0, at: $1) } }

    /// Whether the group has just what this task has committed: nobody else has had it since.
    func stands(at committed: [TopicPartition: CommittedOffset]) -> Bool {
        !hasMoved && !committed.isEmpty && committed == committedOffsets
    }

    /// Fetching goes on after the task was suspended.
    func resumes() {
        bound.forgetPaused()
        ends = Array(repeating: nil, count: partitions.count)
    }

    // MARK: - Too much staged

    /// Which partitions are to pause and which to go on, so that staging stays within its bound (R10).
    ///
    /// What exchanges bring is always behind, and where everything comes through one, input that waits would keep other
    /// tasks waiting. One at its end is not among them: it has nothing to give that could free the rest, so the others must go on.
    var imbalance: StagingBound.Imbalance {
        guard !plan.isRepartitioned else { return StagingBound.Imbalance() }
        return bound.imbalance(of: state, among: partitions.indices.filter { ends[$0] == nil && !state.isExchange($0) })
    }

    /// Notes what was paused and let go on; an end that was seen before says nothing of a paused partition.
    func note(_ imbalance: StagingBound.Imbalance) {
        bound.note(imbalance)
        for (index, partition) in partitions.enumerated()
        where imbalance.ahead.contains(partition) || imbalance.rested.contains(partition) {
            ends[index] = nil
        }
    }
}
