import Foundation
import RampartCore
import Storage
import Testing

@Suite struct LogReaderTests {
    /// Everything that a reader gives, and what it throws at the end.
    private func drain(_ path: String, chunkBytes: Int = 7) -> (bytes: [UInt8], error: StorageError?, reader: LogReader)
    {
        let reader = LogReader(LogFile(path: path), chunkBytes: chunkBytes)
        var bytes: [UInt8] = []
        do throws(StorageError) {
            while true {
                let before = bytes.count
                let count = try reader.append(to: &bytes)
                #expect(bytes.count == before + count && count <= chunkBytes)
                if count == 0 { return (bytes, nil, reader) }
            }
        } catch {
            return (bytes, error, reader)
        }
    }

    @Test(arguments: [1, 2, 3, 1000, 1 << 20])
    func plainFilesOfAnyChunkSize(chunkBytes: Int) throws {
        let folder = try TemporaryFolder()
        for text in ["", "x", "\u{1E}", "a\nb\n", "no line end", String(repeating: "row\n", count: 500)] {
            let path = try folder.write(text.utf8, to: "log")
            let (bytes, error, reader) = drain(path, chunkBytes: chunkBytes)
            #expect(bytes == Array(text.utf8) && error == nil)
            #expect(reader.bytesRead == text.utf8.count && reader.byteCount == text.utf8.count)
        }
    }

    @Test func chunksAreAppendedToWhatTheBufferHolds() throws {
        let folder = try TemporaryFolder()
        let reader = LogReader(LogFile(path: try folder.write("world".utf8, to: "log")))
        var buffer = Array("hello ".utf8)
        #expect(try reader.append(to: &buffer) == 5)
        #expect(buffer == Array("hello world".utf8))
        #expect(try reader.append(to: &buffer) == 0)
        #expect(try reader.append(to: &buffer) == 0)
        #expect(buffer == Array("hello world".utf8))
    }

    @Test func chunksReplaceWhatTheBufferHolds() throws {
        let folder = try TemporaryFolder()
        let reader = LogReader(LogFile(path: try folder.write("abc".utf8, to: "log")), chunkBytes: 2)
        var chunk = Array("old".utf8)
        #expect(try reader.read(into: &chunk) == 2)
        #expect(chunk == Array("ab".utf8))
        #expect(try reader.read(into: &chunk) == 1)
        #expect(chunk == Array("c".utf8))
        #expect(try reader.read(into: &chunk) == 0)
        #expect(chunk.isEmpty)
    }

    @Test(arguments: [1, 7, 64, 1 << 20])
    func gzipIsKnownByItsFirstBytes(chunkBytes: Int) throws {
        let folder = try TemporaryFolder()
        let (bytes, error, reader) = drain(try folder.write(GzipFixture.compressed, to: "log"), chunkBytes: chunkBytes)
        #expect(bytes == GzipFixture.text && error == nil)
        #expect(reader.bytesRead == GzipFixture.compressed.count)
        #expect(reader.byteCount == GzipFixture.compressed.count)
    }

    @Test func membersFollowOneAnother() throws {
        let folder = try TemporaryFolder()
        let big = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let members =
            GzipFixture.stored([]) + GzipFixture.stored(big) + GzipFixture.compressed + GzipFixture.stored([1])
        let expected = big + GzipFixture.text + [1]
        for padding in [0, 1, 600] {
            let path = try folder.write(members + [UInt8](repeating: 0, count: padding), to: "log.gz")
            let (bytes, error, reader) = drain(path, chunkBytes: 65_521)
            #expect(bytes == expected && error == nil)
            #expect(reader.bytesRead == members.count + padding)
        }
    }

    @Test func aCutAtAnyByteGivesWhatCameBeforeItAndThenItsPlace() throws {
        let folder = try TemporaryFolder()
        let whole = GzipFixture.compressed
        for length in 1..<whole.count {
            let (bytes, error, _) = drain(try folder.write(whole.prefix(length), to: "cut.gz"))
            #expect(error?.reason == .truncated && error?.byte == length, "cut at \(length)")
            #expect(error?.description.hasSuffix("/cut.gz: the gzip data ends early at byte \(length)") == true)
            #expect(bytes.elementsEqual(GzipFixture.text.prefix(bytes.count)))
            // The trailer is 8 bytes; before it all text is there.
            if length >= whole.count - 8 { #expect(bytes == GzipFixture.text) }
        }
        let (bytes, error, _) = drain(try folder.write([], to: "cut.gz"))
        #expect(bytes.isEmpty && error == nil)
    }

    @Test func aCutInsideTheSecondMemberIsSeenToo() throws {
        let folder = try TemporaryFolder()
        let first = GzipFixture.stored([7])
        for length in 1..<first.count {
            let (bytes, error, _) = drain(try folder.write(first + first.prefix(length), to: "cut.gz"))
            #expect(error?.reason == .truncated && error?.byte == first.count + length)
            #expect(bytes == (length <= first.count - 9 ? [7] : [7, 7]))
        }
    }

    @Test func anErrorIsThrownAgain() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(GzipFixture.compressed.dropLast(), to: "cut.gz")
        let (_, error, reader) = drain(path)
        var buffer: [UInt8] = []
        #expect(throws: try #require(error)) { try reader.append(to: &buffer) }
        #expect(buffer.isEmpty)
    }

