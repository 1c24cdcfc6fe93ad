import Engine
import RampartCore
import Testing

extension BrokerTests {
    /// Topics, and reading them outside of the group.
    @Suite struct InternalTopicContract {
        @Test(arguments: Backend.allCases)
        func topicsAreCreatedOnce(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            var member = names.member()
            member.requestTimeout = .seconds(2)
            let broker = try fixture.makeBroker(member)
            defer { broker.close() }
            let topics = [
                TopicSpec(name: names.topic("one"), partitions: 3, isCompacted: true),
                TopicSpec(name: names.topic("two"), partitions: 1, isCompacted: false, retentionMilliseconds: -1),
            ]
            if fixture.divergences.contains(.makesTopicsUp) {
                // What is missing is found out by asking for it.
                try broker.createTopics(topics)
                #expect(try broker.partitionCount(of: names.topic("one")) == 4)
                return
            }
            #expect(try broker.partitionCount(of: names.topic("one")) == nil)
            try broker.createTopics(topics)
            #expect(try broker.partitionCount(of: names.topic("one")) == 3)
            #expect(try broker.partitionCount(of: names.topic("two")) == 1)
            try broker.createTopics([TopicSpec(name: names.topic("one"), partitions: 9, isCompacted: true)])
            #expect(try broker.partitionCount(of: names.topic("one")) == 3)
            try broker.createTopics([])
        }

        @Test(arguments: Backend.allCases)
        func askingForATopicDoesNotMakeIt(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let broker = try fixture.makeBroker(names.member())
            let expected = fixture.divergences.contains(.makesTopicsUp) ? 4 : nil
            #expect(try broker.partitionCount(of: names.topic()) == expected)
            #expect(try broker.partitionCount(of: names.topic()) == expected)
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func readsOfSeveralPartitionsAlternate(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 2)
            for partition in 0..<2 { try fixture.append(numbered(0..<3_000, names.topic(), partition)) }
            let broker = try fixture.makeBroker(names.member())
            var next: [Int64] = [0, 0]
            var values: [[String]] = [[], []]
            for _ in 0..<200 where next != [3_000, 3_000] {
                for partition in 0..<2 where next[partition] < 3_000 {
                    let step = try broker.read(
                        TopicPartition(names.topic(), partition), from: next[partition], wait: .milliseconds(100))
                    values[partition] += step.records.compactMap {
                        $0.value.map { String(decoding: $0, as: UTF8.self) }
                    }
                    next[partition] = step.next
                }
            }
            #expect(values[0] == (0..<3_000).map { "v\($0)" })
            #expect(values[1] == values[0])
            // Going back is allowed, and going on from there too.
            let again = try readAll(TopicPartition(names.topic(), 1), from: 2_990, broker)
            #expect(again.map(\.offset) == Array(2_990..<3_000))
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func readsGoOnBehindMarkersAndGaps(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<4, names.topic(), 0), transaction: .committed, id: names.id("a")).close()
            try fixture.append(numbered(4..<9, names.topic(), 0), transaction: .aborted, id: names.id("b")).close()
            let broker = try fixture.makeBroker(names.member())
            let end = try broker.logRange(of: partition).upperBound
            // Kafka counts a marker for each transaction; a cluster without isolation has none.
            #expect(end >= 9)
            let found = try readAll(partition, upTo: end, broker)
            #expect(found.count == (fixture.divergences.contains(.showsUncommitted) ? 9 : 4))
            let atEnd = try broker.read(partition, from: end, wait: .milliseconds(300))
            #expect(atEnd.records.isEmpty && atEnd.next == end)
            try fixture.append(numbered(9..<10, names.topic(), 0))
            #expect(try readAll(partition, from: end, broker).map(\.offset) == [end])
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func readOutsideTheLogStops(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<4, names.topic(), 0))
            let broker = try fixture.makeBroker(names.member())
            let error = #expect(throws: BrokerError.self) {
                for _ in 0..<50 { _ = try broker.read(partition, from: 77, wait: .milliseconds(100)) }
            }
            #expect(error?.remedy == .stop)
            #expect(error?.code == "_AUTO_OFFSET_RESET")
            #expect(try readAll(partition, broker).count == 4)
            broker.close()
        }
    }
}
