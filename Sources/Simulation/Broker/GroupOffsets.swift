public import Engine

/// A change of the group's offsets: who made it, as what.
public struct OffsetChange: Hashable, Sendable {
    /// The partition.
    public var partition: TopicPartition
    /// What was committed.
    public var value: CommittedOffset
    /// When its marker was written.
    public var time: Int64
    /// When it was sent.
    public var sentAt: Int64
    /// The number of the client that sent it.
    public var client: Int
    /// The client's member of the group.
    public var member: Int
    /// The member's generation when it was sent.
    public var generation: Int
    /// The transactional id under which it was sent.
    public var transactionalID: String
    /// Whether the lead partition of that number was the member's: given to it, and not given up.
    public var isByOwner: Bool
}

/// The group's offsets, as `__consumer_offsets` keeps them: what is committed, and what open transactions would change.
struct GroupOffsets {
    /// An offset in a transaction without a marker yet.
    struct Pending {
        let producer: Int
        let log: Int
        /// The place of the offset's own record in the offsets topic.
        let sequence: Int
        var change: OffsetChange
    }

    /// An offset in force.
    struct Entry {
        let value: CommittedOffset
        let sequence: Int
    }

    /// By log; for lookups only.
    private(set) var committed: [Int: Entry] = [:]
    private(set) var pending: [Pending] = []
    private(set) var history: [OffsetChange] = []
    private var sequence = 0

    /// Whether a transaction that has not ended would change a log's offset (KIP-447).
    func isPending(_ log: Int) -> Bool { pending.contains { $0.log == log } }

    /// TxnOffsetCommit: a later offset of the same transaction takes the place of an earlier one.
    mutating func add(_ change: OffsetChange, log: Int, producer: Int) {
        sequence += 1
        pending.removeAll { $0.producer == producer && $0.log == log }
        pending.append(Pending(producer: producer, log: log, sequence: sequence, change: change))
    }

    /// The marker of a producer's transaction. What another one wrote behind it stays in force.
    mutating func end(producer: Int, isCommit: Bool, at time: Int64) {
        for entry in pending where isCommit && entry.producer == producer {
            guard committed[entry.log]?.sequence ?? 0 < entry.sequence else { continue }
            committed[entry.log] = Entry(value: entry.change.value, sequence: entry.sequence)
            var change = entry.change
            change.time = time
            history.append(change)
        }
        pending.removeAll { $0.producer == producer }
    }
}
