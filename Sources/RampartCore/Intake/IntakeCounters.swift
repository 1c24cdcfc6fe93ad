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
