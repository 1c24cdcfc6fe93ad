import Pipelines
import RampartCore

/// Some tasks that send each other what exchanges carry, as bytes and in any order, as workers do.
struct TaskNetwork {
    private let topology: Topology
    private let bindings: [PartitionBinding]
    private var tasks: [TaskState]
    private var changes: [[PromiseChange]]
    private let rests: [[ModelRecord]]
    private var read: [Int]
    /// Records on their way, by receiver and exchange; those of one exchange come in their order.
    private var waiting: [[[[UInt8]]]]
    private var random: SplitMix64
    /// How far each task has said in each exchange that it has come.
    private var told: [[EventTime]]
    /// What all tasks have said.
    private(set) var outputs = Outputs()

    /// Creates tasks that read so many records each.
    init(_ topology: Topology, logs: [[ModelRecord]], random: SplitMix64) {
        self.topology = topology
        self.random = random
        rests = logs
        read = logs.map { _ in 0 }
        changes = logs.map { _ in [] }
        told = logs.map { _ in topology.exchanged.map { _ in .distantPast } }
        waiting = logs.map { _ in topology.exchanged.map { _ in [] } }
        let exchanges = topology.exchanged.map { PartitionBinding.exchange($0, upstreamTasks: logs.count) }
        let bindings: [PartitionBinding] = [topology.sources.count == 1 ? .source(0) : .byType] + exchanges
        self.bindings = bindings
        tasks = logs.indices.map { task in
            TaskState(topology: topology, partitions: bindings, bounds: Intake.Bounds(), hashSeed: UInt64(task))
        }
    }

    /// Reads everything, delivers everything and says the end of time; returns what all tasks have counted.
    mutating func run() throws -> (intake: [IntakeCounters], groups: GroupCounters) {
        while let task = tasks.indices.filter({ read[$0] < rests[$0].count }).randomElement(using: &random) {
            readSome(task)
            if random.chance(40) { try deliverSome() }
        }
        while try deliverSome() {}
        for subgraph in topology.subgraphs.indices {
            for task in tasks.indices {
                take(tasks[task].flush(subgraph), from: task)
                tell([:], from: task)
            }
            while try deliverSome() {}
        }
        var groups = GroupCounters(topology)
        for task in tasks { groups.add(task.counters) }
        return (tasks.map(\.intakeCounters), groups)
    }

    private mutating func readSome(_ task: Int) {
        let end = min(rests[task].count, read[task] + random.number(1...20))
        let batch = RecordBatch(json: rests[task][read[task]..<end].map { Array($0.text.utf8) })
        read[task] = end
        _ = tasks[task].read(batch, of: 0)
        take(tasks[task].advance(), from: task)
    }

    private mutating func take(_ rows: Outputs, from task: Int) {
        var rows = rows
        let departed = rows.departed
        rows.departed = [:]
        outputs.append(rows)
        if !departed.isEmpty || random.chance(60) { tell(departed, from: task) }
    }

    private mutating func tell(_ departed: [Int: [EventBatch]], from task: Int) {
        for (exchange, subgraph) in topology.exchanged.enumerated() {
            let watermark = tasks[task].watermark(sentTo: subgraph)
            guard watermark > told[task][exchange] || departed[subgraph] != nil else { continue }
            told[task][exchange] = watermark
            var records = tasks.map { _ in ExchangeRecord(from: task, of: topology) }
            for batch in departed[subgraph] ?? [] {
                for row in 0..<batch.count {
                    let receiver = ExchangeRecord.task(
                        of: batch.headers[row].partitionHash, among: tasks.count)
                    records[receiver].append(row, of: batch)
                }
            }
            for receiver in tasks.indices {
                waiting[receiver][exchange].append(records[receiver].take(watermark: watermark))
            }
        }
    }

    /// Delivers some records of one exchange to one task; false where none are on their way.
    @discardableResult private mutating func deliverSome() throws -> Bool {
        let full = waiting.indices.flatMap { task in waiting[task].indices.map { (task, $0) } }
            .filter { !waiting[$0.0][$0.1].isEmpty }
        guard let (task, exchange) = full.randomElement(using: &random) else { return false }
        let count = random.number(1...waiting[task][exchange].count)
        let batch = RecordBatch(json: Array(waiting[task][exchange].prefix(count)))
        waiting[task][exchange].removeFirst(count)
        if random.chance(10) { try restart(task) }
        try tasks[task].receive(batch, of: 1 + exchange)
        take(tasks[task].advance(), from: task)
        return true
    }

    /// Puts a task in the place of another that has written down all that it knew.
    private mutating func restart(_ task: Int) throws {
        changes[task] += tasks[task].takeChanges()
        var next = try TaskState(
            topology: topology, partitions: bindings, bounds: Intake.Bounds(), snapshot: tasks[task].snapshot())
        next.isRebuilding = true
        try next.restorePromises(changes[task])
        next.isRebuilding = false
        tasks[task] = next
    }
}
