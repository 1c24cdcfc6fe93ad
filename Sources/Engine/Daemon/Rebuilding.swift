internal import RampartCore

/// The re-reading of a task's log from its checkpoint to its commit: facts move on, and nothing is said.
struct Rebuilding {
    private let partitions: [TopicPartition]
    private let goals: [Int64]
    private var promises: PromiseSchedule
    private var bound: StagingBound
    private(set) var state: TaskState
    /// The first offset of each partition that was not read.
    private(set) var offsetsNext: [Int64]
    /// Records that were read again.
    private(set) var recordCount = 0

    init(
        _ state: TaskState, partitions: [TopicPartition], from starts: [Int64], to goals: [Int64],
        promises: PromiseSchedule, stagedBytesMax: Int
    ) {
        self.partitions = partitions
        self.goals = goals
        self.promises = promises
        self.state = state
        self.state.isRebuilding = true
        offsetsNext = starts
        bound = StagingBound(partitions: partitions, bytesMax: stagedBytesMax)
    }

    /// Whether every partition is where it was committed.
    var isComplete: Bool { zip(offsetsNext, goals).allSatisfy { $0 >= $1 } }

    /// Reads what a poll has brought for one partition, as far as it was committed.
    mutating func read(_ arrivals: Inbox.Arrivals, of partition: Int) {
        let goal = goals[partition]
        guard offsetsNext[partition] < goal else { return }
        let records = arrivals.batch.records
        let end = records.firstIndex { Int64($0.position) >= goal } ?? records.endIndex
        if end > 0 {
            _ = promises.read(arrivals.batch, rows: 0..<end, of: partition, into: &state)
            _ = state.advance()
            recordCount += end
            offsetsNext[partition] = Int64(records[end - 1].position) + 1
        }
        // What lies between the last record and the goal is markers and gaps, which deliver nothing.
        if end < records.count || arrivals.endOffset.map({ $0 >= goal }) == true {
            offsetsNext[partition] = max(offsetsNext[partition], goal)
        }
    }

    /// Keeps the promises that were made where the partitions are now, and ends.
    mutating func finish() {
        for index in partitions.indices { promises.keep(upTo: goals[index], of: index, in: &state) }
        _ = state.advance()
    }

    // MARK: - Waiting for each other

    /// Which partitions are to pause and which to go on; those that have arrived wait.
    var imbalance: StagingBound.Imbalance {
        var change = bound.imbalance(of: state)
        let arrived = partitions.indices.filter { offsetsNext[$0] >= goals[$0] }.map { partitions[$0] }
        change.rested.removeAll(where: arrived.contains)
        change.ahead.append(contentsOf: arrived.filter { !bound.isPaused($0) && !change.ahead.contains($0) })
        return change
    }

    mutating func note(_ change: StagingBound.Imbalance) { bound.note(change) }
}
