import Glibc

/// A log to be read: a file, a pipe, or standard input.
public struct LogFile: Hashable, Sendable {
    /// The path as it is opened; `-` is standard input.
    public let path: String
    /// The path's last part, or `standard input`: for messages and tables.
    public let name: String

    /// Names a log without looking at it.
    public init(path: String) {
        self.path = path
        self.name = path == "-" ? "standard input" : String(path.split(separator: "/").last ?? "/")
    }

    /// The logs that an argument names: the file itself, or the regular files right in a folder.
    ///
    /// The files of a folder come in the order of their names' bytes, so that partitions have the same numbers on every
    /// machine; hidden files and what an unfinished run has left behind are passed over.
    public static func discover(_ argument: String) throws(StorageError) -> [LogFile] {
        guard argument != "-" else { return [LogFile(path: argument)] }
        guard try kind(of: argument) == .folder else { return [LogFile(path: argument)] }
        let prefix = argument.hasSuffix("/") ? argument : argument + "/"
        var logs: [LogFile] = []
        for name in try Folder.names(in: argument)
        where !name.hasPrefix(".") && !name.hasSuffix(OutputFile.partialSuffix) {
            if try kind(of: prefix + name) == .regular { logs.append(LogFile(path: prefix + name)) }
        }
        guard !logs.isEmpty else {
            throw StorageError(.noLogs, file: argument, operation: .list, "the folder holds no log")
        }
        return logs.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private static func kind(of path: String) throws(StorageError) -> FileDescriptor.Kind {
        var status = stat()
        guard stat(path, &status) == 0 else { throw StorageError(code: errno, file: path, operation: .open) }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .folder
        default: .stream
        }
    }
}
