import ArgumentParser
import Foundation
import Simulation

/// Runs the production worker in simulated worlds, many more than the tests have time for.
struct WorldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worlds", abstract: "Run the worker in simulated worlds; exit 1 if a promise was broken in one.")
    /// After how many worlds it says how far it is.
    private static let stride: UInt64 = 500

    @Option(help: "The seed of the first world.") var first: UInt64 = 1
    @Option(help: "How many worlds there are.") var count: UInt64 = 1000
    @Flag(help: "Print the last events at the cluster of each world in which one was broken.") var trace = false

    func run() throws {
        var statistics = WorldStatistics()
        var failures = 0
        let began = Usage.processor
        for index in 0..<count {
            let seed = first &+ index
            let world = try World(seed: seed)
            do {
                statistics.add(try world.run())
            } catch {
                failures += 1
                print("seed \(seed): \(error)")
                if trace { print(world.trace) }
            }
            if (index + 1) % Self.stride == 0 {
                FileHandle.standardError.write(Data("\(index + 1) worlds, \(failures) failed\n".utf8))
            }
        }
        for (name, number) in statistics.facts.sorted(by: { $0.key < $1.key }) { print("\(name): \(number)") }
        print("workers replaced: \(statistics.restarts)")
        for (topic, rows) in statistics.rows.sorted(by: { $0.key < $1.key }) { print("rows of \(topic): \(rows)") }
        print("alerts that say saturated: \(statistics.saturatedAlerts)")
        print("\(count) worlds from seed \(first), \(failures) failed")
        Bench.report("cpu_s_per_world", (Usage.processor - began) / Double(max(1, count)))
        if failures > 0 { throw ExitCode(1) }
    }
}
