public import Engine

/// Hands every call on to another broker; a deliberately broken one overrides what it breaks.
open class ForwardingBroker: Broker {
    /// The broker that does the work.
    public let inner: any Broker

    /// Wraps a broker.
    public init(_ inner: any Broker) { self.inner = inner }

    open func partitionCount(of topic: String) throws(BrokerError) -> Int? { try inner.partitionCount(of: topic) }

    open func createTopics(_ topics: [TopicSpec]) throws(BrokerError) { try inner.createTopics(topics) }

    open func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        try inner.logRange(of: partition)
    }

    open func subscribe(to lead: String) throws(BrokerError) { try inner.subscribe(to: lead) }

    open var groupGeneration: Int { inner.groupGeneration }

    open func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        try inner.poll(into: &inbox, wait: wait)
    }

    open func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError) {
        try inner.start(partitions, isPaused: isPaused)
    }

    open func stop(_ partitions: [TopicPartition]) throws(BrokerError) { try inner.stop(partitions) }

    open func pause(_ partitions: [TopicPartition]) throws(BrokerError) { try inner.pause(partitions) }

    open func resume(_ partitions: [TopicPartition]) throws(BrokerError) { try inner.resume(partitions) }

    open func committed(_ partitions: [TopicPartition]) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        try inner.committed(partitions)
    }

    open func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        try inner.read(partition, from: offset, wait: wait)
    }

    open func initTransactions() throws(BrokerError) { try inner.initTransactions() }

    open func beginTransaction() throws(BrokerError) { try inner.beginTransaction() }

    open func produce(_ records: [OutboundRecord]) throws(BrokerError) { try inner.produce(records) }

    open func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
        try inner.sendOffsets(offsets)
    }

    open func commitTransaction() throws(BrokerError) { try inner.commitTransaction() }

    open func abortTransaction() throws(BrokerError) { try inner.abortTransaction() }

    open func close() { inner.close() }
}
