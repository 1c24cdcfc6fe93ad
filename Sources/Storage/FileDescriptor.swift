import Glibc

/// An open file, closed when its owner goes.
final class FileDescriptor: Sendable {
    /// What a file is, as far as we treat files differently.
    enum Kind {
        case regular, folder, stream
    }

    /// What the system knows about an open file.
    struct Status {
        let kind: Kind
        let byteCount: Int
        let identity: Identity
        /// Who may do what, as `chmod` takes it.
        let permissions: mode_t
    }

    /// The same for two descriptors exactly if they are of the same file.
    struct Identity: Equatable {
        let device: UInt
        let inode: UInt
    }

    /// The system's number of the file.
    let number: Int32
    /// The name for messages.
    let path: String
    private let isOwned: Bool

    /// Opens a file, or takes standard input without owning it.
    init(
        path: String, flags: Int32, mode: mode_t = 0o644, operation: StorageError.Operation = .open
    ) throws(StorageError) {
        let number = Self.retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw StorageError(code: errno, file: path, operation: operation) }
        self.number = number
        self.path = path
        self.isOwned = true
    }

    private init(borrowing number: Int32, name: String) {
        self.number = number
        self.path = name
        self.isOwned = false
    }

    /// Standard input, which stays open.
    static func standardInput(name: String) -> FileDescriptor { FileDescriptor(borrowing: STDIN_FILENO, name: name) }

    deinit {
        if isOwned { _ = close(number) }
    }

    /// Asks the system about the file.
    func status() throws(StorageError) -> Status {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw StorageError(code: errno, file: path, operation: .open) }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            default: .stream
            }
        let identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        return Status(
            kind: kind, byteCount: Int(status.st_size), identity: identity, permissions: status.st_mode & 0o777)
    }

    /// Reads what there is next, at most what the buffer holds; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        let count = Self.retrying { Glibc.read(number, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw StorageError(code: errno, file: path, operation: .read) }
        return count
    }

    /// Reads from a place in a regular file until the buffer is full or the file ends.
    func read(at place: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var total = 0
        while total < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[total...])
            let count = Self.retrying { pread(number, rest.baseAddress, rest.count, off_t(place + total)) }
            guard count >= 0 else {
                throw StorageError(code: errno, file: path, operation: .read, byte: place + total)
            }
            if count == 0 { break }
            total += count
        }
        return total
    }

    /// Reads exactly so many bytes from a place in a regular file; nil where it has fewer.
    func read(_ count: Int, at place: Int) throws(StorageError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        let isWhole = try raw.withUnsafeMutableBytes { (buffer) throws(StorageError) in
            try read(at: place, into: buffer) == count
        }
        return isWhole ? bytes : nil
    }

    /// Writes all bytes at the file's end.
    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Self.retrying { Glibc.write(number, rest.baseAddress, rest.count) }
            guard count >= 0 else { throw StorageError(code: errno, file: path, operation: .write) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes all bytes at the file's end.
    func write(_ bytes: [UInt8]) throws(StorageError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in try write(bytes) }
    }

    /// Writes all bytes from a place in a regular file on.
    func write(_ bytes: [UInt8], at place: Int) throws(StorageError) {
        var place = place
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
            var rest = bytes
            while !rest.isEmpty {
                let count = Self.retrying { pwrite(number, rest.baseAddress, rest.count, off_t(place)) }
                guard count >= 0 else { throw StorageError(code: errno, file: path, operation: .write, byte: place) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                place += count
            }
        }
    }

    /// Cuts a regular file off.
    func truncate(to byteCount: Int) throws(StorageError) {
        guard Self.retrying({ ftruncate(number, off_t(byteCount)) }) == 0 else {
            throw StorageError(code: errno, file: path, operation: .write, byte: byteCount)
        }
    }

    /// Returns when what was written is on the disk.
    func synchronize() throws(StorageError) {
        guard Self.retrying({ fsync(number) }) == 0 else {
            throw StorageError(code: errno, file: path, operation: .synchronize)
        }
    }

    /// Claims the file for this process; false where another has it.
    func lock() throws(StorageError) -> Bool {
        if Self.retrying({ flock(number, LOCK_EX | LOCK_NB) }) == 0 { return true }
        switch errno {
        case EWOULDBLOCK: return false
        // Some network file systems know no locks; that is no reason not to write there.
        case ENOLCK, EOPNOTSUPP, EINVAL: return true
        default: throw StorageError(code: errno, file: path, operation: .lock)
        }
    }

    /// Gives up what `lock` has claimed.
    func unlock() { flock(number, LOCK_UN) }

    /// Repeats a call that a signal has interrupted.
    private static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }
}
