import Engine
import Foundation
import Kafka
import Testing

/// `rampart run` as a process on a mock cluster of the test's own.
///
/// The mock takes part in transactions without isolating them, and stores no offsets that are sent in one: what these
/// tests claim is about the process, not about exactly once.
final class DaemonProcess {
    let cluster: MockCluster
    let folder: TemporaryFolder
    private let daemon: ChildDaemon

    /// Starts the daemon on a cluster that has the topics of the marketplace, of one partition.
    init(
        _ arguments: [String] = [], environment: [String: String] = [:], pipeline: String = Command.marketplace,
        cluster: MockCluster? = nil
    ) throws {
        self.cluster = try cluster ?? Self.makeCluster()
        folder = try TemporaryFolder()
        daemon = try ChildDaemon(
            [pipeline, "--brokers", self.cluster.bootstrapServers, "--data-dir", folder.path("data")]
                + ["--create-topics", "false", "--commit-interval", "200ms", "--command-interval", "200ms"]
                + ["--kafka", "session.timeout.ms=6000", "--kafka", "heartbeat.interval.ms=1000"] + arguments,
            environment: environment, output: folder.path("output"))
    }

    static func makeCluster(inputs: [String] = ["clicks", "orders", "refunds"]) throws -> MockCluster {
        let cluster = try MockCluster()
        for name in inputs { try cluster.createTopic("marketplace.\(name)", partitions: 1) }
        for name in ["commands", "control", "changelog"] {
            try cluster.createTopic("marketplace.\(name)", partitions: 1)
        }
        for name in ["alerts", "credit-lines", "credits", "dead-letters", "incidents", "late"] {
            try cluster.createTopic("rampart.\(name)", partitions: 1)
        }
        return cluster
    }

    /// Everything that it has said so far.
    var said: String { daemon.said }
    var isRunning: Bool { daemon.isRunning }

    func signal(_ number: Int32) { daemon.signal(number) }

    /// Waits until it has said something; false after twenty seconds.
    func says(_ words: String, times: Int = 1) -> Bool { daemon.says(words, times: times) }

    /// The exit code, once it has ended by itself; nil after twenty seconds.
    func exitCode() -> Int32? { daemon.exitCode() }

    // MARK: - The cluster's topics

    var configuration: KafkaConfiguration {
        KafkaConfiguration(bootstrapServers: cluster.bootstrapServers, group: "test", transactionalID: "test")
    }

    /// Produces values to the first partition of a topic.
    func produce(_ values: [String], to topic: String) throws {
        try produce(raw: values.map { Array($0.utf8) }, to: topic)
    }

    /// Produces values of any kind and size to the first partition of a topic.
    func produce(raw values: [[UInt8]?], to topic: String) throws {
        var configuration = configuration
        configuration.properties = ["message.max.bytes": "8000000"]
        let producer = try KafkaProducer(configuration)
        for value in values {
            try producer.produce(OutboundRecord(topic: topic, partition: 0, key: nil, value: value))
        }
        try producer.flush()
    }

    /// Why records were set aside, sorted, once there are so many.
    func reasons(count: Int) throws -> [String] {
        try values(of: "rampart.dead-letters", atLeast: count).compactMap {
            $0.firstMatch(of: /"reason": ?"([a-z0-9_]+)"/).map { String($0.1) }
        }.sorted()
    }

    /// The values of the first partition of a topic, once there are so many; fewer after twenty seconds.
    func values(of topic: String, atLeast count: Int = 1) throws -> [String] {
        let reader = try KafkaReader(configuration)
        var values: [String] = []
        var next: Int64 = 0
        let limit = Date().addingTimeInterval(20)
        while values.count < count, Date() < limit {
            let (records, offset) = try reader.read(
                TopicPartition(topic, 0), from: next, wait: .milliseconds(100))
            next = offset
            values += records.compactMap { $0.value.map { String(decoding: $0, as: UTF8.self) } }
        }
        return values
    }
}
