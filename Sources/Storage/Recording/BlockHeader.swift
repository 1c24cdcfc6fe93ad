import Engine

/// What stands before the records of a block: enough to go past it without inflating it.
struct BlockHeader: Hashable, Sendable {
    /// Bytes of a header, and of an entry of the index.
    static let byteCount = 52
    /// Bytes of a member before its deflated bytes: gzip's own, the extra field's name and length, the header.
    static let startBytes = start.count + byteCount
    /// The most bytes that the records of a block have.
    static let payloadBytesMax = 128 << 20

    /// The same first bytes for every block: gzip, an extra field, and our name for it with its length.
    static let start: [UInt8] =
        GzipEncoder.start(extraBytes: 4 + byteCount) + Array("RL".utf8) + [UInt8(byteCount), 0]

    /// Deflate makes no more than so many bytes out of one.
    private static let inflationMax = 1032

    /// The byte of the file at which the block begins.
    var position: Int
    /// How many blocks come before it.
    var number: Int
    /// Bytes of the whole member.
    var memberBytes: Int
    /// Bytes of the records.
    var payloadBytes: Int
    /// How many records there are.
    var recordCount: Int
    /// The offsets that the block covers; those without a record had none that could be read.
    var covered: Range<Int64>
    /// The latest broker timestamp in this block and all before it; `Int64.min` before the first.
    var latest: Int64

    /// The byte at which the next block begins.
    var end: Int { position + memberBytes }

    /// The header as it is stored.
    func bytes(of partition: TopicPartition) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        bytes.append(littleEndian: UInt64(position))
        for value in [number, memberBytes, payloadBytes, recordCount] { bytes.append(littleEndian: UInt32(value)) }
        for value in [covered.lowerBound, covered.upperBound, latest] { bytes.append(littleEndian: value) }
        bytes.append(littleEndian: Self.checksum(of: bytes, partition))
        return bytes
    }
}

extension BlockHeader {
    /// Reads a header; nil if it is damaged, is another partition's, or says what cannot be.
    init?(_ bytes: [UInt8], of partition: TopicPartition) {
        guard bytes.count == Self.byteCount else { return nil }
        let header = bytes.withUnsafeBytes { raw -> BlockHeader? in
            var reader = ByteReader(raw)
            guard let position = reader.integer(UInt64.self), let number = reader.integer(UInt32.self),
                let memberBytes = reader.integer(UInt32.self), let payloadBytes = reader.integer(UInt32.self),
                let recordCount = reader.integer(UInt32.self), let lowerBound = reader.integer(Int64.self),
                let upperBound = reader.integer(Int64.self), let latest = reader.integer(Int64.self),
                let checksum = reader.integer(UInt32.self), checksum == Self.checksum(of: bytes.dropLast(4), partition),
                position <= UInt64(Int64.max / 2), lowerBound <= upperBound
            else { return nil }
            return BlockHeader(
                position: Int(position), number: Int(number), memberBytes: Int(memberBytes),
                payloadBytes: Int(payloadBytes), recordCount: Int(recordCount), covered: lowerBound..<upperBound,
                latest: latest)
        }
        guard let header, header.isPossible else { return nil }
        self = header
    }

    private var isPossible: Bool {
        payloadBytes <= Self.payloadBytesMax && payloadBytes <= memberBytes * Self.inflationMax
            && memberBytes > Self.startBytes && recordCount <= payloadBytes / RecordFrame.byteCountMin
    }

    /// A block of another partition has another checksum, so that files that were mixed up are noticed.
    private static func checksum(of bytes: some Collection<UInt8>, _ partition: TopicPartition) -> UInt32 {
        var checked = Array(partition.topic.utf8)
        checked.append(littleEndian: UInt32(partition.partition))
        checked.append(contentsOf: bytes)
        return checked.withUnsafeBytes { Checksum.of($0) }
    }
}
