import Engine
import RampartCore
import Testing

extension BrokerTests {
    /// Fetching partitions in the group.
    @Suite struct ReadingContract {
        @Test(arguments: Backend.allCases)
        func eachPartitionComesWholeAndInOrder(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 3)
            for partition in 0..<3 { try fixture.append(numbered(0..<500, names.topic(), partition)) }
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()], byteLimit: 1_000)
            try member.join()
            try poll(member) { member.ends.count == 3 }
            for partition in 0..<3 {
                let found = member.records[TopicPartition(names.topic(), partition)] ?? []
                #expect(found.map(\.offset) == Array(0..<500))
                #expect(found.map(\.value) == (0..<500).map { "v\($0)" })
                #expect(member.ends[TopicPartition(names.topic(), partition)] == 500)
            }
            #expect(member.changes == [.assigned([0, 1, 2])])
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func pollEndsWhenTheInboxIsFull(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<100, names.topic(), 0))
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()], byteLimit: 10)
            try member.join()
            try poll(member) {
                #expect(member.inbox.byteCount < 20)
                return member.ends.count == 1
            }
            #expect(member.records[TopicPartition(names.topic(), 0)]?.count == 100)
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func pausedPartitionsRestAndGoOnWhereTheyWere(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let rests = TopicPartition(names.topic(), 0)
            let flows = TopicPartition(names.topic(), 1)
            try fixture.createTopic(names.topic(), partitions: 2)
            for partition in 0..<2 { try fixture.append(numbered(0..<2_000, names.topic(), partition)) }
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()], byteLimit: 100)
            try member.join()
            try poll(member) { (member.records[rests]?.count ?? 0) >= 50 }
            try member.broker.pause([rests])
            let before = member.records[rests]?.count
            try poll(member) { member.ends[flows] != nil }
            #expect(member.records[rests]?.count == before)
            try member.broker.resume([rests])
            try poll(member) { member.ends[rests] != nil }
            #expect(member.records[rests]?.map(\.offset) == Array(0..<2_000))
            #expect(member.records[flows]?.map(\.offset) == Array(0..<2_000))
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func partitionsStartAtTheirOffsetsAndPausedIfWanted(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<100, names.topic(), 0))
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            _ = try nextChange(of: broker, &inbox)
            try broker.start([StartOffset(partition, at: 40)], isPaused: true)
            for _ in 0..<5 { _ = try broker.poll(into: &inbox, wait: .milliseconds(100)) }
            #expect(inbox.isEmpty)
            try broker.resume([partition])
            try fill(&inbox, with: 60, from: broker)
            let place = try #require(inbox.partitions[partition])
            #expect(inbox.arrivals[place].batch.records.map(\.position) == Array(40..<100))
            try broker.stop([partition])
            inbox.removeAll()
            try fixture.append(numbered(100..<110, names.topic(), 0))
            for _ in 0..<5 { _ = try broker.poll(into: &inbox, wait: .milliseconds(100)) }
            #expect(inbox.recordCount == 0)
            broker.close()
        }

        /// Note: a client library that is told to stop fetching twice in a row ends the process.
        @Test(arguments: Backend.allCases)
        func partitionsAreMovedAsOftenAsOneLikes(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partitions = (0..<4).map { TopicPartition(names.topic(), $0) }
            try fixture.createTopic(names.topic(), partitions: partitions.count)
            for partition in partitions { try fixture.append(numbered(0..<100, partition.topic, partition.partition)) }
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            _ = try nextChange(of: broker, &inbox)
            try broker.start([], isPaused: false)
            for round in 0..<300 {
                for partition in partitions {
                    try broker.start([StartOffset(partition, at: Int64(round % 100))], isPaused: false)
                }
                if round % 3 == 0 { try broker.stop(partitions) }
                if round % 10 == 0 { _ = try broker.poll(into: &inbox, wait: .milliseconds(1)) }
            }
            inbox.removeAll()
            try broker.start(partitions.map { StartOffset($0, at: 40) }, isPaused: false)
            try fill(&inbox, with: 60 * partitions.count, from: broker)
            for partition in partitions {
                let place = try #require(inbox.partitions[partition])
                #expect(inbox.arrivals[place].batch.records.map(\.position) == Array(40..<100))
            }
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func offsetOutsideTheLogStops(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<10, names.topic(), 0))
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            member.progress.offsetsNext[TopicPartition(names.topic(), 0)] = 5_000
            try member.join()
            let error = #expect(throws: BrokerError.self) { try poll(member) { false } }
            #expect(error?.remedy == .stop)
            #expect(error?.code == "_AUTO_OFFSET_RESET")
            #expect(error?.message.contains(names.topic()) == true)
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func startBeforeTheFirstOffsetIsRefused(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            member.progress.offsetsNext[TopicPartition(names.topic(), 0)] = -1
            try member.join()
            let error = #expect(throws: BrokerError.self) { try poll(member) { false } }
            #expect(error?.remedy == .stop)
            member.broker.close()
        }

        @Test(arguments: Backend.allCases)
        func recordsAreWhatWasAppended(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let headers = [
                RecordHeader("trace", [0, 255]), RecordHeader("trace", []), RecordHeader("none", nil),
            ]
            let records = [
                OutboundRecord(topic: names.topic(), partition: 0, key: [1, 0, 2], value: [3], headers: headers),
                OutboundRecord(topic: names.topic(), partition: 0, key: [], value: []),
                OutboundRecord(topic: names.topic(), partition: 0, key: nil, value: nil),
            ]
            try fixture.append(records)
            let broker = try fixture.makeBroker(names.member())
            try broker.subscribe(to: names.topic())
            var inbox = Inbox()
            _ = try nextChange(of: broker, &inbox)
            try broker.start([StartOffset(TopicPartition(names.topic(), 0), at: 0)], isPaused: false)
            try fill(&inbox, with: 3, from: broker)
            let batch = inbox.arrivals[0].batch
            #expect(batch.records.map(\.position) == [0, 1, 2])
            #expect(batch.records.map { Array(batch.bytes[$0.range]) } == [[3], [], []])
            #expect(batch.records.map(\.fault) == [nil, nil, .noValue])
            #expect(batch.envelopes.map { $0.key.map { Array(batch.bytes[$0]) } } == [[1, 0, 2], [], nil])
            #expect(batch.envelopes[0].headers.map(\.name) == headers.map(\.name))
            #expect(batch.envelopes[0].headers.map(\.value) == headers.map(\.value))
            #expect(batch.envelopes.allSatisfy { ($0.timestamp ?? 0) > 0 && !$0.isAppendTime })
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func recordsOfFiveMegabytesPass(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let value = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
            let record = OutboundRecord(topic: names.topic(), partition: 0, key: nil, value: value)
            let broker = try fixture.makeBroker(names.member())
            defer { broker.close() }
            try broker.initTransactions()
            try broker.beginTransaction()
            try broker.produce([record])
            if fixture.divergences.contains(.refusesLargeRecords) {
                // A person must raise the limit: the same record in a new transaction would fail for ever.
                let error = #expect(throws: BrokerError.self) { try broker.commitTransaction() }
                #expect(error?.remedy == .stop)
                #expect(error?.code == "MSG_SIZE_TOO_LARGE")
                return
            }
            try broker.commitTransaction()
            let found = try readAll(TopicPartition(names.topic(), 0), broker)
            #expect(found.map(\.value) == [value])
        }
    }
}

/// Reads a partition to its end as `read_committed` shows it.
func readAll(
    _ partition: TopicPartition, from offset: Int64 = 0, upTo end: Int64? = nil, _ broker: any Broker
) throws -> [StoredRecord] {
    let end = try end ?? broker.logRange(of: partition).upperBound
    var records: [StoredRecord] = []
    var next = offset
    for _ in 0..<200 where next < end {
        let step = try broker.read(partition, from: next, wait: .milliseconds(100))
        records += step.records
        #expect(step.next >= next)
        next = step.next
    }
    #expect(next >= end, "the end was not reached")
    return records
}
