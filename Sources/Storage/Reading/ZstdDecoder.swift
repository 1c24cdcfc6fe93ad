import CZstd

/// Decompresses zstd frames that follow one another, a piece at a time (RFC 8878).
final class ZstdDecoder: LogDecoder {
    /// The largest window as a power of two: what the format asks every decoder to take, and more than a level up to 19
    /// uses. A reader of a log holds this much while the log is half read.
    static let windowLog: Int32 = 23
    /// Bytes that a log gives before its ratio is looked at, and the most that it may give per stored byte after them.
    ///
    /// The ratio is what gzip can reach at most. A log of events, each with its time, is far below it; four bytes that
    /// stand for a hundred thousand would keep a run busy for a day.
    static let freeBytes = 64 << 20
    static let ratioMax = 1032

    /// Bytes of the next block's head that zstd asks for beside a block.
    private static let blockHeadBytes = 3
    /// Bytes by which a frame is told from other data.
    private static let startBytes = 5

    let name = "zstd"
    private let stream: OpaquePointer
    /// Bytes of input that bring the decoder just behind the next block, as it says itself.
    private var wanted: Int
    private var isInsideFrame = true
    private var (consumed, produced) = (0, 0)

    /// Starts before the first frame.
    init() {
        guard let stream = ZSTD_createDStream() else { preconditionFailure("zstd could not start.") }
        self.stream = stream
        ZSTD_initDStream(stream)
        wanted = Self.startBytes + Self.blockHeadBytes
        let status = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLog)
        precondition(ZSTD_isError(status) == 0, "zstd does not take the largest window of its own format.")
    }

    deinit { ZSTD_freeDStream(stream) }

    var canEnd: Bool { !isInsideFrame }

    /// Gives the decoder one block at a time and its head apart, so that a fault is told at the block that has it, and
    /// all before it is handed over.
    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodedStep {
        var step = DecodedStep()
        while step.fault == nil && step.produced < output.count {
            let before = step
            decodeBlock(input, into: output, step: &step)
            if step.consumed == before.consumed && step.produced == before.produced { break }
        }
        return step
    }

    private func decodeBlock(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, step: inout DecodedStep
    ) {
        let available = min(max(wanted - Self.blockHeadBytes, 1), input.count - step.consumed)
        // Between frames there is nothing to write out, and nothing to be begun without input.
        guard available > 0 || isInsideFrame else { return }
        let source = UnsafeRawBufferPointer(rebasing: input[step.consumed..<step.consumed + available])
        let target = UnsafeMutableRawBufferPointer(rebasing: output[step.produced...])
        var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
        let status = ZSTD_decompressStream(stream, &to, &from)
        guard ZSTD_isError(status) == 0 else {
            step.fault = Self.fault(status)
            return
        }
        step.consumed += from.pos
        step.produced += to.pos
        consumed += from.pos
        produced += to.pos
        if from.pos > 0 || to.pos > 0 { isInsideFrame = status != 0 }
        wanted = status == 0 ? Self.startBytes + Self.blockHeadBytes : status
        if produced > Self.freeBytes, produced / Self.ratioMax > consumed {
            step.fault = "it holds more than \(Self.ratioMax) times what is stored, which no log does"
        }
    }

    private static func fault(_ status: Int) -> String {
        switch ZSTD_getErrorCode(status) {
        case ZSTD_error_frameParameter_windowTooLarge:
            "it needs a window of more than \(1 << (windowLog - 20)) MiB; compress it with a level up to 19, "
                + "without --ultra and --long"
        case ZSTD_error_prefix_unknown: "bytes that are not zstd follow a frame"
        default: String(cString: ZSTD_getErrorName(status))
        }
    }
}
