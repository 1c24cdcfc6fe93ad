import ArgumentParser

/// Measures what the daemon costs, and tries it in simulated worlds; `deploy/bench/daemon.sh` runs the parts that measure in
/// processes of their own.
@main
struct RampartBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "RampartBench",
        abstract: "Measure what the daemon costs, and try it in simulated worlds.",
        subcommands: [
            ClusterCommand.self, DiscardCommand.self, CoreCommand.self, WorkCommand.self, PaceCommand.self,
            CheckpointCommand.self, WorldsCommand.self,
        ])
}
