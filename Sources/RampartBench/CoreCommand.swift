import ArgumentParser
import Engine
import Pipelines
import RampartCore

/// Does with clicks in memory what tasks do with those of Kafka: read, stage, evaluate, and say what is found.
struct CoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "core", abstract: "Run the core without Kafka.")
    /// Clicks of a partition that come at once, about as many as a busy poll brings.
    private static let chunk = 300

    @Option(help: "The number of clicks.") var events: Int

    func run() throws {
        let topology = try Bench.pipeline().topology
        let clicks = Clicks(start: 1_767_225_600_000, rate: 20_000 / Double(Bench.partitions))
        var tasks = Bench.partitionNames.map { _ in
            TaskState(topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 1)
        }
        let count = events / Bench.partitions
        var used = 0.0
        for first in stride(from: 0, to: count, by: Self.chunk) {
            for task in tasks.indices {
                let values = (first..<min(first + Self.chunk, count)).compactMap { clicks.record($0, of: task).value }
                let batch = RecordBatch(json: values)
                let began = Usage.processor
                _ = tasks[task].read(batch, of: 0)
                _ = tasks[task].advance()
                _ = tasks[task].takeChanges()
                used += Usage.processor - began
            }
        }
        Bench.report("cpu_us_per_event", used * 1e6 / Double(count * Bench.partitions))
    }
}
