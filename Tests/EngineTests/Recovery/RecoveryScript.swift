import Pipelines
import RampartCore

/// Everything that a daemon tells a task, in its order: what a recovery must lead back to.
struct RecoveryScript {
    /// One thing that the task is told.
    enum Step {
        /// The next records of a partition.
        case read(partition: Int, RecordBatch)
        /// A recorded promise.
        case promise(partition: Int, EventTime)
        /// Other settings, by their index.
        case settings(Int, from: EventTime)
        /// A person's decision.
        case command(LedgerCommand, at: EventTime)
        /// Everything due is done, written and committed.
        case commit
    }

    /// The settings; the first are in force at the start.
    var settings: [Topology]
    /// How the partitions are bound.
    var bindings: [PartitionBinding]
    /// Which times are taken.
    var bounds = Intake.Bounds()
    /// The steps.
    var steps: [Step] = []

    /// Starts a task that has read nothing.
    func start(hashSeed: UInt64) -> TaskState {
        TaskState(topology: settings[0], partitions: bindings, bounds: bounds, hashSeed: hashSeed)
    }

    /// Tells a task one thing; returns what it said when it committed.
    func perform(_ step: Step, on task: inout TaskState, into said: inout Said) {
        switch step {
        case .read(let partition, let records):
            let setAside = task.read(records, of: partition)
            said.late += setAside.lateEvents
            said.deadLetters += setAside.deadLetters
        case .promise(let partition, let watermark): task.promise(watermark, of: partition)
        case .settings(let index, let pane): task.schedule(settings[index], from: pane)
        case .command(let command, let pane): task.schedule(command, at: pane)
        case .commit:
            said.outputs.append(task.advance())
            said.changes += task.takeChanges()
        }
    }
}

/// What a task has said to the world so far.
struct Said {
    /// Rows.
    var outputs = Outputs()
    /// Late events.
    var late: [LateEvent] = []
    /// Records set aside.
    var deadLetters: [DeadLetter] = []
    /// The changelog.
    var changes: [PromiseChange] = []

    /// The first differences from what another run has said.
    func differences(from other: Said) -> [String] {
        var found: [String] = []
        compare("alert", outputs.alerts, other.outputs.alerts, &found)
        compare("alert in shadow", outputs.shadow, other.outputs.shadow, &found)
        compare("incident", outputs.incidents, other.outputs.incidents, &found)
        compare("line", outputs.lines, other.outputs.lines, &found)
        compare("credit", outputs.credits, other.outputs.credits, &found)
        compare("refusal", outputs.refusals, other.outputs.refusals, &found)
        compare("late event", late, other.late, &found)
        compare("dead letter", deadLetters, other.deadLetters, &found)
        compare("promise", Self.standing(changes), Self.standing(other.changes), &found)
        return found
    }

    /// The promises that the changes come to, in the order of their keys.
    static func standing(_ changes: [PromiseChange]) -> [PromiseChange] {
        var latest: [[UInt8]: [UInt8]] = [:]
        for change in changes { latest[change.key] = change.value }
        return latest.map { PromiseChange(key: $0.key, value: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func compare<Row: Equatable>(_ name: String, _ found: [Row], _ expected: [Row], _ into: inout [String]) {
        if found.count != expected.count { into.append("\(expected.count) of \(name), found \(found.count)") }
        for (found, expected) in zip(found, expected) where found != expected {
            into.append("\(name):\n  expected \(expected)\n  found    \(found)")
            return
        }
    }
}
