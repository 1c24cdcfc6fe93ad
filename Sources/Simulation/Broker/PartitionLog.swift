public import Engine

/// A record or control marker at its offset, with what became of it.
public struct LogEntry: Hashable, Sendable {
    /// What stands at the offset.
    public enum Kind: UInt8, Hashable, Sendable {
        /// A producer's record.
        case record
        /// The end of a transaction that was committed.
        case commitMarker
        /// The end of a transaction that was aborted.
        case abortMarker
    }

    /// What became of a record.
    public enum Outcome: UInt8, Hashable, Sendable {
        /// Its transaction has no marker in this partition yet.
        case pending
        /// To be seen by all.
        case committed
        /// Hidden from `read_committed`.
        case aborted
    }

    /// What stands here.
    public let kind: Kind
    /// What became of it; a marker counts as committed.
    public internal(set) var outcome: Outcome
    /// Whether retention or compaction took it away; it is kept for the checkers alone.
    public internal(set) var isRemoved = false
    /// The transactional producer that wrote it; -1 for others.
    public let producer: Int
    /// The record; of a marker, only offset and timestamp.
    public let record: StoredRecord
}

/// The log of one partition.
///
/// Every record and every marker takes an offset (KIP-98), and none is given twice, so an entry's index is its
/// distance from the first offset. Removed entries stay where they are, and readers pass them over.
struct PartitionLog {
    /// A transaction that has written here and has no marker here yet.
    struct Open {
        let producer: Int
        let offset: Int64
    }

    let partition: TopicPartition
    let base: Int64
    private(set) var entries: [LogEntry] = []
    private(set) var open: [Open] = []
    /// The offset of the first record that is kept.
    private(set) var start: Int64

    init(partition: TopicPartition, base: Int64) {
        self.partition = partition
        self.base = base
        start = base
    }

    /// The next offset to be given. All replicas are in sync at once, so it is the high watermark too.
    var end: Int64 { base + Int64(entries.count) }
    /// The last stable offset: before it every transaction has ended (KIP-98).
    var stableEnd: Int64 { open.first?.offset ?? end }

    /// The index in `entries` of an offset.
    func index(of offset: Int64) -> Int { Int(offset - base) }

    mutating func append(_ record: StoredRecord, producer: Int, isTransactional: Bool) {
        var record = record
        record.offset = end
        if isTransactional, !open.contains(where: { $0.producer == producer }) {
            open.append(Open(producer: producer, offset: end))
        }
        let outcome: LogEntry.Outcome = isTransactional ? .pending : .committed
        entries.append(LogEntry(kind: .record, outcome: outcome, producer: producer, record: record))
    }

    /// Ends a producer's transaction in this partition; the marker is written even where no record came.
    mutating func appendMarker(producer: Int, isCommit: Bool, at time: Int64) {
        if let place = open.firstIndex(where: { $0.producer == producer }) {
            let first = index(of: open.remove(at: place).offset)
            for index in first..<entries.count where entries[index].isPending(of: producer) {
                entries[index].outcome = isCommit ? .committed : .aborted
            }
        }
        let record = StoredRecord(offset: end, timestamp: time, isAppendTime: false, key: nil, value: nil)
        let kind: LogEntry.Kind = isCommit ? .commitMarker : .abortMarker
        entries.append(LogEntry(kind: kind, outcome: .committed, producer: producer, record: record))
    }

    /// Takes away everything before an offset, but nothing of an open transaction.
    mutating func truncate(before offset: Int64) {
        let newStart = min(max(offset, start), stableEnd)
        for index in index(of: start)..<index(of: newStart) { entries[index].isRemoved = true }
        start = newStart
    }

    /// Keeps, before an offset, the last record of each key, as the log cleaner does.
    ///
    /// The cleaner stops at the last stable offset, drops aborted records, and keeps tombstones and markers until they
    /// are as old as `delete.retention.ms`. Offsets do not change.
    mutating func compact(before offset: Int64, dropsBefore time: Int64) {
        let last = index(of: min(offset, stableEnd))
        let first = index(of: start)
        guard first < last else { return }
        var seen: Set<[UInt8]> = []
        for index in (first..<last).reversed() where !entries[index].isRemoved {
            let entry = entries[index]
            let isOld = (entry.record.timestamp ?? 0) < time
            guard entry.kind == .record else {
                entries[index].isRemoved = isOld
                continue
            }
            let isLatest = entry.outcome == .committed && seen.insert(entry.record.key ?? []).inserted
            entries[index].isRemoved = !isLatest || entry.record.value == nil && isOld
        }
    }

    /// The next offset at or after one, before `limit`, at which a `read_committed` reader gets a record.
    func nextVisible(from offset: Int64, limit: Int64) -> Int64 {
        var index = index(of: offset)
        let last = self.index(of: limit)
        while index < last, !entries[index].isVisible { index += 1 }
        return base + Int64(index)
    }
}

extension LogEntry {
    /// Whether a `read_committed` reader gets it.
    public var isVisible: Bool { kind == .record && outcome == .committed && !isRemoved }

    fileprivate func isPending(of producer: Int) -> Bool {
        self.producer == producer && kind == .record && outcome == .pending
    }
}
