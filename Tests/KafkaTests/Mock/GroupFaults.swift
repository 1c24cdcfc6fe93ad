import Engine
import RampartCore
import Testing

@testable import Kafka

extension FaultTests {
    /// What a member of a group makes of errors that only the mock cluster gives on request.
    @Suite struct GroupFaults {
        private let names = Names("group")
        private let fixture: MockFixture

        init() throws { fixture = try MockFixture(brokers: 1) }

        @Test func fetchingGoesOnWhenTheBrokerIsBack() throws {
            try fixture.createTopic(names.topic(), partitions: 1)
            let partition = TopicPartition(names.topic(), 0)
            try fixture.append(numbered(0..<100, names.topic(), 0))
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try member.join()
            try poll(member) { member.ends[partition] == 100 }
            try fixture.cluster.setDown(1)
            for _ in 0..<10 { try member.poll() }
            try fixture.cluster.setUp(1)
            try fixture.append(numbered(100..<200, names.topic(), 0))
            try poll(member) { (member.records[partition]?.count ?? 0) == 200 }
            #expect(member.records[partition]?.map(\.offset) == Array(0..<200))
            member.broker.close()
        }

        /// Not the leader, an unknown error, and a connection that is dropped.
        @Test func passingFetchErrorsLoseNothing() throws {
            try fixture.createTopic(names.topic(), partitions: 1)
            let partition = TopicPartition(names.topic(), 0)
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try member.join()
            try poll(member) { !member.ends.isEmpty }
            fixture.cluster.pushErrors([6, -195, 6], for: .fetch)
            try fixture.append(numbered(0..<100, names.topic(), 0))
            try poll(member) { member.ends[partition] == 100 }
            #expect(member.records[partition]?.map(\.offset) == Array(0..<100))
            member.broker.close()
        }

        @Test func topicThatMayNotBeReadStops() throws {
            try fixture.createTopic(names.topic(), partitions: 1)
            fixture.cluster.setError(29, ofTopic: names.topic())
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try member.join()
            let error = #expect(throws: BrokerError.self) { try poll(member) { false } }
            #expect(error?.remedy == .stop)
            #expect(error?.code == "TOPIC_AUTHORIZATION_FAILED")
            member.broker.close()
        }

        /// Offsets that are not decided yet are asked for again.
        @Test func committedWaitsOverUnstableOffsets() throws {
            try fixture.createTopic(names.topic(), partitions: 1)
            let broker = try fixture.makeBroker(names.member())
            fixture.cluster.pushErrors([88, 88], for: .offsetFetch)
            #expect(try broker.committed([TopicPartition(names.topic(), 0)]) == [:])
            broker.close()
        }

        @Test func memberThatTheGroupForgotHasLostItsPartitions() throws {
            try fixture.createTopic(names.topic(), partitions: 2)
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try member.join()
            try poll(member) { member.owned.count == 2 }
            fixture.cluster.pushErrors([25], for: .heartbeat)
            try poll(member) { member.changes.count > 1 }
            #expect(member.changes[1] == .revoked([0, 1], isLost: true))
            try poll(member) { member.owned.count == 2 }
            member.broker.close()
        }

        @Test func memberThatDoesNotPollHasLostItsPartitions() throws {
            try fixture.createTopic(names.topic(), partitions: 2)
            let broker = try fixture.makeKafkaBroker(names.member()) { $0.properties["max.poll.interval.ms"] = "6000" }
            let member = TestMember(broker, topics: [names.topic()])
            try member.join()
            try poll(member) { member.owned.count == 2 }
            fixture.pass(.seconds(7))
            try poll(member) { member.changes.count > 1 }
            #expect(member.changes[1] == .revoked([0, 1], isLost: true))
            try poll(member) { member.owned.count == 2 }
            broker.close()
        }

        @Test func deadMembersPartitionsGoToTheOthers() throws {
            try fixture.createTopic(names.topic(), partitions: 2)
            let dead = try fixture.makeKafkaBroker(names.member("dead"))
            let first = TestMember(dead, topics: [names.topic()])
            let second = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try first.join()
            try second.join()
            try poll(first, second) { first.owned.count == 1 && second.owned.count == 1 }
            dead.abandon()
            try poll(second) { second.owned.count == 2 }
            second.broker.close()
        }

