import Glibc

/// Why a file could not be read or written: for the person who runs the command, and for its exit code.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for code that tells the cases apart.
    public enum Reason: Hashable, Sendable {
        /// There is no such file or folder.
        case notFound
        /// The user may not read or write it.
        case permissionDenied
        /// A folder where a file belongs.
        case isFolder
        /// A file where a folder belongs.
        case notAFolder
        /// A folder of logs that holds none.
        case noLogs
        /// Compressed data ends inside a gzip member or a zstd frame.
        case truncated
        /// The bytes are not what a compressor wrote, or need more than reading them may take.
        case corrupt
        /// The path names another file than when reading began.
        case replaced
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// The file has reached the largest size that the process or the file system allows.
        case fileTooLarge
        /// The output folder holds the results of a run.
        case holdsResults
        /// Another run writes to the output folder.
        case inUse
        /// The folder of an earlier run is not a complete one.
        case incompletePrior
        /// The earlier run was of another pipeline.
        case otherFamily
        /// A row of an earlier run cannot be read.
        case brokenRow
        /// Two earlier runs do not agree on a line.
        case contradiction
        /// Other users may read what is for this one alone.
        case notPrivate
        /// It has more bytes than it may have.
        case tooLarge
        /// The manifest in the folder is not that of a recorded log.
        case notARecordedLog
        /// It was written by another version, in a layout that this one does not know.
        case otherVersion
        /// What was promised to be there is cut off or not what was written.
        case damaged
        /// A topic or partition that cannot be one of Kafka.
        case badName
        /// What is there was saved by a member of a later generation of the group.
        case laterGeneration
        /// A partition's offsets lie before those that it has already.
        case offsetsGoBack
        /// Anything else that the system reports.
        case system
    }

    /// What was being done, as it is named in the message.
    public enum Operation: String, Hashable, Sendable {
        case open, read, write, create, lock, list, synchronize, rename, remove
    }

    /// What went wrong.
    public var reason: Reason
    /// The file or folder.
    public var file: String
    /// What was being done.
    public var operation: Operation
    /// The number of the system's error, where it reported one.
    public var code: Int32?
    /// Where in the file, counted in its bytes as they are stored.
    public var byte: Int?
    /// The whole message: what happened to which file, and where.
    public var description: String

    /// An error of our own making.
    init(_ reason: Reason, file: String, operation: Operation, byte: Int? = nil, _ text: String) {
        self.reason = reason
        self.file = file
        self.operation = operation
        self.byte = byte
        self.description = "\(file): \(text)"
    }

    /// An error that the system reports as a number.
    init(code: Int32, file: String, operation: Operation, byte: Int? = nil) {
        self.code = code
        self.file = file
        self.operation = operation
        self.byte = byte
        self.reason =
            switch code {
            case ENOENT: .notFound
            case EACCES, EPERM, EROFS: .permissionDenied
            case EISDIR: .isFolder
            case ENOTDIR: .notAFolder
            case ENOSPC, EDQUOT: .diskFull
            case EFBIG: .fileTooLarge
            default: .system
            }
        let place = byte.map { " at byte \($0)" } ?? ""
        self.description = "\(file): cannot \(operation.rawValue)\(place): \(String(cString: strerror(code)))"
    }
}
