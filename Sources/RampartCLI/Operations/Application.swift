import ArgumentParser
import Engine
import Kafka
import Logging
import Pipelines
import RampartCore

/// An application on its cluster, as the commands for people reach it: they look and ask, and join no group.
struct Application {
    /// How long a partition may stand still before its end until its reading is given up, in milliseconds.
    private static let stallMax: Int64 = 5000

    let pipeline: Pipeline
    let topics: DaemonTopics
    let cluster: ClusterConfiguration
    let kafka: KafkaConfiguration
    let logger: Logger
    private let broker: KafkaBroker

    /// Finds the topics of a pipeline; nothing is connected yet.
    init(_ path: String, _ options: ClusterOptions, client: String) throws {
        pipeline = try PipelineFile.load(path: path, settings: [], isQuiet: true)
        var values = try options.layered()
        cluster = ClusterConfiguration(&values)
        guard values.problems.isEmpty else { throw Failure.unusable(values.problems.joined(separator: "\n")) }
        do throws(DaemonError) {
            topics = try DaemonTopics(pipeline, application: cluster.application)
        } catch {
            throw Failure.unusable("\(path): \(error.message)")
        }
        kafka = cluster.kafka(application: topics.application, client: client)
        var log = LogSettings()
        log.level = .warning
        logger = log.logger("rampart.kafka", atMost: .warning)
        do throws(BrokerError) {
            broker = try KafkaBroker(kafka, logger: logger)
        } catch {
            throw Failure.unusable(error.message)
        }
    }

    // MARK: - Looking

    /// The number of tasks: of the partitions of each input topic.
    func taskCount() throws -> Int {
        guard let count = try partitionCount(of: topics.lead) else {
            throw Failure.running("there is no topic \(topics.lead), which a source of the pipeline reads")
        }
        return count
    }

    /// The number of a topic's partitions; nil where there is no such topic.
    func partitionCount(of topic: String) throws -> Int? {
        try attempt { () throws(BrokerError) in try broker.partitionCount(of: topic) }
    }

    /// What the group has committed of some partitions.
    func committed(_ partitions: [TopicPartition]) throws -> [TopicPartition: CommittedOffset] {
        try attempt { () throws(BrokerError) in try broker.committed(partitions) }
    }

    /// The offsets of a partition that are kept.
    func logRange(of partition: TopicPartition) throws -> Range<Int64> {
        try attempt { () throws(BrokerError) in try broker.logRange(of: partition) }
    }

    /// Reads a partition from an offset up to an end, in pieces.
    ///
    /// It stops early where the user wants to. Where it cannot go on, as before a transaction that is still open, it
    /// throws a `Stall`.
    func read(
        _ partition: TopicPartition, _ range: Range<Int64>,
        _ body: (_ records: [StoredRecord], _ covered: Range<Int64>) throws -> Void
    ) throws {
        var position = range.lowerBound
        var lastMove = WallClock.now
        while position < range.upperBound, !Interruption.isRequested {
            let start = position
            let (records, next) = try attempt { () throws(BrokerError) in
                try broker.read(partition, from: start, wait: .milliseconds(200))
            }
            guard next > position else {
                guard WallClock.now - lastMove < Self.stallMax else { throw stall(of: partition, at: position, range) }
                continue
            }
            position = min(next, range.upperBound)
            try body(records.filter { $0.offset < range.upperBound }, start..<position)
            lastMove = WallClock.now
        }
    }

    /// Finds out why a partition stands still.
    private func stall(of partition: TopicPartition, at position: Int64, _ range: Range<Int64>) -> Stall {
        // Note: whoever asks for the partition's end while its leader is away gets no answer at all, not even a refusal.
        let isAnswered = (try? broker.partitionCount(of: partition.topic)) != nil
        return Stall(partition: partition, position: position, end: range.upperBound, isAnswered: isAnswered)
    }

    /// Reads all records of a topic that are there now, or says which could not be read: who reads a part of them and
    /// takes it for all would decide wrongly.
    func readAll(of topic: String, _ body: (TopicPartition, StoredRecord) throws -> Void) throws {
        guard let count = try partitionCount(of: topic) else {
            throw Failure.running("there is no topic \(topic); has the daemon run?")
        }
        for number in 0..<count {
            let partition = TopicPartition(topic, number)
            do {
                try read(partition, try logRange(of: partition)) { records, _ in
                    for record in records { try body(partition, record) }
                }
            } catch let stall as Stall {
                throw Failure.running(stall.message)
            }
        }
    }

    // MARK: - Asking

    /// Produces records and waits until they are there; each may have a timestamp in milliseconds since 1970.
    func produce(_ records: [(record: OutboundRecord, timestamp: Int64?)]) throws {
        do throws(BrokerError) {
            let producer = try KafkaProducer(kafka, logger: logger)
            for (record, timestamp) in records { try producer.produce(record, timestamp: timestamp) }
            try producer.flush()
        } catch {
            throw Failure.running("\(error.message) (\(error.code))")
        }
    }

    /// Makes a call again that the cluster may get over, until the time of one request is over.
    private func attempt<Value>(_ call: () throws(BrokerError) -> Value) throws -> Value {
        let deadline = WallClock.now + kafka.requestTimeout.wholeMilliseconds
        while true {
            do throws(BrokerError) {
                return try call()
            } catch {
                guard error.remedy == .retry, WallClock.now < deadline else {
                    throw Failure.running(
                        "\(kafka.bootstrapServers): \(error.message) (\(error.code))\(Self.advice(error))")
                }
                WallClock.sleep(milliseconds: 200)
            }
        }
    }

    private static func advice(_ error: BrokerError) -> String {
        ["_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "_RESOLVE"].contains(error.code)
            ? "; does a broker answer there? see --brokers" : ""
    }
}
