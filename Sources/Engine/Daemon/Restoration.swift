internal import RampartCore

/// A task that is ready to consume.
struct RestoredTask {
    var state: TaskState
    var offsetsNext: [Int64]
    var offsetsBorn: [Int64]
    var inForce: PipelineSettings
    var pending: [ControlRecord.Effect]
    var commandNext: Int64
    var isNew: Bool
    var hadCheckpoint: Bool
    var recordsAgain: Int
}

/// Brings a task to where the group has committed it: facts from a checkpoint and the log, promises from the changelog.
///
/// Each `advance` makes at most one call that may block, so that the worker's other tasks go on in between.
final class Restoration {
    /// What is done next.
    enum Step: Hashable {
        /// Ask the group for the task's offsets.
        case committed
        /// Look for a checkpoint that covers nothing uncommitted.
        case checkpoint
        /// See that the log still has what is to be read again, partition by partition.
        case logRange(Int)
        /// Read what the task decided since the checkpoint, up to the end that it had when first looked at.
        case control
        /// Read the task's promises.
        case changelog
        /// Make the state, and begin to read the log again.
        case start
        /// Records arrive until every partition is where it was committed; those that are there wait for the others.
        case reading
        /// End fetching: what came beyond the goal was not read.
        case stop
        /// Fetch from the goal on.
        case restart
        /// The task can be taken over.
        case done
    }

    let number: Int
    let partitions: [TopicPartition]
    private(set) var step = Step.committed
    private let plan: TaskPlan
    private let hashSeed: UInt64
    private let commandNextOfNewTask: Int64
    private var committed: [TopicPartition: CommittedOffset] = [:]
    private var notes: [OffsetNote] = []
    private var checkpoint: (offsets: [Int64], header: TaskCheckpoint.Header)?
    private var state: TaskState?
    private var startOffsets: [Int64] = []
    private var control: InternalReading?
    private var changelog: InternalReading?
    private var promises: PromiseSchedule
    private var effects: [ControlRecord.Effect] = []
    private var changes: [[UInt8]: [UInt8]] = [:]
    private var offsetsNext: [Int64] = []
    private var recordsAgain = 0
    private var arrived: [TopicPartition] = []

    init(number: Int, plan: TaskPlan, hashSeed: UInt64, commandNext: Int64) {
        self.number = number
        self.plan = plan
        self.hashSeed = hashSeed
        commandNextOfNewTask = commandNext
        partitions = plan.topics.partitions(of: number)
        promises = PromiseSchedule(partitions: partitions.count)
    }

    /// What the group has committed, once it was asked; nil before, and empty for a new task.
    var committedOffsets: [TopicPartition: CommittedOffset]? { step == .committed ? nil : committed }

    private var isNew: Bool { committed.isEmpty }

    /// Does the next thing; what it throws is a `BrokerError`, or a `DaemonError` where a person is needed.
    func advance(_ broker: any Broker, _ store: any CheckpointStore) throws {
        switch step {
        case .committed:
            try note(try broker.committed(partitions))
            step = .checkpoint
        case .checkpoint:
            try findCheckpoint(in: store)
            step = .logRange(0)
        case .logRange(let index):
            try check(try broker.logRange(of: partitions[index]), of: index)
            step = index + 1 < partitions.count ? .logRange(index + 1) : .control
        case .control:
            if try readControl(broker) { step = .changelog }
        case .changelog:
            if try readChangelog(broker) { step = .start }
        case .start:
            try start(broker)
        case .reading:
            try broker.pause(arrived)
            arrived.removeAll()
        case .stop:
            try broker.stop(partitions)
            step = .restart
        case .restart:
            try broker.start(starts, isPaused: false)
            step = .done
        case .done:
            break
        }
    }

    /// Whether `advance` has something to do, and does not only wait for records.
    var canAdvance: Bool { step != .reading || !arrived.isEmpty }

    // MARK: - Where to begin

    private func note(_ offsets: [TopicPartition: CommittedOffset]) throws {
        guard !offsets.isEmpty else { return }
        for partition in partitions {
            guard let offset = offsets[partition] else {
                throw DaemonError(
                    .stop,
                    "the group has committed other partitions of task \(number) but not \(partition); "
                        + "its offset has expired or was deleted: reset it to where the task stood, or give the "
                        + "application another name to begin anew")
            }
            guard let note = OffsetNote(text: offset.metadata) else {
                throw DaemonError(
                    .stop,
                    "the offset of \(partition) was committed by another program (\"\(offset.metadata.prefix(40))\"); "
                        + "use a group of Rampart's own")
            }
            notes.append(note)
        }
        committed = offsets
    }

