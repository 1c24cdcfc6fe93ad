internal import CRdkafka
public import Engine

/// A cluster of brokers inside this process, with faults on request; for tests and demonstrations.
///
/// It is the client library's own. It keeps about five megabytes a partition, in memory, takes part in transactions
/// without isolating them, and stores no offsets that are sent in one.
///
/// `@unchecked Sendable`: both pointers never change, and the library takes each call to the cluster's thread over a
/// queue with a lock.
public final class MockCluster: @unchecked Sendable {
    private let handle: OpaquePointer
    private let cluster: OpaquePointer

    /// Where clients find the cluster, as `host:port,host:port`.
    public let bootstrapServers: String

    /// The requests for which errors can be ordered, by Kafka's numbers.
    public enum Request: Int16, Sendable {
        /// Appending records.
        case produce = 0
        /// Fetching records.
        case fetch = 1
        /// Staying in a group.
        case heartbeat = 12
        /// Joining a group.
        case joinGroup = 11
        /// Reading a group's offsets.
        case offsetFetch = 9
        /// Taking over a transactional id.
        case initProducerID = 22
        /// Adding a group's offsets to a transaction.
        case transactionOffsetCommit = 28
        /// Committing or aborting.
        case endTransaction = 26
    }

    /// What a coordinator coordinates.
    public enum Coordination: String, Sendable {
        /// A consumer group.
        case group
        /// The transactions of an id.
        case transaction
    }

    /// Starts a cluster on free ports of the loopback interface.
    public init(brokers: Int = 1) throws(BrokerError) {
        let properties = ClientProperties()
        try properties.set("client.id", "mock")
        // Note: the handle is no client of anything, and would warn of that.
        properties.silence()
        handle = try properties.makeHandle(RD_KAFKA_PRODUCER)
        guard let cluster = rd_kafka_mock_cluster_new(handle, Int32(clamping: brokers)) else {
            rd_kafka_destroy(handle)
            throw BrokerError(.stop, code: "_FAIL", message: "the mock cluster could not be started")
        }
        self.cluster = cluster
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(handle)
    }

    /// Creates a topic, which clients cannot do here.
    public func createTopic(_ name: String, partitions: Int, replication: Int = 1) throws(BrokerError) {
        let code = rd_kafka_mock_topic_create(
            cluster, name, Int32(clamping: partitions), Int32(clamping: replication))
        try check(code, "creating \(name)")
    }

    /// Drops a broker's connections and refuses new ones; brokers count from 1.
    public func setDown(_ broker: Int) throws(BrokerError) {
        try check(rd_kafka_mock_broker_set_down(cluster, Int32(clamping: broker)), "taking a broker down")
    }

    /// Lets a broker be reached again.
    public func setUp(_ broker: Int) throws(BrokerError) {
        try check(rd_kafka_mock_broker_set_up(cluster, Int32(clamping: broker)), "taking a broker up")
    }

    /// Delays everything that a broker answers.
    public func setRoundTripTime(_ time: Duration, of broker: Int) throws(BrokerError) {
        try check(
            rd_kafka_mock_broker_set_rtt(cluster, Int32(clamping: broker), time.milliseconds), "delaying a broker")
    }

    /// Lets the next requests of a kind fail, one with each of Kafka's error numbers; -195 drops the connection.
    public func pushErrors(_ errors: [Int], for request: Request) {
        let codes = errors.map { rd_kafka_resp_err_t(rawValue: Int32(clamping: $0)) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }

    /// Lets every request about a topic fail with one of Kafka's error numbers; 0 for none.
    public func setError(_ error: Int, ofTopic name: String) {
        rd_kafka_mock_topic_set_error(cluster, name, rd_kafka_resp_err_t(rawValue: Int32(clamping: error)))
    }

    /// Makes a broker the coordinator of a group or of a transactional id.
    public func setCoordinator(_ coordination: Coordination, of name: String, to broker: Int) throws(BrokerError) {
        let code = rd_kafka_mock_coordinator_set(cluster, coordination.rawValue, name, Int32(clamping: broker))
        try check(code, "moving a coordinator")
    }

    /// Makes a broker the leader of a partition.
    public func setLeader(of partition: TopicPartition, to broker: Int) throws(BrokerError) {
        let code = rd_kafka_mock_partition_set_leader(
            cluster, partition.topic, Int32(clamping: partition.partition), Int32(clamping: broker))
        try check(code, "moving a leader")
    }

    private func check(_ code: rd_kafka_resp_err_t, _ action: String) throws(BrokerError) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw BrokerError(code, while: action)
    }
}
