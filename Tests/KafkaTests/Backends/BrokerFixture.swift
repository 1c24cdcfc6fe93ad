import Engine

/// A cluster, as the contract's tests need it beside the port itself.
///
/// Topics and groups have names of the test's own, so that tests can share a cluster.
protocol BrokerFixture: AnyObject {
    /// In what this cluster is not like Kafka.
    var divergences: Set<Divergence> { get }

    /// Whether its groups give partitions up only once it is known who is to have them next.
    var isCooperative: Bool { get }

    /// Creates a topic.
    func createTopic(_ name: String, partitions: Int) throws
    /// Appends records outside of any transaction, and waits for them.
    func append(_ records: [OutboundRecord]) throws
    /// A new client.
    func makeBroker(_ member: Member) throws -> any Broker
    /// Lets time pass, in which the cluster goes on.
    func pass(_ time: Duration)
}

/// Who a client is.
struct Member {
    var group: String
    var transactionalID: String
    var requestTimeout = Duration.seconds(10)
}

/// A way in which a cluster is not like Kafka; what it does instead is expected, so that a change is noticed.
enum Divergence: Hashable {
    /// Readers see records of open and aborted transactions.
    case showsUncommitted
    /// Offsets that are sent in a transaction are forgotten.
    case forgetsTransactionalOffsets
    /// A producer whose transactional id was taken over can still commit.
    case letsZombiesCommit
    /// Who begins to read behind an aborted transaction does not see what its producer commits later.
    case hidesWhatFollowsAnAbort
    /// Reading committed offsets does not wait for an open transaction.
    case showsUnstableOffsets
    /// A record of more than a megabyte is refused, as Kafka does unless it is told otherwise.
    case refusesLargeRecords
    /// A topic that is asked for is made up, and so none is missing that could be created.
    case makesTopicsUp
}

extension BrokerFixture {
    /// Appends records in a transaction, which is committed, aborted, or left open with its client returned.
    @discardableResult
    func append(_ records: [OutboundRecord], transaction: Outcome, id: String) throws -> any Broker {
        let broker = try makeBroker(Member(group: "\(id).group", transactionalID: id))
        let end = try appended(to: records, broker) + records.count
        try patiently { try broker.initTransactions() }
        try broker.beginTransaction()
        try broker.produce(records)
        if transaction == .committed {
            try patiently { try broker.commitTransaction() }
        } else {
            // What is still in the client when a transaction is aborted never reaches the log.
            for _ in 0..<100 where try appended(to: records, broker) < end { pass(.milliseconds(50)) }
        }
        if transaction == .aborted { try patiently { try broker.abortTransaction() } }
        return broker
    }

    /// Makes a call again that a busy machine was too slow for, as a worker would.
    private func patiently(_ call: () throws -> Void) throws {
        for _ in 0..<2 {
            do { return try call() } catch let error as BrokerError where error.remedy == .retry { continue }
        }
        try call()
    }

    /// How many offsets the partitions of the records have used up.
    private func appended(to records: [OutboundRecord], _ broker: any Broker) throws -> Int {
        let partitions = Set(records.map { TopicPartition($0.topic, $0.partition ?? 0) })
        return try partitions.map { Int(try broker.logRange(of: $0).upperBound) }.reduce(0, +)
    }
}

/// How a transaction ends.
enum Outcome {
    case committed
    case aborted
    case open
}
