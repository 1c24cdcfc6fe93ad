import Engine
import FoundationEssentials
import Glibc
import RampartCore

/// The manifest as JSON, laid out for people.
enum ManifestFile {
    /// The longest manifest that is read: room for more partitions than a Kafka cluster has.
    static let bytesMax = 64 << 20

    static let format = "rampart-recorded-log"

    static func path(in folder: String) -> String { "\(folder)/\(RecordedLogManifest.fileName)" }

    // MARK: Writing

    /// Replaces the manifest; after a crash there is either the old one or the new one.
    static func write(
        _ manifest: RecordedLogManifest, in folder: String, descriptor: FileDescriptor
    ) throws(StorageError) {
        let final = path(in: folder)
        let partial = final + OutputFile.partialSuffix
        let file = try FileDescriptor(
            path: partial, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600, operation: .create)
        try file.write(encode(manifest))
        try file.synchronize()
        try Folder.rename(partial, to: final)
        try descriptor.synchronize()
    }

    private static func encode(_ manifest: RecordedLogManifest) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // There is nothing in it that JSON could not hold.
        return Array(try! encoder.encode(ManifestRow(manifest))) + [UInt8(ascii: "\n")]
    }

    // MARK: Reading

    /// Reads what may be no manifest at all.
    static func read(in folder: String) throws(StorageError) -> RecordedLogManifest {
        let path = path(in: folder)
        let file = try FileDescriptor(path: path, flags: O_RDONLY | O_NONBLOCK)
        func refusal(_ reason: StorageError.Reason, _ text: String) -> StorageError {
            StorageError(reason, file: path, operation: .read, text)
        }
        let status = try file.status()
        guard status.byteCount <= bytesMax else {
            throw refusal(.tooLarge, "the manifest has \(status.byteCount) bytes; the most are \(bytesMax)")
        }
        let bytes = try file.read(status.byteCount, at: 0) ?? []
        guard let frame = try? JSONDecoder().decode(FrameRow.self, from: Data(bytes)), frame.format == format else {
            throw refusal(.notARecordedLog, "this is not the manifest of a recorded log")
        }
        guard frame.version == RecordedLogManifest.version else {
            throw refusal(
                .otherVersion,
                "the log has version \(frame.version) of the format, and this program reads"
                    + " \(RecordedLogManifest.version)")
        }
        guard let row = try? JSONDecoder().decode(ManifestRow.self, from: Data(bytes)),
            let manifest = row.manifest
        else { throw refusal(.damaged, "the manifest is incomplete or contradicts itself") }
        return manifest
    }

    /// What every version has.
    private struct FrameRow: Decodable {
        var format: String
        var version: Int
    }
}

private struct ManifestRow: Codable {
    var format = ManifestFile.format
    var version = RecordedLogManifest.version
    var pipeline: String
    var application: String
    var created: String?
    var partitions: [PartitionRow]

    init(_ manifest: RecordedLogManifest) {
        pipeline = manifest.pipeline
        application = manifest.application
        created = manifest.created?.text
        partitions = manifest.partitions.map(PartitionRow.init)
    }

    /// What the row says; nil where it cannot be so.
    var manifest: RecordedLogManifest? {
        let time = created.map { EventTime(text: $0) }
        if let time, time == nil { return nil }
        var manifest = RecordedLogManifest(pipeline: pipeline, application: application, created: time ?? nil)
        var seen: Set<TopicPartition> = []
        for row in partitions {
            guard let entry = row.entry, seen.insert(entry.partition).inserted else { return nil }
            manifest.partitions.append(entry)
        }
        return manifest
    }
}

private struct PartitionRow: Codable {
    var topic: String
    var partition: Int
    var role: RecordedLogManifest.Role
    var start: Int64
    var end: Int64
    var committed: Int64?

    init(_ entry: RecordedLogManifest.Partition) {
        topic = entry.partition.topic
        partition = entry.partition.partition
        role = entry.role
        start = entry.covered.lowerBound
        end = entry.covered.upperBound
        committed = entry.committed
    }

    var entry: RecordedLogManifest.Partition? {
        let partition = TopicPartition(topic, partition)
        guard PartitionFiles.canName(partition), start >= 0, start <= end else { return nil }
        return RecordedLogManifest.Partition(
            partition: partition, role: role, covered: start..<end, committed: committed)
    }
}
