import Engine
import Kafka
import Testing

extension FaultTests {
    /// Questions to a cluster that is away.
    @Suite struct LookupFaults {
        /// Note: the library has a question of its own for this, which waits until the leader comes back.
        @Test func theRangeOfALogWhoseLeaderIsAwayIsAwaitedForATimeOnly() throws {
            let fixture = try MockFixture(brokers: 1)
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<5, names.topic(), 0))
            var member = names.member()
            member.requestTimeout = .seconds(1)
            let broker = try fixture.makeBroker(member)
            #expect(try broker.logRange(of: partition) == 0..<5)
            try fixture.cluster.setDown(1)
            let began = ContinuousClock.now
            let error = failure { () throws(BrokerError) in _ = try broker.logRange(of: partition) }
            #expect(error?.remedy == .retry)
            #expect(ContinuousClock.now - began < .seconds(10))
            try fixture.cluster.setUp(1)
            try insist { () throws(BrokerError) in _ = try broker.logRange(of: partition) }
            broker.close()
        }
    }
}
