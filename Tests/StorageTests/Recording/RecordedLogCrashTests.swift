import Engine
import Foundation
import Testing

@testable import Storage

@Suite struct RecordedLogCrashTests {
    private let log: RecordedLogFixture

    init() throws { log = try RecordedLogFixture() }

    /// A recorder that died while it wrote its second block, at any byte: the next one goes on behind the last block
    /// that is whole, and what it writes is read as if nothing had happened.
    @Test func recordingGoesOnBehindTheLastWholeBlock() throws {
        let (bytes, promised) = try crashBehindPromise()
        for count in stride(from: promised, through: bytes.count, by: 16) + [bytes.count] {
            try restore(bytes[..<count])
            let isWhole = count == bytes.count
            let torn = try log.records(of: clicks)
            #expect(torn.error == nil && torn.records.map(\.offset) == (isWhole ? [0, 1] : [0]))
            #expect(torn.cursor.tornBytes == (isWhole ? 0 : count - promised))
            let writer = try log.writer()
            #expect(writer.end(of: clicks) == (isWhole ? 2 : 1))
            try writer.append([record(writer.end(of: clicks)!, "next", at: 9)], of: clicks, role: .input)
            try writer.finish()
            let found = try log.records(of: clicks)
            #expect(found.error == nil && found.records.map(\.offset) == (isWhole ? [0, 1, 2] : [0, 1]))
            #expect(found.records.last?.value == Array("next".utf8) && found.cursor.tornBytes == 0)
            #expect(try log.reader().offset(of: clicks, atOrAfter: 9) == found.records.last?.offset)
        }
    }

    /// A tail that is longer than what is appended over it would else show up again behind it.
    @Test func aLongTailIsCutOff() throws {
        let (bytes, _) = try crashBehindPromise()
        try restore(bytes + [UInt8](repeating: 0x1F, count: 5000))
        #expect(try log.records(of: clicks).cursor.tornBytes == 5000)
        let writer = try log.writer()
        try writer.append([record(2)], of: clicks, role: .input)
        try writer.finish()
        let found = try log.records(of: clicks)
        #expect(found.records.map(\.offset) == [0, 1, 2] && found.cursor.tornBytes == 0)
    }

    /// Blocks that were not yet promised are looked into before recording goes on behind them.
    @Test func aDamagedBlockBehindThePromiseIsCutOff() throws {
        let (bytes, promised) = try crashBehindPromise()
        for index in promised..<bytes.count {
            var damaged = bytes
            damaged[index] ^= 0xFF
            try restore(damaged)
            let found = try log.records(of: clicks)
            #expect(found.error == nil && found.records == [record(0, "first")])
            // Every byte would be as good as any, but each waits for the disk.
            guard index % 16 == 0 else { continue }
            let writer = try log.writer()
            #expect(writer.end(of: clicks) == 1)
            try writer.append([record(1, "again")], of: clicks, role: .input)
            try writer.finish()
            #expect(try log.records(of: clicks).records == [record(0, "first"), record(1, "again")])
        }
    }

    @Test func whatIsLostBeforeThePromiseStopsTheRecorder() throws {
        let (bytes, promised) = try crashBehindPromise()
        try restore(bytes[..<(promised - 1)])
        let error = #expect(throws: StorageError.self) { try log.writer() }
        #expect(error?.reason == .damaged && error?.file == log.files(clicks).records)
    }

    /// Without its index the log is read from its beginning, and the index is made anew.
    @Test func theIndexIsMadeAnew() throws {
        let expected = try log.fillSmall()
        let files = log.files(clicks)
        let index = try Data(contentsOf: URL(filePath: files.index))
        for count in [0, 1, BlockHeader.byteCount, index.count - 1] {
            try index.prefix(count).write(to: URL(filePath: files.index))
            try log.writer().finish()
            #expect(try Data(contentsOf: URL(filePath: files.index)) == index)
        }
        try FileManager.default.removeItem(atPath: files.index)
        try log.writer().finish()
        #expect(try Data(contentsOf: URL(filePath: files.index)) == index)
        #expect(try log.records(of: clicks).records == expected[clicks])
    }

