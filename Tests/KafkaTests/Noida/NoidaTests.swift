import Engine
import RampartCore
import TestBroker
import Testing

@testable import Kafka

extension BrokerTests {
    /// What only the broker of another make can show: restarts, and members that keep their partitions.
    @Suite struct NoidaTests {
        @Test func clientsOutliveARestartOfTheBroker() throws {
            let fixture = try NoidaFixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            let broker = member.broker
            try member.join()
            try poll(member) { member.ends[partition] == 0 }
            try broker.initTransactions()
            let metadata = "kept"
            for round in 0..<2 {
                try broker.beginTransaction()
                try broker.produce(numbered(round * 10..<round * 10 + 10, names.topic(), 0))
                let offset = CommittedOffset(offsetNext: Int64(round), metadata: metadata)
                try insist { () throws(BrokerError) in try broker.sendOffsets([partition: offset]) }
                try insist(broker.commitTransaction)
                if round == 0 { try fixture.server.restart() }
            }
            try poll(member) { member.records[partition]?.count == 20 }
            #expect(member.records[partition]?.map(\.value) == (0..<20).map { "v\($0)" })
            #expect(
                try broker.committed([partition]) == [partition: CommittedOffset(offsetNext: 1, metadata: metadata)])
            broker.close()
        }

        @Test func retentionIsToldInMilliseconds() throws {
            let fixture = try Backend.noida.fixture()
            let names = Names()
            let broker = try #require(fixture.makeBroker(names.member()) as? KafkaBroker)
            defer { broker.close() }
            let spec = { (name: String, kept: Int64) in
                TopicSpec(name: names.topic(name), partitions: 1, isCompacted: false, retentionMilliseconds: kept)
            }
            try broker.createTopics([spec("hour", 3_600_000), spec("ever", -1)])
            #expect(try broker.retention(of: names.topic("hour")) == 3_600_000)
            #expect(try broker.retention(of: names.topic("ever")) == nil)
        }

        @Test func memberWithAnInstanceFindsItsPartitionsAgain() throws {
            let fixture = try #require(Backend.noida.fixture() as? NoidaFixture)
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 4)
            func member(_ name: String) throws -> TestMember {
                var configuration = fixture.configuration(names.member(name))
                configuration.groupInstance = name
                return TestMember(try KafkaBroker(configuration, logger: .quiet), topics: [names.topic()])
            }
            let stays = try member("stays")
            let leaves = try member("leaves")
            try stays.join()
            try leaves.join()
            try poll(stays, leaves) { stays.owned.count == 2 && leaves.owned.count == 2 }
            let owned = leaves.owned
            let changes = stays.changes
            leaves.broker.close()
            let returns = try member("leaves")
            try returns.join()
            try poll(stays, returns) { returns.owned.count == 2 }
            #expect(returns.owned == owned)
            #expect(stays.changes == changes)
            stays.broker.close()
            returns.broker.close()
        }
    }
}
