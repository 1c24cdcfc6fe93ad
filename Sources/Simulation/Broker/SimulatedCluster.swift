public import Engine

/// A Kafka cluster with one consumer group, in one thread and in virtual time.
///
/// It behaves as Kafka's protocol says, and where Kafka leaves the order or the moment open, the seed decides. Nothing
/// happens but in a call or in `advance`. Clients are made with `SimulatedBroker(_:transactionalID:instanceID:)`.
public final class SimulatedCluster {
    /// How it is configured.
    public let settings: ClusterSettings
    /// All that happened so far.
    public internal(set) var trace: Trace
    var clock: VirtualClock
    let random: Random
    var faults: FaultInjector
    var clientCount = 0

    /// For lookups only: the order of a dictionary is another in each process.
    var topics: [String: Topic] = [:]
    var indices: [TopicPartition: Int] = [:]
    var logs: [PartitionLog] = []

    var transactionIndices: [String: Int] = [:]
    var transactions: [TransactionState] = []
    var offsets = GroupOffsets()
    var group = GroupState()
    var outage: Outage?

    /// A topic, as the cluster knows it.
    struct Topic {
        let spec: TopicSpec
        let isAppendTime: Bool
        /// The index in `logs` of its first partition.
        let first: Int
    }

    /// Something that is away for a while.
    struct Outage {
        let isWholeBroker: Bool
        let end: Int64
    }

    /// Starts a cluster without topics.
    public init(
        seed: UInt64, settings: ClusterSettings = ClusterSettings(), faults: FaultPlan = .none,
        startingAt now: Int64 = 1_600_000_000_000
    ) {
        self.settings = settings
        random = Random(seed: seed).fork("cluster")
        clock = VirtualClock(startingAt: now)
        trace = Trace(limit: settings.traceLimit)
        self.faults = FaultInjector(plan: faults, random: random, now: now)
    }

    /// The time, in milliseconds since 1970.
    public var now: Int64 { clock.now }

    /// Ends all faults, those under way included; what follows is the time in which everything must come to rest.
    ///
    /// It begins with a rebalance, since Kafka needs one to heal this: a static member that ends between giving a
    /// partition up and joining again comes back without a rebalance, and nobody has the partition until the next one.
    /// A worker can end like that later too, so a harness that waits for rest calls `forceRebalance` now and then.
    public func endFaults() {
        faults.end()
        if outage != nil { endOutage() }
        forceRebalance()
    }

    // MARK: Topics

    /// Creates a topic, if it is not there; its first offsets may be others than 0, as after a long retention.
    public func createTopic(_ spec: TopicSpec, isAppendTime: Bool = false, firstOffset: Int64 = 0) {
        guard topics[spec.name] == nil else { return }
        topics[spec.name] = Topic(spec: spec, isAppendTime: isAppendTime, first: logs.count)
        for number in 0..<spec.partitions {
            let partition = TopicPartition(spec.name, number)
            indices[partition] = logs.count
            logs.append(PartitionLog(partition: partition, base: firstOffset))
        }
    }

    /// Appends a record as a producer without transactions would, and returns its offset.
    @discardableResult
    public func append(
        to partition: TopicPartition, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = [],
        timestamp: Int64? = nil
    ) -> Int64 {
        let log = existing(partition)
        let isAppendTime = topics[partition.topic]!.isAppendTime
        let record = StoredRecord(
            offset: 0, timestamp: isAppendTime ? now : timestamp ?? now, isAppendTime: isAppendTime, key: key,
            value: value, headers: headers)
        logs[log].append(record, producer: -1, isTransactional: false)
        return logs[log].end - 1
    }

    /// Takes away the records before an offset, as retention does.
    public func truncate(_ partition: TopicPartition, before offset: Int64) {
        let log = existing(partition)
        logs[log].truncate(before: offset)
        note("truncate", partition, logs[log].start)
    }

    /// Takes away what is older than the topic's retention allows.
    public func applyRetention(_ topic: String) {
        guard let topic = topics[topic], let kept = topic.spec.retentionMilliseconds, kept >= 0 else { return }
        for index in topic.first..<topic.first + topic.spec.partitions {
            let log = logs[index]
            let isFresh = { (entry: LogEntry) in (entry.record.timestamp ?? 0) >= self.now - kept }
            let first = log.entries[log.index(of: log.start)...].firstIndex(where: isFresh) ?? log.entries.count
            truncate(log.partition, before: log.base + Int64(first))
        }
    }

    /// Keeps the last record of each key before an offset; by default of all that is stable.
    public func compact(_ partition: TopicPartition, before offset: Int64 = .max) {
        logs[existing(partition)].compact(before: offset, dropsBefore: now - settings.deleteRetention)
        note("compact", partition, offset)
    }

    // MARK: For checkers

    /// What a `read_committed` reader gets from an offset on or, before retention and compaction, would have got.
    public func committedRecords(of partition: TopicPartition, from offset: Int64 = 0) -> [StoredRecord] {
        let log = logs[existing(partition)]
        let end = log.index(of: log.stableEnd)
        var records: [StoredRecord] = []
        for index in min(end, max(0, log.index(of: offset)))..<end
        where log.entries[index].kind == .record && log.entries[index].outcome == .committed {
            records.append(log.entries[index].record)
        }
        return records
    }

    /// Everything that was ever written to a partition.
    public func entries(of partition: TopicPartition) -> [LogEntry] { logs[existing(partition)].entries }

    /// The last stable offset of a partition.
    public func stableEnd(of partition: TopicPartition) -> Int64 { logs[existing(partition)].stableEnd }

    /// What the group has committed for a partition, whatever is pending.
    public func committedOffset(of partition: TopicPartition) -> CommittedOffset? {
        offsets.committed[existing(partition)]?.value
    }

    /// Every change of the group's offsets, in the order in which they came into force.
    public var offsetHistory: [OffsetChange] { offsets.history }

    /// The members' client numbers and the lead partitions that each has been given, in the order of joining.
    public var assignments: [(client: Int, partitions: [Int])] {
        group.members.map { ($0.client, $0.assignment) }
    }

    /// The group's generation.
    public var generation: Int { group.generation }

    // MARK: Helpers

    func existing(_ partition: TopicPartition) -> Int {
        guard let index = indices[partition] else { preconditionFailure("there is no \(partition)") }
        return index
    }

    func note(_ name: String, client: Int = -1, _ partition: TopicPartition? = nil, _ number: Int64 = 0) {
        trace.add(Trace.Event(time: now, client: client, name: name, partition: partition, number: number))
    }
}
