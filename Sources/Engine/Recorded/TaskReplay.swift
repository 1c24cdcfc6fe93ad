public import Pipelines
public import RampartCore

/// Where the records of a recorded log come from, partition by partition.
public protocol RecordSource {
    /// The next records of a partition, in their order; none at the end of the recording.
    mutating func next(of partition: TopicPartition) throws -> [StoredRecord]
}

/// Replays one task of a recorded log: what the daemon said of these records, said again.
///
/// Whatever the daemon decided (settings, promises about idle partitions, people's commands) is read from the control
/// records and not decided again, so that the rows are the same, byte for byte (R11, R37).
public struct TaskReplay {
    /// Rows, and the records that were set aside, since the last time.
    public struct Rows {
        /// Alerts, lines and credits, in the order of files.
        public var outputs: Outputs
        /// Dead letters and late events.
        public var setAside: TaskState.SetAside

        var isEmpty: Bool { outputs.isEmpty && setAside.deadLetters.isEmpty && setAside.lateEvents.isEmpty }
    }

    /// The input partitions.
    private let partitions: [TopicPartition]
    /// Those that were not read to the end of the recording.
    private var unread: [Int]
    private var outbox: Outbox
    private var state: TaskState
    private var promises: PromiseSchedule
    private var inbox = Inbox()

    /// Prepares the replay of one of so many tasks with the control records of its partition.
    ///
    /// `fallback` is in force where the control records name no settings; `scores` says of which stages, by index, scores
    /// are wanted.
    public init(
        task number: Int, of tasks: Int, topics: DaemonTopics, control: [StoredRecord], fallback: Pipeline,
        bounds: Intake.Bounds = Intake.Bounds(), scores: [Int: ScoreRow.Detail] = [:]
    ) throws(DaemonError) {
        partitions = topics.inputPartitions(of: number)
        unread = Array(partitions.indices)
        var decisions: [ControlRecord.Decision] = []
        for record in control {
            guard let value = record.value, let entry = ControlRecord(bytes: value) else {
                throw DaemonError(.stop, "record \(record.offset) of \(topics.control)[\(number)] is no control record")
            }
            decisions.append(entry.decision)
        }
        promises = PromiseSchedule(decisions, of: partitions)
        let effects = decisions.compactMap { decision -> ControlRecord.Effect? in
            if case .effect(let effect) = decision { effect } else { nil }
        }
        let first = try Self.first(effects, fallback)
        let topology = first.topology
        var bounds = bounds
        bounds.maxAhead = first.maxAhead
        outbox = Outbox(topology: topology, topics: topics, task: number, tasks: 0)
        state = TaskState(
            topology: topology, partitions: topics.bindings(tasks: tasks),
            bounds: bounds, hashSeed: 0)
        state.askForScores(scores)
        for effect in effects {
            let pane = EventTime(milliseconds: effect.pane)
            if case .reload(let settings) = effect.command.body {
                state.schedule(try settings.load().topology, from: pane)
            } else if let command = effect.command.ledgerCommand {
                state.schedule(command, at: pane)
            }
        }
    }

    /// The settings that the task began with.
    private static func first(
        _ effects: [ControlRecord.Effect], _ fallback: Pipeline
    ) throws(DaemonError) -> Pipeline {
        guard let settings = ControlRecord.Effect.settingsAtBirth(effects) else { return fallback }
        return try settings.load()
    }

    /// What was counted so far.
    public var counters: (intake: IntakeCounters, groups: GroupCounters) { (state.intakeCounters, state.counters) }

    /// Whether every partition was read to the end of the recording.
    var isOver: Bool { unread.isEmpty }

    /// How far the input has come.
    var inputWatermark: EventTime { state.inputWatermark }

    /// Reads the next records of the partition that is furthest behind.
    ///
    /// The end of a recording is no end of its partitions: without a flush the task stays at its lowest watermark, as
    /// the daemon did when the recording ended.
    mutating func step(_ source: inout some RecordSource) throws -> Rows {
        guard let turn = unread.min(by: { state.watermark(of: $0) < state.watermark(of: $1) }) else {
            return Rows(outputs: Outputs(), setAside: .none)
        }
        let records = try source.next(of: partitions[turn])
        if records.isEmpty {
            promises.keep(upTo: .max, of: turn, in: &state)
            unread.removeAll { $0 == turn }
        }
        let setAside = read(records, of: turn)
        return Rows(outputs: state.advance(), setAside: setAside)
    }

    /// Takes what another task, or this one, hands on to a subgraph, and how far that task has come.
    mutating func receive(_ events: [EventBatch], in subgraph: Int, from task: Int, watermark: EventTime) {
        state.receive(events, in: subgraph, from: task, watermark: watermark)
    }

    /// Does all that is due by what it has read and received.
    mutating func advance() -> Outputs { state.advance() }

    /// How far the task has come with what it hands on to a subgraph.
    func watermark(sentTo subgraph: Int) -> EventTime { state.watermark(sentTo: subgraph) }

    /// Does all that is due in a subgraph until the end of time (R15).
    mutating func flush(_ subgraph: Int) -> Outputs { state.flush(subgraph) }

    /// Rows as the daemon would have produced them.
    func records(of rows: Rows) -> [OutboundRecord] {
        var outbox = outbox
        outbox.append(rows.setAside)
        outbox.append(rows.outputs)
        return outbox.records
    }

    private mutating func read(_ records: [StoredRecord], of partition: Int) -> TaskState.SetAside {
        inbox.removeAll()
        let place = inbox.place(of: partitions[partition])
        for record in records { inbox.append(record, at: place) }
        let batch = inbox.arrivals[place].batch
        return promises.readInput(batch, rows: batch.records.indices, of: partition, into: &state)
    }
}
