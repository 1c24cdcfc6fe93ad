import Engine
import Pipelines
import Simulation

/// A cluster without faults and some workers that do what a test tells them, one step after the other.
final class Stage {
    let cluster: SimulatedCluster
    let topics: DaemonTopics
    let pipeline: Pipeline
    private(set) var facts: [WorkerFact] = []
    private var workers: [Engine.Worker] = []
    private var nextID = 0

    init(partitions: Int = 2, fencesMembers: Bool = true) throws {
        var settings = ClusterSettings()
        settings.fencesMembers = fencesMembers
        cluster = SimulatedCluster(seed: 1, settings: settings)
        pipeline = try SimulatedPipeline.load()
        topics = try DaemonTopics(pipeline)
        for input in topics.inputs {
            cluster.createTopic(TopicSpec(name: input.topic, partitions: partitions, isCompacted: false))
        }
    }

    static var settings: WorkerSettings {
        var settings = WorkerSettings()
        settings.commitInterval = 200
        settings.checkpointInterval = 1_000
        settings.idleAfter = 3_000
        settings.commandInterval = 100
        return settings
    }

    /// A new worker of an instance.
    func worker(
        instance: String = "one", store: SimulatedCheckpointStore, overrides: [String] = [], key: [UInt8]? = nil,
        through wrap: (SimulatedBroker) -> any Broker = { $0 }
    ) throws -> Engine.Worker {
        let worker = Engine.Worker(
            pipeline: try SimulatedPipeline.load(overrides: overrides),
            overrides: overrides.compactMap { ThresholdOverride(argument: $0) }, topics: topics, instance: instance,
            settings: Self.settings, broker: wrap(SimulatedBroker(cluster, transactionalID: instance)), store: store,
            hashSeed: 1, commandKey: key, observe: { [unowned self] in facts.append($0) })
        workers.append(worker)
        return worker
    }

    /// Lets time pass, the workers work and, if asked to, clicks of one device come in.
    func run(_ workers: Engine.Worker..., for milliseconds: Int64, clicks: Bool = false) throws {
        let end = cluster.now + milliseconds
        while cluster.now < end {
            cluster.advance(by: 20)
            if clicks, cluster.now % 100 < 20 { click() }
            for worker in workers { _ = try worker.step(at: cluster.now) }
        }
    }

    /// Has a worker leave, and waits for it.
    func leave(_ worker: Engine.Worker) throws {
        worker.leave(by: cluster.now + 10_000)
        while try worker.step(at: cluster.now) != .left { cluster.advance(by: 20) }
    }

    private func click() {
        nextID += 1
        for number in 0..<2 {
            let value =
                #"{"type":"click","event_id":"c\#(nextID)-\#(number)","ts":\#(cluster.now),"merchant_id":"m\#(number)","ad_id":"a","device_id":"d","cost":1}"#
            cluster.append(to: TopicPartition("sim.clicks", number), key: nil, value: Array(value.utf8))
        }
    }

    /// The committed records of an output, all partitions together.
    func published(_ sink: Sink.Kind) -> [String] {
        guard let topic = topics.outputs[sink] else { return [] }
        return (0..<2).flatMap { cluster.committedRecords(of: TopicPartition(topic, $0)) }
            .map { String(decoding: $0.value ?? [], as: UTF8.self) }
    }

    func forgetFacts() { facts.removeAll() }
}
