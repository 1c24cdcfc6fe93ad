import ArgumentParser
import Engine
import Pipelines
import RampartCore
import Storage

/// Times a task's checkpoint and its way back, by the size of its state.
struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "checkpoint", abstract: "Time checkpoints.")

    @Option(help: "The size of the state in megabytes.") var megabytes: Int
    @Option(help: "An empty folder.") var data: String

    func run() throws {
        let topology = try Bench.pipeline().topology
        let store = try FileCheckpointStore(folder: data)
        let state = filled(topology)
        var snapshot: [UInt8] = []
        time("snapshot") { snapshot = state.snapshot() }
        Bench.report("state_mb", Double(snapshot.count) / 1_048_576)
        try time("save") {
            try store.save(
                Checkpoint(task: 0, generation: 1, offsets: [:], graph: topology.graph, state: snapshot))
        }
        var loaded: Checkpoint?
        try time("load") { loaded = try store.newestCheckpoint(of: 0) { _ in true } }
        guard let loaded else { throw ValidationError("the checkpoint is gone") }
        var restored: TaskState?
        try time("restore") {
            restored = try TaskState(
                topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), snapshot: loaded.state)
        }
        guard restored?.digest == state.digest else { throw ValidationError("the restored state is not the same") }
    }

    /// A state of about the wanted size, of clicks that all lie in the window.
    private func filled(_ topology: Topology) -> TaskState {
        let clicks = Clicks(start: 1_767_225_600_000, rate: 20_000)
        var state = TaskState(
            topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 1)
        var number = 0
        while true {
            let values = (number..<number + 2000).compactMap { clicks.record($0, of: 0).value }
            number += values.count
            _ = state.read(RecordBatch(json: values), of: 0)
            _ = state.advance()
            // To look is as dear as what is measured, so it is done at each next quarter.
            guard number % 8000 == 0, state.snapshot().count >= megabytes << 20 else { continue }
            _ = state.takeChanges()
            return state
        }
    }

    private func time(_ name: String, _ body: () throws -> Void) rethrows {
        let (processor, elapsed) = (Usage.processor, Usage.elapsed)
        try body()
        Bench.report("\(name)_cpu_ms", (Usage.processor - processor) * 1000)
        Bench.report("\(name)_wall_ms", (Usage.elapsed - elapsed) * 1000)
    }
}
