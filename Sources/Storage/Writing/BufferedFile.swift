import Glibc

/// A file that is written from its beginning to its end, through a buffer.
final class BufferedFile {
    private static let bufferBytes = 64 << 10

    /// The name it was opened under.
    let path: String
    /// Bytes appended so far, buffered ones included.
    private(set) var byteCount = 0

    private let descriptor: FileDescriptor
    private var buffer: [UInt8] = []
    /// Set by the first write that failed: rows after a gap would be worse than none.
    private var failure: StorageError?

    /// Creates the file, or empties the one that is there.
    init(path: String) throws(StorageError) {
        self.path = path
        self.descriptor = try FileDescriptor(path: path, flags: O_RDWR | O_CREAT | O_TRUNC, operation: .create)
        buffer.reserveCapacity(Self.bufferBytes)
    }

    /// Adds bytes to the end.
    func append(_ bytes: some Collection<UInt8>) throws(StorageError) {
        buffer.append(contentsOf: bytes)
        byteCount += bytes.count
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Hands the buffered bytes to the system; once that has failed, nothing more is written.
    func flush() throws(StorageError) {
        if let failure { throw failure }
        let written = buffer.withUnsafeBytes { bytes in
            Result { () throws(StorageError) in try descriptor.write(bytes) }
        }
        buffer.removeAll(keepingCapacity: true)
        do throws(StorageError) {
            try written.get()
        } catch {
            failure = error
            throw error
        }
    }

    /// Returns when everything appended is on the disk.
    func synchronize() throws(StorageError) {
        try flush()
        try descriptor.synchronize()
    }

    /// Reads back flushed bytes; fewer than the buffer holds only at the file's end.
    func read(at place: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try descriptor.read(at: place, into: buffer)
    }
}
