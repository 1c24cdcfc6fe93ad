import Engine
import RampartCore
import Simulation

/// A worker that answers the group at once and starts what it is given where the group left off.
final class Worker {
    let broker: SimulatedBroker
    let lead: String
    /// The lead partitions that it has started.
    private(set) var held: [Int] = []
    /// The changes of the group that it was told.
    private(set) var changes: [GroupChange] = []
    /// The offsets delivered to it, by partition.
    private(set) var delivered: [TopicPartition: [Int64]] = [:]
    /// Where partitions ended, as it was told.
    private(set) var ends: [TopicPartition: Int64] = [:]
    private var inbox = Inbox()

    init(_ cluster: SimulatedCluster, _ id: String, instance: String? = nil, lead: String = "in") throws {
        broker = SimulatedBroker(cluster, transactionalID: id, instanceID: instance)
        self.lead = lead
        try broker.subscribe(to: lead)
    }

    /// Polls once and answers.
    func poll() throws {
        let change = try broker.poll(into: &inbox, wait: .zero)
        takeRecords()
        switch change {
        case nil: return
        case .assigned(let added): try start(added)
        case .revoked(let removed, _):
            held.removeAll(where: removed.contains)
            try broker.stop(removed.map { TopicPartition(lead, $0) })
        }
        changes.append(change!)
    }

    /// Polls so often that whatever can happen without time has happened.
    func settle() throws { for _ in 0..<20 { try poll() } }

    func start(_ added: [Int]) throws {
        let partitions = added.map { TopicPartition(lead, $0) }
        let committed = try broker.committed(partitions)
        try broker.start(
            partitions.map { StartOffset($0, at: committed[$0]?.offsetNext ?? 0) }, isPaused: false)
        held = (held + added).sorted()
    }

    /// Opens the producer and sends records in a transaction that stays open.
    func produce(_ values: [String], to partition: TopicPartition) throws {
        try broker.produce(values.map { .text($0, to: partition) })
    }

    private func takeRecords() {
        for (partition, place) in inbox.partitions {
            delivered[partition, default: []] += inbox.arrivals[place].batch.records.map { Int64($0.position) }
            if let end = inbox.arrivals[place].endOffset { ends[partition] = end }
        }
        inbox.removeAll()
    }
}

extension SimulatedBroker {
    /// A producer that has opened its first transaction.
    static func producer(_ cluster: SimulatedCluster, _ id: String) throws -> SimulatedBroker {
        let broker = SimulatedBroker(cluster, transactionalID: id)
        try broker.initTransactions()
        try broker.beginTransaction()
        return broker
    }

    /// The values that a `read_committed` reader gets from an offset on.
    func values(of partition: TopicPartition, from offset: Int64 = 0) throws -> [String] {
        var values: [String] = []
        var offset = offset
        for _ in 0..<1000 {
            let (records, next) = try read(partition, from: offset, wait: .zero)
            values += records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
            if next == offset { break }
            offset = next
        }
        return values
    }
}

extension OutboundRecord {
    static func text(_ value: String, to partition: TopicPartition) -> OutboundRecord {
        OutboundRecord(
            topic: partition.topic, partition: partition.partition, key: Array(value.utf8), value: Array(value.utf8))
    }
}

extension SimulatedCluster {
    /// A cluster with the topics `in` and `out`.
    static func small(
        seed: UInt64 = 1, partitions: Int = 2, settings: ClusterSettings = ClusterSettings(), faults: FaultPlan = .none
    ) -> SimulatedCluster {
        let cluster = SimulatedCluster(seed: seed, settings: settings, faults: faults)
        for name in ["in", "out"] {
            cluster.createTopic(TopicSpec(name: name, partitions: partitions, isCompacted: false))
        }
        return cluster
    }

    /// Appends values to a partition.
    func append(_ values: [String], to partition: TopicPartition) {
        for value in values { append(to: partition, key: Array(value.utf8), value: Array(value.utf8)) }
    }
}

/// The error that a call throws; nil if it throws none.
func refusal(_ call: () throws -> Void) -> BrokerError? {
    do { try call() } catch { return error as? BrokerError }
    return nil
}

let input = TopicPartition("in", 0)
let output = TopicPartition("out", 0)
