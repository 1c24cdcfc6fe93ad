import Engine
import Pipelines
import Simulation
import Testing

/// The ways back that a task has, and what is said where there is none.
@Suite struct RecoveryTests {
    @Test func whoHasLeftGoesOnExactlyWhereItWas() throws {
        let stage = try Stage()
        let store = SimulatedCheckpointStore(stage.cluster)
        let first = try stage.worker(store: store)
        try stage.run(first, for: 6_000, clicks: true)
        try stage.leave(first)
        stage.forgetFacts()
        let second = try stage.worker(store: store)
        try stage.run(second, for: 2_000)
        let restored = stage.facts.compactMap { fact -> Bool? in
            guard case .restored(_, let hadCheckpoint, let recordsAgain, _) = fact else { return nil }
            return hadCheckpoint && recordsAgain == 0
        }
        #expect(restored == [true, true])
    }

    @Test func aTaskWhoseLogIsGoneIsStuckAndTheOthersGoOn() throws {
        let stage = try Stage()
        let first = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(first, for: 6_000, clicks: true)
        try stage.leave(first)
        stage.cluster.truncate(TopicPartition("sim.clicks", 0), before: 10)
        let second = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        stage.forgetFacts()
        try stage.run(second, for: 4_000, clicks: true)
        #expect(second.tasks == [1])
        let message = stage.facts.compactMap { fact -> String? in
            if case .stuck(task: 0, let message) = fact { message } else { nil }
        }.first
        #expect(message?.contains("sim.clicks[0] begins at offset 10") == true)
        #expect(message?.contains("bring back the checkpoint") == true)
    }

    /// The state is whole, and what came after it is not: to the record.
    @Test(arguments: [0, 1])
    func recordsThatWereDeletedBeforeTheyWereReadAreMissed(_ missing: Int64) throws {
        let stage = try Stage()
        let store = SimulatedCheckpointStore(stage.cluster)
        let first = try stage.worker(store: store)
        try stage.run(first, for: 6_000, clicks: true)
        try stage.leave(first)
        let partition = TopicPartition("sim.clicks", 0)
        let looks = SimulatedBroker(stage.cluster, transactionalID: "looks")
        let end = try #require(looks.committed([partition])[partition]).offsetNext
        try stage.run(for: 1_000, clicks: true)
        stage.cluster.truncate(partition, before: end + missing)
        stage.forgetFacts()
        let second = try stage.worker(store: store)
        try stage.run(second, for: 4_000, clicks: true)
        #expect(second.tasks == (missing == 0 ? [0, 1] : [1]))
        let message = stage.facts.compactMap { fact -> String? in
            if case .stuck(task: 0, let message) = fact { message } else { nil }
        }.first
        #expect((message == nil) == (missing == 0))
        #expect(message?.contains("from \(end) on") ?? true && message?.contains("deleted before") ?? true)
    }

    @Test func withoutACheckpointTheWholeLogIsReadAgain() throws {
        let stage = try Stage()
        let first = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(first, for: 8_000, clicks: true)
        try stage.leave(first)
        let lines = stage.published(.creditLines)
        #expect(!lines.isEmpty)
        let second = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(second, for: 9_000, clicks: true)
        try stage.leave(second)
        let all = stage.published(.creditLines)
        #expect(all.count > lines.count && Set(all).count == all.count)
    }

    /// It would find promises of a task that was new when it asked, and take its offsets for lost.
    @Test func whoSleepsWhileItRestoresIsNotStuck() throws {
        let stage = try Stage()
        var broker: DeafBroker?
        let sleeper = try stage.worker(instance: "one", store: SimulatedCheckpointStore(stage.cluster)) {
            broker = DeafBroker($0)
            return broker!
        }
        while broker!.questions < 2 { try stage.run(sleeper, for: 20) }
        let second = try stage.worker(instance: "two", store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(second, for: 30_000, clicks: true)
        #expect(sleeper.tasks == [] && second.tasks == [0, 1])
        broker!.isDeaf = true
        try stage.run(sleeper, second, for: 5_000, clicks: true)
        broker!.isDeaf = false
        try stage.run(sleeper, second, for: 10_000, clicks: true)
        #expect(Set(sleeper.tasks + second.tasks) == [0, 1])
        #expect(!stage.facts.contains { if case .stuck = $0 { true } else { false } })
    }

    @Test func offsetsOfAnotherProgramAreRefused() throws {
        let stage = try Stage(fencesMembers: false)
        let other = SimulatedBroker(stage.cluster, transactionalID: "other")
        try other.initTransactions()
        try other.beginTransaction()
        try other.sendOffsets([
            TopicPartition("sim.clicks", 0): CommittedOffset(offsetNext: 0, metadata: "mine"),
            TopicPartition("sim.sales", 0): CommittedOffset(offsetNext: 0, metadata: "mine"),
        ])
        try other.commitTransaction()
        stage.cluster.advance(by: 10_000)
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(worker, for: 3_000)
        #expect(worker.tasks == [1])
        #expect(
            stage.facts.contains {
                if case .stuck(task: 0, let message) = $0 {
                    message.contains("another program (\"mine\")")
                } else {
                    false
                }
            })
    }

    @Test func inputTopicsMustBeThereAndBeDividedAlike() throws {
        let pipeline = try SimulatedPipeline.load()
        let topics = try DaemonTopics(pipeline)
        func start(_ partitions: [Int]) throws {
            let cluster = SimulatedCluster(seed: 1)
            for (input, count) in zip(topics.inputs, partitions) {
                cluster.createTopic(TopicSpec(name: input.topic, partitions: count, isCompacted: false))
            }
            let worker = Engine.Worker(
                pipeline: pipeline, topics: topics, settings: Stage.settings,
                broker: SimulatedBroker(cluster, transactionalID: "t"), store: SimulatedCheckpointStore(cluster),
                hashSeed: 1)
            for _ in 0..<20 { _ = try worker.step(at: cluster.now) }
        }
        #expect(
            throws: DaemonError(
                .stop, "there is no topic sim.clicks, which a source of the pipeline reads; create it first")
        ) {
            try start([])
        }
        #expect {
            try start([2, 3])
        } throws: { error in
            "\(error)".contains("sim.sales has 3 partitions but sim.clicks has 2")
        }
        try start([2, 2])
    }
}

/// Counts how often the group is asked for offsets, and hears nothing of the group for a while.
private final class DeafBroker: ForwardingBroker {
    private(set) var questions = 0
    var isDeaf = false

    override func committed(_ partitions: [TopicPartition]) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        questions += 1
        return try inner.committed(partitions)
    }

    override func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        isDeaf ? nil : try inner.poll(into: &inbox, wait: wait)
    }
}
