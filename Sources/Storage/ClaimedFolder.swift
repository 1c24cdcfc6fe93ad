import Glibc

/// A folder that one process has to itself, as long as this is kept.
final class ClaimedFolder: Sendable {
    /// The folder, for what is asked of it as a whole.
    let descriptor: FileDescriptor

    /// Creates the folder where it is missing, and claims it; `inUse` is the message where another one has it.
    init(path: String, mode: mode_t = 0o755, inUse: String) throws(StorageError) {
        // Past a size limit the kernel would else end the process before it could say which file has reached it.
        signal(SIGXFSZ, SIG_IGN)
        try Folder.create(at: path, mode: mode)
        descriptor = try FileDescriptor(path: path, flags: O_RDONLY | O_DIRECTORY)
        guard try descriptor.lock() else { throw StorageError(.inUse, file: path, operation: .lock, inUse) }
    }

    /// Closing alone would not do: a process that is just being started has a copy of the descriptor, and the claim.
    deinit { descriptor.unlock() }
}
