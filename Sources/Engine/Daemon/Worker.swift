public import Pipelines
internal import RampartCore

/// One thread's work: a member of the group that consumes tasks, and commits what they say exactly once.
///
/// `step` does one thing at a time and makes at most a few calls of its ports, so that a simulation can stop the world
/// between any two of them. Nothing here reads a clock or waits: time comes in, and what cannot be done yet is tried in
/// a later step. The order of what a step may do is the order of the lines in `run`.
///
/// A transaction is never open across a poll. So a change of the group always finds the tasks between two commits.
public final class Worker {
    /// What a step came to.
    public enum Turn: Hashable, Sendable {
        /// Something was done; another step may follow at once.
        case worked
        /// A refused call can be made again at this time, in milliseconds; nothing else can be done before.
        case waits(until: Int64)
        /// The worker has left, and its broker is closed.
        case left
    }

    enum Phase {
        case starting(WorkerStart)
        case running
        case leaving(Leaving)
        case left
    }

    let broker: any Broker
    let store: any CheckpointStore
    let settings: WorkerSettings
    let plan: TaskPlan
    let hashSeed: UInt64
    let observe: (WorkerFact) -> Void
    let commands: CommandLog
    var phase: Phase
    /// The tasks that consume, by number.
    var running: [RunningTask] = []
    /// The tasks that are being brought back; each step is that of the first that can do one.
    var restoring: [Restoration] = []
    /// The tasks that were given up whole and may come back untouched.
    var suspended: [Int: RunningTask] = [:]
    /// The change of the group that the last poll told of, until it is answered.
    var change: GroupChange?
    var revocation: Revocation?
    var commit: Commit?
    /// Whether a commit is to begin once idle partitions are confirmed.
    private var wantsCommit = false
    /// Idle partitions whose end is to be confirmed before the next commit.
    var unconfirmed: [(task: RunningTask, partition: TopicPartition, end: Int64)] = []
    /// Tasks whose checkpoint is due, all of them committed just now.
    var checkpoints: [Int] = []
    var inbox = Inbox()
    private var partitioning = PartitioningCheck()
    private var lastBeat: Int64?
    private var nextCommandLook = Int64.min
    var retryAt = Int64.min
    /// Whether nothing may be begun before the next poll.
    var mustPoll = false

    /// Prepares a worker; nothing is called yet.
    ///
    /// `instance` names the process, the same after each start. Where there is a `commandKey`, commands must be signed
    /// with it.
    public init(
        pipeline: Pipeline, overrides: [ThresholdOverride] = [], topics: DaemonTopics, instance: String = "",
        settings: WorkerSettings, broker: any Broker, store: any CheckpointStore, hashSeed: UInt64,
        commandKey: [UInt8]? = nil, observe: @escaping (WorkerFact) -> Void = { _ in }
    ) {
        let plan = TaskPlan(
            topics: topics, settings: settings, current: PipelineSettings(pipeline, overrides: overrides),
            pipeline: pipeline)
        self.broker = broker
        self.store = store
        self.settings = settings
        self.hashSeed = hashSeed
        self.observe = observe
        self.plan = plan
        commands = CommandLog(topic: topics.commands, application: topics.application, key: commandKey) { command in
            if case .reload(let settings) = command.body { plan.refusal(of: settings) } else { nil }
        }
        phase = .starting(WorkerStart(topics: topics, instance: instance, createsTopics: settings.createsTopics))
    }

    /// The tasks that consume now.
    public var tasks: [Int] { running.map(\.number) }

    /// What the worker is about, in a line for people who look for a defect.
    public var situation: String {
        let restoring = restoring.map { "\($0.number) at \($0.step)" }.joined(separator: ", ")
        return
            "phase \(phase), running \(tasks), restoring [\(restoring)], change \(change as Any), commit \(commit?.phase as Any), "
            + "unconfirmed \(unconfirmed.count), checkpoints \(checkpoints), retry at \(retryAt)"
    }

    /// Asks all tasks, of all workers, to do something; the command travels in this worker's next commit, and is lost if
    /// the worker is replaced before the fact `commandSent`.
    public func send(_ command: Command) { commands.send(command) }