    /// A partition that no manifest names yet was promised to nobody.
    @Test func aPartitionThatWasNeverPromisedBeginsAnew() throws {
        try log.writer().finish()
        let manifest = try log.temporary.read("log/recorded-log.json")
        var writer = try log.writer()
        try writer.append([record(3), record(4)], of: clicks, role: .input)
        try writer.finish()
        try log.temporary.write(manifest, to: "log/recorded-log.json")
        writer = try log.writer()
        #expect(writer.end(of: clicks) == nil)
        try writer.append([record(4)], of: clicks, role: .control)
        try writer.finish()
        #expect(try log.records(of: clicks).records == [record(4)])
    }

    /// A cursor at the end of a log that is still being written finds what comes later.
    @Test func aLogCanBeReadWhileItIsWritten() throws {
        let writer = try log.writer()
        try writer.append([record(0)], of: clicks, role: .input)
        try writer.flush()
        let cursor = try log.reader().records(of: clicks)
        #expect(try cursor.next() == [record(0)])
        #expect(try cursor.next() == nil)
        try writer.append([record(1)], of: clicks, role: .input)
        #expect(try cursor.next() == nil)
        try writer.flush()
        #expect(try cursor.next() == [record(1)])
    }

    /// A limit on the size of files stands for a disk that is full in the middle of a block.
    @Test func aFullDiskEndsTheWriterAndKeepsWhatWasPromised() async {
        await #expect(processExitsWith: .success) {
            let log = try RecordedLogFixture()
            var writer = try log.writer()
            try writer.append([record(0)], of: clicks, role: .input)
            try writer.flush()
            var limit = rlimit(rlim_cur: 20_000, rlim_max: rlim_t.max)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            var random = SplitMix(state: 1)
            var large = record(1)
            large.value = (0..<100_000).map { _ in .random(in: .min ... .max, using: &random) }
            try writer.append([large], of: clicks, role: .input)
            for _ in 0..<2 {
                do throws(StorageError) {
                    try writer.flush()
                    exit(1)
                } catch {
                    try #require(error.reason == .fileTooLarge && error.operation == .write)
                    try #require(error.file == log.files(clicks).records)
                }
            }
            try #require(try log.records(of: clicks).records == [record(0)])
            limit.rlim_cur = rlim_t.max
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            do throws(StorageError) {
                try writer.append([record(2)], of: clicks, role: .input)
                exit(1)
            } catch {
                try #require(error.reason == .fileTooLarge)
            }
            try? writer.finish()
            writer = try log.writer()
            try #require(writer.end(of: clicks) == 1)
        }
    }

    // MARK: -

    /// Leaves a log whose manifest promises one block of two; returns the file and the bytes of the first block.
    private func crashBehindPromise() throws -> (bytes: [UInt8], promised: Int) {
        var writer = try log.writer()
        try writer.append([record(0, "first")], of: clicks, role: .input)
        try writer.finish()
        let manifest = try log.temporary.read("log/recorded-log.json")
        let promised = try log.temporary.read("log/topics/clicks/0.records.gz").count
        writer = try log.writer()
        try writer.append([record(1, "second", at: 5)], of: clicks, role: .input)
        try writer.finish()
        let bytes = try log.temporary.read("log/topics/clicks/0.records.gz")
        let index = try log.temporary.read("log/topics/clicks/0.index")
        try log.temporary.write(manifest, to: "saved/manifest")
        try log.temporary.write(index, to: "saved/index")
        try restore(bytes[...])
        return (bytes, promised)
    }

    /// Puts the log back to where it was after the crash, with other bytes in its file.
    private func restore(_ bytes: some Collection<UInt8>) throws {
        try log.temporary.write(bytes, to: "log/topics/clicks/0.records.gz")
        try log.temporary.write(try log.temporary.read("saved/manifest"), to: "log/recorded-log.json")
        try log.temporary.write(try log.temporary.read("saved/index"), to: "log/topics/clicks/0.index")
    }
}
