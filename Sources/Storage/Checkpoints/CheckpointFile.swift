import Engine
import RampartCore

/// The bytes of a checkpoint's file.
///
/// `magic` (8) · version (4) · bytes of the head (4) · bytes of the state (8) · head · state · SHA-256 of all before it.
/// The head holds task, generation, sequence, graph and offsets. Lengths come first, so that nothing is allocated
/// before the file's own size agrees with them.
enum CheckpointFile {
    /// The longest state: what no machine that runs a task could hold twice.
    static let stateBytesMax = 4 << 30
    /// The longest head: room for thousands of partitions with the longest names.
    static let headBytesMax = 4 << 20

    static let magic = Array("RMPCHKPT".utf8)
    static let version: UInt32 = 1
    static let prefixBytes = 24

    private static let overheadBytes = prefixBytes + SHA256.byteCount
    /// Bytes that are digested and moved in one go: few enough to stay in the processor's cache between the two.
    private static let pieceBytes = 256 << 10

    // MARK: Writing

    /// Writes a whole file; the state goes from its array to the system without a copy.
    static func write(_ checkpoint: Checkpoint, as name: CheckpointName, to file: FileDescriptor) throws(StorageError) {
        let head = head(of: checkpoint, sequence: name.sequence)
        guard checkpoint.state.count <= stateBytesMax, head.count <= headBytesMax else {
            throw StorageError(
                .tooLarge, file: file.path, operation: .write,
                "the checkpoint has a state of \(checkpoint.state.count) bytes and a head of \(head.count);"
                    + " the most are \(stateBytesMax) and \(headBytesMax)")
        }
        var prefix = magic
        prefix.append(littleEndian: version)
        prefix.append(littleEndian: UInt32(head.count))
        prefix.append(littleEndian: UInt64(checkpoint.state.count))
        var digest = SHA256()
        for part in [prefix, head, checkpoint.state] { try write(part, to: file, into: &digest) }
        try write(digest.finalize(), to: file, into: &digest)
    }

    private static func head(of checkpoint: Checkpoint, sequence: Int) -> [UInt8] {
        var head: [UInt8] = []
        for number in [checkpoint.task, checkpoint.generation, sequence] { head.append(littleEndian: Int64(number)) }
        head.append(text: checkpoint.graph)
        head.append(littleEndian: UInt32(checkpoint.offsets.count))
        for (partition, offset) in checkpoint.offsets.sorted(by: { $0.key < $1.key }) {
            head.append(text: partition.topic)
            head.append(littleEndian: Int64(partition.partition))
            head.append(littleEndian: offset)
        }
        return head
    }

    private static func write(
        _ part: [UInt8], to file: FileDescriptor, into digest: inout SHA256
    ) throws(StorageError) {
        try part.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
            for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + pieceBytes, bytes.count)])
                digest.update(piece)
                try file.write(piece)
            }
        }
    }

    // MARK: Reading

    /// Reads a file that may hold anything, and says what keeps it from being the checkpoint of its name.
    ///
    /// Throws where the system refuses to say what the file holds.
    static func read(
        _ file: FileDescriptor, as name: CheckpointName
    ) throws(StorageError) -> Result<Checkpoint, CheckpointProblem> {
        func problem(_ reason: CheckpointProblem.Reason, _ text: String) -> Result<Checkpoint, CheckpointProblem> {
            .failure(CheckpointProblem(reason, file: file.path, text))
        }
        let status = try file.status()
        guard status.kind == .regular else { return problem(.foreign, "it is not a regular file") }
        guard status.byteCount >= overheadBytes else { return problem(.wrongLength, "it ends early") }
        var digest = SHA256()
        guard let prefix = try read(prefixBytes, at: 0, of: file, into: &digest), prefix.starts(with: magic) else {
            return problem(.foreign, "it does not begin as a checkpoint does")
        }
        let (version, headBytes, stateBytes) = lengths(in: prefix)
        guard version == Self.version else { return problem(.otherVersion, "its layout is number \(version)") }
        guard headBytes <= headBytesMax, stateBytes <= stateBytesMax else {
            return problem(.tooLarge, "it says that its state has \(stateBytes) bytes and its head \(headBytes)")
        }
        let byteCount = overheadBytes + headBytes + Int(stateBytes)
        guard status.byteCount == byteCount else {
            return problem(.wrongLength, "it has \(status.byteCount) bytes instead of \(byteCount)")
        }
        guard let head = try read(headBytes, at: prefixBytes, of: file, into: &digest),
            let state = try read(Int(stateBytes), at: prefixBytes + headBytes, of: file, into: &digest)
        else { return problem(.wrongLength, "it was cut short while it was read") }
        let expected = digest.finalize()
        let stored = try read(SHA256.byteCount, at: byteCount - SHA256.byteCount, of: file, into: &digest)
        guard stored == expected else { return problem(.damaged, "its bytes are not those that were written") }
        guard let checkpoint = checkpoint(head: head, state: state, name: name) else {
            return problem(.misnamed, "it is not the checkpoint that its name says")
        }
        return .success(checkpoint)
    }

    private static func lengths(in prefix: [UInt8]) -> (version: UInt32, head: Int, state: UInt64) {
        prefix.withUnsafeBytes { bytes in
            (
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)),
                Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            )
        }
    }

    /// Reads and digests exactly so many bytes; nil where the file has fewer.
    private static func read(
        _ count: Int, at place: Int, of file: FileDescriptor, into digest: inout SHA256
    ) throws(StorageError) -> [UInt8]? {
        var part = [UInt8](repeating: 0, count: count)
        var span = part.mutableSpan
        var bytes = span.mutableBytes
        let isWhole = try bytes.withUnsafeMutableBytes { (bytes) throws(StorageError) in
            for start in stride(from: 0, to: count, by: pieceBytes) {
                let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + pieceBytes, count)])
                guard try file.read(at: place + start, into: piece) == piece.count else { return false }
                digest.update(UnsafeRawBufferPointer(piece))
            }
            return true
        }
        return isWhole ? part : nil
    }

    private static func checkpoint(head: [UInt8], state: [UInt8], name: CheckpointName) -> Checkpoint? {
        head.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            for number in [name.task, name.generation, name.sequence] {
                guard reader.integer(Int64.self) == Int64(number) else { return nil }
            }
            guard let graph = reader.text(), let count = reader.integer(UInt32.self) else { return nil }
            var offsets: [TopicPartition: Int64] = [:]
            for _ in 0..<count {
                guard let topic = reader.text(), let partition = reader.integer(Int64.self),
                    let offset = reader.integer(Int64.self)
                else { return nil }
                offsets[TopicPartition(topic, Int(partition))] = offset
            }
            guard reader.rest.isEmpty else { return nil }
            return Checkpoint(
                task: name.task, generation: name.generation, offsets: offsets, graph: graph, state: state)
        }
    }
}
