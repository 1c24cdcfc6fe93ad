import Engine
import Logging
import RampartCore

/// Says what a worker does in the log; no record's content is part of a fact.
///
/// A level is a promise: an error needs a person, a warning was unexpected and got over, the rest is what was done.
struct FactLog {
    /// The least time between two lines about calls that are made again, in milliseconds.
    static let retryInterval: Int64 = 5000

    /// The least time between two lines about what was set aside, in milliseconds.
    static let setAsideInterval: Int64 = 10_000

    private let logger: Logger
    private var nextRetryLine: Int64 = .min
    private var retries = 0
    private var nextSetAsideLine: Int64 = .min
    private var late = 0
    private var deadLetters = 0
    /// What was last refused, while nothing has succeeded since.
    private(set) var lastRefusal: String?

    init(_ logger: Logger, worker: Int) {
        var logger = logger
        logger[metadataKey: "worker"] = "\(worker)"
        self.logger = logger
    }

    mutating func log(_ fact: WorkerFact, at now: Int64, isStarting: Bool) {
        if case .retried(let code, let message) = fact {
            return logRetry(code: code, message: message, at: now, isStarting: isStarting)
        }
        retries = 0
        lastRefusal = nil
        sayWhatWasSetAside(at: now)
        if case .setAside(_, let late, let deadLetters) = fact {
            self.late += late
            self.deadLetters += deadLetters
            return sayWhatWasSetAside(at: now)
        }
        let (level, message) = Self.line(fact)
        logger.log(level: level, "\(message)")
    }

    private mutating func logRetry(code: String, message: String, at now: Int64, isStarting: Bool) {
        retries += 1
        lastRefusal = "\(message) (\(code))"
        guard now >= nextRetryLine else { return }
        nextRetryLine = now + Self.retryInterval
        let words = isStarting ? "Kafka cannot be used yet" : "Kafka refused"
        logger.warning("\(words): \(message) (\(code)); trying again, attempt \(retries)")
    }

    /// Attackers write the input, so that they must not be able to fill the log with it.
    private mutating func sayWhatWasSetAside(at now: Int64) {
        guard late + deadLetters > 0, now >= nextSetAsideLine else { return }
        nextSetAsideLine = now + Self.setAsideInterval
        logger.warning("\(Self.setAside(late: late, deadLetters: deadLetters))")
        (late, deadLetters) = (0, 0)
    }

    static func setAside(late: Int, deadLetters: Int) -> String {
        "set aside: \(late) late events, which no window counts, and \(deadLetters) records that cannot be used; they are in the "
            + "topics of the sinks late and dead_letters"
    }

    /// What a fact is called, and how important it is.
    static func line(_ fact: WorkerFact) -> (Logger.Level, String) {
        switch fact {
        case .assigned(let tasks): (.info, "the group gave \(names(of: tasks))")
        case .revoked(let tasks, isLost: false): (.info, "the group took \(names(of: tasks)) back")
        case .revoked(let tasks, isLost: true):
            (.warning, "\(names(of: tasks)) went to another member; what was not committed is done again there")
        case .restored(let task, let hadCheckpoint, let recordsAgain, let watermark):
            (
                .info,
                "task \(task) goes on at \(text(watermark)), from \(hadCheckpoint ? "a checkpoint" : "the log") and "
                    + "\(recordsAgain) records read again"
            )
        case .resumed(let task): (.info, "task \(task) goes on as it was")
        case .committed(let tasks, let records):
            (.debug, "committed \(names(of: Array(tasks.keys))), \(records) records")
        case .aborted(let code, let message):
            (.warning, "a transaction was aborted and comes again: \(message) (\(code))")
        case .retried(let code, let message): (.warning, "Kafka refused: \(message) (\(code)); trying again")
        case .setAside(_, let late, let deadLetters): (.warning, setAside(late: late, deadLetters: deadLetters))
        case .checkpointed(let task, let bytes): (.info, "checkpoint of task \(task), \(bytes) bytes")
        case .checkpointFailed(let task, let message):
            (.error, "the checkpoint of task \(task) could not be kept, the older one stays: \(message)")
        case .commandSent(let command): (.info, "command \(command) is in the commands topic")
        case .commandTook(let task, let command, let pane):
            (.info, "command \(command) takes effect for task \(task) at \(text(pane))")
        case .commandRefused(let offset, let reason):
            (.warning, "record \(offset) of the commands topic was refused: \(reason)")
        case .commandsDeleted(let offset):
            (
                .warning,
                "the commands topic begins at offset \(offset): what was asked for before is not known any more, and a reload "
                    + "among it does not hold for tasks that had not heard of it; set the topic's retention.ms to -1"
            )
        case .decisionRefused(let task, let refusal):
            (.warning, "task \(task) cannot \(refusal.command.action.rawValue) a credit: \(reason(refusal))")
        case .settingsDiffer(let own, let revision):
            (
                .warning,
                "the file here is of revision \(own), and the application runs \(revision), which holds; send SIGHUP to roll "
                    + "this file out"
            )
        case .stuck(let task, let message):
            (.error, "task \(task) is not consumed until a person has helped: \(message)")
        case .promised(let partition, let watermark):
            (.debug, "\(partition) is idle and was promised past \(text(watermark))")
        case .merchantsSplit(let task, let count):
            (
                .error,
                "\(count) merchants were seen in task \(task) and in another one: the producers of your topics partition the "
                    + "same key differently, and no stage sees all of these merchants; give all producers one partitioner"
            )
        case .paused(let partitions): (.info, "\(list(partitions)) wait for the partitions behind them")
        case .unpaused(let partitions): (.info, "\(list(partitions)) go on")
        case .left: (.info, "left the group")
        }
    }

    private static func reason(_ refusal: CommandRefusal) -> String {
        switch refusal.reason {
        case .unknownCredit: "there is no credit \(refusal.command.creditID), or it was forgotten"
        case .state(let state): "\(refusal.command.creditID) is \(state.rawValue)"
        }
    }

    private static func names(of tasks: [Int]) -> String {
        guard !tasks.isEmpty else { return "no tasks" }
        return "task\(tasks.count == 1 ? "" : "s") " + tasks.sorted().map(String.init).joined(separator: ", ")
    }

    private static func list(_ partitions: [TopicPartition]) -> String {
        partitions.map(\.description).joined(separator: ", ")
    }

    private static func text(_ time: EventTime) -> String { time == .distantPast ? "the beginning" : time.text }
}
