import Engine
import Simulation
import Testing

/// What Kafka promises of groups: generations, assignment, eviction and static members.
@Suite struct GroupTests {
    private static func cluster(_ assignor: ClusterSettings.Assignor, partitions: Int = 4) -> SimulatedCluster {
        var settings = ClusterSettings()
        settings.assignor = assignor
        return .small(partitions: partitions, settings: settings)
    }

    @Test func aLoneMemberGetsEverything() throws {
        let cluster = Self.cluster(.range)
        #expect(SimulatedBroker(cluster, transactionalID: "a").groupGeneration == -1)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        #expect(worker.changes == [.assigned([0, 1, 2, 3])])
        #expect(worker.broker.groupGeneration == 1)
    }

    @Test func cooperativeRebalanceRevokesBeforeItAssigns() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let first = try Worker(cluster, "a")
        try first.settle()
        let second = try Worker(cluster, "b")
        try second.settle()
        #expect(second.changes.isEmpty)
        // The first generation with two members gives the second nothing, since the first still holds it all.
        var inbox = Inbox()
        #expect(try first.broker.poll(into: &inbox, wait: .zero) == .revoked([2, 3], isLost: false))
        #expect(cluster.assignments.map(\.partitions) == [[0, 1], []])
        try second.settle()
        #expect(second.changes == [.assigned([])])
        try first.broker.stop([2, 3].map { TopicPartition("in", $0) })
        try second.settle()
        #expect(second.changes == [.assigned([]), .assigned([2, 3])])
        try first.settle()
        #expect(first.changes.last == .assigned([]))
        #expect(cluster.assignments.map(\.partitions) == [[0, 1], [2, 3]])
    }

    @Test func cooperativeRebalanceKeepsWhatDoesNotMove() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let workers = try ["a", "b"].map { try Worker(cluster, $0) }
        for _ in 0..<10 { for worker in workers { try worker.poll() } }
        let before = workers.map(\.held)
        let told = workers.map { $0.changes.count }
        cluster.forceRebalance()
        for _ in 0..<10 { for worker in workers { try worker.poll() } }
        #expect(workers.map(\.held) == before)
        #expect(zip(workers, told).allSatisfy { $0.changes[$1...] == [.assigned([])] })
    }

    @Test func eagerRebalanceGivesUpEverythingFirst() throws {
        let cluster = Self.cluster(.range)
        let first = try Worker(cluster, "a")
        try first.settle()
        let second = try Worker(cluster, "b")
        try first.poll()
        #expect(first.changes.last == .revoked([0, 1, 2, 3], isLost: false))
        try first.poll()
        try second.poll()
        #expect(first.held == [0, 1])
        #expect(second.held == [2, 3])
    }

    @Test func aSilentMemberIsEvicted() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let zombie = try Worker(cluster, "a")
        try zombie.settle()
        let generation = cluster.generation
        cluster.advance(by: cluster.settings.sessionTimeout - 1)
        #expect(cluster.generation == generation)
        cluster.advance(by: 1)
        #expect(cluster.generation == generation + 1)
        var inbox = Inbox()
        #expect(try zombie.broker.poll(into: &inbox, wait: .zero) == .revoked([0, 1, 2, 3], isLost: true))
        #expect(zombie.broker.groupGeneration == -1)
        try zombie.broker.stop((0..<4).map { TopicPartition("in", $0) })
        try zombie.settle()
        #expect(zombie.changes.last == .assigned([0, 1, 2, 3]))
        #expect(zombie.broker.groupGeneration == generation + 2)
    }

    @Test func aMemberThatCallsButDoesNotPollIsEvicted() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        for _ in 0..<30 {
            #expect(cluster.assignments.count == 1)
            cluster.advance(by: cluster.settings.pollIntervalMax / 30)
            _ = try worker.broker.logRange(of: input)
        }
        #expect(cluster.assignments.isEmpty)
        try worker.poll()
        #expect(worker.changes.last == .revoked([0, 1, 2, 3], isLost: true))
    }

    @Test func aSlowMemberHoldsTheRebalanceUntilItIsEvicted() throws {
        var settings = ClusterSettings()
        settings.sessionTimeout = 100_000
        let cluster = SimulatedCluster.small(settings: settings)
        let slow = try Worker(cluster, "a")
        try slow.settle()
        let quick = try Worker(cluster, "b")
        for _ in 0..<29 {
            cluster.advance(by: 1000)
            try quick.poll()
        }
        #expect(quick.changes.isEmpty)
        cluster.advance(by: 1000)
        try quick.poll()
        #expect(quick.held == [0, 1])
        try slow.poll()
        #expect(slow.changes.last == .revoked([0, 1], isLost: true))
    }

    @Test func aStaticMemberComesBackWithoutARebalance() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let first = try Worker(cluster, "a", instance: "one")
        let second = try Worker(cluster, "b", instance: "two")
        for _ in 0..<10 {
            try first.poll()
            try second.poll()
        }
        let generation = cluster.generation
        let held = second.held
        let told = first.changes.count
        second.broker.crash()
        cluster.advance(by: cluster.settings.sessionTimeout / 2)
        try first.poll()
        let again = try Worker(cluster, "b", instance: "two")
        try again.settle()
        try first.settle()
        #expect(again.held == held)
        #expect(cluster.generation == generation)
        #expect(first.changes.count == told)
    }

    /// A hazard of Kafka's that static members bring: the partition lies idle until there is another rebalance.
    @Test func aStaticMemberThatDiesBetweenGivingUpAndJoiningLeavesAPartitionToNobody() throws {
        let cluster = Self.cluster(.cooperativeSticky, partitions: 2)
        let first = try Worker(cluster, "a", instance: "one")
        try first.settle()
        let second = try Worker(cluster, "b", instance: "two")
        var inbox = Inbox()
        #expect(try first.broker.poll(into: &inbox, wait: .zero) == .revoked([1], isLost: false))
        first.broker.crash()
        let again = try Worker(cluster, "a", instance: "one")
        for worker in [again, second, again] { try worker.settle() }
        #expect(cluster.assignments.map(\.partitions) == [[0], []])
        cluster.endFaults()
        for worker in [again, second, again] { try worker.settle() }
        #expect(cluster.assignments.map(\.partitions) == [[0], [1]])
    }

    @Test func aNewMemberOfTheSameInstanceFencesTheOldOne() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let old = try Worker(cluster, "a", instance: "one")
        try old.settle()
        try old.broker.initTransactions()
        let new = try Worker(cluster, "b", instance: "one")
        try new.settle()
        let error = try #require(refusal { try old.poll() })
        #expect(error.code == "FENCED_INSTANCE_ID")
        #expect(error.remedy == .rejoin)
        try old.broker.beginTransaction()
        let refused = refusal { try old.broker.sendOffsets([input: CommittedOffset(offsetNext: 1, metadata: "")]) }
        #expect(refused?.code == "FENCED_INSTANCE_ID")
        #expect(refused?.remedy == .abort)
    }

    @Test func aStaticMemberThatClosesStaysUntilItsSessionEnds() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let worker = try Worker(cluster, "a", instance: "one")
        try worker.settle()
        worker.broker.close()
        #expect(cluster.assignments.count == 1)
        cluster.advance(by: cluster.settings.sessionTimeout)
        #expect(cluster.assignments.isEmpty)
    }

    @Test func aMemberThatClosesLeavesAtOnce() throws {
        let cluster = Self.cluster(.cooperativeSticky)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        worker.broker.close()
        #expect(cluster.assignments.isEmpty)
    }

    @Test func anEmptyGroupWaitsForMoreMembersIfToldTo() throws {
        var settings = ClusterSettings()
        settings.initialRebalanceDelay = 3000
        let cluster = SimulatedCluster.small(settings: settings)
        let first = try Worker(cluster, "a")
        try first.settle()
        let second = try Worker(cluster, "b")
        cluster.advance(by: 2999)
        try first.settle()
        #expect(first.changes.isEmpty)
        cluster.advance(by: 1)
        try first.settle()
        try second.settle()
        #expect(first.changes == [.assigned([0])])
        #expect(second.changes == [.assigned([1])])
    }
}
