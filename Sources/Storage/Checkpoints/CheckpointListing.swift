import Glibc

/// The checkpoints in a folder as their names tell, for people to look at while a daemon has the folder.
public struct CheckpointListing: Hashable, Sendable {
    /// A checkpoint's file.
    public struct Entry: Hashable, Sendable {
        /// The task.
        public var task: Int
        /// The generation of the group in which it was taken.
        public var generation: Int
        /// The size of its file.
        public var byteCount: Int
        /// When the file was written, in milliseconds since 1970.
        public var modified: Int64
    }

    /// By task, the newest of a task first.
    public let entries: [Entry]

    /// Looks at a folder; nothing is opened or claimed, and a file that goes meanwhile is passed over.
    public init(folder: String) throws(StorageError) {
        let names = try Folder.names(in: folder).compactMap { CheckpointName($0) }
        let sorted = names.sorted { $0.task == $1.task ? $0 > $1 : $0.task < $1.task }
        entries = sorted.compactMap { name in
            var status = stat()
            guard stat("\(folder)/\(name.text)", &status) == 0 else { return nil }
            let modified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
            return Entry(
                task: name.task, generation: name.generation, byteCount: Int(status.st_size), modified: modified)
        }
    }
}
