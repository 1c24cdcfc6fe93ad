import Engine

/// The group coordinator: who is in the group, and who has which partitions of the lead topic.
extension SimulatedCluster {
    /// How the coordinator sees a member that asks.
    enum Membership: Hashable {
        /// The group is at rest in this generation, and these partitions are the member's.
        case stable(generation: Int, assignment: [Int])
        /// The member is to join again.
        case mustJoin
        /// The member has joined, others have not.
        case waiting
        /// It was taken out of the group.
        case unknown
        /// A newer member has its instance id.
        case fenced
    }

    func membership(of member: Int) -> Membership {
        if group.fenced.contains(member) { return .fenced }
        guard let index = group.index(of: member) else { return .unknown }
        switch group.phase {
        case .empty: return .unknown
        case .preparing: return group.members[index].hasJoined ? .waiting : .mustJoin
        case .stable: return .stable(generation: group.generation, assignment: group.members[index].assignment)
        }
    }

    /// A sign of life.
    func heartbeat(_ member: Int, isPoll: Bool) {
        guard let index = group.index(of: member) else { return }
        group.members[index].heardAt = now
        if isPoll { group.members[index].polledAt = now }
    }

    /// JoinGroup: returns the member's id, a new one if it has none or was taken out.
    ///
    /// A static member that comes back gets what it had, and a group at rest stays at rest (KIP-345).
    func join(client: Int, member: Int?, instance: String?, owned: [Int], generation: Int) -> Int {
        if let member, let index = group.index(of: member) {
            if group.phase == .stable { prepareRebalance() }
            admit(index, owned: owned, generation: generation)
            return member
        }
        let id = group.newMemberID()
        if let instance, let index = group.members.firstIndex(where: { $0.instance == instance }) {
            group.fenced.insert(group.members[index].id)
            group.members[index].id = id
            group.members[index].client = client
            note("static member is back", client: client, nil, Int64(id))
            admit(index, owned: [], generation: -1)
            return id
        }
        let wasEmpty = group.members.isEmpty
        group.members.append(
            GroupState.Member(id: id, client: client, instance: instance, heardAt: now, polledAt: now))
        if group.phase != .preparing { prepareRebalance() }
        if wasEmpty { group.holdEnd = now + settings.initialRebalanceDelay }
        admit(group.members.count - 1, owned: [], generation: -1)
        return id
    }

    private func admit(_ index: Int, owned: [Int], generation: Int) {
        group.members[index].heardAt = now
        group.members[index].polledAt = now
        group.members[index].owned = owned
        group.members[index].ownedGeneration = generation
        guard group.phase == .preparing else { return }
        // What it does not bring along, it has given up.
        group.members[index].assignment = owned
        group.members[index].hasJoined = true
        completeRebalanceIfDue()
    }

    /// LeaveGroup.
    func leave(_ member: Int) {
        guard let index = group.index(of: member) else { return }
        evict(index, because: "leave")
    }

    func evict(_ index: Int, because reason: String) {
        let member = group.members.remove(at: index)
        note(reason, nil, Int64(member.client))
        if group.members.isEmpty {
            group.phase = .empty
            group.generation += 1
        } else if group.phase == .stable {
            prepareRebalance()
        } else {
            completeRebalanceIfDue()
        }
    }

    /// From here on every member is to join again, and all wait for the last one.
    func prepareRebalance() {
        group.phase = .preparing
        group.deadline = now + settings.pollIntervalMax
        group.holdEnd = now
        for index in group.members.indices { group.members[index].hasJoined = false }
        note("rebalance begins", nil, Int64(group.generation))
    }

    private func completeRebalanceIfDue() {
        if group.rebalanceDue <= now { completeRebalance() }
    }

    /// A new generation of those who have joined; the others are out.
    func completeRebalance() {
        for member in group.members where !member.hasJoined { note("evict slow", nil, Int64(member.client)) }
        group.members.removeAll { !$0.hasJoined }
        group.generation += 1
        group.phase = group.members.isEmpty ? .empty : .stable
        let count = group.lead.flatMap { topics[$0]?.spec.partitions } ?? 0
        let assignments = Assignment.divide(count, among: group.members, by: settings.assignor)
        for index in group.members.indices {
            group.members[index].assignment = assignments[index]
            group.members[index].heardAt = now
        }
        note("generation", nil, Int64(group.generation))
    }

    /// TxnOffsetCommit: takes offsets only from a member of the present generation (KIP-447).
    func sendOffsets(
        _ sent: [(log: Int, value: CommittedOffset)], claim: ProducerClaim, client: Int, member: Int, generation: Int
    ) throws(BrokerError) {
        try check(claim)
        let index = group.index(of: member)
        if settings.fencesMembers {
            if group.fenced.contains(member) { throw .fencedInstanceOffsets }
            guard index != nil else { throw .unknownMember }
            guard generation == group.generation else { throw .illegalGeneration }
        }
        for (log, value) in sent {
            let partition = logs[log].partition
            let change = OffsetChange(
                partition: partition, value: value, time: now, sentAt: now, client: client, member: member,
                generation: generation, transactionalID: transactions[claim.transaction].id,
                isByOwner: index.map { group.isOwner($0, of: partition.partition) } ?? false)
            note("offset", client: client, partition, value.offsetNext)
            offsets.add(change, log: log, producer: claim.transaction)
        }
    }
}
