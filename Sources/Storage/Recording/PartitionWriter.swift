import Engine
import Glibc

/// Appends the records of one partition: they gather in memory, and go to the file a block at a time.
///
/// After an error the file may end in half a block; a new writer for the same files cuts it off.
final class PartitionWriter {
    let role: RecordedLogManifest.Role
    /// The first offset that the daemon has not committed, where that was noted.
    var committed: Int64?
    /// The offsets appended so far, whether written or still gathering.
    private(set) var covered: Range<Int64>
    /// The offsets of the blocks written so far.
    var written: Range<Int64> { covered.lowerBound..<(walk.last?.covered.upperBound ?? covered.lowerBound) }
    /// Bytes that gather.
    var pendingBytes: Int { pending.count }
    /// Whether blocks were written that may not be on the disk yet.
    private(set) var isUnsynchronized = false

    private let files: PartitionFiles
    private var walk: BlockWalk
    private var pending: [UInt8] = []
    private var pendingCount = 0
    /// The first offset that no block covers.
    private var pendingStart: Int64
    private var latest: Int64

    // MARK: Opening

    /// Begins a partition anew; what its files hold was never promised to anybody.
    init(_ files: PartitionFiles, role: RecordedLogManifest.Role, start: Int64) throws(StorageError) {
        self.files = files
        self.role = role
        self.covered = start..<start
        self.walk = BlockWalk(files)
        self.pendingStart = start
        self.latest = .min
        try Folder.create(at: files.folder, mode: 0o700)
        try Self.cut(files, after: walk)
        try FileDescriptor(path: files.folder, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// Goes on where a partition ends: behind the last block that is whole.
    init(_ files: PartitionFiles, continuing entry: RecordedLogManifest.Partition) throws(StorageError) {
        try Folder.create(at: files.folder, mode: 0o700)
        let (walk, unindexed) = try Self.findEnd(of: files, promised: entry.covered)
        let end = walk.last?.covered.upperBound ?? entry.covered.lowerBound
        guard end >= entry.covered.upperBound else {
            throw StorageError(
                .damaged, file: files.records, operation: .read, byte: walk.position,
                "the file is cut off or damaged at byte \(walk.position), and the offsets from \(end) to"
                    + " \(entry.covered.upperBound) are lost; record into a new folder")
        }
        self.files = files
        self.role = entry.role
        self.committed = entry.committed
        self.covered = entry.covered.lowerBound..<end
        self.walk = walk
        self.pendingStart = end
        self.latest = walk.last?.latest ?? .min
        self.isUnsynchronized = end > entry.covered.upperBound
        try Self.cut(files, after: walk)
        for header in unindexed { try writeIndex(header) }
    }

    /// Goes to the end of what is whole, and tells the blocks on the way that the index may not hold.
    ///
    /// Blocks behind the promise were not yet on the disk for certain, so their records are looked at.
    private static func findEnd(
        of files: PartitionFiles, promised: Range<Int64>
    ) throws(StorageError) -> (walk: BlockWalk, unindexed: [BlockHeader]) {
        let file = try FileDescriptor(path: files.records, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let byteCount = try file.status().byteCount
        var walk = try BlockWalk.behindLast(of: files, in: file, byteCount: byteCount) {
            $0.covered.upperBound <= promised.upperBound
        }
        var unindexed: [BlockHeader] = []
        var decoder = BlockDecoder()
        var ahead = walk
        while let header = try ahead.next(in: file, byteCount: byteCount) {
            let isPromised = header.covered.upperBound <= promised.upperBound
            if !isPromised, try decoder.withRecords(of: header, in: file, { _ in }) == nil { break }
            unindexed.append(header)
            walk = ahead
        }
        return (walk, unindexed)
    }

    /// Removes what lies behind the last good block.
    private static func cut(_ files: PartitionFiles, after walk: BlockWalk) throws(StorageError) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW
        let index = try FileDescriptor(path: files.index, flags: flags, mode: 0o600, operation: .create)
        try index.truncate(to: ((walk.last?.number ?? -1) + 1) * BlockHeader.byteCount)
        let records = try FileDescriptor(path: files.records, flags: flags, mode: 0o600, operation: .create)
        try records.truncate(to: walk.position)
    }

    // MARK: Appending

    /// Adds a record, whose offset is not below the end of what is covered.
    func append(_ record: StoredRecord) {
        RecordFrame.append(record, to: &pending)
        pendingCount += 1
        if let timestamp = record.timestamp { latest = max(latest, timestamp) }
        cover(upTo: record.offset + 1)
    }

    /// Notes that there is nothing more to be read before an offset.
    func cover(upTo end: Int64) { covered = covered.lowerBound..<max(end, covered.upperBound) }

    /// Goes on at a later offset; what lies between stays uncovered.
    func skip(to start: Int64) {
        precondition(pending.isEmpty && pendingStart == covered.upperBound, "A block has no hole.")
        cover(upTo: start)
        pendingStart = start
    }

    // MARK: Writing

    /// Writes what has gathered as one block, if there is anything.
    func writeBlock(with encoder: GzipEncoder) throws(StorageError) {
        guard pendingStart < covered.upperBound else { return }
        var deflated: [UInt8] = []
        pending.withUnsafeBytes { encoder.append($0, to: &deflated) }
        let header = BlockHeader(
            position: walk.position, number: (walk.last?.number ?? -1) + 1,
            memberBytes: BlockHeader.startBytes + deflated.count, payloadBytes: pending.count,
            recordCount: pendingCount, covered: pendingStart..<covered.upperBound, latest: latest)
        let file = try FileDescriptor(path: files.records, flags: O_WRONLY | O_NOFOLLOW)
        try file.write(BlockHeader.start + header.bytes(of: files.partition) + deflated, at: header.position)
        try writeIndex(header)
        walk = BlockWalk(files, after: header)
        // The memory is given back: thousands of partitions may gather, most of them little.
        pending = []
        pendingCount = 0
        pendingStart = covered.upperBound
        isUnsynchronized = true
    }

    /// Returns when all blocks written are on the disk; the index need not be, as it can be made anew.
    func synchronize() throws(StorageError) {
        try FileDescriptor(path: files.records, flags: O_WRONLY | O_NOFOLLOW).synchronize()
        isUnsynchronized = false
    }

    private func writeIndex(_ header: BlockHeader) throws(StorageError) {
        let index = try FileDescriptor(path: files.index, flags: O_WRONLY | O_NOFOLLOW)
        try index.write(header.bytes(of: files.partition), at: header.number * BlockHeader.byteCount)
    }
}
