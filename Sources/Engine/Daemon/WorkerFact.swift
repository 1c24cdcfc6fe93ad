public import RampartCore

/// Something that a worker has done or found: what logs, metrics and checkers are made of.
public enum WorkerFact: Hashable, Sendable {
    /// The group gave tasks to this worker.
    case assigned([Int])
    /// The group took tasks back; nothing of them may be committed where they are lost.
    case revoked([Int], isLost: Bool)
    /// A task goes on: where its facts came from, and the records read again to get there.
    case restored(task: Int, hadCheckpoint: Bool, recordsAgain: Int, watermark: EventTime)
    /// A task that was only suspended goes on as it was.
    case resumed(task: Int)
    /// A transaction is committed: its tasks with their watermarks, and its records.
    case committed(tasks: [Int: EventTime], records: Int)
    /// A transaction was aborted; its records come again in the next one.
    case aborted(code: String, message: String)
    /// A call was refused and will be made again.
    case retried(code: String, message: String)
    /// What a committed transaction set aside of a task's input: late events, and records that cannot be used.
    case setAside(task: Int, late: Int, deadLetters: Int)
    /// A checkpoint is durable.
    case checkpointed(task: Int, bytes: Int)
    /// A checkpoint could not be kept; the older one stays.
    case checkpointFailed(task: Int, message: String)
    /// A command that was sent through this worker is in the commands topic.
    case commandSent(String)
    /// A command takes effect for a task.
    case commandTook(task: Int, command: String, pane: EventTime)
    /// A record of the commands topic is no command that may take effect.
    case commandRefused(offset: Int64, reason: String)
    /// The commands topic begins at this offset: what stood before was deleted and is not known.
    case commandsDeleted(before: Int64)
    /// A person's decision on a credit changed nothing.
    case decisionRefused(task: Int, refusal: CommandRefusal)
    /// The file of this instance is not what the application runs; the application's settings hold.
    case settingsDiffer(ownRevision: String, revision: String)
    /// A task cannot be brought back and is not consumed until a person has helped; the others go on.
    case stuck(task: Int, message: String)
    /// A partition that is idle was promised past (R11).
    case promised(partition: TopicPartition, watermark: EventTime)
    /// Merchants were seen in this task and in another: their producers partition differently, and stages see only a part.
    case merchantsSplit(task: Int, count: Int)
    /// Partitions ahead of the others wait, since too much is staged (R10).
    case paused([TopicPartition])
    /// They go on.
    case unpaused([TopicPartition])
    /// The worker has left the group.
    case left
}
