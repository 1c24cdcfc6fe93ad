internal import RampartCore

/// How a worker commits, keeps checkpoints and leaves.
extension Worker {
    // MARK: - Idle partitions

    /// Asks whether one idle partition is still at its end, before it is promised past (R11).
    ///
    /// Where the broker does not say, nothing is promised this time; a partition whose leader is away holds nothing up.
    func confirmEnd() -> Turn {
        guard let (task, partition, end) = unconfirmed.popLast() else { return .worked }
        do throws(BrokerError) {
            let range = try broker.logRange(of: partition)
            task.confirmEnd(of: partition, isConfirmed: range.upperBound == end)
        } catch {
            observe(.retried(code: error.code, message: error.message))
        }
        return .worked
    }

    // MARK: - Commits

    /// Begins a commit of all that has moved; false where there is nothing to commit.
    func beginCommit(at now: Int64) -> Bool {
        for task in running {
            let promises = task.promiseIdle(at: now)
            for (partition, watermark) in promises { observe(.promised(partition: partition, watermark: watermark)) }
            if !promises.isEmpty { advance(task) }
            task.renew(at: now)
        }
        let moved = running.filter(\.hasMoved)
        guard !moved.isEmpty || commands.hasUnsent else { return false }
        var offsets: [TopicPartition: CommittedOffset] = [:]
        var records = commands.takeUnsent()
        for task in moved {
            offsets.merge(task.prepareCommit()) { first, _ in first }
            records.append(contentsOf: task.outbox.records)
        }
        commit = Commit(tasks: moved.map(\.number), records: records, offsets: offsets)
        return true
    }

    func advanceCommit(at now: Int64) throws -> Turn {
        guard var attempt = commit else { return .worked }
        defer { if commit != nil { commit = attempt } }
        if let revocation, now >= revocation.deadline, attempt.canAbort {
            attempt.abort(BrokerError(.abort, code: "REVOCATION_TIMEOUT", message: "the last commit took too long"))
        }
        try attempt.advance(broker)
        switch attempt.phase {
        case .succeeded:
            commit = nil
            finish(attempt, at: now)
        case .failed:
            commit = nil
            if let reason = attempt.abortReason { observe(.aborted(code: reason.code, message: reason.message)) }
            // Note: A poll comes first. The reason may be a change of the group that only a poll can tell of.
            mustPoll = true
            if revocation == nil { retryAt = now + settings.retryBackoff }
        default: break
        }
        return .worked
    }

    private func finish(_ attempt: Commit, at now: Int64) {
        for id in commands.noteSent() { observe(.commandSent(id)) }
        let committed = running.filter { attempt.tasks.contains($0.number) }
        for task in committed {
            if task.lateCount + task.deadLetterCount > 0 {
                observe(.setAside(task: task.number, late: task.lateCount, deadLetters: task.deadLetterCount))
            }
            task.noteCommitted(at: now)
            let isLast = revocation?.tasks.contains(task.number) ?? false
            if isLast || now >= task.checkpointDue { checkpoints.append(task.number) }
        }
        observe(
            .committed(
                tasks: Dictionary(uniqueKeysWithValues: committed.map { ($0.number, $0.watermark) }),
                records: attempt.recordCount))
    }

    // MARK: - Checkpoints

    /// Keeps a checkpoint of a task that has just committed; nothing was read since.
    func saveCheckpoint(at now: Int64) throws -> Turn {
        let isTooLate = revocation.map { now >= $0.deadline } ?? false
        // Without a place in the group nothing says whether a successor's is newer.
        guard !isTooLate, broker.groupGeneration >= 0, let number = checkpoints.first,
            let task = running.first(where: { $0.number == number })
        else {
            checkpoints.removeFirst()
            return .worked
        }
        let control = try broker.logRange(of: TopicPartition(plan.topics.control, number))
        checkpoints.removeFirst()
        task.checkpointDue = now + settings.checkpointInterval
        let checkpoint = task.checkpoint(generation: broker.groupGeneration, controlEnd: control.upperBound)
        do {
            try store.save(checkpoint)
            observe(.checkpointed(task: number, bytes: checkpoint.state.count))
        } catch {
            observe(.checkpointFailed(task: number, message: "\(error)"))
        }
        return .worked
    }

    // MARK: - Leaving

    /// The way out: commit, checkpoint, close.
    struct Leaving {
        var deadline: Int64
        var hasQueuedCheckpoints = false
    }

    /// Makes the worker commit, checkpoint and leave; after the deadline it leaves at once, and `step` throws if something
    /// is not committed then.
    public func leave(by deadline: Int64) {
        switch phase {
        case .left, .leaving: break
        // Before it has joined there is nothing to commit, and no transaction could be begun.
        case .starting: phase = .leaving(Leaving(deadline: .min))
        case .running: phase = .leaving(Leaving(deadline: deadline))
        }
    }

    func leave(_ leaving: Leaving, at now: Int64) throws -> Turn {
        if now < leaving.deadline {
            if commit != nil { return try advanceCommit(at: now) }
            if !checkpoints.isEmpty { return try saveCheckpoint(at: now) }
            if change != nil { return try answerChange(at: now) }
            // A commit was refused: maybe for a change of the group that only a poll can tell of.
            if mustPoll { return try poll(at: now) }
            if running.contains(where: \.hasMoved) || commands.hasUnsent, beginCommit(at: now) { return .worked }
            if !leaving.hasQueuedCheckpoints {
                checkpoints = running.map(\.number)
                phase = .leaving(Leaving(deadline: leaving.deadline, hasQueuedCheckpoints: true))
                return .worked
            }
        }
        // Before it has joined, there is nothing that it could have committed.
        let isCommitted = commit == nil && !running.contains(where: \.hasMoved) && !commands.hasUnsent
        guard isCommitted || leaving.deadline == .min else {
            throw DaemonError(.restart, "the time to leave was over before everything was committed")
        }
        broker.close()
        running.removeAll()
        restoring.removeAll()
        phase = .left
        observe(.left)
        return .left
    }
}
