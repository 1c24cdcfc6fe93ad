public import Engine

/// What a transactional producer knows of itself.
struct ClientProducer {
    /// Where its transaction is, by its own knowledge.
    enum Phase: Hashable {
        /// Before `initTransactions`.
        case new
        /// No transaction is open.
        case ready
        /// A transaction is open.
        case open
        /// Records or offsets were refused: the transaction can only be aborted.
        case failed(BrokerError)
        /// A commit was asked for: only asking again is allowed.
        case committing
        /// Another producer has the id: nothing is possible any more.
        case fenced
    }

    /// The index of its transactional id at the coordinator.
    let transaction: Int
    var phase = Phase.new
    var epoch = -1
    /// Records that wait in the client until the coordinator is ready for them, with the time of their creation.
    var unsent: [(record: OutboundRecord, log: Int, time: Int64)] = []
    /// Whether records were lost, which the client finds out by the commit at the latest.
    var isDoomed = false
    /// Whether the coordinator has heard of this transaction.
    var isRegistered = false
    /// The logs that the coordinator knows to be in this transaction; for lookups only.
    var logs: Set<Int> = []

    var claim: SimulatedCluster.ProducerClaim { .init(transaction: transaction, epoch: epoch) }

    mutating func end() {
        phase = .ready
        unsent.removeAll()
        isDoomed = false
        isRegistered = false
        logs.removeAll()
    }
}

extension SimulatedBroker {
    /// InitProducerId: `retry` until the predecessor's transaction has ended everywhere.
    public func initTransactions() throws(BrokerError) {
        try call(.initTransactions) { () throws(BrokerError) in
            precondition(producer.phase == .new || producer.phase == .ready, "initTransactions while one is open")
            producer.epoch = try cluster.initProducer(producer.transaction).epoch
            producer.phase = .ready
        }
    }

    /// Opens a transaction in the client alone; the coordinator hears of it with the first record.
    public func beginTransaction() throws(BrokerError) {
        try transactionalCall(.beginTransaction) { () throws(BrokerError) in
            precondition(producer.phase == .ready, "beginTransaction in phase \(producer.phase)")
            producer.phase = .open
        }
    }

    /// Appends at once where the coordinator is ready, and else at the commit.
    public func produce(_ records: [OutboundRecord]) throws(BrokerError) {
        try transactionalCall(.produce) { () throws(BrokerError) in
            try checkOpen()
            for record in records { try enqueue(record) }
            guard let delivered = cluster.faults.delivered(of: producer.unsent.count, at: cluster.now) else {
                return try flushIfPossible()
            }
            producer.unsent.removeLast(producer.unsent.count - delivered)
            try flushIfPossible()
            producer.isDoomed = true
        }
    }

