import Glibc

/// Reads a log from its beginning to its end, a chunk of decompressed bytes at a time: plain, gzip or zstd.
///
/// A regular file is open only during a call, so that a run can hold thousands of logs half read. Calls block.
public final class LogReader {
    /// Bytes of a chunk where nothing else is asked for.
    public static let chunkBytesDefault = 512 << 10
    /// Compressed bytes read at once.
    private static let inputBytes = 64 << 10

    /// The log.
    public let file: LogFile
    /// Bytes consumed so far, as they are stored.
    public private(set) var bytesRead = 0
    /// Bytes of the log as it is stored; nil before the first chunk and for a pipe.
    public private(set) var byteCount: Int?

    private enum Format {
        case unknown, plain
        case compressed(any LogDecoder)
    }

    private let chunkBytes: Int
    private var format = Format.unknown
    private var descriptor: FileDescriptor?
    /// What a regular file was when it was first opened; nil for a pipe.
    private var identity: FileDescriptor.Identity?
    /// Bytes taken from a pipe and not yet consumed.
    private var carried: [UInt8] = []
    /// What the next call throws, once the bytes before it have been handed over.
    private var failure: StorageError?
    private var isAtEnd = false

    /// Creates a reader that opens nothing before the first chunk is asked for.
    public init(_ file: LogFile, chunkBytes: Int = LogReader.chunkBytesDefault) {
        precondition(chunkBytes > 0, "A chunk holds at least a byte.")
        self.file = file
        self.chunkBytes = chunkBytes
    }

    /// Replaces `chunk` by the next bytes of the log and returns their number; 0, with an empty chunk, at its end.
    ///
    /// All bytes before a fault are returned before it is thrown, and then it is thrown at every call.
    public func read(into chunk: inout [UInt8]) throws(StorageError) -> Int {
        chunk.removeAll(keepingCapacity: true)
        return try append(to: &chunk)
    }

    /// Appends the next chunk and returns its length; 0 at the end.
    public func append(to buffer: inout [UInt8]) throws(StorageError) -> Int {
        var produced = 0
        if failure == nil && !isAtEnd {
            buffer.append(addingCapacity: chunkBytes) { span in
                span.withUnsafeMutableBufferPointer { pointer, count in
                    let free = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(pointer)[count..<count + chunkBytes])
                    produced = fill(free)
                    count += produced
                }
            }
        }
        if produced == 0 {
            isAtEnd = true
            if let failure { throw failure }
        }
        return produced
    }

    // MARK: Chunks

    /// Fills a chunk as far as the log goes; what goes wrong on the way is kept in `failure`.
    private func fill(_ output: UnsafeMutableRawBufferPointer) -> Int {
        var produced = 0
        do throws(StorageError) {
            try open()
            switch format {
            case .compressed(let decoder): try fill(output, from: decoder, produced: &produced)
            case .plain, .unknown: produced = try fillPlain(output)
            }
        } catch {
            failure = error
        }
        if identity != nil || produced == 0 || failure != nil { descriptor = nil }
        return produced
    }

    private func fillPlain(_ output: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        let count = try peek(into: output)
        consume(count)
        return count
    }

    /// Decompresses until the chunk is full or the log ends; of a pipe, until it has nothing more to give at once.
    private func fill(
        _ output: UnsafeMutableRawBufferPointer, from decoder: any LogDecoder, produced: inout Int
    ) throws(StorageError) {
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputBytes, alignment: 1)
        defer { input.deallocate() }
        while produced < output.count {
            if identity == nil && produced > 0 && carried.isEmpty { return }
            let available = try peek(into: input)
            let step = decoder.decode(
                UnsafeRawBufferPointer(rebasing: input[..<available]),
                into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
            consume(step.consumed)
            produced += step.produced
            if let fault = step.fault {
                throw StorageError(
                    .corrupt, file: file.path, operation: .read, byte: bytesRead,
                    "the \(decoder.name) data is corrupt at byte \(bytesRead): \(fault)")
            }
            if available > 0 || step.produced > 0 { continue }
            if decoder.canEnd { return }
            throw endsEarly(decoder.name)
        }
    }

    private func endsEarly(_ name: String) -> StorageError {
        StorageError(
            .truncated, file: file.path, operation: .read, byte: bytesRead,
            "the \(name) data ends early at byte \(bytesRead)")
    }

    // MARK: Stored bytes

    /// Opens the log, for the first time or again, and finds out on the first time how it is stored.
    private func open() throws(StorageError) {
        if descriptor == nil { descriptor = try openDescriptor() }
        guard case .unknown = format else { return }
        var first: [UInt8] = []
        while !LogCompression.guess(first).isSure {
            let more = try peekFirst(LogCompression.magicBytes)
            if more.count == first.count { break }
            first = more
        }
        let (compression, isSure) = LogCompression.guess(first)
        guard let compression else {
            format = .plain
            return
        }
        guard isSure else {
            consume(first.count)
            throw endsEarly(compression.name)
        }
        format = .compressed(compression.decoder)
    }

    private func openDescriptor() throws(StorageError) -> FileDescriptor {
        let opened =
            file.path == "-"
            ? FileDescriptor.standardInput(name: file.name)
            : try FileDescriptor(path: file.path, flags: O_RDONLY)
        let status = try opened.status()
        switch status.kind {
        case .folder: throw StorageError(code: EISDIR, file: file.path, operation: .read)
        case .stream: break
        // Standard input may be a file that someone else has begun to read, so its bytes are taken as they come.
        case .regular where file.path == "-": break
        case .regular:
            if let identity, identity != status.identity {
                throw StorageError(
                    .replaced, file: file.path, operation: .read, byte: bytesRead,
                    "another file has taken its place after byte \(bytesRead)")
            }
            identity = status.identity
            byteCount = status.byteCount
        }
        return opened
    }

    /// Copies the bytes that come next without consuming them; none at the end of the log.
    private func peek(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard let descriptor else { return 0 }
        if identity != nil { return try descriptor.read(at: bytesRead, into: buffer) }
        if carried.isEmpty { try carry(Self.inputBytes, from: descriptor) }
        let count = min(carried.count, buffer.count)
        buffer.copyBytes(from: carried.prefix(count))
        return count
    }

    /// The first bytes of the log, as many as there are at once up to a number.
    private func peekFirst(_ countMax: Int) throws(StorageError) -> [UInt8] {
        guard let descriptor else { return [] }
        if identity == nil {
            try carry(countMax - carried.count, from: descriptor)
            return carried
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: countMax, alignment: 1)
        defer { buffer.deallocate() }
        let count = try descriptor.read(at: 0, into: buffer)
        return Array(buffer[..<count])
    }

    private func carry(_ countMax: Int, from descriptor: FileDescriptor) throws(StorageError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: countMax, alignment: 1)
        defer { buffer.deallocate() }
        let count = try descriptor.read(into: buffer)
        carried.append(contentsOf: buffer[..<count])
    }

    private func consume(_ count: Int) {
        bytesRead += count
        if identity == nil { carried.removeFirst(count) }
    }
}
