public import Engine

/// The checkpoints on one machine of a simulation; they survive its workers, and sometimes not even the machine.
public final class SimulatedCheckpointStore: CheckpointStore {
    /// What a full disk says.
    public struct DiskFull: Error, Hashable, Sendable {}

    /// What is said to whoever saves after a member of a later generation.
    public struct LaterGeneration: Error, Hashable, Sendable {}

    /// How many checkpoints of a task are kept.
    public let keptMax: Int
    private let cluster: SimulatedCluster
    /// Oldest first, by task; for lookups only.
    private var tasks: [Int: [Checkpoint]] = [:]

    /// An empty disk, on which the cluster's plan of faults and its time hold.
    public init(_ cluster: SimulatedCluster, keptMax: Int = 4) {
        self.cluster = cluster
        self.keptMax = keptMax
    }

    public func save(_ checkpoint: Checkpoint) throws {
        if cluster.faults.failsDisk(.saveFailure, at: cluster.now) { throw DiskFull() }
        var kept = tasks[checkpoint.task] ?? []
        if let newest = kept.last, checkpoint.generation < newest.generation { throw LaterGeneration() }
        // A disk that lies about a write: what is torn is never returned, so it is as if it had not been written.
        if cluster.faults.failsDisk(.tornWrite, at: cluster.now) { return }
        kept.append(checkpoint)
        tasks[checkpoint.task] = Array(kept.suffix(keptMax))
    }

    public func newestCheckpoint(of task: Int, where fits: (Checkpoint) throws -> Bool) throws -> Checkpoint? {
        try checkpoints(of: task).first(where: fits)
    }

    /// The task's checkpoints, newest first.
    public func checkpoints(of task: Int) -> [Checkpoint] {
        if let kept = tasks[task], !kept.isEmpty, cluster.faults.failsDisk(.staleStore, at: cluster.now) {
            tasks[task] = kept.dropLast(cluster.faults.vanished(of: kept.count))
        }
        return (tasks[task] ?? []).reversed()
    }

    public func removeAll(of task: Int) throws { tasks[task] = nil }

    /// The machine starts again; in some runs it is another one, and nothing is left.
    public func restartMachine() {
        if cluster.faults.failsDisk(.lostStore, at: cluster.now) { tasks.removeAll() }
    }

    /// The machine is replaced.
    public func removeAll() { tasks.removeAll() }
}
