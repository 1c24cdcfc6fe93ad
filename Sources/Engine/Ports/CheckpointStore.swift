/// A task's state as of what it has committed, durable on this machine.
public struct Checkpoint: Hashable, Sendable {
    /// The number of the task: its partition of the lead topic.
    public var task: Int
    /// The generation of the group in which it was taken.
    public var generation: Int
    /// The first offset of each input partition that the state does not cover.
    public var offsets: [TopicPartition: Int64]
    /// The hash of the graph whose state it is.
    public var graph: String
    /// The state, as the core wrote it.
    public var state: [UInt8]

    /// Creates a checkpoint.
    public init(task: Int, generation: Int, offsets: [TopicPartition: Int64], graph: String, state: [UInt8]) {
        self.task = task
        self.generation = generation
        self.offsets = offsets
        self.graph = graph
        self.state = state
    }

    /// Whether the checkpoint covers nothing that the group has not committed.
    public func isCovered(by committed: [TopicPartition: CommittedOffset]) -> Bool {
        offsets.allSatisfy { $0.value <= committed[$0.key]?.offsetNext ?? 0 }
    }
}

/// Where checkpoints are kept.
///
/// What `save` has returned from survives a crash of the machine. What is torn or damaged is never returned.
public protocol CheckpointStore: AnyObject {
    /// Keeps a checkpoint beside the task's earlier ones.
    ///
    /// Throws where nothing was kept, as with one of an older generation than the newest.
    func save(_ checkpoint: Checkpoint) throws
    /// The newest of the task's intact checkpoints that fits; nil where none does.
    ///
    /// They are looked at from the newest to the oldest, and only one at a time is in memory: each can be as large as
    /// all that a machine has for a task.
    func newestCheckpoint(of task: Int, where fits: (Checkpoint) throws -> Bool) throws -> Checkpoint?
    /// Forgets all checkpoints of a task.
    func removeAll(of task: Int) throws
}
