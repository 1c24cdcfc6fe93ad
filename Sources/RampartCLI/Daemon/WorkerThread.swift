import Engine
import Foundation
import Logging
import Synchronization

/// A worker on a thread of its own, since its calls of the client library block; begins again after errors that pass.
final class WorkerThread: Sendable {
    /// How a worker has ended.
    enum Outcome: Hashable {
        /// It has committed, checkpointed and left.
        case left
        /// It could not go on.
        case failed(String)
    }

    private struct State {
        var leaveBy: Int64?
        var commands: [Command] = []
        var hasStarted = false
        var refusal: String?
        var outcome: Outcome?
    }

    /// The longest sleep in milliseconds, so that an order to leave is soon heard.
    private static let napMax: Int64 = 50

    private let number: Int
    private let plan: WorkerPlan
    private let state = Mutex(State())

    init(number: Int, plan: WorkerPlan) {
        self.number = number
        self.plan = plan
    }

    // MARK: - From the daemon's thread

    /// Starts the thread.
    func start() {
        let thread = Thread { self.run() }
        thread.name = "worker-\(number)"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Makes the worker commit, checkpoint and leave; after the deadline, in milliseconds since 1970, it leaves at once.
    func leave(by deadline: Int64) { state.withLock { $0.leaveBy = $0.leaveBy ?? deadline } }

    /// Has a command written with the worker's next commit.
    func send(_ command: Command) { state.withLock { $0.commands.append(command) } }

    /// How it has ended; nil while it works.
    var outcome: Outcome? { state.withLock { $0.outcome } }
    /// Whether it has been a member of the group.
    var hasStarted: Bool { state.withLock { $0.hasStarted } }
    /// What Kafka refuses again and again.
    var refusal: String? { state.withLock { $0.refusal } }

    // MARK: - On its own thread

    private func run() {
        var setbacks = Setbacks()
        var outcome: Outcome?
        while outcome == nil { outcome = live(&setbacks) }
        state.withLock { $0.outcome = outcome }
    }

    /// One life of a worker, from joining to leaving or to the error that ends it; nil where it should begin again.
    private func live(_ setbacks: inout Setbacks) -> Outcome? {
        do throws(DaemonError) {
            let broker = try makeBroker()
            defer { broker.close() }
            try work(with: broker, &setbacks)
            return .left
        } catch {
            if error.remedy == .stop { return .failed(error.message) }
            if isLeaving {
                return .failed("left without a last commit, which whoever comes next makes: \(error.message)")
            }
            let delay = setbacks.note(error)
            plan.logger.log(
                level: setbacks.needPerson ? .error : .warning,
                "\(error.message); beginning again in \(delay / 1000) s\(setbacks.advice)",
                metadata: ["worker": "\(number)"])
            wait(until: WallClock.now + delay)
            return isLeaving ? .failed("left while it could not go on: \(error.message)") : nil
        }
    }

    private func makeBroker() throws(DaemonError) -> any Broker {
        do throws(BrokerError) {
            return try plan.makeBroker(number)
        } catch {
            throw DaemonError(error.remedy == .stop ? .stop : .restart, "\(error.message) (\(error.code))")
        }
    }

    private func work(with broker: any Broker, _ setbacks: inout Setbacks) throws(DaemonError) {
        let facts = ObservedFacts(plan.logger, worker: number)
        let worker = Worker(
            pipeline: plan.pipeline.pipeline, overrides: plan.overrides, topics: plan.topics, instance: plan.instance,
            settings: plan.settings, broker: broker, store: plan.store, hashSeed: .random(in: .min ... .max),
            commandKey: plan.commandKey, observe: facts.observe)
        while true {
            handOn(to: worker)
            facts.isStarting = worker.isStarting
            let turn = try worker.step(at: WallClock.now)
            note(hasStarted: !worker.isStarting, refusal: facts.refusal)
            if facts.hasCommitted { setbacks.noteCommit() }
            switch turn {
            case .worked: continue
            case .waits(let time): WallClock.sleep(milliseconds: min(time - WallClock.now, Self.napMax))
            case .left: return
            }
        }
    }

    /// Tells the worker what the daemon wants.
    private func handOn(to worker: Worker) {
        let (commands, leaveBy) = state.withLock { state in
            defer { state.commands.removeAll() }
            return (state.commands, state.leaveBy)
        }
        for command in commands { worker.send(command) }
        if let leaveBy { worker.leave(by: leaveBy) }
    }

    private func note(hasStarted: Bool, refusal: String?) {
        state.withLock { state in
            state.hasStarted = state.hasStarted || hasStarted
            state.refusal = refusal
        }
    }

    private var isLeaving: Bool { state.withLock { $0.leaveBy != nil } }

    /// Sleeps, but not longer than until the daemon wants to leave.
    private func wait(until time: Int64) {
        while !isLeaving, WallClock.now < time { WallClock.sleep(milliseconds: Self.napMax) }
    }
}

/// The facts of one worker as its thread sees them.
private final class ObservedFacts {
    private var log: FactLog
    var isStarting = true
    private(set) var hasCommitted = false

    init(_ logger: Logger, worker: Int) { log = FactLog(logger, worker: worker) }

    var refusal: String? { log.lastRefusal }

    func observe(_ fact: WorkerFact) {
        if case .committed = fact { hasCommitted = true }
        log.log(fact, at: WallClock.now, isStarting: isStarting)
    }
}
