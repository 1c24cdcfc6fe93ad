import Engine
import Simulation
import Testing

/// Whose offsets the group takes (KIP-447).
@Suite struct OffsetFenceTests {
    private let cluster = SimulatedCluster.small()

    private func worker(_ id: String) throws -> Worker {
        let worker = try Worker(cluster, id)
        try worker.settle()
        try worker.broker.initTransactions()
        try worker.broker.beginTransaction()
        return worker
    }

    private func send(_ worker: Worker) throws {
        try worker.broker.sendOffsets([input: CommittedOffset(offsetNext: 1, metadata: "")])
    }

    @Test func aStaleGenerationCannotSendOffsets() throws {
        let first = try worker("a")
        let second = try Worker(cluster, "b")
        for worker in [first, second, first] { try worker.settle() }
        try send(first)
        cluster.forceRebalance()
        try first.poll()
        try second.poll()
        let error = try #require(refusal { try send(first) })
        #expect(error.code == "ILLEGAL_GENERATION")
        #expect(error.remedy == .abort)
        #expect(refusal { try first.broker.commitTransaction() }?.remedy == .abort)
        try first.broker.abortTransaction()
    }

    @Test func anEvictedMemberCannotSendOffsets() throws {
        let zombie = try worker("a")
        cluster.advance(by: cluster.settings.sessionTimeout)
        let error = try #require(refusal { try send(zombie) })
        #expect(error.code == "UNKNOWN_MEMBER_ID")
        #expect(error.remedy == .abort)
    }

    /// A generation that begins after the offsets were taken does not stop the transaction; this is why its successor's
    /// `committed` has to wait.
    @Test func offsetsTakenBeforeARebalanceAreCommitted() throws {
        let first = try worker("a")
        try send(first)
        let second = try Worker(cluster, "b")
        try first.settle()
        try second.poll()
        #expect(refusal { _ = try second.broker.committed([input]) }?.code == "UNSTABLE_OFFSET_COMMIT")
        try first.broker.commitTransaction()
        #expect(try second.broker.committed([input])[input]?.offsetNext == 1)
    }

    @Test func theHistorySaysWhoCommittedAsWhat() throws {
        let first = try worker("a")
        try send(first)
        cluster.advance(by: 5)
        try first.broker.commitTransaction()
        let change = try #require(cluster.offsetHistory.first)
        #expect(cluster.offsetHistory.count == 1)
        #expect(change.partition == input)
        #expect(change.value == CommittedOffset(offsetNext: 1, metadata: ""))
        #expect(change.client == first.broker.number)
        #expect(change.generation == first.broker.groupGeneration)
        #expect(change.transactionalID == "a")
        #expect(change.isByOwner)
        #expect(change.time == change.sentAt + 5)
    }

    @Test func offsetsOfAPartitionThatWasGivenUpAreMarked() throws {
        let first = try worker("a")
        let second = try Worker(cluster, "b")
        for worker in [first, second, first] { try worker.settle() }
        #expect(first.held == [0])
        try first.broker.sendOffsets([TopicPartition("in", 1): CommittedOffset(offsetNext: 1, metadata: "")])
        try first.broker.commitTransaction()
        #expect(cluster.offsetHistory.map(\.isByOwner) == [false])
    }
}
