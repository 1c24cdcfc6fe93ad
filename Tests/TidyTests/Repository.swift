import Foundation

/// Something untidy, and where.
struct Problem: Hashable, CustomStringConvertible {
    /// The file, from the root of the repository.
    var path: String
    /// The line, from 1.
    var line: Int
    /// What is wrong, and what would be right.
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A text file of the repository.
struct TextFile {
    /// Where it lies, from the root of the repository.
    var path: String
    /// What it says, without line ends.
    var lines: [String]
    /// Whether it may be run.
    var isExecutable: Bool

    /// Creates a file from its text.
    init(path: String, text: String, isExecutable: Bool = false) {
        self.path = path
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        self.isExecutable = isExecutable
        if lines.last == "" { lines.removeLast() }
    }

    /// Whether the file's name ends so.
    func has(_ suffix: String) -> Bool { path.hasSuffix(suffix) }

    /// Whether the file lies in the folder.
    func isIn(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    /// Whether people wrote every character of it for people: a script, a page, a pipeline or source.
    var isWritten: Bool {
        ["swift", "md", "sh", "py", "yaml", "h", "modulemap"].contains { has("." + $0) }
            || lines.first?.starts(with: "#!") == true
    }

    /// The folder in which it lies, "" for the root.
    var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }

    /// The problem at a line, counted from 0.
    func problem(_ index: Int, _ message: String) -> Problem {
        Problem(path: path, line: index + 1, message: message)
    }
}

/// The tree in which this test lies.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Folders and files that hold what was built, fetched or written by a run, and not what people wrote.
    private static let generated: Set<String> = [".git", ".swiftpm", "out", "Package.resolved"]

    /// Every text file, sorted by path; files that are no UTF-8 are data and left out.
    static let files: [TextFile] = {
        var files: [TextFile] = []
        collect(root, path: "", into: &files)
        return files.sorted { $0.path < $1.path }
    }()

    /// The Swift files, with their comments and strings told apart.
    static let swiftFiles: [SwiftFile] = files.filter { $0.has(".swift") }.map(SwiftFile.init)

    /// Whether there is a file or folder at a path from the root.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private static func collect(_ folder: URL, path: String, into files: inout [TextFile]) {
        let keys: [URLResourceKey] = [.isDirectoryKey, .isSymbolicLinkKey, .isExecutableKey]
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: keys)) ?? []
        for entry in entries {
            let name = entry.lastPathComponent
            if generated.contains(name) || name.hasPrefix(".build") { continue }
            guard let values = try? entry.resourceValues(forKeys: Set(keys)), values.isSymbolicLink != true else {
                continue
            }
            if values.isDirectory == true {
                collect(entry, path: path + name + "/", into: &files)
            } else if let data = try? Data(contentsOf: entry), let text = String(validating: data, as: UTF8.self) {
                let isExecutable = FileManager.default.isExecutableFile(atPath: entry.path)
                files.append(TextFile(path: path + name, text: text, isExecutable: isExecutable))
            }
        }
    }
}
