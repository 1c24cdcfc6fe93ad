import Engine
import Kafka
import Pipelines
import RampartCore
import TestBroker
import Testing

/// What the commands for people say where a partition cannot be read up to its end.
///
/// Only this broker isolates transactions, so that one that is open stops who reads.
@Suite(.ownThread) struct IncompleteReadingTests {
    private let application: NoidaApplication

    init() throws {
        application = try NoidaApplication()
        let broker = try KafkaBroker(application.configuration("admin"))
        defer { broker.close() }
        try broker.createTopics(application.topics.specifications(tasks: NoidaApplication.tasks))
    }

    private func rampart(_ words: String..., more: [String] = []) throws -> Command.Result {
        try Command.run(
            words + [application.pipeline] + more + ["--brokers", application.server.bootstrapServers]
                + ["--kafka", "receive.message.max.bytes=1000000000"])
    }

    /// Writes a record to partition 1 of a topic in a transaction, and leaves it open until it is aborted.
    private func open(_ topic: String) throws -> KafkaBroker {
        let broker = try KafkaBroker(application.configuration("open"))
        try broker.initTransactions()
        try broker.beginTransaction()
        try broker.produce([OutboundRecord(topic: topic, partition: 1, key: nil, value: Array("{}".utf8))])
        let isThere = try waits(seconds: 10) { try broker.logRange(of: TopicPartition(topic, 1)).upperBound > 0 }
        try #require(isThere)
        return broker
    }

    @Test func aRecordingBeforeAnOpenTransactionIsIncompleteAndGoesOnLater() throws {
        let producer = try KafkaProducer(application.configuration("producer"))
        for input in application.inputs {
            try producer.produce(
                OutboundRecord(topic: input.topic, partition: input.partition, key: nil, value: [1]))
        }
        try producer.flush()
        let holder = try open(application.topics.control)
        defer { holder.close() }
        let out = application.folder.path("recorded")
        let first = try rampart("record", more: ["--out", out])
        #expect(first.code == 1 && first.output.isEmpty, "\(first)")
        #expect(first.errors.contains("incomplete") && first.errors.contains("simulated.control[1]"), "\(first.errors)")
        #expect(first.errors.contains("offset 0 of 1") && first.errors.contains("transaction"), "\(first.errors)")
        try holder.abortTransaction()
        let second = try rampart("record", more: ["--out", out])
        #expect(second.code == 0, "\(second.errors)")
        #expect(second.output.hasPrefix("0 records of 10 partitions"), "The inputs were kept: \(second.output)")
    }

    @Test func aDecisionOnACreditThatCannotBeReadIsNotCalledUnknown() throws {
        let topic = try #require(application.topics.outputs[.credits])
        let holder = try open(topic)
        defer { holder.close() }
        let approve = try rampart("credits", "approve", more: ["c", "--why", "checked"])
        #expect(approve.code == 1 && !approve.errors.contains("no credit"), "\(approve)")
        #expect(approve.errors.contains("\(topic)[1]") && approve.errors.contains("transaction"), "\(approve.errors)")
    }

    @Test func aRedriveOfAPartOfTheDeadLettersSaysSo() throws {
        let topic = try #require(application.topics.outputs[.deadLetters])
        let holder = try open(topic)
        defer { holder.close() }
        let redrive = try rampart("dead-letters", "redrive", more: ["--all"])
        #expect(redrive.code == 1 && redrive.output.contains("produced again: 0"), "\(redrive)")
        #expect(redrive.errors.contains("\(topic)[1]"), "\(redrive.errors)")
    }
}
