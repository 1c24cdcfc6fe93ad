import ArgumentParser
import Engine
import Kafka
import Testing

@testable import RampartCLI

/// A reading that cannot go on says where it stands, and finds out why.
@Suite(.ownThread) struct StallTests {
    private let cluster: MockCluster
    private let application: Application
    private let clicks = TopicPartition("marketplace.clicks", 0)

    init() throws {
        cluster = try DaemonProcess.makeCluster()
        let arguments = ["--brokers", cluster.bootstrapServers, "--request-timeout", "1s"]
        application = try Application(Command.marketplace, ClusterOptions.parse(arguments), client: "test")
        let producer = try KafkaProducer(application.kafka)
        for value in 0..<3 as Range<UInt8> {
            try producer.produce(OutboundRecord(topic: clicks.topic, partition: 0, key: nil, value: [value]))
        }
        try producer.flush()
    }

    /// The mock isolates no transactions, so that the end is said to be where nothing comes any more.
    @Test func whatIsThereIsHandedOutAndTheRestIsNamed() throws {
        var count = 0
        let stall = #expect(throws: Stall.self) {
            try application.read(clicks, 0..<5) { records, _ in count += records.count }
        }
        #expect(count == 3 && stall?.position == 3 && stall?.isAnswered == true)
        #expect(stall?.message.contains("marketplace.clicks[0] could be read only up to offset 3 of 5") == true)
        #expect(stall?.message.contains("transaction") == true)
    }

    @Test func aBrokerThatDoesNotAnswerIsNamed() throws {
        let range = try application.logRange(of: clicks)
        try cluster.setDown(1)
        let stall = #expect(throws: Stall.self) { try application.read(clicks, range) { _, _ in } }
        #expect(stall?.position == 0 && stall?.end == 3 && stall?.isAnswered == false)
        #expect(stall?.message.contains("does not answer") == true)
    }
}
