import Engine
import Foundation
import RampartCore
import Testing

@testable import Storage

/// A recorded log in a folder of its own, and what it should hold.
struct RecordedLogFixture {
    static let manifest = RecordedLogManifest(
        pipeline: "marketplace", application: "rampart", created: EventTime(text: "2011-11-11T08:00:00.000Z"))

    let temporary: TemporaryFolder
    let folder: String

    init() throws {
        temporary = try TemporaryFolder()
        folder = "\(temporary.path)/log"
    }

    func writer(pendingBytesMax: Int = RecordedLogWriter.pendingBytesMax) throws -> RecordedLogWriter {
        try RecordedLogWriter(folder: folder, manifest: Self.manifest, pendingBytesMax: pendingBytesMax)
    }

    func reader() throws -> RecordedLogReader { try RecordedLogReader(folder: folder) }

    func files(_ partition: TopicPartition) -> PartitionFiles { PartitionFiles(of: partition, in: folder) }

    /// All records of a partition from an offset on, as far as they can be read, and what came at the end.
    func records(
        of partition: TopicPartition, from offset: Int64 = 0
    ) throws -> (records: [StoredRecord], cursor: RecordedLogCursor, error: StorageError?) {
        let cursor = try reader().records(of: partition, from: offset)
        var records: [StoredRecord] = []
        do throws(StorageError) {
            while let more = try cursor.next() {
                #expect(!more.isEmpty)
                records += more
            }
            return (records, cursor, nil)
        } catch {
            return (records, cursor, error)
        }
    }

    /// Writes three partitions with records of every kind, in several blocks; flushed, and finished.
    func fillSmall() throws -> [TopicPartition: [StoredRecord]] {
        let writer = try writer()
        var expected: [TopicPartition: [StoredRecord]] = [:]
        var random = SplitMix(state: 11)
        for (index, partition) in [clicks, TopicPartition("clicks", 1), TopicPartition("rampart.control", 0)]
            .enumerated()
        {
            var start: Int64 = 3
            for _ in 0..<3 {
                let records = Self.records(3, from: start, &random, bytesMax: 12)
                let end = records.last!.offset + 2
                try writer.append(
                    records, of: partition, role: index == 2 ? .control : .input, covering: start..<end)
                try writer.flush()
                expected[partition, default: []] += records
                start = end
            }
        }
        try writer.finish(committed: [clicks: 7])
        return expected
    }

    /// Records with gaps, without keys, values, headers or timestamps, or with all of them.
    static func records(
        _ count: Int, from start: Int64, _ random: inout SplitMix, bytesMax: Int
    ) -> [StoredRecord] {
        func bytes(_ random: inout SplitMix) -> [UInt8]? {
            guard Int.random(in: 0..<4, using: &random) > 0 else { return nil }
            return (0..<Int.random(in: 0...bytesMax, using: &random)).map { _ in .random(in: 0...9, using: &random) }
        }
        var offset = start
        return (0..<count).map { _ in
            offset += Int.random(in: 0..<3, using: &random) == 0 ? .random(in: 1...5, using: &random) : 0
            defer { offset += 1 }
            let timestamp = Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: -1...9, using: &random)
            let headers = (0..<Int.random(in: 0...2, using: &random)).map { index in
                RecordHeader(["", "trace", "schlüssel"].randomElement(using: &random)!, bytes(&random))
            }
            return StoredRecord(
                offset: offset, timestamp: timestamp, isAppendTime: timestamp != nil && Bool.random(using: &random),
                key: bytes(&random), value: bytes(&random), headers: headers)
        }
    }
}

let clicks = TopicPartition("clicks", 0)

/// A record with a value and nothing else but a time.
func record(_ offset: Int64, _ value: String = "v", at timestamp: Int64? = nil) -> StoredRecord {
    StoredRecord(offset: offset, timestamp: timestamp, isAppendTime: false, key: nil, value: Array(value.utf8))
}
