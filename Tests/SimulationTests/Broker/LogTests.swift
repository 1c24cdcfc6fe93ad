import Engine
import RampartCore
import Simulation
import Testing

/// What a partition's log keeps, and what of it is read.
@Suite struct LogTests {
    private let cluster = SimulatedCluster.small()
    private let reader: SimulatedBroker

    init() { reader = SimulatedBroker(cluster, transactionalID: "reader") }

    @Test func topicsAreCreatedOnce() throws {
        #expect(try reader.partitionCount(of: "new") == nil)
        try reader.createTopics([TopicSpec(name: "new", partitions: 3, isCompacted: true)])
        try reader.createTopics([TopicSpec(name: "new", partitions: 9, isCompacted: true)])
        #expect(try reader.partitionCount(of: "new") == 3)
        #expect(try reader.logRange(of: TopicPartition("new", 2)) == 0..<0)
        #expect(refusal { _ = try reader.logRange(of: TopicPartition("new", 3)) }?.remedy == .retry)
    }

    @Test func retentionMovesTheStart() throws {
        cluster.append(["a", "b", "c"], to: output)
        cluster.truncate(output, before: 2)
        #expect(try reader.logRange(of: output) == 2..<3)
        #expect(try reader.values(of: output, from: 2) == ["c"])
        let error = try #require(refusal { _ = try reader.read(output, from: 1, wait: .zero) })
        #expect(error.remedy == .stop)
        #expect(refusal { _ = try reader.read(output, from: 4, wait: .zero) }?.remedy == .stop)
        #expect(cluster.committedRecords(of: output).count == 3)
    }

    @Test func retentionIsByTimestamp() throws {
        let partition = TopicPartition("brief", 0)
        cluster.createTopic(
            TopicSpec(name: "brief", partitions: 1, isCompacted: false, retentionMilliseconds: 100), firstOffset: 40)
        cluster.append(["a"], to: partition)
        cluster.advance(by: 60)
        cluster.append(["b"], to: partition)
        cluster.advance(by: 60)
        cluster.applyRetention("brief")
        #expect(try reader.logRange(of: partition) == 41..<42)
    }

    @Test func compactionKeepsTheLastOfEachKeyAndTheOffsets() throws {
        for (key, value) in [("k", "1"), ("l", "1"), ("k", "2"), ("k", "3"), ("m", "1")] {
            cluster.append(to: output, key: Array(key.utf8), value: Array(value.utf8))
        }
        cluster.compact(output, before: 4)
        #expect(try reader.logRange(of: output) == 0..<5)
        let (records, next) = try reader.read(output, from: 0, wait: .zero)
        #expect(records.map(\.offset) == Array([1, 3, 4].prefix(records.count)))
        #expect(next > 0)
        #expect(try reader.values(of: output) == ["1", "3", "1"])
    }

    @Test func compactionDropsTombstonesWhenTheyAreOld() throws {
        cluster.append(to: output, key: [1], value: [1])
        cluster.append(to: output, key: [1], value: nil)
        cluster.compact(output)
        #expect(try reader.read(output, from: 0, wait: .zero).records.map(\.value) == [nil])
        cluster.advance(by: cluster.settings.deleteRetention + 1)
        cluster.compact(output)
        #expect(try reader.read(output, from: 0, wait: .zero).records.isEmpty)
        #expect(try reader.read(output, from: 0, wait: .zero).next == 2)
    }

    @Test func compactionLeavesAnOpenTransactionAlone() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output), .text("x", to: output)])
        cluster.compact(output)
        cluster.truncate(output, before: 2)
        try producer.commitTransaction()
        #expect(try reader.values(of: output) == ["x", "x"])
    }

    @Test func timestampsAreTheProducersOrTheBrokers() throws {
        cluster.createTopic(TopicSpec(name: "stamped", partitions: 1, isCompacted: false), isAppendTime: true)
        cluster.append(to: output, key: nil, value: [1], timestamp: 5)
        cluster.append(to: TopicPartition("stamped", 0), key: nil, value: [1], timestamp: 5)
        let created = try reader.read(output, from: 0, wait: .zero).records[0]
        let appended = try reader.read(TopicPartition("stamped", 0), from: 0, wait: .zero).records[0]
        #expect(created.timestamp == 5 && !created.isAppendTime)
        #expect(appended.timestamp == cluster.now && appended.isAppendTime)
    }

    @Test func aCompactedTopicRefusesRecordsWithoutKey() throws {
        cluster.createTopic(TopicSpec(name: "keyed", partitions: 1, isCompacted: true))
        let producer = try SimulatedBroker.producer(cluster, "a")
        let error = refusal { try producer.produce([OutboundRecord(topic: "keyed", key: nil, value: [1])]) }
        #expect(error?.code == "INVALID_RECORD")
    }

    @Test func recordsAndMetadataHaveTheirLimits() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        let limit = cluster.settings.recordBytesMax
        let record = { (size: Int) in
            OutboundRecord(
                topic: "out", key: [1], value: [UInt8](repeating: 0, count: size - 4),
                headers: [RecordHeader("h", [1, 2])])
        }
        #expect(refusal { try producer.produce([record(limit + 1)]) }?.code == "MSG_SIZE_TOO_LARGE")
        try producer.produce([record(limit)])
        let metadata = String(repeating: "m", count: cluster.settings.metadataBytesMax + 1)
        let refused = refusal {
            try producer.sendOffsets([output: CommittedOffset(offsetNext: 0, metadata: metadata)])
        }
        #expect(refused?.code == "OFFSET_METADATA_TOO_LARGE")
    }

    /// Vectors of Kafka's own `UtilsTest.testMurmur2`.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func aKeyGoesWhereJavaClientsPutIt(key: String, hash: Int) throws {
        cluster.createTopic(TopicSpec(name: "wide", partitions: 1000, isCompacted: false))
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([OutboundRecord(topic: "wide", key: Array(key.utf8), value: nil)])
        let place = Int(UInt32(truncatingIfNeeded: hash) & 0x7fff_ffff) % 1000
        #expect(cluster.entries(of: TopicPartition("wide", place)).count == 1)
    }
}
