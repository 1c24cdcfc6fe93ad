import Engine
import Foundation
import RampartCore
import Testing

@testable import Storage

@Suite struct RecordedLogDamageTests {
    private let log: RecordedLogFixture

    init() throws { log = try RecordedLogFixture() }

    // MARK: Any damage

    /// Every byte of every file, flipped in two ways: what is read is right, as far as it goes, and if it does not go
    /// to the end, there is an error.
    @Test func everyFlippedByteIsAnErrorOrHarmless() throws {
        let expected = try log.fillSmall()
        var errors = 0
        for name in try allFiles() {
            let bytes = try log.temporary.read(name)
            for index in bytes.indices {
                for mask: UInt8 in [0x01, 0xFF] {
                    var damaged = bytes
                    damaged[index] ^= mask
                    try log.temporary.write(damaged, to: name)
                    if try checkPrefixes(of: expected) { errors += 1 }
                }
            }
            try log.temporary.write(bytes, to: name)
        }
        #expect(errors > 1000)
        #expect(try !checkPrefixes(of: expected))
    }

    /// Every file, cut off at every byte.
    @Test func everyTruncationIsAnErrorOrHarmless() throws {
        let expected = try log.fillSmall()
        for name in try allFiles() {
            let bytes = try log.temporary.read(name)
            for count in bytes.indices {
                try log.temporary.write(bytes[..<count], to: name)
                let isError = try checkPrefixes(of: expected)
                if name.hasSuffix(".gz") { #expect(isError) }
                if name.hasSuffix(".index") { #expect(!isError) }
            }
            try log.temporary.write(bytes, to: name)
        }
    }

    /// An index that says something else than the file leads nowhere wrong.
    @Test func anIndexThatLiesIsNotBelieved() throws {
        let expected = try log.fillSmall()
        let files = log.files(clicks)
        let entries = try log.temporary.read(name(of: files.index))
        let size = BlockHeader.byteCount
        #expect(entries.count == 3 * size)
        var lie = try #require(BlockHeader(Array(entries[size..<2 * size]), of: clicks))
        lie.covered = lie.covered.lowerBound..<lie.covered.lowerBound + 1
        lie.latest = .min
        let parts = (0..<3).map { Array(entries[$0 * size..<($0 + 1) * size]) }
        let lies = [
            parts[0] + lie.bytes(of: clicks) + parts[2], parts[1] + parts[2] + parts[0], entries + entries, [],
            Array(entries.dropLast(1)),
        ]
        for lie in lies {
            try log.temporary.write(lie, to: name(of: files.index))
            for start in Int64(0)...30 {
                #expect(
                    try log.records(of: clicks, from: start).records == expected[clicks]!.filter { $0.offset >= start })
            }
        }
        try FileManager.default.removeItem(atPath: files.index)
        #expect(try log.records(of: clicks, from: 9).records == expected[clicks]!.filter { $0.offset >= 9 })
    }

    /// A block that sits in the wrong place or in the wrong file is whole, and still not read.
    @Test func blocksThatWereMovedAreNotRead() throws {
        let expected = try log.fillSmall()
        let other = TopicPartition("clicks", 1)
        let blocks = try blocks(of: clicks)
        let foreign = try self.blocks(of: other)
        let moved = [
            blocks[0] + blocks[2], blocks[1] + blocks[2], blocks[0] + blocks[0] + blocks[2],
            foreign[0] + foreign[1] + foreign[2], blocks[0] + foreign[1] + blocks[2],
        ]
        for bytes in moved {
            try log.temporary.write(bytes, to: name(of: log.files(clicks).records))
            #expect(try checkPrefixes(of: expected))
        }
    }

    @Test func aMissingFileIsAnErrorIfSomethingWasPromised() throws {
        _ = try log.fillSmall()
        try FileManager.default.removeItem(atPath: log.files(clicks).records)
        #expect(try log.records(of: clicks).error?.reason == .damaged)
        #expect(#expect(throws: StorageError.self) { try log.writer() }?.reason == .damaged)
        let error = #expect(throws: StorageError.self) { try log.reader().records(of: TopicPartition("none", 0)) }
        #expect(error?.reason == .notFound)
    }

    // MARK: What a block may say

    @Test func aHeaderThatSaysWhatCannotBeIsNone() {
        let good = BlockHeader(
            position: 0, number: 0, memberBytes: 200, payloadBytes: 100, recordCount: 3, covered: 0..<5, latest: 0)
        #expect(BlockHeader(good.bytes(of: clicks), of: clicks) == good)
        #expect(BlockHeader(good.bytes(of: clicks), of: TopicPartition("clicks", 1)) == nil)
        let changes: [(inout BlockHeader) -> Void] = [
            {
                $0.payloadBytes = BlockHeader.payloadBytesMax + 1
                $0.memberBytes = 1 << 30
            },
            { $0.payloadBytes = 200 * 1032 + 1 },
            { $0.memberBytes = BlockHeader.startBytes },
            { $0.recordCount = 4 },
            { $0.position = .max },
        ]
        for change in changes {
            var header = good
            change(&header)
            #expect(BlockHeader(header.bytes(of: clicks), of: clicks) == nil)
        }
    }

    /// A few bytes that would inflate to gigabytes: no more is made of them than the header says.
    @Test func aBlockThatInflatesToMoreThanItSaysIsDamaged() throws {
        for (claimed, isRead) in [(100_000, true), (99_999, false), (100_001, false), (0, false)] {
            let fixture = try RecordedLogFixture()
            var large = record(0, "")
            large.value = [UInt8](repeating: 0, count: 100_000 - RecordFrame.byteCountMin)
            try write([large], claiming: claimed, in: fixture)
            let found = try fixture.records(of: clicks)
            #expect(found.records == (isRead ? [large] : []))
            #expect((found.error == nil) == isRead)
        }
    }

    /// Blocks with good checksums, whose records are not what the header says.
    @Test func recordsThatContradictTheirBlockAreDamage() throws {
        for offsets: [Int64] in [[5, 5], [6, 5], [4, 5], [8, 9], [5], [5, 6, 7]] {
            let fixture = try RecordedLogFixture()
            try write(offsets.map { record($0) }, covering: 5..<9, count: 2, in: fixture)
            let found = try fixture.records(of: clicks)
            #expect(found.records.isEmpty && found.error?.reason == .damaged)
        }
        let fixture = try RecordedLogFixture()
        try write([record(5), record(8)], covering: 5..<9, count: 2, in: fixture)
        #expect(try fixture.records(of: clicks).records.count == 2)
    }

    // MARK: -

    private func name(of path: String) -> String { String(path.dropFirst(log.temporary.path.count + 1)) }

    private func allFiles() throws -> [String] {
        let files = try FileManager.default.subpathsOfDirectory(atPath: log.temporary.path)
        return files.filter { $0.contains(".json") || $0.contains(".gz") || $0.hasSuffix(".index") }.sorted()
    }

    /// The blocks of a file, cut apart where the index says.
    private func blocks(of partition: TopicPartition) throws -> [[UInt8]] {
        let files = log.files(partition)
        let bytes = try log.temporary.read(name(of: files.records))
        let index = try log.temporary.read(name(of: files.index))
        return stride(from: 0, to: index.count, by: BlockHeader.byteCount).map { start in
            let header = BlockHeader(Array(index[start..<start + BlockHeader.byteCount]), of: partition)!
            return Array(bytes[header.position..<header.end])
        }
    }

    /// Whether something of the log could not be read; what could be must be right.
    private func checkPrefixes(of expected: [TopicPartition: [StoredRecord]]) throws -> Bool {
        var isError = false
        for (partition, records) in expected {
            do {
                let found = try log.records(of: partition)
                #expect(records.starts(with: found.records))
                #expect(found.error != nil || found.records.count == records.count)
                if found.error != nil { isError = true }
            } catch is StorageError {
                isError = true
            }
        }
        return isError
    }

    /// Makes a log of one block that says of itself what it is told to.
    private func write(
        _ records: [StoredRecord], claiming payloadBytes: Int? = nil, covering covered: Range<Int64> = 0..<1,
        count: Int? = nil, in fixture: RecordedLogFixture
    ) throws {
        let writer = try fixture.writer()
        try writer.append([record(covered.lowerBound)], of: clicks, role: .input, covering: covered)
        try writer.finish()
        let payload = records.reduce(into: []) { RecordFrame.append($1, to: &$0) }
        var deflated: [UInt8] = []
        payload.withUnsafeBytes { GzipEncoder().append($0, to: &deflated) }
        let header = BlockHeader(
            position: 0, number: 0, memberBytes: BlockHeader.startBytes + deflated.count,
            payloadBytes: payloadBytes ?? payload.count, recordCount: count ?? records.count, covered: covered,
            latest: .min)
        let files = fixture.files(clicks)
        try Data(BlockHeader.start + header.bytes(of: clicks) + deflated).write(to: URL(filePath: files.records))
    }
}
