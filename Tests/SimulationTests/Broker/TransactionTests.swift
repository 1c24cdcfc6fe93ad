import Engine
import Simulation
import Testing

/// What Kafka promises of transactions: isolation, fencing, and a decision that is told truly.
@Suite struct TransactionTests {
    private let cluster = SimulatedCluster.small()

    @Test func aReaderDoesNotSeeAnOpenTransaction() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        cluster.append(["behind"], to: output)
        let reader = SimulatedBroker(cluster, transactionalID: "reader")
        #expect(try reader.values(of: output) == [])
        #expect(try reader.logRange(of: output) == 0..<2)
        #expect(cluster.entries(of: output)[0].outcome == .pending)
        try producer.commitTransaction()
        #expect(try reader.values(of: output) == ["x", "behind"])
    }

    @Test func anAbortedRecordIsNeverSeen() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        try producer.abortTransaction()
        cluster.append(["y"], to: output)
        let reader = SimulatedBroker(cluster, transactionalID: "reader")
        #expect(try reader.values(of: output) == ["y"])
        #expect(cluster.committedRecords(of: output).map(\.offset) == [2])
    }

    @Test func markersTakeOffsets() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        try producer.commitTransaction()
        #expect(cluster.entries(of: output).map(\.kind) == [.record, .commitMarker])
        let (records, next) = try producer.read(output, from: 1, wait: .zero)
        #expect(records.isEmpty)
        #expect(next == 2)
    }

    @Test func theFencedProducerCannotCommit() throws {
        let old = try SimulatedBroker.producer(cluster, "a")
        try old.produce([.text("old", to: output)])
        let new = try SimulatedBroker.producer(cluster, "a")
        try new.produce([.text("new", to: output)])
        let error = try #require(refusal { try old.commitTransaction() })
        #expect(error.code == "_FENCED")
        #expect(error.remedy == .rejoin)
        #expect(refusal { try old.produce([.text("late", to: output)]) }?.code == "_FENCED")
        #expect(refusal { try old.beginTransaction() }?.code == "_FENCED")
        try new.commitTransaction()
        #expect(try new.values(of: output) == ["new"])
    }

    @Test func aTimedOutTransactionIsAborted() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        cluster.advance(by: cluster.settings.transactionTimeout - 1)
        #expect(cluster.stableEnd(of: output) == 0)
        cluster.advance(by: 1)
        #expect(cluster.stableEnd(of: output) == 2)
        #expect(cluster.entries(of: output)[0].outcome == .aborted)
        #expect(refusal { try producer.commitTransaction() }?.code == "_FENCED")
    }
}
