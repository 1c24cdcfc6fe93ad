public import Engine
import Glibc
public import RampartCore

/// Goes through the records of one partition of a recorded log, a block at a time; the file is open only during a call.
///
/// Behind what the manifest promises, a block that is cut off or damaged is the end: it was being written when the
/// recorder died. Before that, it is an error, which comes after all records before it.
public final class RecordedLogCursor {
    /// The partition.
    public let partition: TopicPartition
    /// The first offset that was not gone past yet.
    public private(set) var position: Int64
    /// Offsets gone past that were never recorded, because they were lost before the recorder came to them.
    public private(set) var missingOffsets: Int64 = 0
    /// Bytes behind the last whole block, once the end was reached.
    public private(set) var tornBytes = 0

    private let files: PartitionFiles
    private let promised: Range<Int64>
    private var walk: BlockWalk
    private var decoder = BlockDecoder()
    private var failure: StorageError?

    convenience init(
        _ entry: RecordedLogManifest.Partition, in log: String, from offset: Int64
    ) throws(StorageError) {
        try self.init(entry, in: log, from: offset) { $0.covered.upperBound <= offset }
    }

    convenience init(
        _ entry: RecordedLogManifest.Partition, in log: String, atOrAfter milliseconds: Int64
    ) throws(StorageError) {
        try self.init(entry, in: log, from: 0) { $0.latest < milliseconds }
    }

    private init(
        _ entry: RecordedLogManifest.Partition, in log: String, from offset: Int64,
        skipping isSkipped: (BlockHeader) -> Bool
    ) throws(StorageError) {
        partition = entry.partition
        promised = entry.covered
        files = PartitionFiles(of: entry.partition, in: log)
        walk = BlockWalk(files)
        if let file = try Self.open(files) {
            walk = try BlockWalk.behindLast(
                of: files, in: file, byteCount: try file.status().byteCount, where: isSkipped)
        }
        position = max(offset, walk.last?.covered.upperBound ?? promised.lowerBound)
    }

    // MARK: Reading

    /// The next records, some at a time; nil at the end.
    public func next() throws(StorageError) -> [StoredRecord]? {
        try nextRecords { frames in frames.map(\.record) }
    }

    /// Appends the next records to a batch, with fewer copies than `next` makes; false at the end.
    public func append(to batch: inout RecordBatch) throws(StorageError) -> Bool {
        let appended: Void? = try nextRecords { frames in
            for frame in frames {
                batch.append(
                    offset: Int(frame.offset), timestamp: frame.timestamp, isAppendTime: frame.isAppendTime,
                    key: frame.key, value: frame.value,
                    headers: frame.headers.map { RecordEnvelope.Header(name: $0.name, value: $0.value) })
            }
        }
        return appended != nil
    }

    private func nextRecords<Result>(
        _ use: (ArraySlice<RecordFrame>) -> Result
    ) throws(StorageError) -> Result? {
        if let failure { throw failure }
        do throws(StorageError) {
            return try goOn(use)
        } catch {
            failure = error
            throw error
        }
    }

    /// Goes past blocks until one has records at or behind the position.
    private func goOn<Result>(_ use: (ArraySlice<RecordFrame>) -> Result) throws(StorageError) -> Result? {
        guard let file = try Self.open(files) else { return try end(byteCount: 0) }
        let byteCount = try file.status().byteCount
        while true {
            var ahead = walk
            guard let header = try ahead.next(in: file, byteCount: byteCount),
                header.covered.lowerBound >= promised.lowerBound
            else {
                return try end(byteCount: byteCount)
            }
            var result: Result?
            if header.covered.upperBound > position {
                let read: Void? = try decoder.withRecords(of: header, in: file) { frames in
                    let wanted = frames.drop { $0.offset < position }
                    if !wanted.isEmpty { result = use(wanted) }
                }
                guard read != nil else { return try end(byteCount: byteCount) }
                missingOffsets += max(0, header.covered.lowerBound - position)
                position = header.covered.upperBound
            }
            walk = ahead
            if let result { return result }
        }
    }

    /// Nothing more can be read, which is an error if something was promised.
    private func end<Result>(byteCount: Int) throws(StorageError) -> Result? {
        let end = walk.last?.covered.upperBound ?? promised.lowerBound
        guard end >= promised.upperBound else {
            throw StorageError(
                .damaged, file: files.records, operation: .read, byte: walk.position,
                "the file is cut off or damaged at byte \(walk.position): the offsets from \(end) to"
                    + " \(promised.upperBound) cannot be read")
        }
        tornBytes = byteCount - walk.position
        return nil
    }

    /// Opens the blocks; nil where there are none yet.
    private static func open(_ files: PartitionFiles) throws(StorageError) -> FileDescriptor? {
        do throws(StorageError) {
            return try FileDescriptor(path: files.records, flags: O_RDONLY | O_NONBLOCK)
        } catch  where error.reason == .notFound {
            return nil
        }
    }
}
