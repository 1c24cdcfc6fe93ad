internal import RampartCore

/// A task that is ready to consume.
struct RestoredTask {
    var state: TaskState
    var offsetsNext: [Int64]
    var offsetsBorn: [Int64]
    /// What the group has committed; empty for a new task.
    var committed: [TopicPartition: CommittedOffset]
    var inForce: PipelineSettings
    var pending: [ControlRecord.Effect]
    var commandNext: Int64
    var controlCount: Int64
    var hadCheckpoint: Bool
    var recordsAgain: Int

    var isNew: Bool { committed.isEmpty }
}

/// Brings a task to where the group has committed it: facts from a checkpoint and the log, promises from the changelog.
///
/// Each `advance` makes at most a few calls, so that the worker's other tasks go on in between. What it throws is a
/// `BrokerError`, or a `DaemonError` where a person is needed; after a `BrokerError` it can be called again.
final class Restoration {
    /// What is done next.
    enum Step: Hashable {
        /// Ask the group for the task's offsets.
        case committed
        /// Look for a checkpoint that covers nothing uncommitted.
        case checkpoint
        /// See that the log still has what is to be read again, partition by partition.
        case logRange(Int)
        /// Read what the task decided since the checkpoint.
        case control
        /// Read the task's promises.
        case changelog
        /// Make the state, and begin to read the log again.
        case start
        /// Records arrive until every partition is where it was committed; those that are there wait for the others.
        case reading
        /// Fetch from the goals on: what came beyond them was not read.
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
    private var commit = TaskCommit()
    private var checkpoint: (offsets: [Int64], header: TaskCheckpoint.Header)?
    private var state: TaskState?
    private var startOffsets: [Int64] = []
    private var control: InternalReading?
    private var changelog: InternalReading?
    private var controlStart: Int64 = 0
    private var decisions: [ControlRecord.Decision] = []
    private var changes: [[UInt8]: [UInt8]] = [:]
    private var rebuilding: Rebuilding?
    private var recordsAgain = 0
    /// The pane ends until which all recorded settings are in force everywhere in the task.
    private var settled = EventTime.distantPast

    init(number: Int, plan: TaskPlan, hashSeed: UInt64, commandNext: Int64) {
        self.number = number
        self.plan = plan
        self.hashSeed = hashSeed
        commandNextOfNewTask = commandNext
        partitions = plan.topics.partitions(of: number)
    }

    /// What the group has committed, once it was asked; nil before, and empty for a new task.
    var committedOffsets: [TopicPartition: CommittedOffset]? { step == .committed ? nil : commit.offsets }

    /// Whether `advance` has something to do, and does not only wait for records.
    var canAdvance: Bool {
        guard step == .reading, let rebuilding else { return true }
        return rebuilding.isComplete || !rebuilding.imbalance.isEmpty
    }

    /// Does the next thing.
    func advance(_ broker: any Broker, _ store: any CheckpointStore) throws {
        switch step {
        case .committed:
            commit = try TaskCommit(try broker.committed(partitions), of: partitions, task: number)
            step = .checkpoint
        case .checkpoint:
            findCheckpoint(in: store)
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
            if rebuilding?.isComplete == true { try finish(broker) } else { try balance(broker) }
        case .restart:
            try broker.start(starts(at: commit.offsetsNext), isPaused: false)
            step = .done
        case .done:
            break
        }
    }

    // MARK: - Where to begin

    private func findCheckpoint(in store: any CheckpointStore) {
        guard !commit.isEmpty else { return }
        // A disk that cannot be read costs time and nothing else: the log has it all, or `check` says what is missing.
        _ = try? store.newestCheckpoint(of: number, where: adopt)
    }

    /// Begins at a checkpoint; false where it is of another graph, ahead of the commit, or cannot be read.
    private func adopt(_ candidate: Checkpoint) -> Bool {
        guard candidate.graph == plan.graph, candidate.isCovered(by: commit.offsets),
            Set(candidate.offsets.keys) == Set(partitions), let content = TaskCheckpoint(bytes: candidate.state),
            let restored = try? TaskState(
                topology: try plan.topology(of: content.header.inForce), partitions: plan.bindings,
                bounds: plan.bounds, snapshot: content.snapshot)
        else { return false }
        state = restored
        checkpoint = (partitions.map { candidate.offsets[$0] ?? 0 }, content.header)
        controlStart = content.header.controlEnd
        return true
    }

