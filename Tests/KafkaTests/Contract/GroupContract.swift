import Engine
import RampartCore
import Testing

extension BrokerTests {
    /// How members of a group share partitions.
    @Suite struct GroupContract {
        @Test(arguments: Backend.allCases)
        func followersMoveWithTheLeadAndNothingIsLostOrSeenTwice(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let topics = [names.topic("lead"), names.topic("follower")]
            for topic in topics { try fixture.createTopic(topic, partitions: 4) }
            let partitions = topics.flatMap { topic in (0..<4).map { TopicPartition(topic, $0) } }
            var produced = 0
            func append(_ count: Int) throws {
                try fixture.append(
                    partitions.flatMap { numbered(produced..<produced + count, $0.topic, $0.partition) })
                produced += count
            }

            let progress = TestMember.Progress()
            try append(200)
            let first = TestMember(try fixture.makeBroker(names.member("a")), topics: topics, progress: progress)
            try first.join()
            try poll(first) { first.owned.count == 4 }
            let second = TestMember(try fixture.makeBroker(names.member("b")), topics: topics, progress: progress)
            try second.join()
            try poll(first, second) {
                try append(5)
                return first.owned.count == 2 && second.owned.count == 2
            }
            try append(50)
            try poll(first, second) { partitions.allSatisfy { progress.offsetsNext[$0] == Int64(produced) } }
            #expect(first.owned.isDisjoint(with: second.owned))
            for partition in partitions {
                let seen = (first.records[partition] ?? []) + (second.records[partition] ?? [])
                #expect(seen.map(\.offset) == Array(0..<Int64(produced)), "\(partition)")
            }
            // All that was revoked had been assigned, and nothing was lost.
            for member in [first, second] {
                var owned: Set<Int> = []
                for change in member.changes {
                    switch change {
                    case .assigned(let numbers):
                        #expect(owned.isDisjoint(with: numbers))
                        owned.formUnion(numbers)
                    case .revoked(let numbers, let isLost):
                        #expect(!isLost)
                        #expect(owned.isSuperset(of: numbers))
                        owned.subtract(numbers)
                    }
                }
            }
            first.broker.close()
            try poll(second) { second.owned == [0, 1, 2, 3] }
            second.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func generationGrowsWithEveryRebalance(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 2)
            let first = TestMember(try fixture.makeBroker(names.member("a")), topics: [names.topic()])
            #expect(first.broker.groupGeneration == -1)
            try first.join()
            try poll(first) { first.owned.count == 2 }
            let before = first.broker.groupGeneration
            #expect(before > 0)
            let second = TestMember(try fixture.makeBroker(names.member("b")), topics: [names.topic()])
            try second.join()
            // A member that has nothing more to give up hears of the last generation when it polls next.
            try poll(first, second) {
                first.owned.count == 1 && second.owned.count == 1
                    && first.broker.groupGeneration == second.broker.groupGeneration
            }
            #expect(first.broker.groupGeneration > before)
            // Who is told of a revocation is in the generation that the last commit is to be made in.
            let revoked = try #require(
                first.changes.firstIndex(of: .revoked([0], isLost: false)) ?? first.changes.firstIndex(
                    of: .revoked([1], isLost: false)) ?? first.changes.firstIndex(of: .revoked([0, 1], isLost: false)))
            #expect((first.generations[revoked] > before) == fixture.isCooperative)
            #expect(first.generations == first.generations.sorted())
            first.broker.close()
            second.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func partitionsAreAddedAndGivenUpBetweenChanges(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 2)
            for partition in 0..<2 { try fixture.append(numbered(0..<200, names.topic(), partition)) }
            let partitions = (0..<2).map { TopicPartition(names.topic(), $0) }
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox(byteLimit: 10)
            _ = try nextChange(of: broker, &inbox)
            var offsets: [TopicPartition: [Int]] = [:]
            func fetch() throws {
                inbox.removeAll()
                let change = try broker.poll(into: &inbox, wait: .milliseconds(100))
                #expect(change == nil)
                for (partition, place) in inbox.partitions {
                    offsets[partition, default: []] += inbox.arrivals[place].batch.records.map(\.position)
                }
            }
            func fetch(until count: Int, of partition: TopicPartition) throws {
                try wait(until: { (offsets[partition]?.count ?? 0) >= count }, doing: fetch)
            }
            try broker.start([StartOffset(partitions[0], at: 0)], isPaused: false)
            try fetch(until: 20, of: partitions[0])
            try broker.pause([partitions[0]])
            var before = offsets[partitions[0]]
            try broker.start([StartOffset(partitions[1], at: 100)], isPaused: false)
            try fetch(until: 20, of: partitions[1])
            for _ in 0..<5 { try fetch(until: (offsets[partitions[1]]?.count ?? 0) + 1, of: partitions[1]) }
            #expect(offsets[partitions[0]] == before)
            try broker.resume([partitions[0]])
            try fetch(until: 60, of: partitions[0])
            try broker.stop([partitions[0]])
            before = offsets[partitions[0]]
            try fetch(until: 100, of: partitions[1])
            #expect(offsets[partitions[0]] == before)
            #expect(offsets[partitions[0]] == Array(0..<(before?.count ?? 0)))
            #expect(offsets[partitions[1]] == Array(100..<200))
            broker.close()
        }

        /// A partition that rested when it was given up does not rest when it comes back.
        @Test(arguments: Backend.allCases)
        func restEndsWithTheFetching(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<10, names.topic(), 0))
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            _ = try nextChange(of: broker, &inbox)
            try broker.start([StartOffset(partition, at: 0)], isPaused: true)
            try broker.stop([partition])
            try broker.start([StartOffset(partition, at: 4)], isPaused: false)
            for _ in 0..<100 where inbox.recordCount < 6 {
                _ = try broker.poll(into: &inbox, wait: .milliseconds(100))
            }
            #expect(inbox.arrivals.first?.batch.records.map(\.position) == Array(4..<10))
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func leadThatIsNotThereIsAwaited(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            guard !fixture.divergences.contains(.makesTopicsUp) else { return }
            let names = Names()
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            // A broker that has only just started knows no topic for a moment, so that this is no error that stops.
            if let error = failure(of: { () throws(BrokerError) in try member.broker.subscribe(to: names.topic()) }) {
                #expect(error.remedy == .retry && error.message.contains(names.topic()))
            } else {
                for _ in 0..<10 { try member.poll(wait: .milliseconds(100)) }
            }
            #expect(member.changes.isEmpty)
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func changesCanBeAnsweredWithNothing(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<10, names.topic(), 0))
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            _ = try nextChange(of: broker, &inbox)
            try broker.start([], isPaused: false)
            for _ in 0..<5 { _ = try broker.poll(into: &inbox, wait: .milliseconds(100)) }
            #expect(inbox.isEmpty)
            try broker.start([StartOffset(TopicPartition(names.topic(), 0), at: 0)], isPaused: false)
            try fill(&inbox, with: 10, from: broker)
            broker.close()
        }
    }
}
