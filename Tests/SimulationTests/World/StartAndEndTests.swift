import Engine
import Simulation
import Testing

/// How a worker begins beside a cluster that is slow to know its topics, and how it leaves one that refuses it.
@Suite struct StartAndEndTests {
    /// Does not know topics for so many questions after they were created.
    private final class SlowToKnow: ForwardingBroker {
        var questions: Int
        private var isCreated = false

        init(_ inner: any Broker, questions: Int) {
            self.questions = questions
            super.init(inner)
        }

        override func createTopics(_ topics: [TopicSpec]) throws(BrokerError) {
            try super.createTopics(topics)
            isCreated = true
        }

        override func partitionCount(of topic: String) throws(BrokerError) -> Int? {
            guard isCreated, questions > 0 else { return try super.partitionCount(of: topic) }
            questions -= 1
            return nil
        }
    }

    /// Refuses commits as a group does that has moved on, until it is polled again, or for ever.
    private final class MovedOn: ForwardingBroker {
        var refuses = false
        let isForEver: Bool

        init(_ inner: any Broker, isForEver: Bool) {
            self.isForEver = isForEver
            super.init(inner)
        }

        override func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
            if !isForEver { refuses = false }
            return try super.poll(into: &inbox, wait: wait)
        }

        override func sendOffsets(_ offsets: [TopicPartition: CommittedOffset]) throws(BrokerError) {
            guard !refuses else { throw BrokerError(.abort, code: "ILLEGAL_GENERATION", message: "refused") }
            try super.sendOffsets(offsets)
        }
    }

    @Test func topicsThatWereJustCreatedAreAwaited() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster)) {
            SlowToKnow($0, questions: 10)
        }
        try stage.run(worker, for: 6_000, clicks: true)
        #expect(worker.tasks == [0, 1])
    }

    @Test func topicsThatNeverComeEndTheWait() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster)) {
            SlowToKnow($0, questions: .max)
        }
        let error = #expect(throws: DaemonError.self) { try stage.run(worker, for: 20_000) }
        #expect(error?.remedy == .stop && error?.message.contains("there is no topic") == true)
    }

    @Test func whoeverLeavesPollsAfterARefusedCommit() throws {
        let stage = try Stage()
        var broker: MovedOn?
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster)) {
            broker = MovedOn($0, isForEver: false)
            return broker!
        }
        try stage.run(worker, for: 4_000, clicks: true)
        try stage.run(worker, for: 160, clicks: true)
        broker?.refuses = true
        try stage.leave(worker)
        #expect(stage.facts.contains { if case .aborted("ILLEGAL_GENERATION", _) = $0 { true } else { false } })
        #expect(stage.facts.last == .left)
    }

    @Test func leavingWithoutALastCommitIsNoSuccess() throws {
        let stage = try Stage()
        var broker: MovedOn?
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster)) {
            broker = MovedOn($0, isForEver: true)
            return broker!
        }
        try stage.run(worker, for: 4_000, clicks: true)
        broker?.refuses = true
        try stage.run(worker, for: 100, clicks: true)
        let error = #expect(throws: DaemonError.self) { try stage.leave(worker) }
        #expect(error?.remedy == .restart && error?.message.contains("committed") == true)
        #expect(!stage.facts.contains(.left))
    }
}