    private func check(_ range: Range<Int64>, of index: Int) throws {
        guard !commit.isEmpty else {
            startOffsets.append(range.lowerBound)
            return
        }
        let goal = commit.offsetsNext[index]
        let first = checkpoint?.offsets[index] ?? commit.notes[index].offsetBorn
        guard range.lowerBound <= goal else {
            throw DaemonError(
                .stop,
                "\(partitions[index]) begins at offset \(range.lowerBound): what stood from \(goal) on, where the group has "
                    + "committed it, was deleted before it was read. Keep the topic longer; to go on without these records, "
                    + "give the application another name, under which it begins anew")
        }
        guard range.lowerBound <= first else {
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

    /// Reads the control records that the checkpoint does not cover and the commit does.
    private func readControl(_ broker: any Broker) throws -> Bool {
        let partition = TopicPartition(plan.topics.control, number)
        let covered = checkpoint?.header.controlCount ?? 0
        var reading = try control ?? InternalReading(partition, from: controlStart, broker)
        for record in try reading.next(broker) {
            guard let value = record.value, let entry = ControlRecord(bytes: value) else {
                throw DaemonError(
                    .stop, "record \(record.offset) of \(partition) is not Rampart's; nobody else may write there")
            }
            if entry.sequence > covered { decisions.append(entry.decision) }
        }
        control = reading
        guard reading.isComplete else { return false }
        let count = commit.notes.first?.controlCount ?? 0
        guard decisions.count < count - covered else { return true }
        guard controlStart > 0 else {
            throw DaemonError(
                .stop,
                "\(partition) has not all \(count) decisions of task \(number), only \(Int64(decisions.count) + covered); "
                    + "its retention must be without end")
        }
        // The hint was wrong: some of what is missing stands before it.
        controlStart = 0
        control = nil
        decisions = []
        return false
    }

    private func readChangelog(_ broker: any Broker) throws -> Bool {
        var reading =
            try changelog ?? InternalReading(TopicPartition(plan.topics.changelog, number), from: 0, broker)
        for record in try reading.next(broker) {
            if let key = record.key { changes[key] = record.value }
        }
        changelog = reading
        return reading.isComplete
    }

    // MARK: - Settings

    private var effects: [ControlRecord.Effect] {
        decisions.compactMap { if case .effect(let effect) = $0 { effect } else { nil } }
    }

    /// What the task had recorded before the checkpoint and was still to come, and what it has recorded since.
    private var recorded: [ControlRecord.Effect] { (checkpoint?.header.pending ?? []) + effects }

    private var pending: [ControlRecord.Effect] {
        recorded.filter { EventTime(milliseconds: $0.pane) > settled }
    }

    private func settingsAtStart() throws -> PipelineSettings {
        if commit.isEmpty {
            guard decisions.isEmpty, changes.isEmpty else {
                throw DaemonError(
                    .stop,
                    "the group has committed nothing of task \(number), though it has decided and promised before: its "
                        + "offsets have expired or were deleted; reset them to where the task stood, or give the "
                        + "application another name to begin anew")
            }
            return plan.current
        }
        if let checkpoint { return checkpoint.header.inForce }
        if let settings = ControlRecord.Effect.settingsAtBirth(effects) { return settings }
        throw DaemonError(
            .stop,
            "\(TopicPartition(plan.topics.control, number)) does not have the settings that the task began with, and "
                + "there is no checkpoint; bring one of them back, or give the application another name to begin anew")
    }

    private func settingsInForce() throws -> PipelineSettings {
        var inForce = try settingsAtStart()
        for effect in recorded where EventTime(milliseconds: effect.pane) <= settled {
            if case .reload(let settings) = effect.command.body { inForce = settings }
        }
        return inForce
    }

    // MARK: - Reading again

    private func starts(at offsets: [Int64]) -> [StartOffset] {
        zip(partitions, offsets).map { StartOffset($0, at: $1) }
    }

    private func start(_ broker: any Broker) throws {
        let topology = try plan.topology(of: try settingsAtStart())
        try broker.start(starts(at: startOffsets), isPaused: false)
        // Note: Taken out and not copied, or the first change would copy all of it.
        var state =
            self.state.take()
            ?? TaskState(
                topology: topology, partitions: plan.bindings, bounds: plan.bounds, hashSeed: hashSeed)
        guard !commit.isEmpty else {
            self.state = state
            step = .done
            return
        }
        for effect in recorded {
            guard case .reload(let settings) = effect.command.body else { continue }
            state.schedule(try plan.topology(of: settings), from: EventTime(milliseconds: effect.pane))
        }
        rebuilding = Rebuilding(
            state, partitions: partitions, from: startOffsets, to: commit.offsetsNext,
            promises: PromiseSchedule(decisions, of: partitions),
            stagedBytesMax: plan.settings.stagedBytesMax)
        step = .reading
    }

    /// Reads what a poll has brought for one partition.
    func read(_ arrivals: Inbox.Arrivals, of partition: Int) throws(DaemonError) {
        guard step == .reading else { return }
        try rebuilding?.read(arrivals, of: partition)
    }

    private func balance(_ broker: any Broker) throws(BrokerError) {
        guard let change = rebuilding?.imbalance else { return }
        if !change.ahead.isEmpty { try broker.pause(change.ahead) }
        if !change.rested.isEmpty { try broker.resume(change.rested) }
        rebuilding?.note(change)
    }

    private func finish(_ broker: any Broker) throws {
        guard let state = rebuilding?.state else { return }
        settled = state.lowestWatermark
        let revision = try settingsInForce().revision
        if let difference = commit.difference(
            to: state, revision: revision, of: partitions, task: number, hadCheckpoint: checkpoint != nil)
        {
            // Whoever has lost the task meanwhile without knowing it has read what its successor wrote.
            guard try broker.committed(partitions) == commit.offsets else { return begin() }
            throw difference
        }
        try adoptPromises()
    }

    /// Forgets all that was done, and begins again.
    private func begin() {
        step = .committed
        commit = TaskCommit()
        checkpoint = nil
        state = nil
        startOffsets = []
        control = nil
        changelog = nil
        controlStart = 0
        decisions = []
        changes = [:]
        rebuilding = nil
    }

    private func adoptPromises() throws {
        guard let rebuilt = rebuilding.take() else { return }
        recordsAgain = rebuilt.recordCount
        var state = rebuilt.state
        do {
            try state.restorePromises(
                changes.map { PromiseChange(key: $0.key, value: $0.value) }
                    .sorted { $0.key.lexicographicallyPrecedes($1.key) })
        } catch {
            throw DaemonError(
                .stop,
                "\(TopicPartition(plan.topics.changelog, number)) holds what no version of Rampart wrote: \(error)")
        }
        state.isRebuilding = false
        for effect in pending {
            guard let command = effect.command.ledgerCommand else { continue }
            state.schedule(command, at: EventTime(milliseconds: effect.pane))
        }
        self.state = state
        step = .restart
    }

    /// The task, once `step` is `done`.
    func take() throws -> RestoredTask {
        guard step == .done, let state = state.take() else {
            preconditionFailure("Only what is restored can be taken over, and only once.")
        }
        let isNew = commit.isEmpty
        return RestoredTask(
            state: state, offsetsNext: isNew ? startOffsets : commit.offsetsNext,
            offsetsBorn: isNew ? startOffsets : commit.notes.map(\.offsetBorn), committed: commit.offsets,
            inForce: try settingsInForce(), pending: pending,
            commandNext: commit.notes.first?.commandNext ?? commandNextOfNewTask,
            controlCount: commit.notes.first?.controlCount ?? 0, hadCheckpoint: checkpoint != nil,
            recordsAgain: recordsAgain)
    }
}
