public import Engine
import RampartCore

/// Writes a recorded log, or goes on with one: records as the topics keep them, in compressed blocks by partition.
///
/// What was appended is promised to be there once `flush` has returned. After an error the writer writes nothing more; a
/// new one goes on behind the last whole block. One thread uses it.
public final class RecordedLogWriter {
    /// Bytes of records that make a block: enough to compress well, few enough to reach one record soon.
    static let blockBytes = 512 << 10
    /// Bytes of all records that gather; above it the largest block is written early.
    static let pendingBytesMax = 64 << 20

    /// The folder.
    public let folder: String
    /// What is promised, as of the last flush.
    public private(set) var manifest: RecordedLogManifest

    private let encoder = GzipEncoder()
    private let pendingBytesMax: Int
    private var partitions: [TopicPartition: PartitionWriter] = [:]
    private var pendingBytes = 0
    /// Claimed as long as the writer is at work.
    private var claim: ClaimedFolder?
    private var failure: StorageError?

    /// Opens the folder, which is created where it is missing, to record what the manifest describes.
    ///
    /// Of a manifest that is there already, the partitions and the time of creation stay; pipeline and application must
    /// be the same.
    public convenience init(folder: String, manifest: RecordedLogManifest) throws(StorageError) {
        try self.init(folder: folder, manifest: manifest, pendingBytesMax: Self.pendingBytesMax)
    }

    init(folder: String, manifest: RecordedLogManifest, pendingBytesMax: Int) throws(StorageError) {
        self.folder = folder
        self.manifest = manifest
        self.manifest.partitions = []
        self.pendingBytesMax = pendingBytesMax
        let claim = try ClaimedFolder(
            path: folder, mode: 0o700, inUse: "another process is recording into this folder")
        self.claim = claim
        if RecordedLogReader.isRecordedLog(folder) {
            try resume(as: manifest)
        } else {
            try ManifestFile.write(self.manifest, in: folder, descriptor: claim.descriptor)
        }
    }

    private func resume(as wanted: RecordedLogManifest) throws(StorageError) {
        manifest = try ManifestFile.read(in: folder)
        guard manifest.pipeline == wanted.pipeline, manifest.application == wanted.application else {
            throw StorageError(
                .otherFamily, file: folder, operation: .open,
                "the log was recorded for the pipeline '\(manifest.pipeline)' and the application"
                    + " '\(manifest.application)', not for '\(wanted.pipeline)' and '\(wanted.application)'")
        }
        for entry in manifest.partitions {
            let files = PartitionFiles(of: entry.partition, in: folder)
            partitions[entry.partition] = try PartitionWriter(files, continuing: entry)
        }
    }

    // MARK: Appending

    /// The first offset of a partition that was not appended yet; nil for one that is not in the log.
    public func end(of partition: TopicPartition) -> Int64? { partitions[partition]?.covered.upperBound }

    /// Adds records of a partition, in their order.
    ///
    /// `covered` are the offsets that were read to find them, from the end of the partition on; a later start says that
    /// what lies between is lost. Without it, the records are taken to go on where the partition ends.
    public func append(
        _ records: [StoredRecord], of partition: TopicPartition, role: RecordedLogManifest.Role,
        covering covered: Range<Int64>? = nil
    ) throws(StorageError) {
        guard let covered = covered ?? implied(by: records, of: partition) else { return }
        try check(records, of: partition, role: role, covering: covered)
        try guarded { () throws(StorageError) in
            let writer = try writer(of: partition, role: role, start: covered.lowerBound)
            if covered.lowerBound > writer.covered.upperBound {
                try writeBlock(of: writer)
                writer.skip(to: covered.lowerBound)
            }
            for record in records {
                let before = writer.pendingBytes
                writer.append(record)
                pendingBytes += writer.pendingBytes - before
                if writer.pendingBytes >= Self.blockBytes { try writeBlock(of: writer) }
            }
            writer.cover(upTo: covered.upperBound)
            while pendingBytes > pendingBytesMax { try writeLargestBlock() }
        }
    }

