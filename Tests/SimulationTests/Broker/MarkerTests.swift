import Engine
import Simulation
import Testing

/// The time between a transaction's decision and its last marker.
@Suite struct MarkerTests {
    private static func slow(_ seed: UInt64 = 1) -> SimulatedCluster {
        var faults = FaultPlan.none
        faults.markerDelay = .always
        faults.markerDelayMax = 1000
        return .small(seed: seed, partitions: 8, faults: faults)
    }

    @Test func markersReachPartitionsAtDifferentTimes() throws {
        let cluster = Self.slow()
        let producer = try SimulatedBroker.producer(cluster, "a")
        let outputs = (0..<8).map { TopicPartition("out", $0) }
        try producer.produce(outputs.map { .text("x", to: $0) })
        try producer.commitTransaction()
        var seen: Set<Int> = []
        for _ in 0..<1000 {
            seen.insert(outputs.filter { !cluster.committedRecords(of: $0).isEmpty }.count)
            cluster.advance(by: 1)
        }
        #expect(seen.contains(0))
        #expect(seen.contains { $0 > 0 && $0 < 8 })
        #expect(outputs.allSatisfy { !cluster.committedRecords(of: $0).isEmpty })
    }

    @Test func committedWaitsForThePendingTransaction() throws {
        let cluster = Self.slow()
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.initTransactions()
        try worker.broker.beginTransaction()
        try worker.broker.sendOffsets([input: CommittedOffset(offsetNext: 7, metadata: "m")])
        let other = SimulatedBroker(cluster, transactionalID: "b")
        let refused = try #require(refusal { _ = try other.committed([input]) })
        #expect(refused.code == "UNSTABLE_OFFSET_COMMIT")
        #expect(refused.remedy == .retry)
        #expect(try other.committed([TopicPartition("in", 1)]).isEmpty)
        try worker.broker.commitTransaction()
        #expect(refusal { _ = try other.committed([input]) }?.code == "UNSTABLE_OFFSET_COMMIT")
        cluster.advance(by: 1000)
        #expect(try other.committed([input]) == [input: CommittedOffset(offsetNext: 7, metadata: "m")])
    }

    @Test func anAbortedTransactionCommitsNoOffsets() throws {
        let cluster = SimulatedCluster.small()
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.initTransactions()
        try worker.broker.beginTransaction()
        try worker.broker.sendOffsets([input: CommittedOffset(offsetNext: 7, metadata: "")])
        try worker.broker.abortTransaction()
        #expect(try worker.broker.committed([input]).isEmpty)
        #expect(cluster.offsetHistory.isEmpty)
    }

    @Test func aPreparedCommitIsCompletedByTheSuccessor() throws {
        let cluster = Self.slow()
        let old = try SimulatedBroker.producer(cluster, "a")
        try old.produce([.text("x", to: output)])
        try old.commitTransaction()
        let new = SimulatedBroker(cluster, transactionalID: "a")
        #expect(refusal { try new.initTransactions() }?.code == "CONCURRENT_TRANSACTIONS")
        cluster.advance(by: 1000)
        try new.initTransactions()
        #expect(try new.values(of: output) == ["x"])
    }

    @Test func aPreparedCommitOutlivesTheTimeout() throws {
        var faults = FaultPlan.none
        faults.markerDelay = .always
        faults.markerDelayMax = 1_000_000
        let cluster = SimulatedCluster.small(partitions: 8, faults: faults)
        let outputs = (0..<8).map { TopicPartition("out", $0) }
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce(outputs.map { .text("x", to: $0) })
        try producer.commitTransaction()
        cluster.advance(by: cluster.settings.transactionTimeout * 2)
        #expect(outputs.contains { cluster.stableEnd(of: $0) == 0 })
        cluster.advance(by: 1_000_000)
        for output in outputs { #expect(try producer.values(of: output) == ["x"]) }
    }

    @Test func theOldProducerIsFencedBeforeItsTransactionHasEnded() throws {
        let cluster = Self.slow()
        let old = try SimulatedBroker.producer(cluster, "a")
        try old.produce([.text("x", to: output)])
        let new = SimulatedBroker(cluster, transactionalID: "a")
        #expect(refusal { try new.initTransactions() }?.code == "CONCURRENT_TRANSACTIONS")
        #expect(cluster.stableEnd(of: output) == 0)
        #expect(refusal { try old.produce([.text("y", to: output)]) }?.code == "_FENCED")
    }

    @Test func recordsOfTheNextTransactionWaitForTheMarkersOfTheLast() throws {
        let cluster = Self.slow()
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        try producer.commitTransaction()
        try producer.beginTransaction()
        try producer.produce([.text("y", to: output)])
        #expect(cluster.entries(of: output).count == 1)
        #expect(refusal { try producer.commitTransaction() }?.code == "CONCURRENT_TRANSACTIONS")
        cluster.advance(by: 1000)
        try producer.commitTransaction()
        cluster.advance(by: 1000)
        #expect(try producer.values(of: output) == ["x", "y"])
    }

    @Test func theOffsetWrittenLaterWinsWhicheverMarkerComesFirst() throws {
        let cluster = Self.slow(3)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        let first = worker.broker
        try first.initTransactions()
        try first.beginTransaction()
        try first.sendOffsets([input: CommittedOffset(offsetNext: 1, metadata: "")])
        // The same worker under another transactional id: the group lets it, and the later offset is the newer one.
        let second = try Worker(cluster, "b")
        try second.settle()
        try worker.settle()
        try second.settle()
        try second.broker.initTransactions()
        try second.broker.beginTransaction()
        try second.broker.sendOffsets([input: CommittedOffset(offsetNext: 2, metadata: "")])
        try second.broker.commitTransaction()
        cluster.advance(by: 1000)
        try first.commitTransaction()
        cluster.advance(by: 1000)
        #expect(cluster.committedOffset(of: input)?.offsetNext == 2)
    }
}
