import Engine
import Simulation

/// The simulation's cluster, made anew for each test, in virtual time and without faults.
final class SimulatedFixture: BrokerFixture {
    let isCooperative = true
    let divergences: Set<Divergence> = []
    private let cluster: SimulatedCluster

    init() {
        var settings = ClusterSettings()
        settings.recordBytesMax = 8_000_000
        cluster = SimulatedCluster(seed: 2_011, settings: settings)
    }

    func createTopic(_ name: String, partitions: Int) {
        cluster.createTopic(TopicSpec(name: name, partitions: partitions, isCompacted: false))
    }

    func append(_ records: [OutboundRecord]) {
        for record in records {
            let partition = TopicPartition(record.topic, record.partition ?? 0)
            cluster.append(to: partition, key: record.key, value: record.value, headers: record.headers)
        }
    }

    func makeBroker(_ member: Member) -> any Broker {
        WaitingBroker(
            SimulatedBroker(cluster, transactionalID: member.transactionalID), cluster,
            patience: member.requestTimeout.wholeMilliseconds)
    }

    func pass(_ time: Duration) { cluster.advance(by: time.wholeMilliseconds) }
}

/// A simulated client that waits as a real one does, while virtual time passes.
///
/// The simulation's own calls never wait: what is refused for a while is `retry` at once, and the harness lets time pass.
private final class WaitingBroker: Broker {
    private static let pause: Int64 = 10

    private let broker: SimulatedBroker
    private let cluster: SimulatedCluster
    private let patience: Int64

    init(_ broker: SimulatedBroker, _ cluster: SimulatedCluster, patience: Int64) {
        self.broker = broker
        self.cluster = cluster
        self.patience = patience
    }

    var groupGeneration: Int { broker.groupGeneration }

    func partitionCount(of topic: String) throws(BrokerError) -> Int? {
        try patiently { () throws(BrokerError) in try broker.partitionCount(of: topic) }
    }

    func createTopics(_ topics: [TopicSpec]) throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.createTopics(topics) }
    }

    func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        try patiently { () throws(BrokerError) in try broker.logRange(of: partition) }
    }

    func subscribe(to lead: String) throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.subscribe(to: lead) }
    }

    func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        let before = (inbox.recordCount, inbox.arrivals.map(\.endOffset))
        let change = try broker.poll(into: &inbox, wait: wait)
        guard change == nil, before == (inbox.recordCount, inbox.arrivals.map(\.endOffset)) else { return change }
        cluster.advance(by: wait.wholeMilliseconds)
        return try broker.poll(into: &inbox, wait: wait)
    }

    func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError) {
        try broker.start(partitions, isPaused: isPaused)
    }

    func stop(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.stop(partitions) }

    func pause(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.pause(partitions) }

    func resume(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.resume(partitions) }

    func committed(
        _ partitions: [TopicPartition]
    ) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        try patiently { () throws(BrokerError) in try broker.committed(partitions) }
    }

    func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        let (records, next) = try broker.read(partition, from: offset, wait: wait)
        guard records.isEmpty, next == offset else { return (records, next) }
        cluster.advance(by: wait.wholeMilliseconds)
        return try broker.read(partition, from: offset, wait: wait)
    }

    func initTransactions() throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.initTransactions() }
    }

    func beginTransaction() throws(BrokerError) { try broker.beginTransaction() }

    func produce(_ records: [OutboundRecord]) throws(BrokerError) { try broker.produce(records) }

    func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.sendOffsets(offsets) }
    }

    func commitTransaction() throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.commitTransaction() }
    }

    func abortTransaction() throws(BrokerError) {
        try patiently { () throws(BrokerError) in try broker.abortTransaction() }
    }

    func close() { broker.close() }

    /// Makes a call again until it is not refused for a while only, or its patience is over.
    private func patiently<Value>(_ call: () throws(BrokerError) -> Value) throws(BrokerError) -> Value {
        let deadline = cluster.now + patience
        while true {
            do throws(BrokerError) {
                return try call()
            } catch {
                guard error.remedy == .retry, cluster.now < deadline else { throw error }
                cluster.advance(by: Self.pause)
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
