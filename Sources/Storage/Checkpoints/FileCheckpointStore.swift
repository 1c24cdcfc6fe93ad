public import Engine
import Glibc
import Synchronization

/// Checkpoints as files of a folder that one process has to itself.
///
/// A file gets its name when all of it is on the disk, so that a name always stood for a whole checkpoint; what later
/// becomes of the disk, its digest finds out. Several threads may use the store, each for tasks of its own.
public final class FileCheckpointStore: CheckpointStore, Sendable {
    /// Checkpoints of a task that are kept: the newest, and one to fall back on.
    public static let keptPerTask = 2

    /// The folder.
    public let folder: String

    /// What is known of a task's files.
    private struct Shelf {
        /// The files that are there, in no order.
        var names: Set<CheckpointName> = []
        /// What is wrong with some of them.
        var problems: [CheckpointName: CheckpointProblem] = [:]
        /// The last number given to a checkpoint.
        var sequence = 0

        /// From the newest to the oldest.
        var newestFirst: [CheckpointName] { names.sorted(by: >) }
        /// Those with nothing known against them.
        var intact: [CheckpointName] { newestFirst.filter { problems[$0] == nil } }
    }

    private let claim: ClaimedFolder
    private let shelves: Mutex<[Int: Shelf]>

    /// Opens the folder, which is created where it is missing, and removes what an interrupted `save` has left behind.
    public init(folder: String) throws(StorageError) {
        self.folder = folder
        self.claim = try ClaimedFolder(
            path: folder, mode: 0o700, inUse: "another process keeps its checkpoints here; give each its own folder")
        guard try claim.descriptor.status().permissions & 0o077 == 0 else {
            throw StorageError(
                .notPrivate, file: folder, operation: .open,
                "checkpoints hold personal data, and other users can enter this folder; run: chmod 700 \(folder)")
        }
        var shelves: [Int: Shelf] = [:]
        for file in try Folder.names(in: folder) {
            if let name = CheckpointName(file) {
                shelves[name.task, default: Shelf()].names.insert(name)
                shelves[name.task]!.sequence = max(shelves[name.task]!.sequence, name.sequence)
            } else if CheckpointName(partial: file) != nil {
                try Folder.removeFile("\(folder)/\(file)")
            }
        }
        self.shelves = Mutex(shelves)
    }

    /// Keeps a checkpoint, and then removes those that it makes superfluous.
    ///
    /// One of an older generation than the newest is refused. If saving fails, the earlier ones are as they were.
    public func save(_ checkpoint: Checkpoint) throws(StorageError) {
        let name = try reserveName(for: checkpoint)
        let partial = "\(folder)/\(name.partial)"
        do throws(StorageError) {
            try write(checkpoint, as: name, to: partial)
            try Folder.rename(partial, to: file(name))
            try claim.descriptor.synchronize()
        } catch {
            unlink(partial)
            throw error
        }
        for outdated in shelve(name) { remove(outdated) }
    }

    /// The newest of the task's intact checkpoints that fits; what is wrong with those that are not intact, `problems`
    /// tells.
    public func newestCheckpoint(of task: Int, where fits: (Checkpoint) throws -> Bool) throws -> Checkpoint? {
        for name in names(of: task) {
            if let checkpoint = try read(name), try fits(checkpoint) { return checkpoint }
        }
        return nil
    }

    /// What kept files of a task from being returned when they were last read, by their names.
    public func problems(of task: Int) -> [CheckpointProblem] {
        shelves.withLock { $0[task]?.problems.sorted { $0.key < $1.key }.map(\.value) ?? [] }
    }

    /// Removes all checkpoints of a task, damaged ones included.
    public func removeAll(of task: Int) throws(StorageError) {
        for name in names(of: task).reversed() {
            try Folder.removeFile(file(name))
            forget(name)
        }
        try claim.descriptor.synchronize()
    }

    // MARK: -

    /// The names of a task's checkpoints, from the newest to the oldest.
    func names(of task: Int) -> [CheckpointName] { shelves.withLock { $0[task]?.newestFirst ?? [] } }

    /// Reads a checkpoint; nil where something is wrong with it, which is noted.
    func read(_ name: CheckpointName) throws(StorageError) -> Checkpoint? {
        let result = try Self.read(name, in: folder)
        shelves.withLock { shelves in
            switch result {
            case .success: shelves[name.task]?.problems[name] = nil
            case .failure(let problem): shelves[name.task]?.problems[name] = problem
            }
        }
        return try? result.get()
    }

    private func file(_ name: CheckpointName) -> String { "\(folder)/\(name.text)" }

    /// The next name for a task's checkpoint; refused where a later generation has saved one.
    private func reserveName(for checkpoint: Checkpoint) throws(StorageError) -> CheckpointName {
        try shelves.withLock { (shelves) throws(StorageError) in
            var shelf = shelves[checkpoint.task] ?? Shelf()
            if let newest = shelf.intact.first, newest.generation > checkpoint.generation {
                throw isLate(checkpoint, after: newest)
            }
            shelf.sequence += 1
            shelves[checkpoint.task] = shelf
            return CheckpointName(
                task: checkpoint.task, generation: checkpoint.generation, sequence: shelf.sequence)
        }
    }

    private func isLate(_ checkpoint: Checkpoint, after newest: CheckpointName) -> StorageError {
        StorageError(
            .laterGeneration, file: folder, operation: .write,
            "a checkpoint of task \(newest.task) is of generation \(newest.generation), and this one only of "
                + "\(checkpoint.generation); if the topics or the group were made anew, remove the checkpoints of the "
                + "former ones from this folder, and start again")
    }

    private func write(_ checkpoint: Checkpoint, as name: CheckpointName, to partial: String) throws(StorageError) {
        let file = try FileDescriptor(
            path: partial, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, operation: .create)
        try CheckpointFile.write(checkpoint, as: name, to: file)
        try file.synchronize()
    }

    /// Notes a checkpoint that is durable, and returns those that are older than the last ones kept.
    private func shelve(_ name: CheckpointName) -> [CheckpointName] {
        shelves.withLock { shelves in
            shelves[name.task]!.names.insert(name)
            let kept = shelves[name.task]!.intact.prefix(Self.keptPerTask)
            guard kept.count == Self.keptPerTask, let oldest = kept.last else { return [] }
            return shelves[name.task]!.newestFirst.filter { $0 < oldest }
        }
    }

    /// Removes a file that is no longer needed; what cannot be removed is tried again after the next save.
    private func remove(_ name: CheckpointName) {
        do throws(StorageError) {
            try Folder.removeFile(file(name))
            forget(name)
        } catch {}
    }

    private func forget(_ name: CheckpointName) {
        shelves.withLock { shelves in
            shelves[name.task]?.names.remove(name)
            shelves[name.task]?.problems[name] = nil
        }
    }

    /// Reads a file of a folder; what is wrong with it is a result, and that the system does not say is an error.
    static func read(
        _ name: CheckpointName, in folder: String
    ) throws(StorageError) -> Result<Checkpoint, CheckpointProblem> {
        do throws(StorageError) {
            // A name may lead to a pipe, which must not make us wait, or to somebody else's file.
            let descriptor = try FileDescriptor(
                path: "\(folder)/\(name.text)", flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            return try CheckpointFile.read(descriptor, as: name)
        } catch {
            switch error.code {
            case ENOENT, EIO: return .failure(CheckpointProblem(.unreadable, file: error.file, error.description))
            case ELOOP: return .failure(CheckpointProblem(.foreign, file: error.file, "it is a symbolic link"))
            default: throw error
            }
        }
    }
}
