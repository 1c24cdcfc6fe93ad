import Engine
import Foundation
import Kafka
import Pipelines
import RampartCore
import Simulation
import TestBroker
import Testing

/// The simulation's pipeline, without exchanges, as an application on a broker that isolates transactions and keeps their offsets.
///
/// This broker's readers take what follows an abort of the same producer for aborted, and behind an exchange the daemon is one.
/// It never takes a dead member out of its group, so that the daemons are static members; and its cooperative
/// rebalance is broken, so that they say `range`.
final class NoidaApplication {
    static let tasks = 3

    let server: NoidaServer
    let folder: TemporaryFolder
    let topics: DaemonTopics
    let pipeline: String
    private var lives = 0

    /// Starts the broker, and creates the input topics, or some of them, which keep their records for some milliseconds.
    init(creates created: Set<String>? = nil, retention: Int64? = nil) throws {
        server = try NoidaServer()
        folder = try TemporaryFolder()
        topics = try DaemonTopics(SimulatedPipeline.plain())
        pipeline = try folder.write("simulated.yaml", SimulatedPipeline.plainText)
        for file in SimulatedPipeline.Rows().files { _ = try folder.write(file.path, file.text) }
        let broker = try KafkaBroker(configuration("admin"))
        defer { broker.close() }
        try broker.createTopics(
            topics.inputs.filter { created?.contains($0.topic) ?? true }.map {
                TopicSpec(
                    name: $0.topic, partitions: Self.tasks, isCompacted: false, retentionMilliseconds: retention)
            })
    }

    deinit { server.stop() }

    /// The input partitions of all tasks.
    var inputs: [TopicPartition] { (0..<Self.tasks).flatMap(topics.partitions) }

    /// The partitions that the daemon writes to in transactions.
    var transactional: [TopicPartition] {
        (topics.outputs.values.sorted() + [topics.control, topics.changelog]).flatMap { topic in
            (0..<Self.tasks).map { TopicPartition(topic, $0) }
        }
    }

    /// A client of the application's group.
    func configuration(_ name: String) -> KafkaConfiguration {
        var configuration = KafkaConfiguration(
            bootstrapServers: server.bootstrapServers, group: topics.application, transactionalID: "test-\(name)")
        configuration.assignment = .range
        configuration.properties = ["receive.message.max.bytes": "1000000000"]
        return configuration
    }

    /// Starts the daemon, each time with the same name and, unless told otherwise, the same folder.
    func startDaemon(data: String = "data", fileKilobytesMax: Int? = nil) throws -> ChildDaemon {
        lives += 1
        return try ChildDaemon(
            [pipeline, "--brokers", server.bootstrapServers, "--data-dir", folder.path(data)]
                + ["--assignment", "range", "--static-membership", "true", "--log-level", "debug"]
                + ["--commit-interval", "20ms", "--checkpoint-interval", "1s", "--idle-after", "1s"]
                + ["--kafka", "session.timeout.ms=6000", "--kafka", "heartbeat.interval.ms=500"]
                + ["--kafka", "receive.message.max.bytes=1000000000"],
            fileKilobytesMax: fileKilobytesMax, output: folder.path("life-\(lives)"))
    }

    /// What all daemons said.
    var said: String {
        (1...max(1, lives)).map { life in
            "--- life \(life)\n" + ((try? folder.text("life-\(life)")) ?? "")
        }.joined(separator: "\n")
    }

    /// Waits until the group has committed everything that the input topics hold; returns what it has committed.
    func everythingCommitted(within seconds: Double = 30) throws -> [TopicPartition: CommittedOffset]? {
        let broker = try KafkaBroker(configuration("observer"))
        defer { broker.close() }
        var committed: [TopicPartition: CommittedOffset] = [:]
        let isComplete = try waits(seconds: seconds) {
            committed = try broker.committed(inputs)
            return try inputs.allSatisfy {
                try committed[$0]?.offsetNext == broker.logRange(of: $0).upperBound
            }
        }
        return isComplete ? committed : nil
    }

    /// What the daemons produced to one of their topics, and what a replay of the recording says; rows in byte order.
    struct Comparison {
        var topic: String
        /// The log itself.
        var log: [LogRow]
        /// What kcat shows of it.
        var read: [String]
        var replayed: [String]

        /// What committed transactions wrote.
        var committed: [String] { log.filter(\.committed).map { $0.value ?? "" }.sorted() }
        /// What the broker makes its readers believe that they wrote.
        var shown: [String] { log.filter(\.shown).map { $0.value ?? "" }.sorted() }
    }

    /// Compares what the daemons produced with a replay of the recording.
    func compareWithReplay() throws -> [Comparison] {
        let record = try Command.run([
            "record", pipeline, "--brokers", server.bootstrapServers, "--out", folder.path("recorded"), "--kafka",
            "receive.message.max.bytes=1000000000",
        ])
        try #require(record.code == 0, "\(record.errors)")
        let replay = try Command.run([
            "replay", pipeline, folder.path("recorded"), "--out", folder.path("replayed"), "--no-flush",
        ])
        try #require(replay.code == 0, "\(replay.errors)")
        return try topics.outputs.values.sorted().map { topic in
            let file = "replayed/\(topic.dropFirst("\(topics.application).".count)).ndjson"
            return Comparison(
                topic: topic, log: try LogRow.all(of: topic, partitions: Self.tasks, on: server.bootstrapServers),
                read: try Kcat.values(of: topic, on: server.bootstrapServers).sorted(),
                replayed: try folder.text(file).split(separator: "\n").map(String.init).sorted())
        }
    }
}
