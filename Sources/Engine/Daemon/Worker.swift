public import Pipelines
internal import RampartCore

/// One thread's work: a member of the group that consumes tasks, and commits what they say exactly once.
///
/// `step` does one thing at a time and makes at most a few calls of its ports, so that a simulation can stop the world
/// between any two of them. Nothing here reads a clock or waits: time comes in, and what cannot be done yet is tried in
/// a later step. The order of what a step may do is the order of the guards in `step`.
///
/// A transaction is never open across a poll. So a change of the group always finds the tasks between two commits.
public final class Worker {
    /// What a step came to.
    public enum Turn: Hashable, Sendable {
        /// Something was done; another step may follow at once.
        case worked
        /// A refused call can be made again at this time, in milliseconds since 1970; nothing else can be done before.
        case waits(until: Int64)
        /// The worker has left, and its broker is closed.
        case left
    }

    private enum Phase {
        case starting(WorkerStart)
        case running
        case leaving(Leaving)
        case left
    }

    /// The way out: commit, checkpoint, close.
    private struct Leaving {
        var deadline: Int64
        var hasQueuedCheckpoints = false
    }

    /// Tasks that the group wants back, and until when their last commit may take.
    private struct Revocation {
        var tasks: [Int]
        var deadline: Int64
    }

    private let broker: any Broker
    private let store: any CheckpointStore
    private let settings: WorkerSettings
    private let plan: TaskPlan
    private let hashSeed: UInt64
    private let observe: (WorkerFact) -> Void
    private let commands: CommandLog
    private var phase: Phase
    private var running: [RunningTask] = []
    private var restoring: [Restoration] = []
    private var suspended: [Int: RunningTask] = [:]
    private var commit: Commit?
    private var change: GroupChange?
    private var revocation: Revocation?
    private var checkpoints: [Int] = []
    private var inbox: Inbox
    private var lastCommit: Int64 = .min
    private var nextCommandLook: Int64 = .min
    private var retryAt: Int64 = .min
    private var mustPoll = false

    /// Prepares a worker; nothing is called yet. Where there is a `commandKey`, commands must be signed with it.
    public init(
        pipeline: Pipeline, overrides: [ThresholdOverride] = [], topics: DaemonTopics, settings: WorkerSettings,
        broker: any Broker, store: any CheckpointStore, hashSeed: UInt64, commandKey: [UInt8]? = nil,
        observe: @escaping (WorkerFact) -> Void = { _ in }
    ) {
        let current = PipelineSettings(pipeline, overrides: overrides)
        self.broker = broker
        self.store = store
        self.settings = settings
        self.hashSeed = hashSeed
        self.observe = observe
        plan = TaskPlan(topics: topics, settings: settings, current: current, pipeline: pipeline)
        commands = CommandLog(topic: topics.commands, key: commandKey)
        inbox = Inbox()
        phase = .starting(WorkerStart(topics: topics, createsTopics: settings.createsTopics))
    }

    /// The tasks that consume now.
    public var tasks: [Int] { running.map(\.number) }