    /// Whether it has not yet joined the group.
    public var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }

    // MARK: - Steps

    /// Does the next thing. Times are in milliseconds since 1970 by a clock that is never set back.
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
        case .starting(var start):
            defer { if case .starting = phase { phase = .starting(start) } }
            if try start.advance(broker, commands, plan, observe) { phase = .running }
            return .worked
        case .running: return try run(at: now)
        case .leaving(let leaving): return try leave(leaving, at: now)
        case .left: return .left
        }
    }

    private func run(at now: Int64) throws -> Turn {
        if commit != nil { return try advanceCommit(at: now) }
        if !checkpoints.isEmpty { return try saveCheckpoint(at: now) }
        if change != nil { return try answerChange(at: now) }
        if !unconfirmed.isEmpty { return confirmEnd() }
        if !mustPoll, !wantsCommit, isBeat(at: now) {
            wantsCommit = true
            if !unconfirmed.isEmpty { return confirmEnd() }
        }
        if wantsCommit {
            wantsCommit = false
            if beginCommit(at: now) { return .worked }
        }
        if now >= nextCommandLook { return try lookForCommands(at: now) }
        if !mustPoll, let place = restoring.firstIndex(where: \.canAdvance) {
            return try advanceRestoration(at: place, now)
        }
        return try poll(at: now)
    }

    /// Whether it is time for the next commit; which idle partitions it may promise past is found out first.
    private func isBeat(at now: Int64) -> Bool {
        guard let last = lastBeat else {
            lastBeat = now
            return false
        }
        if running.reduce(0, { $0 + $1.outbox.byteCount }) >= settings.outboxBytesMax { return true }
        guard now - last >= settings.commitInterval else { return false }
        lastBeat = now
        for task in running {
            unconfirmed += task.idleCandidates(at: now).map { (task, $0.partition, $0.end) }
        }
        return true
    }

    // MARK: - Polling

    func poll(at now: Int64) throws -> Turn {
        mustPoll = false
        inbox.removeAll()
        let isBusy = restoring.contains(where: \.canAdvance)
        do throws(BrokerError) {
            change = try broker.poll(into: &inbox, wait: .milliseconds(isBusy ? 0 : settings.pollWait))
        } catch {
            guard error.code == BrokerError.offsetOutOfRange else { throw error }
            // Whoever was stopped for long has lost its tasks and may find the log gone from under them. If it is gone for
            // their owner too, the restoration says so.
            throw DaemonError(.restart, error.message)
        }
        for task in running {
            var hasRead = false
            for (index, arrivals) in arrivals(for: task.partitions) {
                try task.read(arrivals, of: index, at: now)
                hasRead = true
            }
            if hasRead { advance(task) }
            let found = partitioning.note(task.takeSightings(), of: task.number)
            if found > 0 { observe(.merchantsSplit(task: task.number, count: partitioning.splitCount)) }
        }
        for task in restoring {
            for (index, arrivals) in arrivals(for: task.partitions) { try task.read(arrivals, of: index) }
        }
        for task in running { balance(task) }
        return .worked
    }

    private func arrivals(for partitions: [TopicPartition]) -> [(Int, Inbox.Arrivals)] {
        partitions.enumerated().compactMap { index, partition in
            guard let place = inbox.partitions[partition], !inbox.arrivals[place].isEmpty else { return nil }
            return (index, inbox.arrivals[place])
        }
    }

    /// Does all that is due in a task by event time.
    func advance(_ task: RunningTask) {
        for refusal in task.advance() { observe(.decisionRefused(task: task.number, refusal: refusal)) }
    }

    /// Pauses and resumes partitions; where that is refused, the next poll tries again.
    private func balance(_ task: RunningTask) {
        let imbalance = task.imbalance
        guard !imbalance.isEmpty else { return }
        do throws(BrokerError) {
            if !imbalance.ahead.isEmpty {
                try broker.pause(imbalance.ahead)
                observe(.paused(imbalance.ahead))
            }
            if !imbalance.rested.isEmpty {
                try broker.resume(imbalance.rested)
                observe(.unpaused(imbalance.rested))
            }
            task.note(imbalance)
        } catch {
            observe(.retried(code: error.code, message: error.message))
        }
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
        if let latest = commands.latestReload() { plan.current = latest }
        return .worked
    }
}
