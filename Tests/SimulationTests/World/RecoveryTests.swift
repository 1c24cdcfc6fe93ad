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
