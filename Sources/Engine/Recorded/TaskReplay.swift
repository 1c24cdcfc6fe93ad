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
    }

    private let partitions: [TopicPartition]
    private var outbox: Outbox
    private var state: TaskState
    private var promises: PromiseSchedule
    private var inbox = Inbox()

    /// Prepares the replay of a task with the control records of its partition.
    ///
    /// `fallback` is in force where the control records name no settings; `scores` says of which stages, by index, scores
    /// are wanted.
    public init(
        task number: Int, topics: DaemonTopics, control: [StoredRecord], fallback: Pipeline,
        bounds: Intake.Bounds = Intake.Bounds(), scores: [Int: ScoreRow.Detail] = [:]
    ) throws(DaemonError) {
        partitions = topics.partitions(of: number)
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
        outbox = Outbox(topology: topology, topics: topics, task: number)
        state = TaskState(
            topology: topology, partitions: topics.inputs.map(\.binding),
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

    /// What was counted, once it has run.
    public var counters: (intake: IntakeCounters, groups: GroupCounters) { (state.intakeCounters, state.counters) }

    /// Replays the recording to its end, and flushes if asked to (R15); rows are handed out as they come.
    ///
    /// The end of a recording is no end of its partitions: without a flush the task stays at its lowest watermark, as
    /// the daemon did when the recording ended.
    public mutating func run(
        _ source: inout some RecordSource, flushes: Bool, emit: (Rows) throws -> Void
    ) throws {
        var open = Array(partitions.indices)
        while let turn = open.min(by: { state.watermark(of: $0) < state.watermark(of: $1) }) {
            let records = try source.next(of: partitions[turn])
            if records.isEmpty {
                promises.keep(upTo: .max, of: turn, in: &state)
                open.removeAll { $0 == turn }
            }
            let setAside = read(records, of: turn)
            try emit(Rows(outputs: state.advance(), setAside: setAside))
        }
        if flushes { try emit(Rows(outputs: state.flush(), setAside: TaskState.SetAside.none)) }
    }

    /// Replays the recording to its end without a flush, and says the rows as the daemon would have produced them.
    public mutating func records(from source: inout some RecordSource) throws -> [OutboundRecord] {
        var outbox = outbox
        try run(&source, flushes: false) { rows in
            outbox.append(rows.setAside)
            outbox.append(rows.outputs)
        }
        return outbox.records
    }

    private mutating func read(_ records: [StoredRecord], of partition: Int) -> TaskState.SetAside {
        inbox.removeAll()
        let place = inbox.place(of: partitions[partition])
        for record in records { inbox.append(record, at: place) }
        let batch = inbox.arrivals[place].batch
        return promises.read(batch, rows: batch.records.indices, of: partition, into: &state)
    }
}
