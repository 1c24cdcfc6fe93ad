import ArgumentParser

/// Measures what the daemon costs; `deploy/bench/daemon.sh` runs the parts in processes of their own.
@main
struct RampartBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "RampartBench",
        abstract: "Measure what the daemon costs.",
        subcommands: [
            ClusterCommand.self, DiscardCommand.self, CoreCommand.self, WorkCommand.self, PaceCommand.self,
            CheckpointCommand.self,
        ])
}