    private func implied(by records: [StoredRecord], of partition: TopicPartition) -> Range<Int64>? {
        guard let first = records.first, let last = records.last else { return nil }
        let start = min(end(of: partition) ?? first.offset, first.offset)
        return start..<max(start, last.offset == .max ? .max : last.offset + 1)
    }

    /// Refuses what could not be read back, before any of it is taken.
    private func check(
        _ records: [StoredRecord], of partition: TopicPartition, role: RecordedLogManifest.Role,
        covering covered: Range<Int64>
    ) throws(StorageError) {
        func refusal(_ reason: StorageError.Reason, _ text: String) -> StorageError {
            StorageError(reason, file: folder, operation: .write, text)
        }
        guard PartitionFiles.canName(partition) else {
            throw refusal(.badName, "'\(partition)' is not a partition that Kafka could have")
        }
        if let known = partitions[partition]?.role, known != role {
            throw refusal(
                .otherFamily,
                "\(partition) was recorded as \(known.rawValue), and now comes as \(role.rawValue); record into a new"
                    + " folder")
        }
        let end = end(of: partition) ?? covered.lowerBound
        guard covered.lowerBound >= max(end, 0) else {
            throw refusal(
                .offsetsGoBack,
                "\(partition) is recorded up to offset \(end), and now goes on at \(covered.lowerBound): the topic was"
                    + " made anew; record into a new folder")
        }
        var next = covered.lowerBound
        for record in records {
            guard record.offset >= next, record.offset < covered.upperBound else {
                throw refusal(.offsetsGoBack, "\(partition) has offset \(record.offset) out of order")
            }
            guard RecordFrame.byteCount(of: record) <= RecordFrame.byteCountMax else {
                throw refusal(
                    .tooLarge,
                    "the record at offset \(record.offset) of \(partition) has more than \(RecordFrame.byteCountMax)"
                        + " bytes")
            }
            next = record.offset + 1
        }
    }

    private func writer(
        of partition: TopicPartition, role: RecordedLogManifest.Role, start: Int64
    ) throws(StorageError) -> PartitionWriter {
        if let writer = partitions[partition] { return writer }
        let writer = try PartitionWriter(PartitionFiles(of: partition, in: folder), role: role, start: start)
        partitions[partition] = writer
        return writer
    }

    private func writeLargestBlock() throws(StorageError) {
        if let largest = partitions.values.max(by: { $0.pendingBytes < $1.pendingBytes }) {
            try writeBlock(of: largest)
        }
    }

    private func writeBlock(of writer: PartitionWriter) throws(StorageError) {
        pendingBytes -= writer.pendingBytes
        try writer.writeBlock(with: encoder)
    }

    // MARK: Promising

    /// Returns when everything appended is on the disk and promised by the manifest.
    ///
    /// `committed` notes for some partitions the first offset that the daemon has not committed.
    public func flush(committed: [TopicPartition: Int64] = [:]) throws(StorageError) {
        try guarded { () throws(StorageError) in
            for (partition, writer) in partitions {
                if let offset = committed[partition] { writer.committed = offset }
                try writeBlock(of: writer)
                if writer.isUnsynchronized { try writer.synchronize() }
            }
            var promised = manifest
            promised.partitions = partitions.sorted { $0.key < $1.key }.map { partition, writer in
                RecordedLogManifest.Partition(
                    partition: partition, role: writer.role, covered: writer.written, committed: writer.committed)
            }
            if promised != manifest, let claim {
                try ManifestFile.write(promised, in: folder, descriptor: claim.descriptor)
                manifest = promised
            }
        }
    }

    /// Ends recording: flushes, and gives the folder free, whether that succeeds or not.
    public func finish(committed: [TopicPartition: Int64] = [:]) throws(StorageError) {
        defer { claim = nil }
        try flush(committed: committed)
    }

    /// Does nothing once something has failed: records behind a gap would be worse than none.
    private func guarded(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        precondition(claim != nil, "Recording has ended.")
        if let failure { throw failure }
        do throws(StorageError) {
            try body()
        } catch {
            failure = error
            throw error
        }
    }
}
