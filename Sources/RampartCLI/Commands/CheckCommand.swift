import ArgumentParser
import Pipelines
import RampartCore

/// `rampart check`: is a pipeline file right?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check pipeline files, and say everything that is wrong with them.",
        discussion: """
            Each error names file, line and column, what was found and what was expected. Nothing is run.
            """)

    @Argument(help: ArgumentHelp("Pipeline files.", valueName: "pipeline"), completion: .pipelineFile)
    var pipelines: [String]

    @Option(name: .customLong("set"), help: ArgumentHelp("Set a threshold.", valueName: "stage.name=value"))
    var settings: [String] = []

    func run() throws {
        var isUnusable = false
        for path in pipelines {
            do {
                let pipeline = try PipelineFile.load(path: path, settings: settings, isQuiet: false)
                let stages = pipeline.topology.stages
                let shadow = stages.filter { $0.mode == .shadow }.map(\.name)
                let words = shadow.isEmpty ? "" : " (in shadow: \(shadow.joined(separator: ", ")))"
                Console.output(
                    "\(path): pipeline \(pipeline.topology.family) is right: \(pipeline.topology.sources.count) sources, "
                        + "\(stages.count) stages\(words), \(pipeline.tests.count) tests, revision \(pipeline.topology.revision)"
                )
                noteEnds(of: pipeline, path)
            } catch let failure as Failure {
                Console.error(failure.message)
                isUnusable = true
            }
        }
        if isUnusable { throw Failure.unusable("") }
    }

    /// Mutes and overrides that are over by this machine's clock: no mistake, but nobody needs them any more.
    private func noteEnds(of pipeline: Pipeline, _ path: String) {
        let now = EventTime(milliseconds: WallClock.now)
        let exceptions = pipeline.topology.stages.map(\.exceptions)
        let mutes = Set(exceptions.flatMap { $0.mutes.filter { $0.value.until <= now }.keys }).count
        if mutes > 0 { Console.output("\(path): note: the mutes of \(mutes) merchants are over") }
        let overrides = exceptions.flatMap { Array($0.merchants.values.joined()) + Array($0.segments.values.joined()) }
        let ended = overrides.count { $0.until.map { $0 <= now } ?? false }
        if ended > 0 { Console.output("\(path): note: \(ended) overrides are over") }
    }
}
