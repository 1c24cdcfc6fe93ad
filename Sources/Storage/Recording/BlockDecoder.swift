/// Inflates blocks and takes them apart.
struct BlockDecoder {
    private var gzip = GzipDecoder()

    /// Hands over the records of a block and returns what was made of them; nil if the block is damaged.
    ///
    /// The records point into memory that lives as long as the call. Either all are handed over or none.
    mutating func withRecords<Result>(
        of header: BlockHeader, in file: FileDescriptor, _ body: ([RecordFrame]) -> Result
    ) throws(StorageError) -> Result? {
        guard let payload = try payload(of: header, in: file) else { return nil }
        return payload.withUnsafeBytes { bytes in Self.frames(in: bytes, of: header).map(body) }
    }

    private mutating func payload(of header: BlockHeader, in file: FileDescriptor) throws(StorageError) -> [UInt8]? {
        guard let member = try file.read(header.memberBytes, at: header.position) else { return nil }
        // One byte more than there should be, so that a block that holds more than it says is noticed.
        var payload = [UInt8](repeating: 0, count: header.payloadBytes + 1)
        let step = member.withUnsafeBytes { input in
            payload.withUnsafeMutableBytes { output in gzip.decode(input, into: output) }
        }
        guard step.fault == nil, gzip.canEnd, step.consumed == member.count, step.produced == header.payloadBytes
        else {
            gzip = GzipDecoder()
            return nil
        }
        payload.removeLast()
        return payload
    }

    private static func frames(in payload: UnsafeRawBufferPointer, of header: BlockHeader) -> [RecordFrame]? {
        var frames: [RecordFrame] = []
        frames.reserveCapacity(header.recordCount)
        var reader = ByteReader(payload)
        var next = header.covered.lowerBound
        for _ in 0..<header.recordCount {
            guard let frame = RecordFrame(from: &reader), frame.offset >= next,
                frame.offset < header.covered.upperBound
            else { return nil }
            frames.append(frame)
            next = frame.offset + 1
        }
        return reader.rest.isEmpty ? frames : nil
    }
}
