import RampartCore

/// Performs a script with crashes at random commits, and recovers from each.
struct RecoveryRun {
    let script: RecoveryScript
    var random: SplitMix64
    /// What was not as it should be after a recovery.
    private(set) var complaints: [String] = []

    init(script: RecoveryScript, random: SplitMix64) {
        self.script = script
        self.random = random
    }

    /// What was written beside a commit: the state of then, and the number of steps that it covers.
    private struct Checkpoint {
        var state: [UInt8]
        var steps: Int
    }

    /// Says everything once, however often the task crashes.
    mutating func run() throws -> Said {
        var said = Said()
        var task = script.start(hashSeed: random.next())
        var checkpoint: Checkpoint?
        for index in script.steps.indices {
            script.perform(script.steps[index], on: &task, into: &said)
            guard case .commit = script.steps[index] else { continue }
            if random.chance(15) { checkpoint = Checkpoint(state: task.snapshot(), steps: index + 1) }
            if random.chance(20) {
                if random.chance(10) { checkpoint = nil }
                let digest = task.digest
                task = try recover(from: checkpoint, to: index + 1, said.changes)
                if task.digest != digest { complaints.append("another digest after step \(index)") }
            }
        }
        return said
    }

    /// A task as it was after a commit, from a checkpoint and what was written until the commit.
    private mutating func recover(
        from checkpoint: Checkpoint?, to steps: Int, _ changes: [PromiseChange]
    ) throws -> TaskState {
        var task =
            try checkpoint.map {
                try TaskState(
                    topology: script.settings[0], partitions: script.bindings, bounds: script.bounds,
                    snapshot: $0.state)
            } ?? script.start(hashSeed: random.next())
        var ignored = Said()
        let promisesFirst = random.chance(20)
        task.isRebuilding = true
        if promisesFirst { try task.restorePromises(changes) }
        for step in script.steps[..<steps] {
            switch step {
            case .settings, .command: script.perform(step, on: &task, into: &ignored)
            case .read, .promise, .commit: break
            }
        }
        for step in reread(script.steps[(checkpoint?.steps ?? 0)..<steps]) {
            script.perform(step, on: &task, into: &ignored)
        }
        ignored.outputs.append(task.advance())
        if !promisesFirst { try task.restorePromises(changes) }
        task.isRebuilding = false
        let isSilent =
            ignored.late.isEmpty && ignored.deadLetters.isEmpty && ignored.changes.isEmpty
            && ignored.outputs.alerts.isEmpty && ignored.outputs.shadow.isEmpty && ignored.outputs.lines.isEmpty
            && ignored.outputs.credits.isEmpty && ignored.outputs.incidents.isEmpty
            && ignored.outputs.refusals.isEmpty
        if !isSilent { complaints.append("something was said while rebuilding") }
        return task
    }

    /// The same records and promises of each partition, with the partitions in another order among each other.
    private mutating func reread(_ steps: ArraySlice<RecoveryScript.Step>) -> [RecoveryScript.Step] {
        var queues: [[RecoveryScript.Step]] = script.bindings.map { _ in [] }
        for step in steps {
            switch step {
            case .read(let partition, _), .promise(let partition, _): queues[partition].append(step)
            case .settings, .command, .commit: break
            }
        }
        var reread: [RecoveryScript.Step] = []
        while let queue = queues.indices.filter({ !queues[$0].isEmpty }).randomElement(using: &random) {
            reread.append(queues[queue].removeFirst())
            if random.chance(30) { reread.append(.commit) }
        }
        return reread
    }
}