        /// As a worker ends that fails while it restores what it was given.
        @Test(arguments: [KafkaConfiguration.AssignmentStrategy.range, .cooperativeSticky], [true, false])
        func memberEndsWithoutItsAnswer(_ strategy: KafkaConfiguration.AssignmentStrategy, leaves: Bool) throws {
            try fixture.createTopic(names.topic(), partitions: 2)
            let broker = try fixture.makeKafkaBroker(names.member()) { $0.assignment = strategy }
            try broker.subscribe(to: names.topic())
            var inbox = Inbox(byteLimit: 1 << 20)
            #expect(try nextChange(of: broker, &inbox) == .assigned([0, 1]))
            let time = ContinuousClock().measure { leaves ? broker.close() : broker.abandon() }
            #expect(time < .seconds(5))
        }

        /// Three members come and go while records arrive, with the follower's partitions assigned by hand.
        @Test func cooperativeGroupLosesNothing() throws {
            let topics = [names.topic("lead"), names.topic("follower")]
            for topic in topics { try fixture.createTopic(topic, partitions: 4) }
            let partitions = topics.flatMap { topic in (0..<4).map { TopicPartition(topic, $0) } }
            let progress = TestMember.Progress()
            let members = try ["a", "b", "c"].map { name in
                TestMember(try fixture.makeBroker(names.member(name)), topics: topics, progress: progress)
            }
            let producer = try KafkaProducer(fixture.configuration(names.member("producer")), logger: .quiet)
            var produced = 0
            func step() throws {
                for partition in partitions {
                    for record in numbered(produced..<produced + 5, partition.topic, partition.partition) {
                        try producer.produce(record)
                    }
                }
                produced += 5
                #expect(members.map(\.owned.count).reduce(0, +) == Set(members.flatMap(\.owned)).count)
            }
            try members[0].join()
            try poll(members[0]) {
                try step()
                return members[0].owned.count == 4
            }
            for joining in members.dropFirst() {
                try joining.join()
                try poll(members[0], members[1], members[2]) {
                    try step()
                    return !joining.owned.isEmpty && Set(members.flatMap(\.owned)).count == 4
                }
            }
            // Cooperative: whoever keeps a partition is not interrupted.
            #expect(
                members[0].changes.contains {
                    if case .revoked(let numbers, _) = $0 { numbers.count < 4 } else { false }
                })
            members[0].broker.close()
            members[0].leave()
            try poll(members[1], members[2]) {
                try step()
                return Set(members.flatMap(\.owned)).count == 4
            }
            try producer.flush()
            try poll(members[1], members[2]) { partitions.allSatisfy { progress.offsetsNext[$0] == Int64(produced) } }
            for partition in partitions {
                let seen = members.flatMap { $0.records[partition] ?? [] }.map(\.offset).sorted()
                #expect(seen.count == produced && Set(seen).count == produced, "\(partition)")
            }
            for member in members.dropFirst() { member.broker.close() }
        }

        /// The mock cluster knows no credentials.
        @Test func clientThatIsNotLetInStops() throws {
            let broker = try fixture.makeKafkaBroker(names.member()) {
                $0.requestTimeout = .seconds(1)
                $0.security = KafkaSecurity(
                    transport: .saslPlaintext, mechanism: .plain, username: "u", password: "s3cret")
            }
            let error = #expect(throws: BrokerError.self) { try broker.initTransactions() }
            #expect(error?.remedy == .stop)
            #expect(error?.code == "_AUTHENTICATION")
            #expect(error?.message.contains("s3cret") == false)
            broker.close()
        }

        @Test func statisticsAreTakenAtTheirInterval() throws {
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<100, names.topic(), 0))
            var configuration = fixture.configuration(names.member())
            configuration.statisticsInterval = .milliseconds(100)
            var taken: [KafkaStatistics] = []
            let broker = try KafkaBroker(configuration, logger: .quiet) { taken.append($0) }
            let member = TestMember(broker, topics: [names.topic()])
            try member.join()
            try poll(member) {
                taken.contains { $0.role == .producer }
                    && taken.contains {
                        $0.recordsReceived >= 100 && $0.lags[TopicPartition(names.topic(), 0)] == 0
                    }
            }
            broker.close()
        }
    }
}
