import Engine
import Foundation
import Kafka
import Logging
import TestBroker

/// A broker of another make, which isolates transactions and keeps the offsets that are sent in them.
final class NoidaFixture: BrokerFixture, @unchecked Sendable {
    /// The broker that all tests share; started at first use.
    static let shared = Result { try NoidaFixture() }

    let isCooperative = false
    let divergences: Set<Divergence> = [
        .refusesLargeRecords, .showsUnstableOffsets, .hidesWhatFollowsAnAbort,
    ]
    let server: NoidaServer

    init() throws { server = try NoidaServer() }

    func createTopic(_ name: String, partitions: Int) throws {
        let broker = try makeBroker(Member(group: "admin", transactionalID: "admin"))
        defer { broker.close() }
        try broker.createTopics([TopicSpec(name: name, partitions: partitions, isCompacted: false)])
    }

    func append(_ records: [OutboundRecord]) throws {
        let producer = try KafkaProducer(configuration(Member(group: "none", transactionalID: "none")))
        for record in records { try producer.produce(record) }
        try producer.flush()
    }

    func makeBroker(_ member: Member) throws -> any Broker {
        try KafkaBroker(configuration(member), logger: .quiet)
    }

    func pass(_ time: Duration) { sleep(time) }

    func configuration(_ member: Member) -> KafkaConfiguration {
        var configuration = KafkaConfiguration(
            bootstrapServers: server.bootstrapServers, group: member.group, transactionalID: member.transactionalID)
        // Note: its cooperative rebalance leaves the second member empty.
        configuration.assignment = .range
        configuration.requestTimeout = member.requestTimeout
        configuration.properties = TestProperties.fast
        return configuration
    }
}
