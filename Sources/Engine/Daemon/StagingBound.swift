internal import RampartCore

/// The live bound on staging: what is furthest ahead waits, and never the slowest, whose records would free the rest (R10).
struct StagingBound {
    /// What is to be paused, and what is to go on.
    struct Imbalance {
        var ahead: [TopicPartition] = []
        var rested: [TopicPartition] = []

        var isEmpty: Bool { ahead.isEmpty && rested.isEmpty }
    }

    private let partitions: [TopicPartition]
    private let bytesMax: Int
    private var paused: Set<TopicPartition> = []

    init(partitions: [TopicPartition], bytesMax: Int) {
        self.partitions = partitions
        self.bytesMax = bytesMax
    }

    func isPaused(_ partition: TopicPartition) -> Bool { paused.contains(partition) }

    /// What is to change among the partitions that still have records to give.
    func imbalance(of state: TaskState, among open: [Int]) -> Imbalance {
        guard partitions.count > 1, let slowest = open.map({ state.watermark(of: $0) }).min() else {
            return Imbalance()
        }
        let staged = state.stagedBytes
        var change = Imbalance()
        for index in open {
            let partition = partitions[index]
            let isSlowest = state.watermark(of: index) <= slowest
            if paused.contains(partition) {
                // Note: The slowest goes on whatever is staged: it may have become the slowest while it waited.
                if isSlowest || staged < bytesMax / 2 { change.rested.append(partition) }
            } else if staged > bytesMax, !isSlowest {
                change.ahead.append(partition)
            }
        }
        return change
    }

    /// Notes that a change was made.
    mutating func note(_ change: Imbalance) {
        paused.formUnion(change.ahead)
        paused.subtract(change.rested)
    }

    /// Notes that fetching began anew.
    mutating func forgetPaused() { paused.removeAll() }
}
