import Glibc

/// Notices that a file has changed.
struct FileWatch {
    private struct Stamp: Hashable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    let path: String
    private var settled: Stamp?
    private var last: Stamp?

    init(path: String) {
        self.path = path
        settled = Self.stamp(of: path)
        last = settled
    }

    /// Whether the file has changed and was the same at two looks since, so that nobody is still writing it.
    mutating func look() -> Bool {
        let stamp = Self.stamp(of: path)
        defer { last = stamp }
        guard let stamp, stamp != settled, stamp == last else { return false }
        settled = stamp
        return true
    }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt64(status.st_ino), size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }
}
