import Engine
import Pipelines
import RampartCore
import Simulation
import Testing

/// A topic that stamps append times tells an event of the future from a late log; a whole worker must heed it (R8).
@Suite struct AppendTimeTests {
    private let cluster = SimulatedCluster(seed: 8)
    private let topics: DaemonTopics

    init() throws {
        topics = try DaemonTopics(SimulatedPipeline.load())
        for input in topics.inputs {
            cluster.createTopic(
                TopicSpec(name: input.topic, partitions: 1, isCompacted: false), isAppendTime: true)
        }
    }

    private func append(_ id: String, at time: Int64) {
        let value =
            #"{"type":"click","event_id":"\#(id)","ts":\#(time),"merchant_id":"m","ad_id":"a","device_id":"d","cost":20}"#
        cluster.append(to: TopicPartition("sim.clicks", 0), key: Array("m".utf8), value: Array(value.utf8))
    }

    /// Lets a worker consume, commit and leave; returns the facts that it told.
    private func work() throws -> [WorkerFact] {
        var settings = WorkerSettings()
        settings.commitInterval = 100
        settings.idleAfter = 1_000
        var facts: [WorkerFact] = []
        let pipeline = try SimulatedPipeline.load()
        let worker = Engine.Worker(
            pipeline: pipeline, topics: topics, settings: settings,
            broker: SimulatedBroker(cluster, transactionalID: "worker"), store: SimulatedCheckpointStore(cluster),
            hashSeed: 1, observe: { facts.append($0) })
        for turn in 0..<3_000 {
            if turn == 2_000 { worker.leave(by: cluster.now + 60_000) }
            if try worker.step(at: cluster.now) == .left { break }
            cluster.advance(by: 10)
        }
        return facts
    }

    private func rows(of sink: Sink.Kind) throws -> [String] {
        let topic = try #require(topics.outputs[sink])
        return cluster.committedRecords(of: TopicPartition(topic, 0)).map {
            String(decoding: $0.value ?? [], as: UTF8.self)
        }
    }

    @Test func anEventOfTheFutureIsADeadLetterAndMakesNothingLate() throws {
        let now = cluster.now
        append("future", at: now + 3_600_001)
        for index in 0..<4 { append("c\(index)", at: now - 1_000 + Int64(index)) }
        let first = try work()
        let letters = try rows(of: .deadLetters)
        #expect(letters.count == 1 && letters[0].contains("too_far_ahead"), "\(letters)")
        #expect(try rows(of: .late) == [])
        #expect(try rows(of: .alerts).count > 0)

        // One that begins from the log alone comes to the same facts, or the digest would stop it.
        append("again", at: cluster.now + 7_200_000)
        let second = try work()
        for facts in [first, second] {
            #expect(facts.contains { if case .restored = $0 { true } else { false } }, "\(facts)")
            #expect(!facts.contains { if case .stuck = $0 { true } else { false } }, "\(facts)")
        }
        #expect(try rows(of: .deadLetters).count == 2)
        try expectTheReplaysRows()
    }

    private func expectTheReplaysRows() throws {
        let control = cluster.committedRecords(of: TopicPartition(topics.control, 0))
        let pipeline = try SimulatedPipeline.load()
        let task = try TaskReplay(task: 0, of: 1, topics: topics, control: control, fallback: pipeline)
        var replay = LogReplay([task], topology: pipeline.topology)
        var source = Recording(cluster: cluster)
        let replayed = try replay.records(from: &source).map { String(decoding: $0.value ?? [], as: UTF8.self) }
        let live = try topics.outputs.keys.flatMap { try rows(of: $0) }
        #expect(replayed.sorted() == live.sorted())
    }

    /// What the cluster's partitions hold, each in one piece.
    private struct Recording: RecordSource {
        let cluster: SimulatedCluster
        var read: Set<TopicPartition> = []

        init(cluster: SimulatedCluster) { self.cluster = cluster }

        mutating func next(of partition: TopicPartition) -> [StoredRecord] {
            read.insert(partition).inserted ? cluster.committedRecords(of: partition) : []
        }
    }
}
