public import Engine
public import Logging

/// Kafka, spoken to with librdkafka: a consumer in the group, a transactional producer, and a reader made at first use.
///
/// One worker's thread uses it. The library's own threads touch nothing of it but the logger.
public final class KafkaBroker: Broker {
    private let configuration: KafkaConfiguration
    private let hooks: ClientHooks
    private var consumer: GroupConsumer?
    private var producer: TransactionalProducer?
    private var reader: KafkaReader?

    /// Creates the handles; connecting goes on behind.
    ///
    /// `onStatistics` is called within other calls, if the configuration sets an interval.
    public init(
        _ configuration: KafkaConfiguration, logger: Logger = Logger(label: "rampart.kafka"),
        onStatistics: ((KafkaStatistics) -> Void)? = nil
    ) throws(BrokerError) {
        self.configuration = configuration
        hooks = ClientHooks(logger: logger, onStatistics: onStatistics)
        consumer = try GroupConsumer(configuration, hooks: hooks)
        producer = try TransactionalProducer(configuration, hooks: hooks)
    }

    deinit { close() }

    // MARK: Topics

    public func partitionCount(of topic: String) throws(BrokerError) -> Int? {
        try openProducer.attempt { () throws(BrokerError) in try consumerAdmin.partitionCount(of: topic) }
    }

    /// How many milliseconds a topic keeps its records; nil where that is without end.
    ///
    /// To ask is a right of its own (`DescribeConfigs`), and not every cluster knows the question.
    public func retention(of topic: String) throws(BrokerError) -> Int64? {
        try openProducer.attempt { () throws(BrokerError) in try producerAdmin.retention(of: topic) }
    }

    /// Note: only what is missing is ordered, since to create is a right that nobody needs where all topics exist.
    public func createTopics(_ topics: [TopicSpec]) throws(BrokerError) {
        var missing: [TopicSpec] = []
        for topic in topics where try partitionCount(of: topic.name) == nil { missing.append(topic) }
        try openProducer.attempt { () throws(BrokerError) in
            try producerAdmin.create(missing, replication: configuration.topicReplication)
        }
    }

    public func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        // Note: the consumer's view of the end stops at the first open transaction.
        return try openProducer.attempt { () throws(BrokerError) in try producerAdmin.logRange(of: partition) }
    }

    // MARK: The group

    public func subscribe(to lead: String) throws(BrokerError) { try openConsumer.subscribe(to: lead) }

    public var groupGeneration: Int { openConsumer.generation }

    public func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        try openProducer.serve()
        return try openConsumer.poll(into: &inbox, wait: wait)
    }

    public func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError) {
        try openConsumer.start(partitions, isPaused: isPaused)
    }

    public func stop(_ partitions: [TopicPartition]) throws(BrokerError) { try openConsumer.stop(partitions) }

    public func pause(_ partitions: [TopicPartition]) throws(BrokerError) { try openConsumer.pause(partitions) }

    public func resume(_ partitions: [TopicPartition]) throws(BrokerError) { try openConsumer.resume(partitions) }

    public func committed(
        _ partitions: [TopicPartition]
    ) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        try openProducer.attempt { () throws(BrokerError) in try openConsumer.committed(partitions) }
    }

    // MARK: Internal topics

    public func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        try openReader().read(partition, from: offset, wait: wait)
    }

    // MARK: Transactions

    public func initTransactions() throws(BrokerError) { try openProducer.initTransactions() }

    public func beginTransaction() throws(BrokerError) { try openProducer.begin() }

    public func produce(_ records: [OutboundRecord]) throws(BrokerError) { try openProducer.produce(records) }

    public func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
        let producer = openProducer
        try openConsumer.asMember { (member: borrowing GroupMetadata) throws(BrokerError) in
            try producer.send(offsets, of: member)
        }
    }

    public func commitTransaction() throws(BrokerError) { try openProducer.commit() }

    public func abortTransaction() throws(BrokerError) { try openProducer.abort() }

    // MARK: Leaving

    public func close() {
        producer?.close()
        consumer?.close()
        consumer = nil
        producer = nil
        reader = nil
    }

    /// Gives the handles up as a crash would: the group and the transaction are left to their time-outs.
    func abandon() {
        consumer = nil
        producer = nil
        reader = nil
    }

    private var openConsumer: GroupConsumer {
        guard let consumer else { preconditionFailure("the broker was closed") }
        return consumer
    }

    private var openProducer: TransactionalProducer {
        guard let producer else { preconditionFailure("the broker was closed") }
        return producer
    }

    private func openReader() throws(BrokerError) -> KafkaReader {
        if let reader { return reader }
        let reader = try KafkaReader(configuration, hooks: hooks)
        self.reader = reader
        return reader
    }

    /// Note: a consumer's handle is told not to create topics by asking for them.
    private var consumerAdmin: TopicAdmin {
        TopicAdmin(handle: openConsumer.handle.pointer, timeout: configuration.requestTimeout.milliseconds)
    }

    private var producerAdmin: TopicAdmin {
        TopicAdmin(handle: openProducer.handle.pointer, timeout: configuration.requestTimeout.milliseconds)
    }
}
