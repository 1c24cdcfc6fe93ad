internal import Engine
internal import Pipelines
internal import RampartCore

/// Looks at what a world has said, and holds it against the system's promises.
struct Checker {
    let world: World

    /// Throws the first promise that was broken.
    func check() throws {
        try checkOffsets()
        try checkLines()
        try checkOutputs()
    }

    /// Offsets and watermarks never go back, and only owners commit.
    private func checkOffsets() throws {
        var last: [TopicPartition: OffsetChange] = [:]
        for change in world.cluster.offsetHistory {
            guard change.isByOwner else {
                throw Violation("\(change.partition) was committed by client \(change.client), whose task it was not")
            }
            defer { last[change.partition] = change }
            guard let before = last[change.partition] else { continue }
            guard let note = OffsetNote(text: change.value.metadata),
                let noteBefore = OffsetNote(text: before.value.metadata)
            else { throw Violation("\(change.partition) was committed without a note: \(change.value.metadata)") }
            guard change.value.offsetNext >= before.value.offsetNext else {
                throw Violation(
                    "\(change.partition) went back from \(before.value.offsetNext) to \(change.value.offsetNext)")
            }
            guard note.watermark >= noteBefore.watermark, note.partitionWatermark >= noteBefore.partitionWatermark
            else {
                throw Violation("the watermark of \(change.partition) went back")
            }
        }
    }

    /// No line was published twice.
    private func checkLines() throws {
        var seen: Set<Substring> = []
        for record in world.published(.creditLines) {
            let text = String(decoding: record.value ?? [], as: UTF8.self)
            guard let id = text.split(separator: "\"line_id\":\"").dropFirst().first?.prefix(32) else {
                throw Violation("a line has no id: \(text)")
            }
            guard seen.insert(id).inserted else { throw Violation("line \(id) was published twice") }
        }
    }

    /// What was committed is what a replay of the recorded log says, as sets.
    private func checkOutputs() throws {
        var expected: [String: [[UInt8]]] = [:]
        let tasks = world.settings.partitions
        let pipeline = try world.draft.load(shadow: world.draft.shadow)
        let replays = try (0..<tasks).map { task in
            let control = world.cluster.committedRecords(of: TopicPartition(world.topics.control, task))
            return try TaskReplay(
                task: task, of: tasks, topics: world.topics, control: control, fallback: pipeline,
                bounds: Intake.Bounds())
        }
        var replay = LogReplay(replays, topology: pipeline.topology)
        var source = ClusterSource(cluster: world.cluster)
        for record in try replay.records(from: &source) {
            expected[record.topic, default: []].append(record.value ?? [])
        }
        try checkFates(replay.counters)
        for (sink, topic) in world.topics.outputs {
            try compare(world.published(sink).map { $0.value ?? [] }, expected[topic] ?? [], topic)
        }
    }

    /// Every record met exactly one fate; where records are dealt out anew, one task reads it and another settles it.
    private func checkFates(_ counters: [(intake: IntakeCounters, groups: GroupCounters)]) throws {
        var (fates, records) = (0, 0)
        for (task, (intake, groups)) in counters.enumerated() {
            fates += intake.total.filtered + intake.total.deadLettered + intake.total.late
            fates += groups.sources.reduce(0) { $0 + $1.accepted + $1.duplicate + $1.conflict + $1.staged }
            records += world.topics.inputPartitions(of: task).reduce(0) {
                $0 + world.cluster.committedRecords(of: $1).count
            }
            guard fates == records || world.settings.isRepartitioned else {
                throw Violation("task \(task) and those before it have \(records) records, but \(fates) fates")
            }
        }
        guard fates == records else { throw Violation("all tasks have \(records) records, but \(fates) fates") }
    }

    private func compare(_ published: [[UInt8]], _ expected: [[UInt8]], _ topic: String) throws {
        var counts: [[UInt8]: Int] = [:]
        for row in expected { counts[row, default: 0] += 1 }
        for row in published { counts[row, default: 0] -= 1 }
        guard let (row, count) = counts.filter({ $0.value != 0 }).min(by: { $0.key.lexicographicallyPrecedes($1.key) })
        else { return }
        let text = String(decoding: row, as: UTF8.self)
        throw Violation(
            count > 0
                ? "\(topic) misses \(count) of a row that the replay has: \(text)"
                : "\(topic) has a row \(-count) times more than the replay: \(text)")
    }
}

/// The committed records of a cluster, as a recording of it would have them.
struct ClusterSource: RecordSource {
    private let cluster: SimulatedCluster
    private var given: Set<TopicPartition> = []
    private var rest: [TopicPartition: ArraySlice<StoredRecord>] = [:]

    init(cluster: SimulatedCluster) { self.cluster = cluster }

    mutating func next(of partition: TopicPartition) -> [StoredRecord] {
        if given.insert(partition).inserted { rest[partition] = cluster.committedRecords(of: partition)[...] }
        let next = rest[partition]?.prefix(100) ?? []
        rest[partition]?.removeFirst(next.count)
        return Array(next)
    }
}
