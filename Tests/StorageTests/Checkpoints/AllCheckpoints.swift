import Engine

extension CheckpointStore {
    /// All intact checkpoints of a task, in the order in which they are looked at.
    func checkpoints(of task: Int) throws -> [Checkpoint] {
        var all: [Checkpoint] = []
        _ = try newestCheckpoint(of: task) { checkpoint in
            all.append(checkpoint)
            return false
        }
        return all
    }
}
