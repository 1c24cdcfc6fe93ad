import Engine
import Kafka
import RampartCore
import Testing

extension FaultTests {
    /// What a transactional producer makes of errors that only the mock cluster gives on request.
    @Suite struct TransactionFaults {
        private let names = Names("faults")
        private let fixture: MockFixture
        private let partition: TopicPartition

        init() throws {
            fixture = try MockFixture(brokers: 1)
            partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
        }

        /// A producer with an open transaction that holds five records.
        private func openTransaction(
            _ change: (inout KafkaConfiguration) -> Void = { _ in }
        ) throws -> KafkaBroker {
            let broker = try fixture.makeKafkaBroker(names.member()) { configuration in
                configuration.requestTimeout = .seconds(2)
                change(&configuration)
            }
            try broker.initTransactions()
            try broker.beginTransaction()
            try broker.produce(numbered(0..<5, names.topic(), 0))
            return broker
        }

        private func values(_ broker: KafkaBroker) throws -> [String] {
            try readAll(partition, broker).compactMap { $0.value.map { String(decoding: $0, as: UTF8.self) } }
        }

        /// Has a broker become a member of the group: offsets are sent as the member that was last assigned something.
        private func join(_ broker: KafkaBroker) throws {
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            for _ in 0..<200 {
                if case .assigned? = try broker.poll(into: &inbox, wait: .milliseconds(100)) {
                    try broker.start([], isPaused: false)
                    return
                }
            }
            Issue.record("the group gives nothing")
        }

        @Test func offsetsOfWhoIsNoMemberAbort() throws {
            let broker = try openTransaction()
            let error = #expect(throws: BrokerError.self) {
                try broker.sendOffsets([partition: CommittedOffset(offsetNext: 1, metadata: "")])
            }
            #expect(error?.remedy == .abort)
            broker.close()
        }

        private func commit(_ broker: KafkaBroker) throws { try insist(broker.commitTransaction) }

        @Test func brokerThatIsDownDuringTheCommitDelaysIt() throws {
            let broker = try openTransaction { $0.requestTimeout = .seconds(1) }
            try fixture.cluster.setDown(1)
            let error = #expect(throws: BrokerError.self) { try broker.commitTransaction() }
            #expect(error?.remedy == .retry)
            try fixture.cluster.setUp(1)
            try commit(broker)
            #expect(try values(broker) == ["v0", "v1", "v2", "v3", "v4"])
            try broker.beginTransaction()
            try broker.produce(numbered(5..<6, names.topic(), 0))
            try commit(broker)
            #expect(try values(broker).count == 6)
            broker.close()
        }

        @Test func slowBrokerIsWaitedFor() throws {
            try fixture.cluster.setRoundTripTime(.milliseconds(300), of: 1)
            let broker = try openTransaction { $0.requestTimeout = .seconds(10) }
            try broker.commitTransaction()
            #expect(try values(broker).count == 5)
            broker.close()
        }

        /// Not the leader, not enough replicas, and a connection that is dropped.
        @Test func passingProduceErrorsNeitherLoseNorRepeatRecords() throws {
            fixture.cluster.pushErrors([6, 19, -195], for: .produce)
            let broker = try openTransaction()
            try commit(broker)
            #expect(try values(broker) == ["v0", "v1", "v2", "v3", "v4"])
            broker.close()
        }

        /// Concurrent transactions, and a coordinator that moved.
        @Test(arguments: [51, 16])
        func passingErrorsAtTheEndAreRetried(_ number: Int) throws {
            let broker = try openTransaction()
            fixture.cluster.pushErrors([number, number], for: .endTransaction)
            try commit(broker)
            #expect(try values(broker).count == 5)
            broker.close()
        }

        /// Fenced by a newer producer, an old epoch, and a missing right.
        @Test(arguments: [(90, BrokerError.Remedy.rejoin), (47, .rejoin), (53, .stop)])
        func finalErrorsAtTheEndSayWhatHelps(_ number: Int, _ remedy: BrokerError.Remedy) throws {
            let broker = try openTransaction()
            fixture.cluster.pushErrors([number], for: .endTransaction)
            let error = #expect(throws: BrokerError.self) { try commit(broker) }
            #expect(error?.remedy == remedy)
            // The client is of no use any more, and says so.
            #expect(throws: BrokerError.self) { try broker.beginTransaction() }
            broker.close()
        }

