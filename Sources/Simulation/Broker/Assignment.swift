/// How the leader of a group divides the partitions of the lead topic.
enum Assignment {
    /// The partitions of each member.
    static func divide(
        _ count: Int, among members: [GroupState.Member], by assignor: ClusterSettings.Assignor
    ) -> [[Int]] {
        guard !members.isEmpty else { return [] }
        switch assignor {
        case .range: return ranges(count, among: members)
        case .cooperativeSticky: return withoutMoves(sticky(count, among: members), members)
        }
    }

    /// Neighbouring partitions, the first members getting one more where it does not come out even.
    private static func ranges(_ count: Int, among members: [GroupState.Member]) -> [[Int]] {
        let order = members.indices.sorted { sortKey(members[$0]) < sortKey(members[$1]) }
        var result = [[Int]](repeating: [], count: members.count)
        var first = 0
        for (place, index) in order.enumerated() {
            let size = count / members.count + (place < count % members.count ? 1 : 0)
            result[index] = Array(first..<first + size)
            first += size
        }
        return result
    }

    /// Static members by their instance id, so that a restart does not change the order; others by age.
    private static func sortKey(_ member: GroupState.Member) -> (String, Int) {
        member.instance.map { ($0, 0) } ?? ("", member.id)
    }

    /// An even division in which members keep as much as they can of what they hold.
    private static func sticky(_ count: Int, among members: [GroupState.Member]) -> [[Int]] {
        let owners = owners(count, members)
        var result = [[Int]](repeating: [], count: members.count)
        var extras = count % members.count
        for (partition, owner) in owners.enumerated() {
            guard let owner else { continue }
            let size = result[owner].count
            if size == count / members.count, extras > 0 {
                extras -= 1
            } else if size >= count / members.count {
                continue
            }
            result[owner].append(partition)
        }
        let kept = Set(result.joined())
        for partition in 0..<count where !kept.contains(partition) {
            let poorest = result.indices.min { result[$0].count < result[$1].count }!
            result[poorest].append(partition)
        }
        return result.map { $0.sorted() }
    }

    /// The first step of KIP-429: what another member still holds reaches nobody before it has been given up.
    private static func withoutMoves(_ target: [[Int]], _ members: [GroupState.Member]) -> [[Int]] {
        let count = target.reduce(0) { $0 + $1.count }
        let owners = owners(count, members)
        return target.indices.map { index in
            target[index].filter { owners[$0] == nil || owners[$0] == index }
        }
    }

    /// Who holds each partition; of two who say so, the one of the newer generation.
    private static func owners(_ count: Int, _ members: [GroupState.Member]) -> [Int?] {
        var owners = [Int?](repeating: nil, count: count)
        for (index, member) in members.enumerated() {
            for partition in member.owned where partition < count {
                if let other = owners[partition], members[other].ownedGeneration >= member.ownedGeneration { continue }
                owners[partition] = index
            }
        }
        return owners
    }
}
