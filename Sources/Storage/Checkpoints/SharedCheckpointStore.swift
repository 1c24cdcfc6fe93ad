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

    /// The newest of a task's intact checkpoints in all folders that fits, by generation and sequence.
    ///
    /// What cannot be read of another instance's is passed over: it may be being replaced just now.
    public func newestCheckpoint(of task: Int, where fits: (Checkpoint) throws -> Bool) throws -> Checkpoint? {
        for place in try places(of: task) {
            let found =
                place.folder == own.folder
                ? try own.read(place.name) : try? FileCheckpointStore.read(place.name, in: place.folder).get()
            if let found, try fits(found) { return found }
        }
        return nil
    }

    /// A checkpoint's file in one of the folders.
    private struct Place {
        var folder: String
        var name: CheckpointName
    }

    /// Where a task's checkpoints are, from the newest to the oldest; of two alike, the own one is first.
    private func places(of task: Int) throws(StorageError) -> [Place] {
        var places = own.names(of: task).map { Place(folder: own.folder, name: $0) }
        for folder in try Folder.names(in: parent).sorted().map({ "\(parent)/\($0)" }) where folder != own.folder {
            let names = ((try? Folder.names(in: folder)) ?? []).compactMap { CheckpointName($0) }
            places += names.filter { $0.task == task }.map { Place(folder: folder, name: $0) }
        }
        // Note: The sort is stable.
        return places.sorted { $0.name > $1.name }
    }

    /// Removes the instance's own checkpoints of a task.
    public func removeAll(of task: Int) throws { try own.removeAll(of: task) }
}
