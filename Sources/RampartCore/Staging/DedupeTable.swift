/// Which events a key group has accepted lately (R5).
///
/// A key is held as a 128-bit fingerprint under the run's secret seed, so that nobody can write two ids that collide;
/// the digest beside it tells a duplicate from a conflict. Growing drops what has left its horizon.
struct DedupeTable: Sendable {
    /// What an event is, compared with those accepted before.
    enum Verdict: Sendable {
        case accepted, duplicate, conflict
    }

    private struct Entry: Sendable {
        var key: Digest
        var digest: Digest
        /// The last event time at which the entry still counts.
        var lastTime: EventTime
        static let vacant = Entry(
            key: Digest(high: 0, low: 0), digest: Digest(high: 0, low: 0), lastTime: .distantPast)
        var isVacant: Bool { lastTime == .distantPast }
    }

    private var entries: ContiguousArray<Entry> = []
    private var mask = 0
    private var count = 0

    /// Bytes held.
    var byteCount: Int { entries.capacity * MemoryLayout<Entry>.stride }

    /// Compares an event with the last accepted one of its key, and remembers it if it is accepted.
    ///
    /// Events must come in order of time: only then may entries that are past their horizon be dropped.
    mutating func admit(_ key: Digest, digest: Digest, at time: EventTime, horizon: EventSpan) -> Verdict {
        if (count + 1) * 8 > entries.count * 5 { rebuild(at: time) }
        var index = Int(truncatingIfNeeded: key.low) & mask
        while !entries[index].isVacant {
            if entries[index].key == key {
                if time <= entries[index].lastTime {
                    return entries[index].digest == digest ? .duplicate : .conflict
                }
                entries[index] = Entry(key: key, digest: digest, lastTime: time + horizon)
                return .accepted
            }
            index = (index + 1) & mask
        }
        entries[index] = Entry(key: key, digest: digest, lastTime: time + horizon)
        count += 1
        return .accepted
    }

    private mutating func rebuild(at time: EventTime) {
        let live = entries.filter { !$0.isVacant && $0.lastTime >= time }
        var capacity = 16
        while (live.count + 1) * 8 > capacity * 4 { capacity *= 2 }
        entries = ContiguousArray(repeating: .vacant, count: capacity)
        mask = capacity - 1
        count = live.count
        for entry in live { put(entry) }
    }

    private mutating func put(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: entry.key.low) & mask
        while !entries[index].isVacant { index = (index + 1) & mask }
        entries[index] = entry
    }
}

extension DedupeTable: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(entries.count)
        snapshot.write(count)
        for entry in entries where !entry.isVacant {
            snapshot.write(entry.key)
            snapshot.write(entry.digest)
            snapshot.write(entry.lastTime)
        }
    }

    /// The capacity comes back too: when the table next drops what is past its horizon depends on it.
    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        let capacity = try snapshot.readCount(atMost: 1 << 40)
        let live = try snapshot.readCount(atMost: snapshot.remaining)
        guard capacity > 0 || live > 0 else { return }
        guard capacity.nonzeroBitCount == 1, live * 8 <= capacity * 5, capacity <= max(16, 4 * (live + 1)) else {
            throw snapshot.damage("\(live) entries do not make a table of \(capacity)")
        }
        entries = ContiguousArray(repeating: .vacant, count: capacity)
        mask = capacity - 1
        count = live
        for _ in 0..<live {
            let key = try snapshot.read(Digest.self)
            let digest = try snapshot.read(Digest.self)
            put(Entry(key: key, digest: digest, lastTime: try snapshot.read(EventTime.self)))
        }
    }

    func combine(into digest: inout Fingerprint) { digest.combine(UInt64(count), 0) }
}
