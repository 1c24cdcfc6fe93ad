import Engine
import RampartCore
import Testing

extension BrokerTests {
    /// What transactions make visible, and to whom.
    @Suite struct TransactionContract {
        @Test(arguments: Backend.allCases)
        func committedRecordsAreSeenAndAbortedOnesAreNot(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<10, names.topic(), 0), transaction: .committed, id: names.id("a")).close()
            try fixture.append(numbered(10..<20, names.topic(), 0), transaction: .aborted, id: names.id("b")).close()
            try fixture.append(numbered(20..<30, names.topic(), 0), transaction: .committed, id: names.id("c")).close()
            let expected =
                fixture.divergences.contains(.showsUncommitted) ? Array(0..<30) : Array(0..<10) + Array(20..<30)

            let reader = try fixture.makeBroker(names.member("reader"))
            let read = try readAll(partition, reader)
            #expect(read.map { $0.value.map { String(decoding: $0, as: UTF8.self) } } == expected.map { "v\($0)" })
            #expect(read.map(\.offset) == read.map(\.offset).sorted())

            let member = TestMember(reader, topics: [names.topic()])
            try member.join()
            try poll(member) { member.ends[partition] != nil }
            #expect(member.records[partition]?.map(\.value) == expected.map { "v\($0)" })
            #expect(member.records[partition]?.map(\.offset) == read.map(\.offset))
            #expect(try member.ends[partition] == reader.logRange(of: partition).upperBound)
            reader.close()
        }

        /// A producer that is killed in a transaction comes back under the same id, so that what it commits later must not
        /// be taken for what was aborted before.
        @Test(arguments: Backend.allCases)
        func whatFollowsAnAbortOfTheSameProducerIsSeenFromEveryOffset(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            let outcomes: [Outcome] = [.committed, .aborted, .committed, .aborted, .committed]
            for (index, outcome) in outcomes.enumerated() {
                let records = numbered(index * 3..<index * 3 + 3, names.topic(), 0)
                try fixture.append(records, transaction: outcome, id: names.id("writer")).close()
            }
            let reader = try fixture.makeBroker(names.member("reader"))
            let all = try readAll(partition, reader)
            let isIsolated = !fixture.divergences.contains(.showsUncommitted)
            let shown = (0..<15).filter { !isIsolated || outcomes[$0 / 3] == .committed }
            #expect(all.map { $0.value.map { String(decoding: $0, as: UTF8.self) } } == shown.map { "v\($0)" })
            let end = try reader.logRange(of: partition).upperBound
            let blind = try (0..<end).filter { offset in
                let found = try readAll(partition, from: offset, reader).map(\.offset)
                return found != all.map(\.offset).filter { $0 >= offset }
            }
            #expect(blind.isEmpty != fixture.divergences.contains(.hidesWhatFollowsAnAbort), "blind from \(blind) on")
            reader.close()
        }

        @Test(arguments: Backend.allCases)
        func readersWaitAtAnOpenTransactionThatTheLogsEndCounts(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            try fixture.append(numbered(0..<5, names.topic(), 0))
            let writer = try fixture.append(
                numbered(5..<8, names.topic(), 0), transaction: .open, id: names.id("writer"))
            try fixture.append(numbered(8..<9, names.topic(), 0))
            let reader = try fixture.makeBroker(names.member("reader"))
            #expect(try reader.logRange(of: partition) == 0..<9)
            let isIsolated = !fixture.divergences.contains(.showsUncommitted)
            let before = try readAll(partition, upTo: isIsolated ? 5 : 9, reader)
            #expect(before.count == (isIsolated ? 5 : 9))
            if isIsolated {
                let more = try reader.read(partition, from: 5, wait: .milliseconds(300))
                #expect(more.records.isEmpty && more.next == 5)
            }
            try writer.commitTransaction()
            #expect(try readAll(partition, reader).count == 9)
            writer.close()
            reader.close()
        }

        @Test(arguments: Backend.allCases)
        func offsetsAreCommittedInTheTransactionWithTheirMetadata(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let topics = [names.topic("lead"), names.topic("follower")]
            for topic in topics { try fixture.createTopic(topic, partitions: 1) }
            let partitions = topics.map { TopicPartition($0, 0) }
            let member = TestMember(try fixture.makeBroker(names.member()), topics: topics)
            let broker = member.broker
            try member.join()
            try poll(member) { !member.changes.isEmpty }
            #expect(try broker.committed(partitions) == [:])
            try broker.initTransactions()

            let metadata = "watermark=1;digest=ä\u{1F512}"
            let offsets = [
                partitions[0]: CommittedOffset(offsetNext: 7, metadata: metadata),
                partitions[1]: CommittedOffset(offsetNext: 0, metadata: ""),
            ]
            try broker.beginTransaction()
            try broker.sendOffsets(offsets)
            try broker.commitTransaction()
            let isForgetful = fixture.divergences.contains(.forgetsTransactionalOffsets)
            #expect(try broker.committed(partitions) == (isForgetful ? [:] : offsets))

            try broker.beginTransaction()
            try broker.sendOffsets([partitions[0]: CommittedOffset(offsetNext: 9, metadata: "never")])
            try broker.abortTransaction()
            #expect(try broker.committed(partitions) == (isForgetful ? [:] : offsets))
            #expect(try broker.committed([]) == [:])
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func committedWaitsForAnOpenTransaction(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            let member = TestMember(try fixture.makeBroker(names.member()), topics: [names.topic()])
            try member.join()
            try poll(member) { !member.changes.isEmpty }
            try member.broker.initTransactions()
            let offset = CommittedOffset(offsetNext: 3, metadata: "m")
            try member.broker.beginTransaction()
            try member.broker.sendOffsets([partition: offset])

            var other = names.member("other")
            other.requestTimeout = .seconds(1)
            let observer = try fixture.makeBroker(other)
            if fixture.divergences.contains(.showsUnstableOffsets) {
                #expect(try observer.committed([partition]) == [:])
            } else {
                // The call would wait longer than this observer's patience.
                let error = #expect(throws: BrokerError.self) { try observer.committed([partition]) }
                #expect(error?.remedy == .retry)
            }
            try member.broker.commitTransaction()
            let isForgetful = fixture.divergences.contains(.forgetsTransactionalOffsets)
            #expect(try observer.committed([partition]) == (isForgetful ? [:] : [partition: offset]))
            member.broker.close()
            observer.close()
        }

        @Test(arguments: Backend.allCases)
        func whoTakesOverTheTransactionalIdFencesTheOther(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            let partition = TopicPartition(names.topic(), 0)
            try fixture.createTopic(names.topic(), partitions: 1)
            let zombie = try fixture.append(
                numbered(0..<3, names.topic(), 0), transaction: .open, id: names.id("writer"))
            let heir = try fixture.append(
                numbered(3..<5, names.topic(), 0), transaction: .committed, id: names.id("writer"))
            if fixture.divergences.contains(.letsZombiesCommit) {
                try zombie.commitTransaction()
            } else {
                let error = #expect(throws: BrokerError.self) {
                    try zombie.produce(numbered(5..<6, names.topic(), 0))
                    try zombie.commitTransaction()
                }
                #expect(error?.remedy == .rejoin)
                #expect(try readAll(partition, heir).map(\.value) == [Array("v3".utf8), Array("v4".utf8)])
            }
            zombie.close()
            heir.close()
        }

        @Test(arguments: Backend.allCases)
        func afterAnAbortTheSameRecordsCanBeSentAgain(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let broker = try fixture.makeBroker(names.member())
            try broker.initTransactions()
            let records = numbered(0..<5, names.topic(), 0)
            for isLast in [false, true] {
                try broker.beginTransaction()
                try broker.produce(records)
                if isLast { try broker.commitTransaction() } else { try broker.abortTransaction() }
            }
            // The first five may have been purged before they were sent.
            let found = try readAll(TopicPartition(names.topic(), 0), broker)
            #expect(found.suffix(5).map(\.value) == records.map(\.value))
            if !fixture.divergences.contains(.showsUncommitted) { #expect(found.count == 5) }
            broker.close()
        }

        /// Readers would wait for a transaction that nobody ends until it times out.
        @Test(arguments: Backend.allCases)
        func closingAbortsWhatIsOpen(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let writer = try fixture.append(
                numbered(0..<3, names.topic(), 0), transaction: .open, id: names.id("writer"))
            writer.close()
            try fixture.append(numbered(3..<5, names.topic(), 0))
            let reader = try fixture.makeBroker(names.member("reader"))
            let found = try readAll(TopicPartition(names.topic(), 0), reader)
            #expect(found.count == (fixture.divergences.contains(.showsUncommitted) ? 5 : 2))
            reader.close()
        }

        /// A client may go at any moment, also while its first records are on their way.
        @Test(arguments: Backend.allCases)
        func closingIsPossibleAtAnyMoment(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            for round in 0..<20 {
                let broker = try fixture.makeBroker(names.member("\(round)"))
                try broker.initTransactions()
                try broker.beginTransaction()
                try broker.produce(numbered(0..<5, names.topic(), 0))
                fixture.pass(.microseconds(round * 100))
                broker.close()
            }
        }

        @Test(arguments: Backend.allCases)
        func recordsOfATransactionAreWhatWasProduced(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 1)
            let broker = try fixture.makeBroker(names.member())
            try broker.initTransactions()
            try broker.beginTransaction()
            let headers = [RecordHeader("schema_version", [49]), RecordHeader("empty", []), RecordHeader("none", nil)]
            let records = [
                OutboundRecord(topic: names.topic(), partition: 0, key: [7], value: [8], headers: headers),
                OutboundRecord(topic: names.topic(), partition: 0, key: [7], value: nil),
                OutboundRecord(topic: names.topic(), partition: 0, key: nil, value: []),
                OutboundRecord(topic: names.topic(), partition: 0, key: [], value: [9]),
            ]
            try broker.produce(records)
            try broker.commitTransaction()
            let found = try readAll(TopicPartition(names.topic(), 0), broker)
            #expect(found.map(\.key) == records.map(\.key))
            #expect(found.map(\.value) == records.map(\.value))
            #expect(found.map(\.headers) == records.map(\.headers))
            broker.close()
        }

        @Test(arguments: Backend.allCases)
        func keysChooseTheirPartitionAsJavaClientsDo(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            let names = Names()
            try fixture.createTopic(names.topic(), partitions: 10)
            let broker = try fixture.makeBroker(names.member())
            try broker.initTransactions()
            try broker.beginTransaction()
            // From the Java client's own test of murmur2, modulo ten after the sign is cleared.
            let hashes: [(key: String, hash: Int32)] = [
                ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
                ("a-little-bit-longer-string", -1_486_304_829), ("abc", 479_470_107),
            ]
            try broker.produce(
                hashes.map { OutboundRecord(topic: names.topic(), key: Array($0.key.utf8), value: Array($0.key.utf8)) })
            try broker.commitTransaction()
            for (key, hash) in hashes {
                let partition = TopicPartition(names.topic(), Int(hash & Int32.max) % 10)
                let found = try readAll(partition, broker).compactMap(\.value)
                #expect(found.contains(Array(key.utf8)), "\(key) is not in \(partition)")
            }
            broker.close()
        }
    }
}
