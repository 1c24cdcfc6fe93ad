import Engine
import Simulation
import Testing

/// The class from which broken brokers are made.
@Suite struct ForwardingTests {
    /// Commits nothing, and says that it has.
    private final class Forgetful: ForwardingBroker {
        override func commitTransaction() throws(BrokerError) { try inner.abortTransaction() }
    }

    @Test func everyCallIsHandedOn() throws {
        let cluster = SimulatedCluster.small()
        let inner = SimulatedBroker(cluster, transactionalID: "a")
        var calls: Set<CallKind> = []
        inner.beforeCall = {
            calls.insert($0)
            return false
        }
        let broker: any Broker = ForwardingBroker(inner)
        var inbox = Inbox()
        cluster.append(["x"], to: input)
        #expect(try broker.partitionCount(of: "in") == 2)
        try broker.createTopics([])
        #expect(try broker.logRange(of: input) == 0..<1)
        try broker.subscribe(to: "in")
        #expect(broker.groupGeneration == 1)
        #expect(try broker.poll(into: &inbox, wait: .zero) == .assigned([0, 1]))
        try broker.start([StartOffset(input, at: 0)], isPaused: false)
        try broker.pause([input])
        try broker.resume([input])
        #expect(try broker.read(input, from: 0, wait: .zero).records.count == 1)
        try broker.initTransactions()
        try broker.beginTransaction()
        try broker.produce([.text("y", to: output)])
        try broker.sendOffsets([input: CommittedOffset(offsetNext: 1, metadata: "")])
        try broker.commitTransaction()
        #expect(try broker.committed([input])[input]?.offsetNext == 1)
        try broker.beginTransaction()
        try broker.abortTransaction()
        try broker.stop([input])
        broker.close()
        #expect(calls == Set(CallKind.allCases))
    }

    @Test func whatIsOverriddenIsDoneOtherwise() throws {
        let cluster = SimulatedCluster.small()
        let broker = Forgetful(SimulatedBroker(cluster, transactionalID: "a"))
        try broker.initTransactions()
        try broker.beginTransaction()
        try broker.produce([.text("y", to: output)])
        try broker.commitTransaction()
        #expect(cluster.committedRecords(of: output).isEmpty)
    }
}