        /// A generation that is over, a member that the group does not know, and a rebalance.
        @Test(arguments: [22, 25, 27])
        func offsetsOfAMemberThatTheGroupHasLeftBehindAbort(_ number: Int) throws {
            let broker = try openTransaction()
            try join(broker)
            fixture.cluster.pushErrors([number], for: .transactionOffsetCommit)
            let error = #expect(throws: BrokerError.self) {
                try broker.sendOffsets([partition: CommittedOffset(offsetNext: 1, metadata: "")])
                try commit(broker)
            }
            #expect(error?.remedy == .abort)
            try broker.abortTransaction()
            try broker.beginTransaction()
            try broker.sendOffsets([partition: CommittedOffset(offsetNext: 1, metadata: "")])
            try commit(broker)
            broker.close()
        }

        @Test func refusedTopicStops() throws {
            fixture.cluster.pushErrors([29], for: .produce)
            let broker = try openTransaction()
            let error = #expect(throws: BrokerError.self) { try commit(broker) }
            #expect(error?.remedy == .stop)
            #expect(error?.message.contains(names.topic()) == true)
            broker.close()
        }

        @Test func fullQueueTakesNoneOrSaysAbort() throws {
            let broker = try openTransaction {
                $0.requestTimeout = .milliseconds(500)
                $0.properties["queue.buffering.max.messages"] = "10"
            }
            try commit(broker)
            try broker.beginTransaction()
            try fixture.cluster.setDown(1)
            try broker.produce(numbered(0..<8, names.topic(), 0))
            let partly = #expect(throws: BrokerError.self) { try broker.produce(numbered(8..<12, names.topic(), 0)) }
            #expect(partly?.remedy == .abort)
            #expect(partly?.code == "_QUEUE_FULL")
            let none = #expect(throws: BrokerError.self) { try broker.produce(numbered(10..<11, names.topic(), 0)) }
            #expect(none?.remedy == .retry)
            broker.close()
        }

        /// More records than the queue holds pass, as they are sent meanwhile.
        @Test func queueThatIsSmallerThanTheBatchIsWaitedFor() throws {
            let broker = try openTransaction { $0.properties["queue.buffering.max.messages"] = "10" }
            try broker.produce(numbered(5..<300, names.topic(), 0))
            try commit(broker)
            #expect(try values(broker) == (0..<300).map { "v\($0)" })
            broker.close()
        }

        @Test func recordLargerThanTheClientTakesStops() throws {
            let broker = try openTransaction { $0.properties["message.max.bytes"] = "5000" }
            let record = OutboundRecord(
                topic: names.topic(), partition: 0, key: nil, value: [UInt8](repeating: 1, count: 6_000))
            let error = #expect(throws: BrokerError.self) { try broker.produce([record]) }
            #expect(error?.remedy == .stop)
            #expect(error?.code == "MSG_SIZE_TOO_LARGE")
            #expect(error?.message.contains(names.topic()) == true)
            broker.close()
        }

        @Test func takingOverIsTriedAgainWhileTheClusterIsDown() throws {
            try fixture.cluster.setDown(1)
            let broker = try fixture.makeKafkaBroker(names.member()) { $0.requestTimeout = .milliseconds(500) }
            let error = #expect(throws: BrokerError.self) { try broker.initTransactions() }
            #expect(error?.remedy == .retry)
            try fixture.cluster.setUp(1)
            try insist(broker.initTransactions)
            try broker.beginTransaction()
            try broker.abortTransaction()
            broker.close()
        }
    }

    /// A transaction's coordinator and a partition's leader move between brokers.
    @Suite struct MovingFaults {
        @Test func transactionsSurviveMovedCoordinatorsAndLeaders() throws {
            let fixture = try MockFixture(brokers: 3)
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.cluster.createTopic(names.topic(), partitions: 1, replication: 3)
            let broker = try fixture.makeKafkaBroker(names.member())
            try broker.initTransactions()
            for round in 0..<6 {
                let id = round % 3 + 1
                try broker.beginTransaction()
                try broker.produce(numbered(round * 5..<round * 5 + 5, names.topic(), 0))
                try fixture.cluster.setCoordinator(.transaction, of: names.id(), to: id)
                try fixture.cluster.setLeader(of: partition, to: id)
                try broker.commitTransaction()
            }
            let values = try readAll(partition, broker).compactMap(\.value)
            #expect(values == (0..<30).map { Array("v\($0)".utf8) })
            broker.close()
        }
    }
}