    private func findCheckpoint(in store: any CheckpointStore) throws {
        guard !isNew else { return }
        for candidate in try store.checkpoints(of: number) {
            guard candidate.graph == plan.current.graph, candidate.isCovered(by: committed),
                Set(candidate.offsets.keys) == Set(partitions), let content = TaskCheckpoint(bytes: candidate.state),
                let restored = try? TaskState(
                    topology: try plan.topology(of: content.header.inForce), partitions: plan.bindings,
                    bounds: plan.settings.bounds, snapshot: content.snapshot)
            else { continue }
            state = restored
            checkpoint = (partitions.map { candidate.offsets[$0] ?? 0 }, content.header)
            return
        }
    }

    private func check(_ range: Range<Int64>, of index: Int) throws {
        guard !isNew, let goal = committed[partitions[index]]?.offsetNext else {
            startOffsets.append(range.lowerBound)
            return
        }
        let first = checkpoint?.offsets[index] ?? notes[index].offsetBorn
        guard range.lowerBound <= first || first == goal else {
            let origin =
                checkpoint == nil ? "there is no checkpoint of task \(number)" : "the newest checkpoint ends there"
            throw DaemonError(
                .stop,
                "\(partitions[index]) begins at offset \(range.lowerBound), but its state must be rebuilt from "
                    + "\(first) on, since \(origin); bring back the checkpoint, or give the application another name "
                    + "to begin anew")
        }
        guard goal <= range.upperBound else {
            throw DaemonError(
                .stop,
                "\(partitions[index]) ends at offset \(range.upperBound), before \(goal), where the group has "
                    + "committed it: the topic was truncated or made anew")
        }
        startOffsets.append(first)
    }

    // MARK: - Internal topics

    private func readControl(_ broker: any Broker) throws -> Bool {
        let partition = TopicPartition(plan.topics.control, number)
        let first = checkpoint?.header.controlNext ?? 0
        var reading = try control ?? InternalReading(partition, from: first, broker)
        guard reading.begin == first else {
            throw DaemonError(
                .stop,
                "\(partition) begins at offset \(reading.begin), but is needed from \(first) on; its retention must be "
                    + "without end")
        }
        for record in try reading.next(broker) {
            guard let value = record.value, let entry = ControlRecord(bytes: value) else {
                throw DaemonError(
                    .stop,
                    "record \(record.offset) of \(partition) is none that Rampart writes; nobody else may write there")
            }
            switch entry {
            case .effect(let effect): effects.append(effect)
            case .promise(let promise):
                guard let index = partitions.firstIndex(where: { $0.topic == promise.topic }) else { continue }
                promises.add(promise, of: index)
            }
        }
        control = reading
        return reading.isComplete
    }

    private func readChangelog(_ broker: any Broker) throws -> Bool {
        var reading = try changelog ?? InternalReading(TopicPartition(plan.topics.changelog, number), from: 0, broker)
        for record in try reading.next(broker) {
            if let key = record.key { changes[key] = record.value }
        }
        changelog = reading
        return reading.isComplete
    }

    // MARK: - Reading again

    private var goals: [Int64] { partitions.map { committed[$0]?.offsetNext ?? 0 } }

    private func start(_ broker: any Broker) throws {
        let inForce = try settingsAtStart()
        if state == nil {
            state = TaskState(
                topology: try plan.topology(of: inForce), partitions: plan.bindings, bounds: plan.settings.bounds,
                hashSeed: hashSeed)
        }
        offsetsNext = startOffsets
        guard !isNew else {
            try broker.start(starts, isPaused: false)
            step = .done
            return
        }
        for effect in (checkpoint?.header.pending ?? []) + effects
        where effect.pane != EventTime.distantPast.milliseconds {
            guard case .reload(let settings) = effect.command.body else { continue }
            state?.schedule(
                try plan.topology(of: settings), from: EventTime(milliseconds: effect.pane))
        }
        state?.isRebuilding = true
        try broker.start(starts, isPaused: false)
        arrived = partitions.indices.filter { offsetsNext[$0] >= goals[$0] }.map { partitions[$0] }
        step = .reading
        try finishIfComplete()
    }

    private var starts: [StartOffset] { zip(partitions, offsetsNext).map { StartOffset($0, at: $1) } }

    private func settingsAtStart() throws -> PipelineSettings {
        if isNew {
            guard effects.isEmpty, changes.isEmpty else {
                throw DaemonError(
                    .stop,
                    "the group has committed nothing of task \(number), though the task has decided and promised before: "
                        + "its offsets have expired or were deleted; reset them to where the task stood, or give the "
                        + "application another name to begin anew")
            }
            return plan.current
        }
        if let checkpoint { return checkpoint.header.inForce }
        for effect in effects where effect.pane == EventTime.distantPast.milliseconds {
            if case .reload(let settings) = effect.command.body { return settings }
        }
        throw DaemonError(
            .stop,
            "\(TopicPartition(plan.topics.control, number)) does not have the settings that the task began with, and "
                + "there is no checkpoint; bring one of them back, or give the application another name to begin anew")
    }

