import Engine
import Foundation
import Kafka
import Logging
import Pipelines
import RampartCore
import Storage

/// `rampart run --embedded`: the whole daemon on a stand-in for Kafka, with a recorded siege as its traffic.
struct EmbeddedRun {
    /// The log that ships, from the root of the repository.
    static let shippedLog = "deploy/demo/siege.ndjson.gz"
    /// Two hours before the first siege of that log, so that a newcomer need not wait.
    static let skippedOfShippedLog = EventSpan.hours(42).milliseconds
    /// Partitions of each topic.
    static let partitions = 2

    private let command: RunCommand
    private let pipeline: Pipeline
    private var configuration: DaemonConfiguration
    private let topics: DaemonTopics
    private let log: PlayedLog
    private let first: Int

    init(command: RunCommand, pipeline: Pipeline, configuration: DaemonConfiguration) throws {
        self.command = command
        self.pipeline = pipeline
        self.configuration = configuration
        topics = try command.topics(of: pipeline, configuration)
        do {
            log = try PlayedLog(path: try command.embedded.traffic ?? Self.findShippedLog())
        } catch let error as StorageError {
            throw Failure.unusable(error.description)
        }
        first = command.embedded.traffic == nil ? log.index(after: Self.skippedOfShippedLog) : log.index(after: 0)
    }

    /// The log from here, or from the folder in which this program was built.
    private static func findShippedLog() throws -> String {
        var folders = [FileManager.default.currentDirectoryPath]
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        while folder.path.count > 1 {
            folders.append(folder.path)
            folder.deleteLastPathComponent()
        }
        let found = folders.map { "\($0)/\(shippedLog)" }.first { FileManager.default.isReadableFile(atPath: $0) }
        guard let found else {
            throw Failure.unusable(
                "\(shippedLog) is not here; run this in the repository, or name a log with --traffic")
        }
        return found
    }

    // MARK: - Running

    mutating func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rampart-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try run(on: try MockCluster(), store: try FileCheckpointStore(folder: folder.path))
        } catch let error as BrokerError {
            throw Failure.running("\(error.message) (\(error.code))")
        } catch let error as StorageError {
            throw Failure.running(error.description)
        }
    }

    private mutating func run(on cluster: MockCluster, store: FileCheckpointStore) throws {
        prepare(cluster.bootstrapServers)
        for input in topics.inputs { try cluster.createTopic(input.topic, partitions: Self.partitions) }
        for topic in topics.specifications(tasks: Self.partitions) {
            try cluster.createTopic(topic.name, partitions: topic.partitions)
        }
        let client = configuration.cluster.kafka(application: topics.application, client: "demonstration")
        let logger = configuration.log.logger("rampart.kafka", atMost: .info)
        var feed = try OutputFeed(client, topics: topics, tasks: Self.partitions, logger: logger)
        let traffic = TrafficThread(
            log, first: first, speed: command.embedded.speed, topics: topicsByType, topicOfOthers: topics.lead)
        greet()
        var daemon = Daemon(
            plan: plan(store, kafkaLogger: logger), reloader: command.reloader(topics), configuration: configuration)
        let end = command.embedded.length.map { WallClock.now + $0.milliseconds }
        traffic.start(client, logger: logger)
        defer { traffic.stop() }
        try daemon.run(isStopped: { Interruption.isRequested || end.map { WallClock.now >= $0 } ?? false }) {
            for line in try feed.lines() { Console.output(line) }
            if let failure = traffic.progress.failure { throw Failure.running(failure) }
        }
        traffic.stop()
        for line in try feed.lines(wait: .milliseconds(200)) { Console.output(line) }
        summarise(feed.totals, traffic.progress)
    }

    /// The settings under which the stand-in works and a demonstration is quick.
    private mutating func prepare(_ brokers: String) {
        configuration.cluster = configuration.cluster.embedded(brokers: brokers)
        configuration.worker.createsTopics = false
        configuration.worker.commitInterval = min(configuration.worker.commitInterval, 500)
        configuration.worker.idleAfter = 1000
        if command.daemon.logLevel == nil { configuration.log.level = .warning }
    }

    private func plan(_ store: FileCheckpointStore, kafkaLogger: Logger) -> WorkerPlan {
        let configuration = configuration
        let application = topics.application
        return WorkerPlan(
            topics: topics, instance: configuration.instance, settings: configuration.worker,
            overrides: command.overrides,
            commandKey: configuration.cluster.ledgerKey, store: store, logger: configuration.log.logger("rampart"),
            pipeline: CurrentPipeline(pipeline),
            makeBroker: { worker throws(BrokerError) in
                try KafkaBroker(configuration.kafka(application: application, worker: worker), logger: kafkaLogger)
            })
    }

    /// The topic of each event type that a source takes.
    private var topicsByType: [EventType: String] {
        var found: [EventType: String] = [:]
        for (source, topic) in zip(pipeline.topology.sources, pipeline.topics) {
            for type in source.types where found[type] == nil { found[type] = topic }
        }
        return found
    }

    // MARK: - Saying

    private func greet() {
        Console.output(
            """
            This is a demonstration. The Kafka in it is a stand-in inside this process: it forgets everything at the end,
            and does not hide aborted transactions. What is real is the daemon: the same code runs on your cluster.

            \(pipeline.topology.family) watches made-up shops whose clock runs \(command.embedded.speed.grouped) times as \
            fast as yours, from two hours before they are attacked.
            Addresses and devices in messages are masked. End it with Ctrl-C\
            \(command.embedded.length == nil ? "" : ", or wait").

            """)
    }

    private func summarise(_ totals: OutputFeed.Totals, _ progress: TrafficThread.Progress) {
        let clock = EventTime(milliseconds: progress.shopTime).text.prefix(16).replacing("T", with: " ")
        Console.output(
            "\nIt is \(clock) in the shops. \(progress.records.grouped) records were consumed; \(totals.opened) alerts were "
                + "opened and \(totals.closed) closed.")
        for (key, sum) in totals.credits.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: " ")
            Console.output(
                "  \(parts[0]) credits: \(sum.count), together \(MajorText.text(units: sum.units, scale: sum.scale)) \(parts[1])"
            )
        }
        Console.output("All of it is forgotten now: it was a demonstration.")
    }
}

extension ClusterConfiguration {
    /// The same application on the stand-in, whose groups are quick with short sessions.
    fileprivate func embedded(brokers: String) -> ClusterConfiguration {
        var embedded = self
        embedded.brokers = brokers
        embedded.security = .init()
        embedded.properties["session.timeout.ms"] = "6000"
        embedded.properties["heartbeat.interval.ms"] = "1000"
        return embedded
    }
}
