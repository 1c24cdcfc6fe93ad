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
        for index in partitions.indices where starts[index] >= goals[index] { arrive(index) }
    }

    /// Whether every partition is where it was committed.
    var isComplete: Bool { zip(offsetsNext, goals).allSatisfy { $0 >= $1 } }

    /// Reads what a poll has brought for one partition, as far as it was committed.
    mutating func read(_ arrivals: Inbox.Arrivals, of partition: Int) throws(DaemonError) {
        let goal = goals[partition]
        guard offsetsNext[partition] < goal else { return }
        let records = arrivals.batch.records
        let end = records.firstIndex { Int64($0.position) >= goal } ?? records.endIndex
        if end > 0 {
            do {
                _ = try promises.read(arrivals.batch, rows: 0..<end, of: partition, into: &state)
            } catch {
                throw DaemonError(partitions[partition], holds: error)
            }
            _ = state.advance()
            recordCount += end
            offsetsNext[partition] = Int64(records[end - 1].position) + 1
        }
        // What lies between the last record and the goal is markers and gaps, which deliver nothing.
        if end < records.count || arrivals.endOffset.map({ $0 >= goal }) == true {
            offsetsNext[partition] = max(offsetsNext[partition], goal)
        }
        if offsetsNext[partition] >= goal { arrive(partition) }
    }

    /// Keeps the promises that were made at the goal: a partition that has arrived must not hold the others back.
    private mutating func arrive(_ partition: Int) {
        promises.keep(upTo: goals[partition], of: partition, in: &state)
        _ = state.advance()
    }

    // MARK: - Waiting for each other

    /// Which partitions are to pause and which to go on; those that have arrived wait.
    var imbalance: StagingBound.Imbalance {
        var change = bound.imbalance(
            of: state, among: partitions.indices.filter { offsetsNext[$0] < goals[$0] && !state.isExchange($0) })
        for index in partitions.indices where offsetsNext[index] >= goals[index] && !bound.isPaused(partitions[index]) {
            change.ahead.append(partitions[index])
        }
        return change
    }

    mutating func note(_ change: StagingBound.Imbalance) { bound.note(change) }
}
