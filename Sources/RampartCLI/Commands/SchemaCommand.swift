import ArgumentParser
import Pipelines

/// `rampart schema`: the JSON Schema of pipeline files.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of pipeline files, for editors.",
        discussion: """
            An editor with a language server for YAML completes and checks a file whose first line names the schema:

              # yaml-language-server: $schema=pipeline.schema.json
            """)

    func run() throws { Console.output(String(PipelineSchema.text.dropLast())) }
}
