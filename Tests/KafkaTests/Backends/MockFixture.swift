import Engine
import Kafka
import Logging
import TestBroker

/// The client library's mock cluster.
final class MockFixture: BrokerFixture, @unchecked Sendable {
    /// The cluster that all tests share but those that break it; made at first use.
    static let shared = Result { try MockFixture(brokers: 1) }

    let isCooperative = true
    let divergences: Set<Divergence> = [
        .showsUncommitted, .forgetsTransactionalOffsets, .letsZombiesCommit, .showsUnstableOffsets, .makesTopicsUp,
    ]
    let cluster: MockCluster

    init(brokers: Int) throws { cluster = try MockCluster(brokers: brokers) }

    func createTopic(_ name: String, partitions: Int) throws {
        try cluster.createTopic(name, partitions: partitions)
    }

    func append(_ records: [OutboundRecord]) throws {
        let producer = try KafkaProducer(configuration(Member(group: "none", transactionalID: "none")))
        for record in records { try producer.produce(record) }
        try producer.flush()
    }

    func makeBroker(_ member: Member) throws -> any Broker { try makeKafkaBroker(member) }

    func makeKafkaBroker(
        _ member: Member, _ change: (inout KafkaConfiguration) -> Void = { _ in }
    ) throws -> KafkaBroker {
        var configuration = configuration(member)
        change(&configuration)
        return try KafkaBroker(configuration, logger: .quiet)
    }

    func pass(_ time: Duration) { sleep(time) }

    func configuration(_ member: Member) -> KafkaConfiguration {
        var configuration = KafkaConfiguration(
            bootstrapServers: cluster.bootstrapServers, group: member.group, transactionalID: member.transactionalID)
        configuration.requestTimeout = member.requestTimeout
        configuration.properties = TestProperties.fast
        return configuration
    }
}

/// Properties with which nothing waits longer than a test should.
enum TestProperties {
    static let fast = [
        "session.timeout.ms": "6000", "heartbeat.interval.ms": "500", "message.max.bytes": "8000000",
        "reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "200",
        "topic.metadata.refresh.fast.interval.ms": "100",
        "fetch.wait.max.ms": "50", "fetch.error.backoff.ms": "50",
    ]
}

extension Logger {
    /// A logger that says nothing, as most of what the clients report here was asked for.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
