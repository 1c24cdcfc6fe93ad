import Engine
import Glibc
import Kafka
import Logging
import Pipelines
import RampartCore

/// The daemon: starts its workers, hears signals, loads the pipeline again, and stops when it is told to or must.
struct Daemon {
    /// How often signals are looked for, in milliseconds.
    static let tick: Int64 = 50
    /// How often a watched file is looked at, in milliseconds.
    static let watchInterval: Int64 = 500
    /// How long past the shutdown's end a worker that hangs in a call is waited for, in milliseconds.
    static let hangingMax: Int64 = 2000

    private let plan: WorkerPlan
    private let threads: [WorkerThread]
    private let reloader: PipelineReloader
    private let shutdownTimeout: Int64
    private let startTimeout: Int64?
    private var watches: [FileWatch]
    private var nextLook: Int64 = 0

    init(plan: WorkerPlan, reloader: PipelineReloader, configuration: DaemonConfiguration) {
        self.plan = plan
        self.reloader = reloader
        threads = (0..<configuration.workers).map { WorkerThread(number: $0, plan: plan) }
        shutdownTimeout = configuration.shutdownTimeout.wholeMilliseconds
        startTimeout = configuration.startTimeout?.wholeMilliseconds
        watches = configuration.watchesFile ? Self.watches(of: plan.pipeline.pipeline, at: reloader.path) : []
    }

    /// Runs until a signal, the end of `untilStopped`, or an error that needs a person; the latter is thrown.
    mutating func run(isStopped: () -> Bool = { Interruption.isRequested }, each: () throws -> Void = {}) throws {
        let start = WallClock.now
        for thread in threads { thread.start() }
        do {
            while !isStopped() {
                try checkWorkers(since: start)
                if Interruption.takeReload() { reload(.hangup) }
                lookAtFile()
                try each()
                WallClock.sleep(milliseconds: Self.tick)
            }
        } catch {
            try? stop()
            throw error
        }
        try stop()
    }

    private func checkWorkers(since start: Int64) throws {
        for thread in threads {
            if case .failed(let message) = thread.outcome { throw Failure.running(message) }
        }
        if let startTimeout, WallClock.now - start > startTimeout, !threads.contains(where: \.hasStarted) {
            let refusal = threads.lazy.compactMap(\.refusal).first.map { ": \($0)" } ?? ""
            throw Failure.running("Kafka could not be reached within start_timeout\(refusal)")
        }
    }

    // MARK: - Loading again

    private mutating func lookAtFile() {
        guard WallClock.now >= nextLook else { return }
        nextLook = WallClock.now + Self.watchInterval
        guard !watches.isEmpty else { return }
        // A reload may have named other data files.
        let paths = PipelineFile.paths(of: plan.pipeline.pipeline, at: reloader.path)
        watches.removeAll { !paths.contains($0.path) }
        watches += paths.filter { path in !watches.contains { $0.path == path } }.map { FileWatch(path: $0) }
        // Each is looked at, so that files that changed together are told once.
        var hasChanged = false
        for index in watches.indices where watches[index].look() { hasChanged = true }
        if hasChanged { reload(.change) }
    }

    /// A watch over the pipeline file and each data file.
    private static func watches(of pipeline: Pipeline, at path: String) -> [FileWatch] {
        PipelineFile.paths(of: pipeline, at: path).map { FileWatch(path: $0) }
    }

    /// Why the file is loaded again.
    private enum Cause: String {
        case hangup = "SIGHUP"
        case change = "a change of the file"
    }

    private func reload(_ cause: Cause) {
        let current = plan.pipeline.pipeline
        switch reloader.reload(current: current) {
        case .unchanged:
            // Other instances may have rolled out something else since, and who asks wants this file.
            guard cause == .hangup else {
                return plan.logger.info("\(cause.rawValue): \(reloader.path) says what it said before")
            }
            send(current, cause)
        case .refused(let reason):
            plan.logger.error(
                """
                \(cause.rawValue): \(reloader.path) was refused, and revision \(current.topology.revision) stays in force: \
                \(reason)
                """)
        case .accepted(let pipeline):
            plan.pipeline.pipeline = pipeline
            send(pipeline, cause)
        }
    }

    /// Asks all tasks to put a pipeline in force.
    private func send(_ pipeline: Pipeline, _ cause: Cause) {
        let settings = PipelineSettings(pipeline, overrides: plan.overrides)
        let now = WallClock.now
        threads.first { $0.outcome == nil }?.send(
            Command(
                id: "reload-\(plan.instance)-\(settings.revision)-\(now)", who: plan.instance, issuedAt: now,
                body: .reload(settings)))
        plan.logger.info("\(cause.rawValue): revision \(settings.revision) is sent to all tasks")
    }

    // MARK: - Stopping

    /// Has all workers commit, checkpoint and leave.
    private func stop() throws {
        if threads.contains(where: \.hasStarted) {
            plan.logger.info("stopping: committing, checkpointing and leaving the group")
        }
        let deadline = WallClock.now + shutdownTimeout
        for thread in threads { thread.leave(by: deadline) }
        while threads.contains(where: { $0.outcome == nil }), WallClock.now < deadline + Self.hangingMax {
            WallClock.sleep(milliseconds: 10)
        }
        for thread in threads {
            switch thread.outcome {
            case .left: continue
            case .failed(let message): throw Failure.running(message)
            case nil:
                throw Failure.running(
                    "a worker did not leave within shutdown_timeout; what it has not committed is read again")
            }
        }
    }
}

/// Who runs this process.
enum LoginName {
    static var current: String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "\(getuid())" }
        return String(cString: name)
    }
}
