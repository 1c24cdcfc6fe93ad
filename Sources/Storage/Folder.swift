import Glibc

/// What is done to folders, as opposed to the files in them.
enum Folder {
    /// Creates a folder and those that it lies in, as far as they are missing, and puts its name on the disk.
    static func create(at path: String, mode: mode_t = 0o755) throws(StorageError) {
        if mkdir(path, mode) == 0 { return try synchronizeParent(of: path) }
        if errno == EEXIST { return }
        guard errno == ENOENT, let parent = parent(of: path) else {
            throw StorageError(code: errno, file: path, operation: .create)
        }
        try create(at: parent, mode: mode)
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw StorageError(code: errno, file: path, operation: .create)
        }
        try synchronizeParent(of: path)
    }

    /// The names of everything in a folder, in no order.
    static func names(in path: String) throws(StorageError) -> [String] {
        guard let stream = opendir(path) else { throw StorageError(code: errno, file: path, operation: .list) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
            errno = 0
        }
        guard errno == 0 else { throw StorageError(code: errno, file: path, operation: .list) }
        return names
    }

    /// Removes a file; it is well if there is none.
    static func removeFile(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw StorageError(code: errno, file: path, operation: .remove)
        }
    }

    /// Gives a file another name, whatever had that name before.
    static func rename(_ path: String, to name: String) throws(StorageError) {
        guard Glibc.rename(path, name) == 0 else {
            throw StorageError(code: errno, file: path, operation: .rename)
        }
    }

    private static func parent(of path: String) -> String? {
        guard let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex else { return nil }
        return String(path[..<slash])
    }

    /// A new name outlives a crash only once the folder that holds it is on the disk.
    private static func synchronizeParent(of path: String) throws(StorageError) {
        let parent = parent(of: path) ?? (path.hasPrefix("/") ? "/" : ".")
        try FileDescriptor(path: parent, flags: O_RDONLY | O_DIRECTORY).synchronize()
    }
}
