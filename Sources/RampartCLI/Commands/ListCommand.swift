import ArgumentParser
import Pipelines

/// `rampart list`: what a pipeline file can say.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what a pipeline file can say, and what its outputs can.",
        discussion: """
            Topics: \(topicNames.joined(separator: ", ")). All are listed where none is named.

              rampart list fields
              rampart list --filter currency
              rampart list reasons --json
            """)

    private static let topicNames = PipelineReference.Topic.allCases.map(\.rawValue)

    @Argument(help: "What to list.", completion: .list(topicNames))
    var topics: [String] = []

    @Option(help: ArgumentHelp("Only rows that hold this text, in whatever case.", valueName: "text"))
    var filter: String?

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func run() throws {
        let listed = try chosen().map { (topic: $0, sections: sections($0)) }
        guard listed.contains(where: { !$0.sections.isEmpty }) else {
            throw Failure.unusable("nothing that is listed holds `\((filter ?? "").printable)`")
        }
        if json {
            Console.output(Self.json(listed).text)
        } else {
            let tables = listed.flatMap(\.sections).map { [$0.title] + Self.table($0) }
            for line in tables.joined(separator: [""]) { Console.output(line) }
        }
    }

    private func chosen() throws -> [PipelineReference.Topic] {
        let chosen = try topics.map { name in
            guard let topic = PipelineReference.Topic(rawValue: name) else {
                let mend =
                    Suggestion.didYouMean(name, among: Self.topicNames)
                    ?? "the topics are \(Self.topicNames.joined(separator: ", "))"
                throw Failure.unusable("there is no topic `\(name)`; \(mend)")
            }
            return topic
        }
        return chosen.isEmpty ? PipelineReference.Topic.allCases : chosen
    }

    /// The sections of a topic with the rows that the filter lets through, those without any left out.
    private func sections(_ topic: PipelineReference.Topic) -> [PipelineReference.Section] {
        PipelineReference.sections(topic).compactMap { section in
            guard let wanted = filter?.lowercased() else { return section }
            var section = section
            let isWhole = section.of?.lowercased() == wanted
            section.rows = section.rows.filter { row in
                isWhole || row.contains { $0.lowercased().contains(wanted) }
            }
            return section.rows.isEmpty ? nil : section
        }
    }

    private static func table(_ section: PipelineReference.Section) -> [String] {
        // Examples are for the reference and for programs: with them, no row would fit a terminal.
        let columns = section.columns.indices.filter { section.columns[$0] != "example" }
        let hasTypes = section.columns.contains("types")
        var table = Table(columns.dropFirst(hasTypes ? 1 : 0).map { _ in .left })
        for row in section.rows { table.add(columns.dropFirst(hasTypes ? 1 : 0).map { row[$0] }) }
        return table.lines
    }

    private static func json(
        _ listed: [(topic: PipelineReference.Topic, sections: [PipelineReference.Section])]
    ) -> JSONText {
        .object(
            listed.map { topic, sections in
                let rows = sections.flatMap { section in
                    section.rows.map { row in
                        let group = section.of.map { [(name: "of", value: JSONText.string($0))] } ?? []
                        let cells = zip(section.columns, row).map { (name: $0, value: JSONText.string($1)) }
                        return JSONText.object(group + cells)
                    }
                }
                return (name: topic.rawValue, value: .list(rows))
            })
    }
}
