import Engine
import Foundation
import RampartCore
import Testing

@testable import Storage

@Suite struct RecordedLogTests {
    private let log: RecordedLogFixture

    init() throws { log = try RecordedLogFixture() }

    // MARK: Reading back

    /// Any records, in any pieces, with flushes and new writers in between.
    @Test(arguments: 1...6)
    func oracle_recordsAreReadBackAsTheyWereAppended(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let partitions = [clicks, TopicPartition("clicks", 7), TopicPartition("a.b_c-D", 0)]
        var expected: [TopicPartition: [StoredRecord]] = [:]
        var writer = try log.writer(pendingBytesMax: 4000)
        for _ in 0..<60 {
            let partition = partitions.randomElement(using: &random)!
            let start = writer.end(of: partition) ?? .random(in: 0...100, using: &random)
            let bytesMax = [10, 500, 5000].randomElement(using: &random)!
            let records = RecordedLogFixture.records(
                .random(in: 0...6, using: &random), from: start, &random, bytesMax: bytesMax)
            let end = (records.last.map { $0.offset + 1 } ?? start) + .random(in: 0...3, using: &random)
            try writer.append(records, of: partition, role: .input, covering: start..<end)
            expected[partition, default: []] += records
            if Int.random(in: 0..<6, using: &random) == 0 { try writer.flush() }
            if Int.random(in: 0..<12, using: &random) == 0 {
                try writer.finish()
                writer = try log.writer(pendingBytesMax: 4000)
            }
        }
        try writer.finish()
        for (partition, records) in expected {
            let found = try log.records(of: partition)
            #expect(found.error == nil && found.records == records)
            #expect(found.cursor.position == writer.end(of: partition) && found.cursor.missingOffsets == 0)
            for start in [0, records.randomElement(using: &random)?.offset ?? 5, .max] {
                #expect(try log.records(of: partition, from: start).records == records.filter { $0.offset >= start })
            }
            for time in Int64(-2)...10 {
                #expect(
                    try log.reader().offset(of: partition, atOrAfter: time)
                        == records.first { $0.timestamp ?? .min >= time }?.offset)
            }
        }
    }

    @Test func batchesHoldTheSameRecords() throws {
        let expected = try log.fillSmall()[clicks]!
        let cursor = try log.reader().records(of: clicks)
        var batch = RecordBatch()
        while try cursor.append(to: &batch) {}
        #expect(batch.records.map { Int64($0.position) } == expected.map(\.offset))
        #expect(
            batch.records.map { $0.fault == .noValue ? nil : Array(batch.bytes[$0.range]) } == expected.map(\.value))
        #expect(batch.envelopes.map { $0.key.map { Array(batch.bytes[$0]) } } == expected.map(\.key))
        #expect(batch.envelopes.map(\.timestamp) == expected.map(\.timestamp))
        #expect(batch.envelopes.map(\.isAppendTime) == expected.map(\.isAppendTime))
        #expect(
            batch.envelopes.map { $0.headers.map { RecordHeader($0.name, $0.value) } } == expected.map(\.headers))
    }

    @Test func theManifestSaysWhatIsThere() throws {
        #expect(!RecordedLogReader.isRecordedLog(log.folder))
        let expected = try log.fillSmall()
        #expect(RecordedLogReader.isRecordedLog(log.folder))
        let manifest = try log.reader().manifest
        #expect(manifest.pipeline == "marketplace" && manifest.application == "rampart")
        #expect(manifest.created?.text == "2011-11-11T08:00:00.000Z")
        #expect(manifest.partitions.map(\.partition) == expected.keys.sorted())
        #expect(manifest.partitions.map(\.role) == [.input, .input, .control])
        #expect(manifest.partitions.map(\.committed) == [7, nil, nil])
        for entry in manifest.partitions {
            #expect(entry.covered == 3..<expected[entry.partition]!.last!.offset + 2)
        }
        let text = String(decoding: try log.temporary.read("log/recorded-log.json"), as: UTF8.self)
        #expect(text.contains("\n      \"topic\" : \"rampart.control\"\n"))
    }

    /// The file is ordinary gzip: whatever reads that, reads the records' bytes.
    @Test func blocksAreGzipMembers() throws {
        let expected = try log.fillSmall()[clicks]!
        let reader = LogReader(LogFile(path: log.files(clicks).records))
        var bytes: [UInt8] = []
        while try reader.append(to: &bytes) > 0 {}
        #expect(bytes == expected.reduce(into: []) { RecordFrame.append($1, to: &$0) })
    }

    // MARK: Memory

    /// Records gather up to the size of a block, and together up to a bound; then they go to the disk, asked or not.
    @Test(arguments: [(RecordedLogWriter.blockBytes, 1 << 30), (1 << 30, 10_000)])
    func recordsDoNotGatherForEver(blockBytes: Int, pendingBytesMax: Int) throws {
        let writer = try log.writer(pendingBytesMax: pendingBytesMax)
        let limit = min(blockBytes, pendingBytesMax)
        func written(_ partition: TopicPartition) throws -> Int {
            try log.temporary.read("log/topics/clicks/\(partition.partition).records.gz").count
        }
        var small = record(0)
        small.value = [UInt8](repeating: 7, count: limit / 2 - RecordFrame.byteCountMin)
        try writer.append([small], of: clicks, role: .input)
        #expect(try written(clicks) == 0)
        let other = pendingBytesMax == limit ? TopicPartition("clicks", 1) : clicks
        small.offset = 1
        small.value!.removeLast()
        try writer.append([small], of: other, role: .input)
        #expect(try written(other) == 0)
        try writer.append([record(2)], of: other, role: .input)
        #expect(try written(other) > 0)
        #expect(try log.reader().manifest.partitions.isEmpty)
    }

    // MARK: Gaps

    @Test func offsetsThatWereLostAreCountedAndThoseWithoutRecordsAreNot() throws {
        let writer = try log.writer()
        try writer.append([record(5), record(9)], of: clicks, role: .input, covering: 4..<12)
        try writer.append([record(30)], of: clicks, role: .input, covering: 20..<31)
        try writer.append([], of: clicks, role: .input, covering: 31..<40)
        try writer.finish()
        let found = try log.records(of: clicks)
        #expect(found.records.map(\.offset) == [5, 9, 30] && found.error == nil)
        #expect(found.cursor.missingOffsets == 8 && found.cursor.position == 40)
        #expect(try log.records(of: clicks, from: 15).cursor.missingOffsets == 5)
        #expect(try log.records(of: clicks, from: 25).cursor.missingOffsets == 0)
        #expect(try log.reader().manifest[clicks]?.covered == 4..<40)
    }

    @Test func withoutARangeRecordsGoOnWhereThePartitionEnds() throws {
        let writer = try log.writer()
        try writer.append([record(5)], of: clicks, role: .input)
        try writer.append([record(9)], of: clicks, role: .input)
        try writer.append([], of: clicks, role: .input)
        #expect(writer.end(of: clicks) == 10 && writer.end(of: TopicPartition("clicks", 1)) == nil)
        try writer.finish()
        #expect(try log.records(of: clicks).cursor.missingOffsets == 0)
        #expect(try log.reader().manifest[clicks]?.covered == 5..<10)
    }

    @Test func aHoleBeforeTheFirstRecordOrAtTheEndIsNotPromised() throws {
        var writer = try log.writer()
        try writer.append([], of: clicks, role: .input, covering: 5..<5)
        try writer.flush()
        try writer.append([record(20)], of: clicks, role: .input, covering: 20..<21)
        try writer.append([], of: clicks, role: .input, covering: 30..<30)
        try writer.finish()
        #expect(try log.reader().manifest[clicks]?.covered == 5..<21)
        let found = try log.records(of: clicks)
        #expect(found.records == [record(20)] && found.error == nil && found.cursor.missingOffsets == 15)
        writer = try log.writer()
        #expect(writer.end(of: clicks) == 21)
    }

    // MARK: Refusals

    @Test(arguments: ["", ".", "..", "a/b", "../x", "a b", "ä", "a\0", String(repeating: "t", count: 250)])
    func topicsThatKafkaDoesNotAllowAreRefused(topic: String) throws {
        let writer = try log.writer()
        let error = #expect(throws: StorageError.self) {
            try writer.append([record(0)], of: TopicPartition(topic, 0), role: .input)
        }
        #expect(error?.reason == .badName)
        for number in [-1, 1 << 31] {
            #expect(throws: StorageError.self) {
                try writer.append([record(0)], of: TopicPartition("t", number), role: .input)
            }
        }
        try writer.append([record(0)], of: TopicPartition(String(repeating: "t", count: 249), 0), role: .input)
        try writer.finish()
        #expect(try log.reader().manifest.partitions.count == 1)
    }

    @Test func offsetsThatGoBackAreRefusedAndNothingIsTaken() throws {
        let writer = try log.writer()
        try writer.append([record(5)], of: clicks, role: .input)
        let refused: [([StoredRecord], Range<Int64>?)] = [
            ([record(5)], nil), ([record(7), record(6)], nil), ([record(7), record(7)], nil), ([record(.max)], nil),
            ([], 4..<9), ([record(6)], 7..<9), ([record(9)], 7..<9), ([record(-1)], nil),
        ]
        for (records, covered) in refused {
            let error = #expect(throws: StorageError.self) {
                try writer.append(records, of: clicks, role: .input, covering: covered)
            }
            #expect(error?.reason == .offsetsGoBack)
        }
        #expect(throws: StorageError.self) {
            try writer.append([record(-5)], of: TopicPartition("clicks", 1), role: .input)
        }
        try writer.append([record(6)], of: clicks, role: .input)
        try writer.finish()
        #expect(try log.records(of: clicks).records == [record(5), record(6)])
    }

    @Test func aRecordOfAnySizeUpToTheLimitIsKept() throws {
        let writer = try log.writer()
        var large = record(0)
        large.value = [UInt8](repeating: 7, count: RecordFrame.byteCountMax - RecordFrame.byteCountMin)
        try writer.append([large, record(1)], of: clicks, role: .input)
        var larger = large
        larger.key = [1]
        larger.offset = 2
        let error = #expect(throws: StorageError.self) { try writer.append([larger], of: clicks, role: .input) }
        #expect(error?.reason == .tooLarge)
        try writer.finish()
        #expect(try log.records(of: clicks).records == [large, record(1)])
    }

    @Test func aPartitionKeepsItsRole() throws {
        let writer = try log.writer()
        try writer.append([record(0)], of: clicks, role: .input)
        let error = #expect(throws: StorageError.self) { try writer.append([record(1)], of: clicks, role: .control) }
        #expect(error?.reason == .otherFamily)
        try writer.append([record(1)], of: clicks, role: .input)
    }

    @Test(arguments: [("other", "rampart"), ("marketplace", "other")])
    func anotherPipelineOrApplicationIsRefused(pipeline: String, application: String) throws {
        try log.writer().finish()
        let other = RecordedLogManifest(pipeline: pipeline, application: application, created: nil)
        let error = #expect(throws: StorageError.self) {
            try RecordedLogWriter(folder: log.folder, manifest: other)
        }
        #expect(error?.reason == .otherFamily && error?.description.contains("'other'") == true)
    }

    @Test func twoWritersDoNotShareALog() throws {
        let first = try log.writer()
        let error = #expect(throws: StorageError.self) { try log.writer() }
        #expect(error?.reason == .inUse)
        try first.finish()
        _ = try log.writer()
    }

    @Test(arguments: [
        (#"{}"#, StorageError.Reason.notARecordedLog), ("", .notARecordedLog), ("[1,", .notARecordedLog),
        (#"{"format":"rampart-recorded-log","version":2}"#, .otherVersion),
        (#"{"format":"rampart-recorded-log","version":1}"#, .damaged),
    ])
    func otherManifestsAreRefused(text: String, reason: StorageError.Reason) throws {
        try log.temporary.write(text.utf8, to: "log/recorded-log.json")
        #expect(RecordedLogReader.isRecordedLog(log.folder))
        #expect(#expect(throws: StorageError.self) { try log.reader() }?.reason == reason)
        #expect(#expect(throws: StorageError.self) { try log.writer() }?.reason == reason)
    }

    @Test func aManifestThatIsTooLongIsNotRead() throws {
        try log.writer().finish()
        #expect(truncate("\(log.folder)/recorded-log.json", ManifestFile.bytesMax + 1) == 0)
        let error = #expect(throws: StorageError.self) { try log.reader() }
        #expect(error?.reason == .tooLarge)
    }

    @Test(arguments: [
        (#""start" : 3"#, #""start" : -3"#), (#""start" : 3"#, #""start" : 300"#), (#""clicks""#, #""../clicks""#),
        (#""partition" : 1"#, #""partition" : 0"#), (#""partition" : 1"#, #""partition" : -1"#),
        (#""input""#, #""output""#), (#"2011-11-11T08"#, #"2011-11-11X08"#),
    ])
    func aManifestThatContradictsItselfIsRefused(part: String, other: String) throws {
        _ = try log.fillSmall()
        let text = String(decoding: try log.temporary.read("log/recorded-log.json"), as: UTF8.self)
        #expect(text.contains(part))
        try log.temporary.write(text.replacing(part, with: other).utf8, to: "log/recorded-log.json")
        #expect(#expect(throws: StorageError.self) { try log.reader() }?.reason == .damaged)
    }
}
