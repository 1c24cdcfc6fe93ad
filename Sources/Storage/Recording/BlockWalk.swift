import Glibc

/// Goes from block to block of a partition's file, each of which must go on where the one before it ended.
struct BlockWalk {
    let files: PartitionFiles
    /// The block that was gone past last; nil before the first of the file.
    private(set) var last: BlockHeader?

    /// Starts behind a block of the file, or at its beginning.
    init(_ files: PartitionFiles, after last: BlockHeader? = nil) {
        self.files = files
        self.last = last
    }

    /// The byte at which the next block would begin.
    var position: Int { last?.end ?? 0 }

    /// Goes past the next block, whose records are not looked at; nil where there is none, or none that can be trusted.
    mutating func next(in file: FileDescriptor, byteCount: Int) throws(StorageError) -> BlockHeader? {
        guard let header = try Self.header(at: position, of: files, in: file, byteCount: byteCount),
            header.number == (last?.number ?? -1) + 1, header.latest >= last?.latest ?? .min,
            header.covered.lowerBound >= last?.covered.upperBound ?? 0
        else { return nil }
        last = header
        return header
    }

    /// The header of a whole block at a place of the file.
    private static func header(
        at position: Int, of files: PartitionFiles, in file: FileDescriptor, byteCount: Int
    ) throws(StorageError) -> BlockHeader? {
        guard let bytes = try file.read(BlockHeader.startBytes, at: position), bytes.starts(with: BlockHeader.start),
            let header = BlockHeader(Array(bytes[BlockHeader.start.count...]), of: files.partition),
            header.position == position, header.memberBytes <= byteCount - position
        else { return nil }
        return header
    }

    // MARK: The index

    /// A walk that starts behind the last block of which something is true that, once false, stays so in the file.
    ///
    /// The index only says where to look: what it says is believed if the file says the same, and else the walk starts
    /// at the beginning.
    static func behindLast(
        of files: PartitionFiles, in file: FileDescriptor, byteCount: Int,
        where condition: (BlockHeader) -> Bool
    ) throws(StorageError) -> BlockWalk {
        guard let index = try? FileDescriptor(path: files.index, flags: O_RDONLY | O_NONBLOCK),
            let status = try? index.status()
        else { return BlockWalk(files) }
        var last: BlockHeader?
        var entries = 0..<status.byteCount / BlockHeader.byteCount
        while !entries.isEmpty {
            let middle = entries.lowerBound + entries.count / 2
            if let bytes = try? index.read(BlockHeader.byteCount, at: middle * BlockHeader.byteCount),
                let header = BlockHeader(bytes, of: files.partition), header.number == middle,
                header.end <= byteCount, condition(header)
            {
                last = header
                entries = middle + 1..<entries.upperBound
            } else {
                entries = entries.lowerBound..<middle
            }
        }
        guard let last, try header(at: last.position, of: files, in: file, byteCount: byteCount) == last else {
            return BlockWalk(files)
        }
        return BlockWalk(files, after: last)
    }
}
