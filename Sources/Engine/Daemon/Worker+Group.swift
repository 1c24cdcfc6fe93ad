internal import RampartCore

/// How a worker answers the group, and brings tasks back.
extension Worker {
    /// Tasks that the group wants back, and until when their last commit may take.
    struct Revocation {
        var tasks: [Int]
        var deadline: Int64
    }

    /// Answers a change of the group; nothing else is begun before.
    func answerChange(at now: Int64) throws -> Turn {
        switch change {
        case nil: break
        case .assigned(let numbers)?: try take(numbers)
        case .revoked(let numbers, isLost: true)?:
            try release(numbers, keeps: false)
            observe(.revoked(numbers, isLost: true))
        case .revoked(let numbers, isLost: false)?:
            guard let revocation else {
                self.revocation = Revocation(tasks: numbers, deadline: now + settings.revocationTimeout)
                _ = beginCommit(at: now)
                return .worked
            }
            // The commit has come to its end; what it could not cover is lost.
            let isCommitted = running.allSatisfy { !revocation.tasks.contains($0.number) || !$0.hasMoved }
            try release(numbers, keeps: isCommitted)
            self.revocation = nil
            observe(.revoked(numbers, isLost: !isCommitted))
        }
        change = nil
        return .worked
    }

    private func take(_ numbers: [Int]) throws {
        // The group is answered at once; fetching begins when a task is restored, while the others go on.
        try broker.start([], isPaused: false)
        observe(.assigned(numbers))
        suspended = suspended.filter { numbers.contains($0.key) }
        for number in numbers.sorted() {
            restoring.append(restoration(of: number))
        }
    }

    private func restoration(of number: Int) -> Restoration {
        Restoration(number: number, plan: plan, hashSeed: hashSeed, commandNext: commands.next)
    }

    /// Lets go of tasks; those that are committed whole can go on as they are, should they come back untouched.
    private func release(_ numbers: [Int], keeps: Bool) throws {
        try broker.stop(numbers.sorted().flatMap { plan.topics.partitions(of: $0) })
        let leaving = running.filter { numbers.contains($0.number) }
        suspended = keeps ? Dictionary(uniqueKeysWithValues: leaving.map { ($0.number, $0) }) : [:]
        running.removeAll { numbers.contains($0.number) }
        restoring.removeAll { numbers.contains($0.number) }
        checkpoints.removeAll(where: numbers.contains)
        unconfirmed.removeAll { numbers.contains($0.task.number) }
    }

    // MARK: - Restoring

    /// Does a step of one restoration; the others have their turn before its next one.
    func advanceRestoration(at place: Int, _ now: Int64) throws -> Turn {
        mustPoll = true
        let task = restoring.remove(at: place)
        restoring.append(task)
        do {
            try restore(task, at: now)
        } catch let error as DaemonError where error.remedy == .stop {
            // Who was away may read what another member has decided since, and hears only later that the task is not its own.
            let isOutdated = try task.committedOffsets.map { try $0 != broker.committed(task.partitions) } ?? false
            restoring.removeAll { $0 === task }
            if isOutdated {
                restoring.append(restoration(of: task.number))
            } else {
                // One task that needs a person must not stop all the others, here and on whatever machine it goes to next.
                observe(.stuck(task: task.number, message: error.message))
            }
        }
        return .worked
    }

    private func restore(_ task: Restoration, at now: Int64) throws {
        if let kept = suspended[task.number], let committed = task.committedOffsets {
            if kept.stands(at: committed) {
                try broker.start(kept.starts, isPaused: false)
                kept.resumes()
                restoring.removeAll { $0 === task }
                insert(kept)
                observe(.resumed(task: kept.number))
            }
            suspended[task.number] = nil
            return
        }
        try task.advance(broker, store)
        if task.step == .done { try takeOver(task, at: now) }
    }

    private func takeOver(_ task: Restoration, at now: Int64) throws {
        let restored = try task.take()
        let stagger = settings.checkpointInterval / 16 * Int64(task.number % 16)
        let due = now + settings.checkpointInterval / 2 + stagger
        insert(try RunningTask(restored, plan: plan, number: task.number, checkpointDue: due, at: now))
        restoring.removeAll { $0 === task }
        observe(
            .restored(
                task: task.number, hadCheckpoint: restored.hadCheckpoint, recordsAgain: restored.recordsAgain,
                watermark: restored.state.watermark))
    }

    private func insert(_ task: RunningTask) {
        running.append(task)
        running.sort { $0.number < $1.number }
    }
}
