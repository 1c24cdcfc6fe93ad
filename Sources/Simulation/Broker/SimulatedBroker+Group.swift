public import Engine

/// What a client knows of its place in the group, as of what it was told.
struct ClientMembership {
    /// Its id in the group; nil before it joins, and after it was taken out.
    var member: Int?
    var generation = -1
    var lead: String?
    /// The lead partitions that it holds, in order.
    var held: [Int] = []
    /// Changes that are still to be told, in order.
    var changes: [GroupChange] = []
    /// The change that was told and is not answered yet.
    var unanswered: GroupChange?
    /// Whether to join once all changes are answered.
    var joinsNext = false
}

extension SimulatedBroker {
    /// The generation as the client knows it; the group may be in a newer one.
    public var groupGeneration: Int { membership.generation }

    /// Sends the first join; the assignment comes with a later poll.
    public func subscribe(to lead: String) throws(BrokerError) {
        try call(.subscribe) { () throws(BrokerError) in
            precondition(membership.lead == nil || membership.lead == lead, "subscribed to two topics")
            guard cluster.topics[lead] != nil else { throw .unknownTopic(lead) }
            precondition(
                cluster.group.lead == nil || cluster.group.lead == lead, "members of one group differ in topic")
            guard membership.lead == nil else { return }
            membership.lead = lead
            cluster.group.lead = lead
            join()
        }
    }

    /// OffsetFetch with `require_stable`: refused while a transaction would change one of the offsets (KIP-447).
    public func committed(
        _ partitions: [TopicPartition]
    ) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        try call(.committed) { () throws(BrokerError) in
            var result: [TopicPartition: CommittedOffset] = [:]
            for partition in partitions {
                let log = try log(of: partition)
                if cluster.offsets.isPending(log) { throw .unstableOffsets }
                result[partition] = cluster.offsets.committed[log]?.value
            }
            return result
        }
    }

    // MARK: Changes

    /// The next change of the group to be told, if there is one.
    func nextChange() throws(BrokerError) -> GroupChange? {
        precondition(membership.unanswered == nil, "poll before a change of the group was answered by start or stop")
        precondition(membership.lead != nil, "poll before subscribe")
        if membership.changes.isEmpty, cluster.outage == nil { try hearGroup() }
        guard !membership.changes.isEmpty else { return nil }
        let change = membership.changes.removeFirst()
        membership.unanswered = change
        return change
    }

    /// Asks the coordinator how things are; joins again where that can be done without giving anything up first.
    private func hearGroup() throws(BrokerError) {
        guard let member = membership.member else { return join() }
        switch cluster.membership(of: member) {
        case .fenced: throw .fencedInstance
        case .waiting: break
        case .unknown:
            membership.member = nil
            membership.generation = -1
            if membership.held.isEmpty { return join() }
            revoke(membership.held, isLost: true)
        case .mustJoin:
            if cluster.settings.assignor == .cooperativeSticky || membership.held.isEmpty { return join() }
            revoke(membership.held, isLost: false)
        case .stable(let generation, let assignment):
            if membership.joinsNext { return join() }
            if generation != membership.generation { adopt(assignment, of: generation) }
        }
    }

    /// Whether the group is in a generation of which the client could have heard.
    var isBehind: Bool {
        cluster.group.generation != membership.generation && cluster.group.phase == .stable
            && membership.changes.isEmpty && membership.unanswered == nil && !membership.joinsNext
    }

    /// Takes the answer to a join; the worker is told at the next poll.
    func hearGeneration() {
        guard let member = membership.member,
            case .stable(let generation, let assignment) = cluster.membership(of: member)
        else { return }
        adopt(assignment, of: generation)
    }

    private func revoke(_ partitions: [Int], isLost: Bool) {
        membership.changes.append(.revoked(partitions, isLost: isLost))
        membership.joinsNext = true
    }

    private func join() {
        membership.joinsNext = false
        let isCooperative = cluster.settings.assignor == .cooperativeSticky
        membership.member = cluster.join(
            client: number, member: membership.member, instance: instance, owned: isCooperative ? membership.held : [],
            generation: membership.generation)
        hearGeneration()
    }

    /// Compares a new assignment with what is held; what is to be given up comes first, and is followed by another
    /// rebalance in which others can get it (KIP-429).
    private func adopt(_ assignment: [Int], of generation: Int) {
        membership.generation = generation
        let added = assignment.filter { !membership.held.contains($0) }
        let removed = membership.held.filter { !assignment.contains($0) }
        if !removed.isEmpty { revoke(removed, isLost: false) }
        if removed.isEmpty || !added.isEmpty { membership.changes.append(.assigned(added)) }
    }

    /// Joins once everything is answered; while the coordinator is away, or if the member was taken out meanwhile, the
    /// next poll sees to it.
    private func answered() {
        membership.unanswered = nil
        guard membership.changes.isEmpty, membership.joinsNext, cluster.outage == nil else { return }
        if let member = membership.member {
            let state = cluster.membership(of: member)
            if state == .unknown || state == .fenced { return }
        }
        join()
    }

    /// Whether a partition may be fetched; of other topics than the lead, the worker knows which ones go with it.
    private func isHeld(_ partition: TopicPartition) -> Bool {
        partition.topic != membership.lead || membership.held.contains(partition.partition)
    }

    // MARK: Answers

    /// Takes over what was assigned; a partition that is fetched already goes on at the new offset.
    public func start(_ partitions: [StartOffset], isPaused: Bool) throws(BrokerError) {
        try call(.start) { () throws(BrokerError) in
            if case .assigned(let added) = membership.unanswered {
                membership.held = (membership.held + added).sorted()
                answered()
            } else {
                precondition(membership.unanswered == nil, "a revocation is answered by stop")
            }
            for start in partitions {
                let log = try log(of: start.partition)
                precondition(isHeld(start.partition), "start of \(start.partition), which is not assigned")
                fetches.removeAll { $0.log == log }
                let place = fetches.firstIndex { $0.log > log } ?? fetches.count
                fetches.insert(Fetch(log: log, position: start.offset, isPaused: isPaused), at: place)
                cluster.note("start", client: number, start.partition, start.offset)
            }
        }
    }

    /// Gives up what was revoked, and joins again if the rebalance waits for that.
    public func stop(_ partitions: [TopicPartition]) throws(BrokerError) {
        try call(.stop) { () throws(BrokerError) in
            for partition in partitions {
                let log = try log(of: partition)
                fetches.removeAll { $0.log == log }
                cluster.note("stop", client: number, partition)
            }
            guard let change = membership.unanswered else { return }
            guard case .revoked(let revoked, _) = change else {
                preconditionFailure("an assignment is answered by start")
            }
            let isFetched = fetches.contains { fetch in
                let partition = cluster.logs[fetch.log].partition
                return partition.topic == membership.lead && revoked.contains(partition.partition)
            }
            precondition(!isFetched, "a revoked partition of the lead topic is still fetched")
            membership.held.removeAll(where: revoked.contains)
            answered()
        }
    }
}