    /// AddOffsetsToTxn and TxnOffsetCommit, under the generation that the client knows (KIP-447).
    public func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
        try transactionalCall(.sendOffsets) { () throws(BrokerError) in
            try checkOpen()
            var sent: [(log: Int, value: CommittedOffset)] = []
            for (partition, value) in offsets.sorted(by: { $0.key < $1.key }) {
                let isTooLarge = value.metadata.utf8.count > cluster.settings.metadataBytesMax
                if isTooLarge { throw .metadataTooLarge(partition) }
                sent.append((try log(of: partition), value))
            }
            // As in librdkafka, nothing to send is nothing to do.
            if sent.isEmpty { return }
            try cluster.register(producer.claim, log: nil)
            producer.isRegistered = true
            try cluster.sendOffsets(
                sent, claim: producer.claim, client: number, member: membership.member ?? -1,
                generation: membership.generation)
        }
    }

    /// Sends what waits and asks for the decision; asked again, it tells the decision that was made.
    public func commitTransaction() throws(BrokerError) {
        if producer.phase == .open, !isCrashed { producer.phase = .committing }
        try transactionalCall(.commitTransaction) { () throws(BrokerError) in
            if case .failed(let error) = producer.phase { throw error }
            precondition(producer.phase == .committing, "commitTransaction in phase \(producer.phase)")
            if producer.isDoomed { throw .undelivered }
            try flush()
            if producer.isRegistered { try cluster.endTransaction(producer.claim, isCommit: true) }
        }
        producer.end()
    }

    /// Drops what waits and asks for the abort.
    public func abortTransaction() throws(BrokerError) {
        try transactionalCall(.abortTransaction) { () throws(BrokerError) in
            switch producer.phase {
            case .open, .failed: break
            default: preconditionFailure("abortTransaction in phase \(producer.phase)")
            }
            producer.unsent.removeAll()
            if producer.isRegistered { try cluster.endTransaction(producer.claim, isCommit: false) }
        }
        producer.end()
    }

    // MARK: Helpers

    /// A call of the producer: once it is fenced all fail, and what can only be aborted is remembered.
    private func transactionalCall(
        _ kind: CallKind, _ effect: () throws(BrokerError) -> Void
    ) throws(BrokerError) {
        do throws(BrokerError) {
            try call(kind) { () throws(BrokerError) in
                precondition(producer.phase != .new, "\(kind) before initTransactions")
                if producer.phase == .fenced { throw .fenced }
                if cluster.outage == nil { try cluster.check(producer.claim) }
                try effect()
            }
        } catch {
            if error.remedy == .abort { producer.phase = .failed(error) }
            if error == .fenced { producer.phase = .fenced }
            throw error
        }
    }

    private func checkOpen() throws(BrokerError) {
        if case .failed(let error) = producer.phase { throw error }
        precondition(producer.phase == .open, "no transaction is open, but \(producer.phase)")
        // A failed delivery is reported when its time-out is over, which may be before the commit.
        if producer.isDoomed, random.chance(1, in: 2) { throw .undelivered }
    }

    private func enqueue(_ record: OutboundRecord) throws(BrokerError) {
        guard let topic = cluster.topics[record.topic] else { throw .unknownTopic(record.topic) }
        if topic.spec.isCompacted, record.key == nil { throw .keyless(record.topic) }
        if record.byteCount > cluster.settings.recordBytesMax { throw .tooLarge(record) }
        let count = topic.spec.partitions
        let drawn = record.partition == nil && record.key == nil ? random.below(count) : 0
        let partition = record.partition ?? record.key.map { KeyPartitioner.partition(of: $0, count: count) } ?? drawn
        guard partition >= 0 && partition < count else { throw .unknownTopic(record.topic) }
        producer.unsent.append((record, topic.first + partition, cluster.now))
    }

    /// Sends what waits, unless it has to wait longer; the commit sees to the rest.
    private func flushIfPossible() throws(BrokerError) {
        guard cluster.outage == nil else { return }
        do throws(BrokerError) { try flush() } catch {
            if error.remedy != .retry { throw error }
        }
    }

    private func flush() throws(BrokerError) {
        for (record, log, time) in producer.unsent {
            if !producer.logs.contains(log) {
                try cluster.register(producer.claim, log: log)
                producer.isRegistered = true
                producer.logs.insert(log)
            }
            let isAppendTime = cluster.topics[record.topic]!.isAppendTime
            let stored = StoredRecord(
                offset: 0, timestamp: isAppendTime ? cluster.now : time, isAppendTime: isAppendTime, key: record.key,
                value: record.value, headers: record.headers)
            cluster.logs[log].append(stored, producer: producer.transaction, isTransactional: true)
            cluster.note("append", client: number, cluster.logs[log].partition, cluster.logs[log].end - 1)
        }
        producer.unsent.removeAll()
    }
}

extension OutboundRecord {
    fileprivate var byteCount: Int {
        let bytes = (key?.count ?? 0) + (value?.count ?? 0)
        return headers.reduce(bytes) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }
}
