public import ArgumentParser
public import Pipelines

/// `rampart graph`: a pipeline as a diagram.
struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw a pipeline: what reads what, and where outputs go.",
        discussion: """
              rampart graph pipelines/marketplace.yaml
              rampart graph pipelines/marketplace.yaml --format svg > marketplace.svg
            """)

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Option(help: "How to write it: \(PipelineDiagram.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: PipelineDiagram.Format = .text

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Set a threshold; may repeat.", valueName: "stage.name=value"))
    var settings: [String] = []

    func run() throws {
        let pipeline = try PipelineFile.load(path: pipeline, settings: settings, isQuiet: true)
        Console.output(PipelineDiagram(pipeline).text(as: format))
    }
}

extension PipelineDiagram.Format: ExpressibleByArgument {}
