/// Cuts a stream of bytes into lines, with memory bounded by the longest record allowed.
///
/// A line is given without its line feed; a carriage return before that is left to the reader, because a CSV cell
/// may hold one.
struct LineSplitter: Sendable {
    /// What became of the end of a line.
    enum Line {
        /// A whole line, possibly with a carriage return at its end.
        case whole(UnsafeRawBufferPointer)
        /// The start of a line that is longer than a record may be.
        case oversize(UnsafeRawBufferPointer, RecordBatch.Oversize)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The number of the line that is being read, from 1.
    private(set) var number = 1
    /// The bytes of that line so far, or its first ones where it is too long.
    private var pending: ContiguousArray<UInt8> = []
    /// Totals of a line that is too long.
    private var excess: Excess?
    /// How many bytes of a byte order mark were seen at the start of the stream; all, once that is settled.
    private var markCount = 0

    private struct Excess {
        var hash = SHA256()
        var byteCount = 0
        /// Whether the last byte was a carriage return, which counts only if more follows.
        var heldReturn = false

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            guard let last = bytes.last else { return }
            if heldReturn {
                hash.update(CollectionOfOne(UInt8(ascii: "\r")))
                byteCount += 1
            }
            heldReturn = last == UInt8(ascii: "\r")
            let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(heldReturn ? 1 : 0))
            hash.update(content)
            byteCount += content.count
        }

        var total: RecordBatch.Oversize { RecordBatch.Oversize(byteCount: byteCount, digest: hash.finalize()) }
    }

    /// Adds bytes, and gives every line that ends in them to `body` with its number.
    mutating func split(_ chunk: UnsafeRawBufferPointer, _ body: (Line, Int) -> Void) {
        var rest = withoutMark(chunk)
        while let end = Self.lineFeed(in: rest) {
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            if pending.isEmpty, excess == nil, line.count <= Limits.recordBytes {
                body(.whole(line), number)
            } else {
                keep(line)
                endLine(body)
            }
            number += 1
        }
        keep(rest)
    }

    /// Gives the last line to `body` where it has no line feed.
    mutating func finish(_ body: (Line, Int) -> Void) {
        if markCount < Self.byteOrderMark.count { settleMark() }
        if !pending.isEmpty || excess != nil { endLine(body) }
    }

    private mutating func endLine(_ body: (Line, Int) -> Void) {
        // A carriage return may have been kept beyond the limit until it was known to end the line.
        let content = pending.count - (pending.last == UInt8(ascii: "\r") ? 1 : 0)
        if excess == nil, content > Limits.recordBytes { startExcess() }
        pending.withUnsafeBytes { bytes in
            if let excess { body(.oversize(bytes, excess.total), number) } else { body(.whole(bytes), number) }
        }
        pending.removeAll(keepingCapacity: true)
        excess = nil
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        if excess != nil {
            excess?.add(bytes)
            return
        }
        // One byte more than a record may have: it may be the carriage return of the line end.
        let room = Limits.recordBytes + 1 - pending.count
        pending.append(contentsOf: bytes.prefix(room))
        guard bytes.count > room else { return }
        startExcess()
        excess?.add(UnsafeRawBufferPointer(rebasing: bytes[room...]))
    }

    private mutating func startExcess() {
        var excess = Excess()
        pending.withUnsafeBytes { excess.add($0) }
        self.excess = excess
        pending.removeLast(pending.count - Limits.deadLetterBytes)
    }

    /// The chunk without the part of a byte order mark at the start of the stream that it holds.
    private mutating func withoutMark(_ chunk: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard markCount < Self.byteOrderMark.count else { return chunk }
        var index = 0
        while index < chunk.count, markCount < Self.byteOrderMark.count {
            guard chunk[index] == Self.byteOrderMark[markCount] else {
                settleMark()
                break
            }
            index += 1
            markCount += 1
        }
        return UnsafeRawBufferPointer(rebasing: chunk[index...])
    }

    /// Takes what looked like the start of a byte order mark as content.
    private mutating func settleMark() {
        pending.append(contentsOf: Self.byteOrderMark[..<markCount])
        markCount = Self.byteOrderMark.count
    }

    /// The index of the first line feed.
    @inline(__always)
    private static func lineFeed(in bytes: UnsafeRawBufferPointer) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let feeds = word ^ ones &* UInt64(UInt8(ascii: "\n"))
            let marks = (feeds &- ones) & ~feeds & (ones &* 0x80)
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }
}
