import Engine
import Kafka

/// Kafka, with a look at what each transaction commits and when.
final class MeteredBroker: Broker {
    private let broker: KafkaBroker
    private let alertTopic: String
    private var offsets: [TopicPartition: Int64] = [:]
    private var preparedOffsets: [TopicPartition: Int64] = [:]
    private var prepared: [String] = []
    private var alerted: Set<String> = []
    /// When an attack was complete, and when its first alert was committed, in milliseconds since 1970.
    private(set) var alerts: [(complete: Int64, committed: Int64)] = []
    private(set) var commits = 0
    /// Seconds that each transaction has waited for the cluster: to take the offsets, and to commit.
    private(set) var waits: [(offsets: Double, commit: Double)] = []
    private var offsetsWait = 0.0
    private(set) var polls = 0

    init(_ broker: KafkaBroker, alertTopic: String) {
        self.broker = broker
        self.alertTopic = alertTopic
    }

    /// Clicks whose transaction is committed.
    var committedEvents: Int64 { offsets.values.reduce(0, +) }

    func produce(_ records: [OutboundRecord]) throws(BrokerError) {
        prepared = records.filter { $0.topic == alertTopic }.map { String(decoding: $0.key ?? [], as: UTF8.self) }
        try broker.produce(records)
    }

    func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
        preparedOffsets = offsets.mapValues(\.offsetNext)
        let began = Usage.elapsed
        try broker.sendOffsets(offsets)
        offsetsWait = Usage.elapsed - began
    }

    func commitTransaction() throws(BrokerError) {
        let began = Usage.elapsed
        try broker.commitTransaction()
        waits.append((offsetsWait, Usage.elapsed - began))
        commits += 1
        offsets.merge(preparedOffsets) { $1 }
        let now = Usage.now
        for merchant in prepared where alerted.insert(merchant).inserted {
            if let time = Clicks.attackTime(merchant: merchant) { alerts.append((time, now)) }
        }
        prepared = []
    }

    func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        polls += 1
        return try broker.poll(into: &inbox, wait: wait)
    }

    // MARK: - As it is

    var groupGeneration: Int { broker.groupGeneration }

    func partitionCount(of topic: String) throws(BrokerError) -> Int? { try broker.partitionCount(of: topic) }

    func createTopics(_ topics: [TopicSpec]) throws(BrokerError) { try broker.createTopics(topics) }

    func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        try broker.logRange(of: partition)
    }

    func subscribe(to lead: String) throws(BrokerError) { try broker.subscribe(to: lead) }

    func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError) {
        try broker.start(partitions, isPaused: isPaused)
    }

    func stop(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.stop(partitions) }

    func pause(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.pause(partitions) }

    func resume(_ partitions: [TopicPartition]) throws(BrokerError) { try broker.resume(partitions) }

    func committed(_ partitions: [TopicPartition]) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        try broker.committed(partitions)
    }

    func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        try broker.read(partition, from: offset, wait: wait)
    }

    func initTransactions() throws(BrokerError) { try broker.initTransactions() }

    func beginTransaction() throws(BrokerError) { try broker.beginTransaction() }

    func abortTransaction() throws(BrokerError) { try broker.abortTransaction() }

    func close() { broker.close() }
}
