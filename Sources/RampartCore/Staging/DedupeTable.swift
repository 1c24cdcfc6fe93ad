/// Which events of one source a key group has accepted lately (R5).
///
/// A key is held as a 128-bit fingerprint under the run's secret seed, so that nobody can write two ids that collide;
/// the digest beside it tells a duplicate from a conflict. All events of a source are remembered for the same span, so
/// that they are forgotten in the order in which they came.
struct DedupeTable: Sendable {
    /// What an event is, compared with those accepted before.
    enum Verdict: Hashable, Sendable {
        case accepted
        /// It is accepted, but its copies will be too: there is no room to remember it (R22).
        case acceptedUnremembered
        case duplicate, conflict
    }

    private struct Entry: Sendable {
        var key: Digest
        var digest: Digest
        /// The last event time at which the entry still counts.
        var lastTime: EventTime
    }

    private var entries = NumberedQueue<Entry>()
    private var index = HashIndex()

    /// The number of events remembered.
    var count: Int { entries.count }

    /// Bytes held.
    var byteCount: Int { entries.byteCount + index.byteCount }

    /// Compares an event with the last accepted one of its key, and remembers it if it is accepted and there is room.
    ///
    /// Events must come in order of time, and always with the same horizon.
    mutating func admit(
        _ key: Digest, digest: Digest, at time: EventTime, horizon: EventSpan, keysMax: Int
    ) -> Verdict {
        forget(before: time)
        let known = index.find(key.low) { entries[number(at: $0)].key == key }
        if let known { return entries[number(at: known)].digest == digest ? .duplicate : .conflict }
        guard entries.count < keysMax else { return .acceptedUnremembered }
        add(Entry(key: key, digest: digest, lastTime: time + horizon))
        return .accepted
    }

    private mutating func forget(before time: EventTime) {
        while let first = entries.first, first.lastTime < time {
            index.remove(first.key.low, place: place(of: entries.firstNumber))
            entries.removeFirst()
        }
    }

    private mutating func add(_ entry: Entry) {
        index.insert(entry.key.low, place: place(of: entries.append(entry)))
    }

    /// The places of an index have 31 bits, which tell the numbers of at most so many entries apart.
    private static let placeMask = Int(Int32.max)
    private func place(of number: Int) -> Int { number & Self.placeMask }
    private func number(at place: Int) -> Int {
        entries.firstNumber + ((place - entries.firstNumber) & Self.placeMask)
    }
}

extension DedupeTable: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(entries.count)
        for number in entries.firstNumber..<entries.nextNumber {
            snapshot.write(entries[number].key)
            snapshot.write(entries[number].digest)
            snapshot.write(entries[number].lastTime)
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        var lastTime = EventTime.distantPast
        for _ in 0..<(try snapshot.readCount(atMost: snapshot.remaining)) {
            let key = try snapshot.read(Digest.self)
            let entry = Entry(key: key, digest: try snapshot.read(), lastTime: try snapshot.read())
            guard entry.lastTime >= lastTime else { throw snapshot.damage("what was accepted is out of order") }
            lastTime = entry.lastTime
            add(entry)
        }
    }

    func combine(into digest: inout Fingerprint) { digest.combine(UInt64(count), 0) }
}
