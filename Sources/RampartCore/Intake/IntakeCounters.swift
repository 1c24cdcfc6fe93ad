/// The fates that are settled when a record is read.
public struct IntakeCounters: Hashable, Sendable {
    /// The fates of one source's records.
    public struct Source: Hashable, Sendable {
        /// Records that no stage was meant to see.
        public var filtered = 0
        /// Records that could not become events.
        public var deadLettered = 0
        /// Events behind their partition's watermark.
        public var late = 0
    }

    /// Records read from each partition.
    public var partitions: [Int]
    /// Per source of the topology.
    public var sources: [Source]
    /// Records whose source was never known.
    public var unbound = Source()
    /// Dead letters by reason.
    public var reasons: [DeadLetterReason: Int] = [:]

    /// Creates counters at zero.
    public init(_ topology: Topology, partitions count: Int) {
        partitions = Array(repeating: 0, count: count)
        sources = Array(repeating: Source(), count: topology.sources.count)
    }

    /// All records read.
    public var read: Int { partitions.reduce(0, +) }

    /// The sums over all sources.
    public var total: Source {
        sources.reduce(unbound) {
            Source(
                filtered: $0.filtered + $1.filtered, deadLettered: $0.deadLettered + $1.deadLettered,
                late: $0.late + $1.late)
        }
    }

    mutating func filter(_ source: Int?) { update(source) { $0.filtered += 1 } }
    mutating func late(_ source: Int?) { update(source) { $0.late += 1 } }
    mutating func deadLetter(_ source: Int?, _ reason: DeadLetterReason) {
        update(source) { $0.deadLettered += 1 }
        reasons[reason, default: 0] += 1
    }

    private mutating func update(_ source: Int?, _ change: (inout Source) -> Void) {
        if let source { change(&sources[source]) } else { change(&unbound) }
    }
}

extension IntakeCounters {
    func write(to snapshot: inout SnapshotWriter) {
        for count in partitions { snapshot.write(count) }
        for source in sources + [unbound] {
            for count in [source.filtered, source.deadLettered, source.late] { snapshot.write(count) }
        }
        let reasons = reasons.sorted { $0.key.rawValue.precedesInBytes($1.key.rawValue) }
        snapshot.write(reasons.count)
        for (reason, count) in reasons {
            snapshot.write(reason)
            snapshot.write(count)
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        for index in partitions.indices { partitions[index] = try snapshot.readCount() }
        for index in sources.indices { sources[index] = try Source(from: &snapshot) }
        unbound = try Source(from: &snapshot)
        for _ in 0..<(try snapshot.readCount(atMost: DeadLetterReason.allCases.count)) {
            reasons[try snapshot.read()] = try snapshot.readCount()
        }
    }
}

extension IntakeCounters.Source {
    fileprivate init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        filtered = try snapshot.readCount()
        deadLettered = try snapshot.readCount()
        late = try snapshot.readCount()
    }
}
