public import Engine

/// The checkpoints of all instances in one place: each writes to a folder of its own, and reads those of the others too.
///
/// On a file system that the machines share, a task that moves from one to another finds its checkpoint there. On one
/// machine's disk it is the store of the instances on that machine.
public final class SharedCheckpointStore: CheckpointStore, Sendable {
    private let parent: String
    private let own: FileCheckpointStore

    /// Opens the folder that belongs to this instance, inside of the one that all instances share.
    public init(folder: String, instance: String) throws(StorageError) {
        parent = folder
        own = try FileCheckpointStore(folder: "\(folder)/\(instance)")
    }

    /// Keeps a checkpoint in the instance's own folder.
    public func save(_ checkpoint: Checkpoint) throws { try own.save(checkpoint) }

    /// The intact checkpoints of a task in all folders, those of the newest generation first.
    ///
    /// What cannot be read of another instance's is passed over: it may be being replaced just now.
    public func checkpoints(of task: Int) throws -> [Checkpoint] {
        var found = try own.checkpoints(of: task)
        for folder in try Folder.names(in: parent).sorted().map({ "\(parent)/\($0)" }) where folder != own.folder {
            let names = ((try? Folder.names(in: folder)) ?? []).compactMap { CheckpointName($0) }
            for name in names.filter({ $0.task == task }).sorted(by: >) {
                if case .success(let checkpoint)? = try? FileCheckpointStore.read(name, in: folder) {
                    found.append(checkpoint)
                }
            }
        }
        // Note: The sort is stable, so that of one generation those of a folder stay in their order.
        return found.enumerated()
            .sorted { ($1.element.generation, $0.offset) < ($0.element.generation, $1.offset) }.map(\.element)
    }

    /// Removes the instance's own checkpoints of a task.
    public func removeAll(of task: Int) throws { try own.removeAll(of: task) }
}
