public import RampartCore

/// Replays tasks of a recorded log together, and hands over between them what exchanges carry.
///
/// The records that the daemon sent through an exchange are not read again but made again: the answer is a function of the
/// input and of what was decided about it. Since nothing is late behind an exchange, it does not matter when it is handed over.
public struct LogReplay {
    private let topology: Topology
    private var tasks: [TaskReplay]
    /// How far each task has said to each subgraph that it has come.
    private var told: [[EventTime]]

    /// Prepares the replay of all tasks of a graph with exchanges, or of any tasks of one without.
    public init(_ tasks: [TaskReplay], topology: Topology) {
        self.tasks = tasks
        self.topology = topology
        told = tasks.map { _ in topology.subgraphs.map { _ in .distantPast } }
    }

    /// What each task has counted so far.
    public var counters: [(intake: IntakeCounters, groups: GroupCounters)] { tasks.map(\.counters) }

    /// Replays the recording to its end, and flushes if asked to (R15); rows are handed out as they come, with the index of
    /// their task.
    public mutating func run(
        _ source: inout some RecordSource, flushes: Bool, emit: (Int, TaskReplay.Rows) throws -> Void
    ) throws {
        while let turn = tasks.indices.filter({ !tasks[$0].isOver }).min(by: {
            tasks[$0].inputWatermark < tasks[$1].inputWatermark
        }) {
            let rows = try tasks[turn].step(&source)
            try handOver(rows, from: turn, emit)
        }
        guard flushes else { return }
        for subgraph in topology.subgraphs.indices {
            for task in tasks.indices {
                try handOver(TaskReplay.Rows(outputs: tasks[task].flush(subgraph), setAside: .none), from: task, emit)
            }
        }
    }

    /// Replays the recording to its end without a flush, and says the rows as the daemon would have produced them.
    public mutating func records(from source: inout some RecordSource) throws -> [OutboundRecord] {
        var records: [OutboundRecord] = []
        let tasks = tasks
        try run(&source, flushes: false) { task, rows in records += tasks[task].records(of: rows) }
        return records
    }

    /// Hands a task's rows out, and what it has for others on to them, which may say something in turn.
    private mutating func handOver(
        _ rows: TaskReplay.Rows, from task: Int, _ emit: (Int, TaskReplay.Rows) throws -> Void
    ) throws {
        var rows = rows
        let departed = rows.outputs.departed
        rows.outputs.departed = [:]
        if !rows.isEmpty { try emit(task, rows) }
        // All of it is told before anyone goes on: who has heard how far a task has come must have what it sent until then.
        guard tell(departed, from: task) else { return }
        for receiver in tasks.indices {
            try handOver(TaskReplay.Rows(outputs: tasks[receiver].advance(), setAside: .none), from: receiver, emit)
        }
    }

    /// Tells all tasks what one has for them, and how far it has come; false where that is nothing new.
    private mutating func tell(_ departed: [Int: [EventBatch]], from task: Int) -> Bool {
        var isNews = false
        for subgraph in topology.exchanged {
            let events = departed[subgraph] ?? []
            let reached = wholePanes(until: tasks[task].watermark(sentTo: subgraph))
            guard !events.isEmpty || reached > told[task][subgraph] else { continue }
            told[task][subgraph] = reached
            isNews = true
            for (receiver, events) in deal(events).enumerated() {
                tasks[receiver].receive(events, in: subgraph, from: task, watermark: reached)
            }
        }
        return isNews
    }

    private func wholePanes(until watermark: EventTime) -> EventTime {
        watermark > .distantPast && watermark < .distantFuture ? watermark.floored(to: topology.basePane) : watermark
    }

    /// Events by the task of their key.
    private func deal(_ batches: [EventBatch]) -> [[EventBatch]] {
        guard tasks.count > 1 else { return [batches] }
        let layout = topology.layout
        var dealt = tasks.map { _ in EventBatch(slotCount: layout.slotCount) }
        for batch in batches {
            for row in 0..<batch.count {
                let task = ExchangeRecord.task(of: batch.headers[row].partitionHash, among: tasks.count)
                dealt[task].append(row, of: batch, stringSlots: layout.stringSlots)
            }
        }
        return dealt.map { $0.isEmpty ? [] : [$0] }
    }
}
