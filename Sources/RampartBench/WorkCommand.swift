import ArgumentParser
import Engine
import Foundation
import Kafka
import Pipelines
import RampartCore
import Storage

/// A worker of the daemon, measured from outside.
struct WorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "work", abstract: "Run a worker and measure it.")

    @Option(help: "The cluster.") var brokers: String
    @Option(help: "The application, one of those of the cluster.") var application: String
    @Option(help: "End once so many clicks are committed.") var events: Int64 = .max
    @Option(help: "End so many seconds after all tasks have started.") var seconds = 60.0
    @Option(help: "Milliseconds between commits.") var commitInterval: Int64 = 1000
    @Option(help: "The longest wait of a fetch in milliseconds.") var fetchWait: Int?
    @Option(help: "An empty folder for checkpoints.") var data: String

    func run() throws {
        let pipeline = try Bench.pipeline()
        let topics = try DaemonTopics(pipeline, application: application)
        var configuration = Bench.configuration(brokers: brokers, application: application)
        // A real broker answers a waiting fetch when records come, the mock only when its wait is over.
        if let fetchWait { configuration.properties["fetch.wait.max.ms"] = String(fetchWait) }
        let broker = MeteredBroker(
            try KafkaBroker(configuration), alertTopic: topics.outputs[.alerts] ?? "")
        var settings = WorkerSettings()
        settings.commitInterval = commitInterval
        settings.createsTopics = false
        var restored = 0
        let worker = Worker(
            pipeline: pipeline, topics: topics, settings: settings, broker: broker,
            store: try FileCheckpointStore(folder: data), hashSeed: 1,
            observe: { fact in if case .restored = fact { restored += 1 } })
        var start: (processor: Double, elapsed: Double)?
        while broker.committedEvents < events {
            if restored == Bench.partitions, start == nil { start = (Usage.processor, Usage.elapsed) }
            if let start, Usage.elapsed - start.elapsed > seconds { break }
            if case .waits = try worker.step(at: Usage.now) { usleep(1000) }
        }
        guard let start else { throw ValidationError("not all tasks started: \(worker.situation)") }
        report(broker, start, lateness: pipeline.topology.sources[0].lateness.milliseconds)
    }

    private func report(_ broker: MeteredBroker, _ start: (processor: Double, elapsed: Double), lateness: Int64) {
        let used = Usage.processor
        Bench.report("events", Double(broker.committedEvents))
        Bench.report("start_cpu_s", start.processor)
        Bench.report("cpu_s", used)
        Bench.report("running_cpu_percent", (used - start.processor) * 100 / (Usage.elapsed - start.elapsed))
        Bench.report("running_wall_s", Usage.elapsed - start.elapsed)
        if broker.committedEvents > 0 {
            Bench.report("cpu_us_per_event", used * 1e6 / Double(broker.committedEvents))
        }
        Bench.report("commits", Double(broker.commits))
        Bench.report("polls", Double(broker.polls))
        Bench.report("resident_mb", Usage.residentMegabytes)
        report(broker.waits.map { $0.offsets * 1000 }, "offsets")
        report(broker.waits.map { $0.commit * 1000 }, "commit")
        Bench.report("alerts", Double(broker.alerts.count))
        report(broker.alerts.map { Double($0.committed - $0.complete - lateness) }, "from_click")
        report(broker.alerts.map { Double($0.committed - ($0.complete / 1000 + 1) * 1000 - lateness) }, "from_pane_end")
    }

    private func report(_ delays: [Double], _ name: String) {
        guard !delays.isEmpty else { return }
        let sorted = delays.sorted()
        Bench.report("\(name)_p50_ms", sorted[sorted.count / 2])
        Bench.report("\(name)_p99_ms", sorted[sorted.count * 99 / 100])
    }
}
