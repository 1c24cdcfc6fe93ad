internal import CRdkafka
internal import Engine

/// The three handles' properties: the defaults that bound memory, what the user wants, and what may not be otherwise.
extension KafkaConfiguration {
    /// The consumer in the group.
    func groupConsumer() throws(BrokerError) -> ClientProperties {
        let properties = try common(defaults: consumerDefaults)
        try properties.set(consumerInvariants)
        try properties.set("group.id", group)
        if let groupInstance { try properties.set("group.instance.id", groupInstance) }
        try properties.set("partition.assignment.strategy", assignment.rawValue)
        return properties
    }

    /// The transactional producer.
    func transactionalProducer() throws(BrokerError) -> ClientProperties {
        let properties = try common(defaults: producerDefaults)
        try properties.set(producerInvariants)
        try properties.set("transactional.id", transactionalID)
        try properties.set("transaction.timeout.ms", String(transactionTimeout.milliseconds))
        return properties
    }

    /// A producer without transactions, for preparing topics.
    func plainProducer() throws(BrokerError) -> ClientProperties {
        let properties = try common(defaults: producerDefaults)
        try properties.set(producerInvariants)
        return properties
    }

    /// A consumer without a group.
    func reader() throws(BrokerError) -> ClientProperties {
        let properties = try common(defaults: readerDefaults)
        try properties.set(consumerInvariants)
        return properties
    }

    private func common(defaults: [(name: String, value: String)]) throws(BrokerError) -> ClientProperties {
        for name in self.properties.keys.sorted() {
            guard let reason = OwnedProperties.refusal(of: name) else { continue }
            throw BrokerError(.stop, code: "_INVALID_ARG", message: "the property \(name) cannot be set: \(reason)")
        }
        let properties = ClientProperties()
        try properties.set(defaults)
        for (name, value) in self.properties.sorted(by: { $0.key < $1.key }) { try properties.set(name, value) }
        try properties.set(security.properties)
        try properties.set("bootstrap.servers", bootstrapServers)
        try properties.set("client.id", clientID)
        try properties.set("allow.auto.create.topics", "false")
        try properties.set("statistics.interval.ms", String(statisticsInterval?.milliseconds ?? 0))
        return properties
    }

    private var consumerDefaults: [(name: String, value: String)] {
        [
            ("queued.max.messages.kbytes", String(Limits.consumerQueueKilobytes)),
            ("fetch.max.bytes", String(Limits.fetchBytes)),
        ]
    }

    private var readerDefaults: [(name: String, value: String)] {
        [
            ("queued.max.messages.kbytes", String(Limits.readerQueueKilobytes)),
            ("fetch.max.bytes", String(Limits.fetchBytes)),
        ]
    }

    private var consumerInvariants: [(name: String, value: String)] {
        [
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"), ("auto.offset.reset", "error"),
            ("isolation.level", "read_committed"), ("enable.partition.eof", "true"),
        ]
    }

    private var producerDefaults: [(name: String, value: String)] {
        [
            ("queue.buffering.max.messages", String(Limits.producerQueueRecords)),
            ("queue.buffering.max.kbytes", String(Limits.producerQueueKilobytes)),
            ("linger.ms", "5"),
        ]
    }

    /// Note: a producer reads nothing, but the library asks with its isolation level for the end of a log, which is
    /// to count open transactions.
    private var producerInvariants: [(name: String, value: String)] {
        [
            ("enable.idempotence", "true"), ("acks", "all"), ("partitioner", "murmur2_random"),
            ("isolation.level", "read_uncommitted"),
        ]
    }
}

extension Duration {
    /// Whole milliseconds, as the client library counts them; to it, less than none would mean for ever.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? 0 : .max }
        return Int32(clamping: max(0, product + attoseconds / 1_000_000_000_000_000))
    }
}
