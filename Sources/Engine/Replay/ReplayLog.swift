/// One log of a replay: a partition of the task (R2).
public struct ReplayLog {
    /// What messages, dead letters and late events call it.
    public var name: String
    /// The source named for it, if one was.
    public var source: String?
    /// Where its bytes come from.
    public var reader: any ChunkReader

    /// Creates a log.
    public init(name: String, source: String?, reader: any ChunkReader) {
        self.name = name
        self.source = source
        self.reader = reader
    }
}

/// The port through which a replay reads a log, a chunk at a time.
public protocol ChunkReader {
    /// Replaces `chunk` by the next bytes of the log; returns false, with an empty chunk, at its end.
    ///
    /// An error ends the log: nothing more is read from it.
    mutating func read(into chunk: inout [UInt8]) throws -> Bool
}

/// A log in memory.
public struct MemoryReader: ChunkReader {
    private let bytes: [UInt8]
    private let chunkBytes: Int
    private var offset = 0

    /// Creates a reader that hands out `bytes` in chunks of at most `chunkBytes`.
    public init(_ bytes: [UInt8], chunkBytes: Int = 1 << 18) {
        precondition(chunkBytes > 0, "A chunk has at least one byte.")
        self.bytes = bytes
        self.chunkBytes = chunkBytes
    }

    public mutating func read(into chunk: inout [UInt8]) -> Bool {
        let end = min(offset + chunkBytes, bytes.count)
        chunk = Array(bytes[offset..<end])
        offset = end
        return !chunk.isEmpty
    }
}
