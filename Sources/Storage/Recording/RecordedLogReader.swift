public import Engine
import Glibc

/// Reads a recorded log, from any offset or time on; also one that is still being written.
public struct RecordedLogReader {
    /// The folder.
    public let folder: String
    /// What the log says about itself.
    public let manifest: RecordedLogManifest

    /// Whether a path is a folder with the manifest of a recorded log, be it a good one or not.
    public static func isRecordedLog(_ path: String) -> Bool {
        var status = stat()
        return stat(ManifestFile.path(in: path), &status) == 0
    }

    /// Reads the manifest.
    public init(folder: String) throws(StorageError) {
        self.folder = folder
        self.manifest = try ManifestFile.read(in: folder)
    }

    /// A cursor over the records of a partition of the manifest, from an offset on.
    public func records(
        of partition: TopicPartition, from offset: Int64 = 0
    ) throws(StorageError) -> RecordedLogCursor {
        try RecordedLogCursor(try entry(of: partition), in: folder, from: offset)
    }

    /// The offset of the first record of a partition with a broker timestamp at or after a time, in milliseconds since
    /// 1970; nil if there is none.
    public func offset(of partition: TopicPartition, atOrAfter milliseconds: Int64) throws(StorageError) -> Int64? {
        let cursor = try RecordedLogCursor(try entry(of: partition), in: folder, atOrAfter: milliseconds)
        while let records = try cursor.next() {
            if let record = records.first(where: { $0.timestamp ?? .min >= milliseconds }) { return record.offset }
        }
        return nil
    }

    private func entry(of partition: TopicPartition) throws(StorageError) -> RecordedLogManifest.Partition {
        guard let entry = manifest[partition] else {
            throw StorageError(.notFound, file: folder, operation: .read, "the log does not hold \(partition)")
        }
        return entry
    }
}
