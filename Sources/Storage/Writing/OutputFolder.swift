import Glibc
public import RampartCore

/// The folder that a run writes: files end in `.partial` until all of them are complete and on the disk.
///
/// `summary.json` gets its name last, so that a folder that has it holds a whole run.
public final class OutputFolder {
    /// The folder.
    public let path: String

    private let folder: ClaimedFolder
    private let written: [OutputFile]
    private var files: [OutputFile: BufferedFile] = [:]
    private var spools: [OutputFile: SortedSpool] = [:]
    private var isClosed = false

    /// Creates the folder where it is missing, claims it, and opens its files under their partial names.
    public init(path: String, hasScores: Bool = false) throws(StorageError) {
        self.path = path
        written = OutputFile.allCases.filter { $0 != .scores || hasScores }
        self.folder = try ClaimedFolder(path: path, inUse: "another run is writing to this folder")
        for file in OutputFile.allCases where Self.exists(final(file)) {
            throw StorageError(
                .holdsResults, file: path, operation: .create,
                "the folder already holds \(file.rawValue) of a run; name another folder or remove the old results")
        }
        for file in written {
            switch file {
            case .late, .deadLetters: spools[file] = try SortedSpool(path: partial(file))
            case .alerts, .shadow, .incidents, .creditLines, .credits, .scores, .summary:
                files[file] = try BufferedFile(path: partial(file))
            }
        }
    }

    /// Adds rows that are in order already.
    public func append(_ rows: some Collection<UInt8>, to file: OutputFile) throws(StorageError) {
        guard let target = files[file], file != .summary else {
            preconditionFailure("Rows of \(file.rawValue) have a place, or come with the end of the run.")
        }
        precondition(!isClosed, "The run has ended.")
        try target.append(rows)
    }

    /// Adds one dead letter or late event; those of one source and partition come with rising positions.
    public func append(
        _ row: some Collection<UInt8>, at place: RecordPlace, to file: OutputFile
    ) throws(StorageError) {
        guard let target = spools[file] else { preconditionFailure("Rows of \(file.rawValue) have no place.") }
        precondition(!isClosed, "The run has ended.")
        try target.append(row, at: place)
    }

    /// Ends a run that was complete: everything reaches the disk, and then the files get their names.
    public func complete(summary: [UInt8]) throws(StorageError) {
        try finish(summary: summary)
        for file in written {
            try Folder.rename(partial(file), to: final(file))
        }
        try folder.descriptor.synchronize()
    }

    /// Ends a run that was not complete: everything reaches the disk, and the files stay partial.
    public func abandon(summary: [UInt8]) throws(StorageError) { try finish(summary: summary) }

    // MARK: -

    /// Tries to save every file, whatever becomes of the others, and throws the first error.
    private func finish(summary: [UInt8]) throws(StorageError) {
        precondition(!isClosed, "The run has ended.")
        isClosed = true
        var failure: StorageError?
        for file in written {
            do throws(StorageError) {
                if file == .summary { try files[file]?.append(summary) }
                try files[file]?.synchronize()
                try spools[file]?.finish()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func partial(_ file: OutputFile) -> String { "\(path)/\(file.partialName)" }

    private func final(_ file: OutputFile) -> String { "\(path)/\(file.rawValue)" }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
