/// What the group coordinator knows of the consumer group.
struct GroupState {
    /// Where the group is. A rebalance goes from `stable` or `empty` over `preparing` to `stable`.
    enum Phase: Hashable {
        case empty
        /// The members are to join again.
        case preparing
        case stable
    }

    /// One consumer of the group.
    struct Member {
        var id: Int
        var client: Int
        /// The `group.instance.id` of a static member (KIP-345).
        let instance: String?
        /// When it last gave a sign of life.
        var heardAt: Int64
        /// When it last polled.
        var polledAt: Int64
        /// Whether it has joined the rebalance under way.
        var hasJoined = false
        /// The partitions that it held when it joined last; with cooperative rebalance it still does.
        var owned: [Int] = []
        /// The generation in which it held them.
        var ownedGeneration = -1
        /// The partitions given to it in this generation.
        var assignment: [Int] = []
    }

    var phase = Phase.empty
    var generation = 0
    /// In the order of their first joining.
    var members: [Member] = []
    var lead: String?
    /// Members whose instance id a newer one has taken; for lookups only.
    var fenced: Set<Int> = []
    /// When a rebalance goes on without those who have not joined.
    var deadline: Int64 = 0
    /// Until when a group that was empty waits for more members.
    var holdEnd: Int64 = 0
    private var memberCount = 0

    func index(of member: Int) -> Int? { members.firstIndex { $0.id == member } }

    mutating func newMemberID() -> Int {
        memberCount += 1
        return memberCount
    }

    /// When the rebalance under way goes on: all have joined and the initial delay is over, or patience is.
    var rebalanceDue: Int64 {
        guard phase == .preparing else { return .max }
        return members.allSatisfy(\.hasJoined) ? min(holdEnd, deadline) : deadline
    }

    /// When a member will have been silent for too long; one that waits for the others to join is not.
    func silenceDue(of index: Int, _ settings: ClusterSettings) -> Int64 {
        let member = members[index]
        if phase == .preparing && member.hasJoined { return .max }
        return min(member.heardAt + settings.sessionTimeout, member.polledAt + settings.pollIntervalMax)
    }

    /// Gives every member a new session.
    mutating func refresh(at now: Int64) {
        for index in members.indices {
            members[index].heardAt = now
            members[index].polledAt = now
        }
    }

    /// Whether a partition is a member's: given to it, or held and not given up yet.
    func isOwner(_ index: Int, of partition: Int) -> Bool {
        members[index].assignment.contains(partition) || members[index].owned.contains(partition)
    }
}
