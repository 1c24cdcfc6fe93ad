/// A data file beside a pipeline file, as it was read: its content travels with the pipeline's settings.
public struct DataFile: Codable, Hashable, Sendable {
    /// The path as the pipeline file has it, from the folder of that file.
    public var path: String
    /// The content.
    public var text: String

    /// Creates a data file.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// Where the loader finds the data files that a pipeline names.
public struct DataFiles: Sendable {
    /// Why a file cannot be had.
    public struct Failure: Error, Hashable, Sendable {
        /// What is wrong, for a person.
        public var message: String

        /// Creates a failure.
        public init(_ message: String) { self.message = message }
    }

    private let read: @Sendable (_ path: String, _ bytesMax: Int) -> Result<[UInt8], Failure>

    /// Asks a shell for files, each by its path and never for more than so many bytes and one.
    public init(read: @escaping @Sendable (_ path: String, _ bytesMax: Int) -> Result<[UInt8], Failure>) {
        self.read = read
    }

    /// Finds files in memory.
    public init(_ files: [DataFile]) {
        self.init { path, bytesMax in
            guard let file = files.first(where: { $0.path == path }) else {
                return .failure(Failure("there is no such file"))
            }
            return .success(Array(file.text.utf8.prefix(bytesMax + 1)))
        }
    }

    /// Has no file.
    public static let none = DataFiles([])

    func bytes(of path: String, atMost bytesMax: Int) -> Result<[UInt8], Failure> { read(path, bytesMax) }
}

/// Fetches the data files of one pipeline, each once, within their bounds.
///
/// A class, because every reader of a part of the file adds to what was fetched.
final class DataFileReader {
    private let files: DataFiles
    private let report: Report
    private var known: [String: (table: DataTable, report: Report)?] = [:]
    private var byteCount = 0
    /// The files that could be read, in the order of their paths.
    private(set) var found: [DataFile] = []

    /// Starts without a file.
    init(_ files: DataFiles, report: Report) {
        self.files = files
        self.report = report
    }

    /// The rows of the file that a node names, and where its mistakes go; nil where it cannot be read.
    func read(_ node: YamlNode?) -> (table: DataTable, report: Report)? {
        guard let node, let path = node.string("file", report), isBeside(path, at: node.position) else { return nil }
        if let table = known[path] { return table }
        let table = fetch(path, at: node.position)
        known[path] = table
        return table
    }

    private func fetch(_ path: String, at position: Position) -> (table: DataTable, report: Report)? {
        switch files.bytes(of: path, atMost: FileLimits.dataBytes) {
        case .failure(let failure):
            report.error(
                position, "the data file \(quoted(path)) cannot be read: \(failure.message)",
                "paths are from the folder of the pipeline file")
            return nil
        case .success(let bytes):
            byteCount += bytes.count
            guard byteCount <= FileLimits.dataBytes else {
                report.error(
                    position,
                    "with \(quoted(path)) the data files hold more than \(FileLimits.dataBytes) bytes together; a reload "
                        + "has to fit into one message", "leave out what is not used")
                return nil
            }
            let fileReport = report.onDataFile(Self.place(of: path, beside: report.file))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                fileReport.error(.start, "the file is not UTF-8", "save it as UTF-8")
                return nil
            }
            found.append(DataFile(path: path, text: text))
            found.sort { $0.path < $1.path }
            return DataTable(text, report: fileReport).map { ($0, fileReport) }
        }
    }

    /// Whether a path stays in the folder of the pipeline file; links in it are the business of who made them.
    private func isBeside(_ path: String, at position: Position) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = path.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        let isGood =
            path.utf8.count <= FileLimits.pathBytes && isPlain
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        if !isGood {
            report.error(
                position,
                "\(quoted(path)) is no path of a data file; expected names joined by /, below the folder of the pipeline "
                    + "file, at most \(FileLimits.pathBytes) bytes",
                "such as tables/overrides.csv")
        }
        return isGood
    }

    /// The path as a person at the place of the pipeline file's path has it.
    private static func place(of path: String, beside file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
