/// How a log is compressed, which its first bytes tell.
enum LogCompression: Hashable {
    case gzip, zstd

    /// Bytes that are enough to tell.
    static let magicBytes = 4

    /// What a log that begins with these bytes is, nil for plain text; `isSure` is false where more of them are needed.
    static func guess(_ first: [UInt8]) -> (compression: LogCompression?, isSure: Bool) {
        if first.starts(with: Gzip.magic) { return (.gzip, true) }
        // Neither this byte alone nor two of a zstd frame are text.
        if first == [Gzip.magic[0]] { return (.gzip, false) }
        if first.starts(with: zstdFrame) || isSkipped(first, count: magicBytes) { return (.zstd, true) }
        if first.count > 1, zstdFrame.starts(with: first) { return (.zstd, false) }
        return (nil, !zstdFrame.starts(with: first) && !isSkipped(first, count: first.count))
    }

    /// The name in messages.
    var name: String { self == .gzip ? "gzip" : "zstd" }

    /// A decoder at the beginning of the log.
    var decoder: any LogDecoder { self == .gzip ? GzipDecoder() : ZstdDecoder() }

    private static let zstdFrame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// Whether bytes are the first of a frame that decoders skip, which parallel compressors write before others.
    private static func isSkipped(_ first: [UInt8], count: Int) -> Bool {
        let start: [UInt8] = [0x50, 0x2A, 0x4D, 0x18]
        guard first.count >= count, count > 0 else { return false }
        return (0..<count).allSatisfy { ($0 == 0 ? first[0] & 0xF0 : first[$0]) == start[$0] }
    }
}