    @Test func aChangedByteIsFoundOrDoesNotMatter() throws {
        let folder = try TemporaryFolder()
        let whole = GzipFixture.compressed
        var faults = 0
        for index in 2..<whole.count {
            var changed = whole
            changed[index] ^= 0x41
            let (bytes, error, _) = drain(try folder.write(changed, to: "log.gz"))
            guard let error else {
                #expect(bytes == GzipFixture.text, "byte \(index)")
                continue
            }
            faults += 1
            #expect([.corrupt, .truncated].contains(error.reason))
            #expect(error.byte.map { $0 <= whole.count } == true)
        }
        // Only the time and system in the header are free.
        #expect(faults >= whole.count - 10)
    }

    @Test func whatFollowsAMemberMustBeGzip() throws {
        let folder = try TemporaryFolder()
        let member = GzipFixture.stored([1, 2])
        let endings: [([UInt8], Int)] = [([0x41], 0), ([0, 0x1F, 0x8B], 1), ([0x1F, 0x41], 2), ([0, 0, 9], 2)]
        for (ending, consumed) in endings {
            let (bytes, error, _) = drain(try folder.write(member + ending, to: "log.gz"))
            #expect(bytes == [1, 2])
            #expect(error?.reason == .corrupt && error?.byte == member.count + consumed, "\(ending)")
        }
    }

    @Test func whatIsNotThereOrNoFile() throws {
        let folder = try TemporaryFolder()
        let missing = drain("\(folder.path)/none").error
        #expect(missing?.reason == .notFound)
        #expect(missing?.description == "\(folder.path)/none: cannot open: No such file or directory")
        #expect(drain(folder.path).error?.reason == .isFolder)
    }

    @Test func aFileThatTakesTheLogsPlaceIsNotReadOn() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("abcdef".utf8, to: "log")
        let reader = LogReader(LogFile(path: path), chunkBytes: 3)
        var bytes: [UInt8] = []
        #expect(try reader.append(to: &bytes) == 3)
        try folder.write("ABCDEF".utf8, to: "other")
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: "\(folder.path)/other", toPath: path)
        let error = #expect(throws: StorageError.self) { try reader.append(to: &bytes) }
        #expect(error?.reason == .replaced && error?.byte == 3)
        #expect(bytes == Array("abc".utf8))
    }

    @Test(arguments: [1, 3, 1 << 20])
    func pipesGivePlainAndGzip(pieceBytes: Int) throws {
        let folder = try TemporaryFolder()
        let second = GzipFixture.compressed + GzipFixture.stored([9])
        let cases: [([UInt8], [UInt8], StorageError.Reason?)] = [
            (GzipFixture.text, GzipFixture.text, nil), (second, GzipFixture.text + [9], nil), ([], [], nil),
            (second.dropLast(), GzipFixture.text + [9], .truncated), ([0x1F], [], .truncated),
        ]
        for (number, (stored, expected, reason)) in cases.enumerated() {
            let path = "\(folder.path)/pipe\(number)"
            #expect(mkfifo(path, 0o600) == 0)
            Thread.detachNewThread {
                guard let handle = FileHandle(forWritingAtPath: path) else { return }
                for start in stride(from: 0, to: stored.count, by: pieceBytes) {
                    try? handle.write(contentsOf: stored[start..<min(start + pieceBytes, stored.count)])
                }
                try? handle.close()
            }
            let (bytes, error, reader) = drain(path, chunkBytes: 50)
            #expect(bytes == expected && error?.reason == reason, "case \(number)")
            #expect(reader.bytesRead == stored.count && reader.byteCount == nil)
        }
    }

    @Test func logsThatAreHalfReadHoldNoDescriptor() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            var limit = rlimit(rlim_cur: 32, rlim_max: 32)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            let members = [Array("ab".utf8), GzipFixture.stored(Array("ab".utf8))]
            var readers: [LogReader] = []
            var bytes: [UInt8] = []
            for index in 0..<200 {
                let path = try folder.write(members[index % 2], to: "log\(index)")
                readers.append(LogReader(LogFile(path: path), chunkBytes: 1))
                try #require(try readers[index].append(to: &bytes) == 1)
            }
            for reader in readers { try #require(try reader.append(to: &bytes) == 1) }
            try #require(bytes.count == 400)
        }
    }

    @Test func anUnreadableFileIsNamed() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = try folder.write("x".utf8, to: "log")
            try #require(chmod(path, 0) == 0)
            if geteuid() == 0 { try #require(setuid(65_534) == 0) }
            var bytes: [UInt8] = []
            do throws(StorageError) {
                _ = try LogReader(LogFile(path: path)).append(to: &bytes)
                exit(1)
            } catch {
                try #require(error.reason == .permissionDenied)
                try #require(error.description == "\(path): cannot open: Permission denied")
            }
        }
    }
}