    /// Whether it has not yet joined the group.
    public var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }

    // MARK: - Steps

    /// Does the next thing.
    public func step(at now: Int64) throws(DaemonError) -> Turn {
        guard now >= retryAt else { return .waits(until: retryAt) }
        do {
            return try next(at: now)
        } catch let error as DaemonError {
            throw error
        } catch let error as BrokerError where error.remedy == .retry {
            observe(.retried(code: error.code, message: error.message))
            retryAt = now + settings.retryBackoff
            return .waits(until: retryAt)
        } catch let error as BrokerError {
            throw DaemonError(error, while: "Kafka refused")
        } catch {
            throw DaemonError(.restart, "\(error)")
        }
    }

    private func next(at now: Int64) throws -> Turn {
        switch phase {
        case .left: return .left
        case .starting(var start):
            defer { if case .starting = phase { phase = .starting(start) } }
            if try start.advance(broker, commands, plan) { phase = .running }
            return .worked
        case .running: break
        case .leaving(let leaving):
            return try leave(leaving, at: now)
        }
        if commit != nil { return try advanceCommit(at: now) }
        if !checkpoints.isEmpty { return try saveCheckpoint() }
        if change != nil { return try answerChange(at: now) }
        if isCommitDue(at: now), beginCommit(at: now) { return .worked }
        if now >= nextCommandLook { return try lookForCommands(at: now) }
        if !mustPoll, let task = restoring.first(where: \.canAdvance) {
            mustPoll = true
            try restore(task, at: now)
            return .worked
        }
        return try poll(at: now)
    }

    // MARK: - Polling

    private func poll(at now: Int64) throws -> Turn {
        mustPoll = false
        inbox.removeAll()
        change = try broker.poll(into: &inbox, wait: .milliseconds(restoring.isEmpty ? settings.pollWait : 0))
        for task in running { read(task, at: now) }
        for task in restoring {
            for (index, partition) in task.partitions.enumerated() {
                if let place = inbox.partitions[partition], !inbox.arrivals[place].isEmpty {
                    try task.read(inbox.arrivals[place], of: index)
                }
            }
        }
        for task in running { balance(task) }
        return .worked
    }

    private func read(_ task: RunningTask, at now: Int64) {
        var hasRead = false
        for (index, partition) in task.partitions.enumerated() {
            guard let place = inbox.partitions[partition], !inbox.arrivals[place].isEmpty else { continue }
            task.read(inbox.arrivals[place], of: index, at: now)
            hasRead = true
        }
        if hasRead { task.advance() }
    }

    /// Pauses and resumes partitions; where that is refused, the next poll tries again.
    private func balance(_ task: RunningTask) {
        let (ahead, rested) = task.imbalance
        do throws(BrokerError) {
            if !ahead.isEmpty {
                try broker.pause(ahead)
                observe(.paused(ahead))
            }
            if !rested.isEmpty {
                try broker.resume(rested)
                observe(.unpaused(rested))
            }
            task.noteBalance(paused: ahead, resumed: rested)
        } catch {
            observe(.retried(code: error.code, message: error.message))
        }
    }

    // MARK: - The group

    /// Answers a change of the group; nothing is polled before.
    private func answerChange(at now: Int64) throws -> Turn {
        switch change {
        case nil: break
        case .assigned(let numbers)?: try take(numbers)
        case .revoked(let numbers, isLost: true)?:
            try release(numbers, keeps: false)
            observe(.revoked(numbers, isLost: true))
        case .revoked(let numbers, isLost: false)?:
            guard let revocation else {
                self.revocation = Revocation(tasks: numbers, deadline: now + settings.revocationTimeout)
                _ = beginCommit(at: now)
                return .worked
            }
            // The commit has come to its end; what it could not cover is lost.
            let isCommitted = running.allSatisfy { !revocation.tasks.contains($0.number) || !$0.hasMoved }
            try release(numbers, keeps: isCommitted)
            self.revocation = nil
            observe(.revoked(numbers, isLost: !isCommitted))
        }
        change = nil
        return .worked
    }

    private func take(_ numbers: [Int]) throws {
        // The group is answered at once; fetching begins when a task is restored, while the others go on.
        try broker.start([], isPaused: false)
        observe(.assigned(numbers))
        suspended = suspended.filter { numbers.contains($0.key) }
        for number in numbers.sorted() {
            restoring.append(
                Restoration(number: number, plan: plan, hashSeed: hashSeed, commandNext: commands.next))
        }
    }

    /// Lets go of tasks; those that are committed whole can go on as they are, should they come back untouched.
    private func release(_ numbers: [Int], keeps: Bool) throws {
        try broker.stop(numbers.sorted().flatMap { plan.topics.partitions(of: $0) })
        let leaving = running.filter { numbers.contains($0.number) }
        suspended = keeps ? Dictionary(uniqueKeysWithValues: leaving.map { ($0.number, $0) }) : [:]
        running.removeAll { numbers.contains($0.number) }
        restoring.removeAll { numbers.contains($0.number) }
        checkpoints.removeAll { numbers.contains($0) }
    }

    // MARK: - Restoring

    private func restore(_ task: Restoration, at now: Int64) throws {
        if let kept = suspended[task.number], let committed = task.committedOffsets {
            if kept.stands(at: committed) {
                try broker.start(kept.starts, isPaused: false)
                kept.resumes()
                restoring.removeAll { $0 === task }
                insert(kept)
                observe(.resumed(task: kept.number))
            }
            suspended[task.number] = nil
            return
        }
        try task.advance(broker, store)
        if task.step == .done { try takeOver(task, at: now) }
    }

    private func takeOver(_ task: Restoration, at now: Int64) throws {
        let restored = try task.take()
        let stagger = settings.checkpointInterval / 16 * Int64(task.number % 16)
        let next = try RunningTask(
            restored, plan: plan, number: task.number, checkpointDue: now + settings.checkpointInterval / 2 + stagger)
        restoring.removeAll { $0 === task }
        insert(next)
        observe(
            .restored(
                task: task.number, hadCheckpoint: restored.hadCheckpoint, recordsAgain: restored.recordsAgain,
                watermark: restored.state.watermark))
    }

    private func insert(_ task: RunningTask) {
        running.append(task)
        running.sort { $0.number < $1.number }
    }

    // MARK: - Commits

    private func isCommitDue(at now: Int64) -> Bool {
        // The first step only sets the beat, whatever the clock shows.
        if lastCommit == .min { lastCommit = now }
        return now - lastCommit >= settings.commitInterval
            || running.reduce(0) { $0 + $1.outbox.byteCount } >= settings.outboxBytesMax
    }

    /// Begins a commit of all that has moved; false where there is nothing to commit.
    private func beginCommit(at now: Int64) -> Bool {
        lastCommit = now
        for task in running {
            for (partition, watermark) in task.promiseIdle(at: now) {
                observe(.promised(partition: partition, watermark: watermark))
            }
        }
        let moved = running.filter(\.hasMoved)
        guard !moved.isEmpty || !commands.unsent.isEmpty else { return false }
        var offsets: [TopicPartition: CommittedOffset] = [:]
        var records = commands.unsent
        for task in moved {
            offsets.merge(task.prepareCommit()) { first, _ in first }
            records.append(contentsOf: task.outbox.records)
        }
        commit = Commit(tasks: moved.map(\.number), records: records, offsets: offsets, begun: now)
        return true
    }

    private func advanceCommit(at now: Int64) throws -> Turn {
        guard var attempt = commit else { return .worked }
        defer { if commit != nil { commit = attempt } }
        if let revocation, now >= revocation.deadline, attempt.canAbort {
            attempt.abort(BrokerError(.abort, code: "REVOCATION_TIMEOUT", message: "the commit took too long"))
        }
        try attempt.advance(broker)
        switch attempt.phase {
        case .succeeded:
            commit = nil
            finish(attempt, at: now)
        case .failed:
            commit = nil
            if let reason = attempt.abortReason { observe(.aborted(code: reason.code, message: reason.message)) }
            if revocation == nil { retryAt = now + settings.retryBackoff }
            mustPoll = true
        default: break
        }
        return .worked
    }

    private func finish(_ attempt: Commit, at now: Int64) {
        commands.noteSent()
        let committed = running.filter { attempt.tasks.contains($0.number) }
        for task in committed {
            task.committed()
            let isLast = revocation?.tasks.contains(task.number) ?? false
            if isLast || now >= task.checkpointDue { checkpoints.append(task.number) }
        }
        observe(
            .committed(
                tasks: Dictionary(uniqueKeysWithValues: committed.map { ($0.number, $0.watermark) }),
                records: attempt.recordCount))
    }

    // MARK: - Checkpoints

    /// Keeps a checkpoint of a task that has just committed; nothing was read since.
    private func saveCheckpoint() throws -> Turn {
        guard let number = checkpoints.first, let task = running.first(where: { $0.number == number }) else {
            checkpoints.removeFirst()
            return .worked
        }
        // Whatever the control partition holds now is of this task's own commits, which the state covers.
        let control = try broker.logRange(of: TopicPartition(plan.topics.control, number))
        checkpoints.removeFirst()
        task.checkpointDue += settings.checkpointInterval
        let checkpoint = task.checkpoint(generation: broker.groupGeneration, controlNext: control.upperBound)
        do {
            try store.save(checkpoint)
            observe(.checkpointed(task: number, bytes: checkpoint.state.count))
        } catch {
            observe(.checkpointFailed(task: number, message: "\(error)"))
        }
        return .worked
    }

    // MARK: - Commands

    private func lookForCommands(at now: Int64) throws -> Turn {
        nextCommandLook = now + settings.commandInterval
        for refused in try commands.look(broker) {
            observe(.commandRefused(offset: refused.offset, reason: refused.reason))
        }
        for task in running {
            for command in commands.commands(from: task.commandNext) {
                guard let pane = try task.take(command) else { continue }
                observe(.commandTook(task: task.number, command: command.id, pane: pane))
            }
            task.commandNext = commands.next
        }
        if let latest = commands.latestReload { plan.current = latest }
        return .worked
    }

    /// Asks all tasks, of all workers, to put other settings in force; they travel in this worker's next commit.
    public func send(_ command: Command) { commands.send(command) }

    // MARK: - Leaving

    /// Makes the worker commit, checkpoint and leave; after the deadline it leaves at once.
    public func leave(by deadline: Int64) {
        switch phase {
        case .left, .leaving: break
        case .starting, .running: phase = .leaving(Leaving(deadline: deadline))
        }
    }

    private var isLeaving: Bool {
        if case .leaving = phase { true } else { false }
    }

    private func leave(_ leaving: Leaving, at now: Int64) throws -> Turn {
        if now < leaving.deadline {
            if commit != nil { return try advanceCommit(at: now) }
            if !checkpoints.isEmpty { return try saveCheckpoint() }
            if change != nil { return try answerChange(at: now) }
            if running.contains(where: \.hasMoved), beginCommit(at: now) { return .worked }
            if !leaving.hasQueuedCheckpoints {
                checkpoints = running.map(\.number)
                phase = .leaving(Leaving(deadline: leaving.deadline, hasQueuedCheckpoints: true))
                return .worked
            }
        }
        broker.close()
        running.removeAll()
        restoring.removeAll()
        phase = .left
        observe(.left)
        return .left
    }
}
