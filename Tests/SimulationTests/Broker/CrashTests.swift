import Engine
import Simulation
import Testing

/// Workers that die between any two calls, and what they leave behind.
@Suite struct CrashTests {
    private let cluster = SimulatedCluster.small()

    @Test func aCrashedClientCanDoNothingMore() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        producer.crash()
        let error = try #require(refusal { try producer.produce([.text("x", to: output)]) })
        #expect(error.code == "CRASHED")
        #expect(error.remedy == .rejoin)
        #expect(cluster.entries(of: output).isEmpty)
        producer.close()
    }

    @Test func aCrashBeforeTheCommitAborts() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        producer.crash(atCall: 1, afterEffect: false)
        #expect(refusal { try producer.commitTransaction() }?.code == "CRASHED")
        #expect(cluster.stableEnd(of: output) == 0)
        let successor = try SimulatedBroker.producer(cluster, "a")
        #expect(try successor.values(of: output) == [])
        #expect(cluster.entries(of: output).last?.kind == .abortMarker)
    }

    @Test func aCrashAfterTheCommitDoesNotUndoIt() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        producer.crash(atCall: 1, afterEffect: true)
        #expect(refusal { try producer.commitTransaction() }?.code == "CRASHED")
        let successor = try SimulatedBroker.producer(cluster, "a")
        #expect(try successor.values(of: output) == ["x"])
    }

    @Test func theCrashComesAtTheCallThatWasNamed() throws {
        let producer = try SimulatedBroker.producer(cluster, "a")
        producer.crash(atCall: 3, afterEffect: true)
        try producer.produce([.text("x", to: output)])
        try producer.produce([.text("y", to: output)])
        #expect(refusal { try producer.produce([.text("z", to: output)]) }?.code == "CRASHED")
        #expect(cluster.entries(of: output).count == 3)
    }

    @Test func theHookSeesEveryCall() throws {
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        var calls: [CallKind] = []
        broker.beforeCall = {
            calls.append($0)
            return $0 == .logRange
        }
        try broker.initTransactions()
        #expect(refusal { _ = try broker.logRange(of: output) }?.code == "CRASHED")
        #expect(calls == [.initTransactions, .logRange])
        #expect(broker.isCrashed)
    }

    @Test func theMembershipOfTheDeadLastsUntilTheSessionEnds() throws {
        let dead = try Worker(cluster, "a")
        try dead.settle()
        dead.broker.crash()
        let heir = try Worker(cluster, "b")
        cluster.advance(by: cluster.settings.sessionTimeout - 1)
        try heir.settle()
        #expect(heir.held == [])
        cluster.advance(by: 1)
        try heir.settle()
        #expect(heir.held == [0, 1])
    }
}
