import Foundation
import Storage
import Testing

@Suite struct ZstdReadingTests {
    /// Everything that a reader gives of a log with these stored bytes, and what it throws at the end.
    private func drain(_ stored: some Collection<UInt8>, chunkBytes: Int = 50) throws -> (
        bytes: [UInt8], error: StorageError?, reader: LogReader
    ) {
        let folder = try TemporaryFolder()
        let reader = LogReader(LogFile(path: try folder.write(stored, to: "log.zst")), chunkBytes: chunkBytes)
        var bytes: [UInt8] = []
        do throws(StorageError) {
            while try reader.append(to: &bytes) > 0 {}
            return (bytes, nil, reader)
        } catch {
            return (bytes, error, reader)
        }
    }

    @Test(arguments: [1, 7, 64, 1 << 20]) func zstdIsKnownByItsFirstBytes(chunkBytes: Int) throws {
        let (bytes, error, reader) = try drain(ZstdFixture.compressed, chunkBytes: chunkBytes)
        #expect(bytes == GzipFixture.text && error == nil)
        #expect(reader.bytesRead == ZstdFixture.compressed.count)
        #expect(reader.byteCount == ZstdFixture.compressed.count)
    }

    @Test func textThatBeginsLikeAFrameIsText() throws {
        for text in ["(", "P", "P*", "P*M", "(a)", "P*M\u{19}", "_*M x"] {
            let (bytes, error, _) = try drain(text.utf8)
            #expect(bytes == Array(text.utf8) && error == nil, "\(text)")
        }
    }

    @Test func framesFollowOneAnother() throws {
        let big = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let frames =
            ZstdFixture.skipped([1, 2, 3]) + ZstdFixture.stored([]) + ZstdFixture.stored(big) + ZstdFixture.compressed
            + ZstdFixture.skipped([]) + ZstdFixture.stored([1], blockBytes: 1)
        let (bytes, error, reader) = try drain(frames, chunkBytes: 65_521)
        #expect(bytes == big + GzipFixture.text + [1] && error == nil)
        #expect(reader.bytesRead == frames.count)
    }

    @Test func aCutAtAnyByteGivesWhatCameBeforeItAndThenItsPlace() throws {
        let whole = ZstdFixture.compressed
        // The first byte alone is text.
        for length in 2..<whole.count {
            let (bytes, error, _) = try drain(whole.prefix(length))
            #expect(error?.reason == .truncated && error?.byte == length, "cut at \(length)")
            #expect(error?.description.hasSuffix("/log.zst: the zstd data ends early at byte \(length)") == true)
            #expect(bytes.elementsEqual(GzipFixture.text.prefix(bytes.count)))
            // The checksum is 4 bytes; before it all text is there.
            if length >= whole.count - 4 { #expect(bytes == GzipFixture.text) }
        }
    }

    @Test func aCutInsideTheSecondFrameIsSeenToo() throws {
        let first = ZstdFixture.stored([7])
        for length in 1..<first.count {
            let (bytes, error, _) = try drain(first + first.prefix(length))
            #expect(error?.reason == .truncated && error?.byte == first.count + length)
            #expect(bytes == [7])
        }
    }

    @Test func aChangedByteIsFoundOrDoesNotMatter() throws {
        let whole = ZstdFixture.compressed
        var faults = 0
        for index in 4..<whole.count {
            for change in [0x01, 0x41, 0x80, 0xFF] as [UInt8] {
                var changed = whole
                changed[index] ^= change
                let (bytes, error, _) = try drain(changed)
                guard let error else {
                    #expect(bytes == GzipFixture.text, "byte \(index)")
                    continue
                }
                faults += 1
                #expect([.corrupt, .truncated].contains(error.reason))
                #expect(error.byte.map { $0 <= whole.count } == true)
            }
        }
        #expect(faults > 3 * (whole.count - 4), "The checksum finds what the format does not.")
    }

    @Test func aFaultIsToldAtItsBlock() throws {
        var frame = ZstdFixture.stored([1, 2, 3, 4, 5, 6], blockBytes: 2)
        // The third type of block does not exist.
        let second = 6 + 5
        frame[second] |= 3 << 1
        let (bytes, error, _) = try drain(frame)
        #expect(bytes == [1, 2])
        #expect(error?.reason == .corrupt && error?.byte.map { (second...second + 3).contains($0) } == true)
        #expect(error?.description.contains("the zstd data is corrupt at byte ") == true)
    }

    @Test func whatFollowsAFrameMustBeZstd() throws {
        for ending in [[0x41, 0x41, 0x41, 0x41, 0x41], GzipFixture.compressed] {
            let frame = ZstdFixture.stored([1, 2])
            let (bytes, error, _) = try drain(frame + ending)
            #expect(bytes == [1, 2] && error?.byte == frame.count)
            #expect(error?.description.contains("bytes that are not zstd follow a frame") == true)
        }
    }

    @Test func windowsAreBounded() throws {
        let block = ZstdFixture.blockHeader(count: 1, type: 0, isLast: true) + [9]
        let (bytes, error, _) = try drain(ZstdFixture.start(windowDescriptor: 13 << 3) + block)
        #expect(bytes == [9] && error == nil)
        for descriptor in [13 << 3 | 1, 14 << 3, 0xFF] as [UInt8] {
            let (bytes, error, _) = try drain(ZstdFixture.start(windowDescriptor: descriptor) + block)
            #expect(bytes == [] && error?.reason == .corrupt)
            #expect(
                error?.description.contains("a window of more than 8 MiB; compress it with a level up to 19") == true)
        }
    }

    /// 128 KiB from four bytes each: what is free ends with the 512th block.
    @Test(arguments: [(512, true), (513, false)]) func theRatioIsBounded(blocks: Int, isRead: Bool) throws {
        let (bytes, error, _) = try drain(ZstdFixture.repeated(blocks: blocks), chunkBytes: 1 << 20)
        #expect((error == nil) == isRead && bytes.count <= 64 << 20 + 1 << 20)
        if !isRead { #expect(error?.description.contains("more than 1032 times what is stored") == true) }
    }

    @Test(arguments: [1, 3, 1 << 20]) func pipesGiveZstd(pieceBytes: Int) throws {
        let folder = try TemporaryFolder()
        let whole = ZstdFixture.compressed + ZstdFixture.stored([9])
        let cases: [([UInt8], StorageError.Reason?)] = [
            (whole, nil), (whole.dropLast(), .truncated), ([0x28, 0xB5], .truncated),
        ]
        for (number, (stored, reason)) in cases.enumerated() {
            let path = "\(folder.path)/pipe\(number)"
            #expect(mkfifo(path, 0o600) == 0)
            Thread.detachNewThread {
                guard let handle = FileHandle(forWritingAtPath: path) else { return }
                for start in stride(from: 0, to: stored.count, by: pieceBytes) {
                    try? handle.write(contentsOf: stored[start..<min(start + pieceBytes, stored.count)])
                }
                try? handle.close()
            }
            let reader = LogReader(LogFile(path: path), chunkBytes: 50)
            var bytes: [UInt8] = []
            var error: StorageError?
            do throws(StorageError) {
                while try reader.append(to: &bytes) > 0 {}
            } catch let found {
                error = found
            }
            #expect(bytes.starts(with: stored.count > 2 ? GzipFixture.text : []) && error?.reason == reason)
            #expect(reader.bytesRead == stored.count && reader.byteCount == nil)
        }
    }
}
