import CZlib

/// Deflates whole pieces, each a gzip member of its own that can carry a field of extra bytes (RFC 1952).
final class GzipEncoder {
    /// How hard to try: close to the smallest size, at several times the speed of what makes it.
    static let levelDefault: Int32 = 3

    // zlib keeps a pointer to the stream in its own state, so the stream may never move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// Starts an encoder; its memory is used again for every member.
    init(level: Int32 = GzipEncoder.levelDefault) {
        stream.initialize(to: z_stream())
        // A negative window asks for bare deflate: the frame around it is ours.
        let status = deflateInit2_(
            stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not start: \(status).")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The bytes of a member up to and with its extra field's length.
    static func start(extraBytes: Int) -> [UInt8] {
        // Magic, deflate, "there is an extra field"; no time, no hint, no system.
        var start: [UInt8] = Gzip.magic + [8, 4, 0, 0, 0, 0, 0, 0xFF]
        start.append(littleEndian: UInt16(extraBytes))
        return start
    }

    /// Appends the deflated bytes and the member's end.
    func append(_ bytes: UnsafeRawBufferPointer, to member: inout [UInt8]) {
        deflateReset(stream)
        let bound = Int(deflateBound(stream, UInt(bytes.count)))
        member.append(addingCapacity: bound) { span in
            span.withUnsafeMutableBufferPointer { pointer, count in
                count += deflate(bytes, into: UnsafeMutableBufferPointer(rebasing: pointer[count..<count + bound]))
            }
        }
        member.append(littleEndian: Checksum.of(bytes))
        member.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
    }

    private func deflate(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        stream.pointee.next_in = UnsafeMutableRawBufferPointer(mutating: bytes).baseAddress?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(bytes.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let status = CZlib.deflate(stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "zlib needs more room than it said: \(status).")
        return output.count - Int(stream.pointee.avail_out)
    }
}

/// CRC-32 as gzip has it.
enum Checksum {
    /// The checksum of some bytes.
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
