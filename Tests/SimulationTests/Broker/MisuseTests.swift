import Engine
import Simulation
import Testing

/// What an engine must never do ends the run at once, so that it is found. An error thrown is not enough.
@Suite struct MisuseTests {
    /// A client that was told of its first assignment and has not answered.
    private static func asked() throws -> (SimulatedBroker, SimulatedCluster) {
        let cluster = SimulatedCluster.small()
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        try broker.subscribe(to: "in")
        var inbox = Inbox()
        _ = try broker.poll(into: &inbox, wait: .zero)
        return (broker, cluster)
    }

    @Test func pollBeforeAnAnswer() async {
        await #expect(processExitsWith: .failure) {
            var inbox = Inbox()
            let broker = try Self.asked().0
            _ = refusal { _ = try broker.poll(into: &inbox, wait: .zero) }
        }
    }

    @Test func startOfWhatIsNotAssigned() async {
        await #expect(processExitsWith: .failure) {
            let broker = SimulatedBroker(.small(), transactionalID: "a")
            try broker.subscribe(to: "in")
            _ = refusal { try broker.start([StartOffset(input, at: 0)], isPaused: false) }
        }
    }

    @Test func fetchingOfWhatWasRevoked() async {
        await #expect(processExitsWith: .failure) {
            let (broker, cluster) = try Self.asked()
            try broker.start([StartOffset(TopicPartition("in", 1), at: 0)], isPaused: false)
            cluster.evict(client: broker.number)
            var inbox = Inbox()
            _ = try broker.poll(into: &inbox, wait: .zero)
            _ = refusal { try broker.stop([input]) }
        }
    }

    @Test func commitOfNothing() async {
        await #expect(processExitsWith: .failure) {
            let broker = SimulatedBroker(.small(), transactionalID: "a")
            try broker.initTransactions()
            _ = refusal { try broker.commitTransaction() }
        }
    }

    @Test func abortOfACommitWhoseAnswerIsOpen() async {
        await #expect(processExitsWith: .failure) {
            let producer = try SimulatedBroker.producer(.small(), "a")
            producer.fail(next: .commitTransaction, afterEffect: true)
            _ = refusal { try producer.commitTransaction() }
            _ = refusal { try producer.abortTransaction() }
        }
    }

    @Test func callsAfterClose() async {
        await #expect(processExitsWith: .failure) {
            let broker = SimulatedBroker(.small(), transactionalID: "a")
            broker.close()
            _ = refusal { try broker.initTransactions() }
        }
    }
}
