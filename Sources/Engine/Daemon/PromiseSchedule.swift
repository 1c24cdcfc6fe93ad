internal import RampartCore

/// The recorded promises of a task that a re-reading of its log has still to meet, each before the record at its offset.
struct PromiseSchedule {
    private struct Entry {
        var offset: Int64
        var watermark: EventTime
    }

    /// By partition of the task, in the order in which they were made.
    private var waiting: [[Entry]]
    private var met: [Int]

    /// Takes the promises among a task's decisions, which are in the order in which they were made.
    init(_ decisions: [ControlRecord.Decision], of partitions: [TopicPartition]) {
        waiting = Array(repeating: [], count: partitions.count)
        met = Array(repeating: 0, count: partitions.count)
        for case .promise(let promise) in decisions {
            guard let partition = partitions.firstIndex(where: { $0.topic == promise.topic }) else { continue }
            waiting[partition].append(
                Entry(offset: promise.offset, watermark: EventTime(milliseconds: promise.watermark)))
        }
    }

    /// Reads records of an input or an exchange, each after the promises made before it.
    mutating func read(
        _ records: RecordBatch, rows: Range<Int>, of partition: Int, into state: inout TaskState
    ) throws(SnapshotError) -> TaskState.SetAside {
        guard state.isExchange(partition) else {
            return readInput(records, rows: rows, of: partition, into: &state)
        }
        try state.receive(records.slice(rows), of: partition)
        return .none
    }

    /// Reads records of an input partition, each after the promises made before it.
    mutating func readInput(
        _ records: RecordBatch, rows: Range<Int>, of partition: Int, into state: inout TaskState
    ) -> TaskState.SetAside {
        var setAside = TaskState.SetAside.none
        var first = rows.lowerBound
        while first < rows.upperBound {
            keep(upTo: Int64(records.records[first].position), of: partition, in: &state)
            var end = first + 1
            while end < rows.upperBound, !isDue(at: Int64(records.records[end].position), partition) { end += 1 }
            setAside.append(state.read(records.slice(first..<end), of: partition))
            first = end
        }
        return setAside
    }

    /// Makes the state keep the promises that were made at an offset or before it.
    mutating func keep(upTo offset: Int64, of partition: Int, in state: inout TaskState) {
        while isDue(at: offset, partition) {
            state.promise(waiting[partition][met[partition]].watermark, of: partition)
            met[partition] += 1
        }
    }

    private func isDue(at offset: Int64, _ partition: Int) -> Bool {
        met[partition] < waiting[partition].count && waiting[partition][met[partition]].offset <= offset
    }
}
