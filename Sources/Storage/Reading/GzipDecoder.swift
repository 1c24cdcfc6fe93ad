import CZlib

/// Inflates gzip members that follow one another, a piece at a time.
final class GzipDecoder: LogDecoder {
    let name = "gzip"

    private enum Place {
        /// The next byte begins a member, zero padding, or the end.
        case betweenMembers
        /// The data may not end here.
        case insideMember
        /// Zeros after the last member, as tapes and block devices leave them.
        case padding
    }

    private var place = Place.insideMember
    // zlib keeps a pointer to the stream in its own state, so the stream may never move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// The largest window, and 16 for gzip instead of zlib framing, as zlib encodes them.
    private static let windowBits: Int32 = 15 + 16

    /// Starts before the first member.
    init() {
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not start: \(status).")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    var canEnd: Bool { place != .insideMember }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodedStep {
        var step = DecodedStep()
        while step.fault == nil {
            switch place {
            case .insideMember:
                let before = step
                inflateMember(input, into: output, step: &step)
                let isStuck = step.consumed == before.consumed && step.produced == before.produced
                if isStuck && place == .insideMember { return step }
            case .betweenMembers, .padding:
                guard step.consumed < input.count else { return step }
                enterNext(input[step.consumed], step: &step)
            }
        }
        return step
    }

    private func inflateMember(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, step: inout DecodedStep
    ) {
        let source = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: input[step.consumed...]))
        let target = UnsafeMutableRawBufferPointer(rebasing: output[step.produced...])
        stream.pointee.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(target.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        step.consumed += source.count - Int(stream.pointee.avail_in)
        step.produced += target.count - Int(stream.pointee.avail_out)
        switch status {
        case Z_STREAM_END: place = .betweenMembers
        case Z_OK, Z_BUF_ERROR: break
        default: step.fault = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        }
    }

    private func enterNext(_ byte: UInt8, step: inout DecodedStep) {
        if byte == 0 {
            place = .padding
            step.consumed += 1
        } else if byte == Gzip.magic[0] && place == .betweenMembers {
            inflateReset(stream)
            place = .insideMember
        } else {
            step.fault = "bytes that are not gzip follow a member"
        }
    }
}

/// What tells gzip data from plain text.
enum Gzip {
    /// The first two bytes of a member; the first alone is no text either.
    static let magic: [UInt8] = [0x1F, 0x8B]
}