    /// Reads what a poll has brought for one partition, as far as it was committed.
    func read(_ arrivals: Inbox.Arrivals, of partition: Int) throws {
        guard step == .reading, offsetsNext[partition] < goals[partition] else { return }
        let goal = goals[partition]
        let records = arrivals.batch.records
        let end = records.firstIndex { Int64($0.position) >= goal } ?? records.endIndex
        if end > 0 {
            _ = promises.read(arrivals.batch, rows: 0..<end, of: partition, into: &state!)
            _ = state?.advance()
            recordsAgain += end
            offsetsNext[partition] = Int64(records[end - 1].position) + 1
        }
        if end < records.count || arrivals.endOffset.map({ $0 >= goal }) == true {
            offsetsNext[partition] = max(offsetsNext[partition], goal)
        }
        if offsetsNext[partition] >= goal { arrived.append(partitions[partition]) }
        try finishIfComplete()
    }

    private func finishIfComplete() throws {
        guard zip(offsetsNext, goals).allSatisfy({ $0 >= $1 }) else { return }
        offsetsNext = goals
        for index in partitions.indices { promises.keep(upTo: goals[index], of: index, in: &state!) }
        _ = state?.advance()
        try compareWithNotes()
        do {
            try state?.restorePromises(
                changes.map { PromiseChange(key: $0.key, value: $0.value) }.sorted {
                    $0.key.lexicographicallyPrecedes($1.key)
                })
        } catch {
            throw DaemonError(
                .stop,
                "\(TopicPartition(plan.topics.changelog, number)) holds what no version of Rampart wrote: \(error)")
        }
        state?.isRebuilding = false
        for effect in pendingEffects {
            if let command = effect.command.ledgerCommand {
                state?.schedule(command, at: EventTime(milliseconds: effect.pane))
            }
        }
        step = .stop
    }

    private func compareWithNotes() throws {
        guard let state else { return }
        for index in partitions.indices where state.watermark(of: index) != notes[index].partitionWatermark {
            throw differs(
                "\(partitions[index]) is at \(state.watermark(of: index).text)", notes[index].partitionWatermark.text)
        }
        guard state.watermark == notes[0].watermark else {
            throw differs("the task is at \(state.watermark.text)", notes[0].watermark.text)
        }
        guard state.digest == notes[0].digest else {
            throw differs("its digest is \(state.digest)", "\(notes[0].digest)")
        }
    }

    private func differs(_ found: String, _ committed: String) -> DaemonError {
        DaemonError(
            .stop,
            "task \(number) was read again up to its commit and is not the same: \(found), committed was \(committed); the "
                + "log, the settings or this version of Rampart differ from those of the commit")
    }

    private var pendingEffects: [ControlRecord.Effect] {
        let watermark = notes.first?.watermark ?? .distantPast
        return ((checkpoint?.header.pending ?? []) + effects).filter { EventTime(milliseconds: $0.pane) > watermark }
    }

    private func inForceNow() throws -> PipelineSettings {
        let watermark = notes.first?.watermark ?? .distantPast
        var inForce = try settingsAtStart()
        for effect in (checkpoint?.header.pending ?? []) + effects
        where EventTime(milliseconds: effect.pane) <= watermark {
            if case .reload(let settings) = effect.command.body { inForce = settings }
        }
        return inForce
    }

    /// The task, once `step` is `done`.
    func take() throws -> RestoredTask {
        guard step == .done, let state else { preconditionFailure("Only what is restored can be taken over.") }
        return RestoredTask(
            state: state, offsetsNext: offsetsNext, offsetsBorn: isNew ? startOffsets : notes.map(\.offsetBorn),
            inForce: try inForceNow(), pending: pendingEffects,
            commandNext: notes.first?.commandNext ?? commandNextOfNewTask, isNew: isNew,
            hadCheckpoint: checkpoint != nil, recordsAgain: recordsAgain)
    }
}

/// The reading of an internal partition up to the end that it had when the reading began.
struct InternalReading {
    private let partition: TopicPartition
    private let end: Int64
    private var position: Int64
    /// Where the reading began: where it was to begin, or where the log does.
    let begin: Int64

    /// Asks where the partition ends, open transactions included: what they hold may already be committed elsewhere.
    init(_ partition: TopicPartition, from offset: Int64, _ broker: any Broker) throws(BrokerError) {
        let range = try broker.logRange(of: partition)
        self.partition = partition
        end = range.upperBound
        begin = max(offset, range.lowerBound)
        position = begin
    }

    var isComplete: Bool { position >= end }

    /// The next records, if any are there yet.
    mutating func next(_ broker: any Broker) throws(BrokerError) -> [StoredRecord] {
        guard !isComplete else { return [] }
        let (records, next) = try broker.read(partition, from: position, wait: .milliseconds(100))
        position = next
        return records.filter { $0.offset < end }
    }
}
