import ArgumentParser
import Pipelines
import RampartCore

/// `rampart list`: what a pipeline file can say.
struct ListCommand: ParsableCommand {
    /// What can be listed.
    enum Topic: String, CaseIterable {
        case kinds, measures, functions, operators, fields, keys, reasons
    }

    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what a pipeline file can say.",
        discussion: """
            Topics: \(Topic.allCases.map(\.rawValue).joined(separator: ", ")). All are listed where none is named.

              rampart list fields
            """)

    @Argument(help: "What to list.")
    var topics: [String] = []

    func run() throws {
        let names = Topic.allCases.map(\.rawValue)
        let chosen = try topics.map { name in
            guard let topic = Topic(rawValue: name) else {
                let mend =
                    Suggestion.didYouMean(name, among: names) ?? "the topics are \(names.joined(separator: ", "))"
                throw Failure.unusable("there is no topic `\(name)`; \(mend)")
            }
            return topic
        }
        for (index, topic) in (chosen.isEmpty ? Topic.allCases : chosen).enumerated() {
            if index > 0 { Console.output("") }
            for line in Self.lines(of: topic) { Console.output(line) }
        }
    }

    private static func lines(of topic: Topic) -> [String] {
        switch topic {
        case .kinds:
            return ["Stage kinds (kind:)"] + rows(StageKind.all.map { ($0.name, $0.summary) })
                + ["", "Source formats (format:)"] + rows(Source.Format.allCases.map { ($0.rawValue, $0.summary) })
        case .measures:
            return ["Measures (measure:)"] + rows(ExpressionReference.measures.map { ($0.signature, $0.summary) })
        case .functions:
            return ["Functions in expressions"] + rows(ExpressionReference.functions.map { ($0.signature, $0.summary) })
        case .operators:
            return ["Operators in expressions"] + rows(ExpressionReference.operators.map { ($0.signature, $0.summary) })
        case .fields:
            return ["Fields by event type; expressions also read type and ts"] + fields
        case .keys:
            return Array(PipelineKeys.all.map(keys).joined(separator: [""]))
        case .reasons:
            return ["Reasons of dead letters"] + rows(DeadLetterReason.allCases.map { ($0.rawValue, $0.summary) })
        }
    }

    private static var fields: [String] {
        var table = Table(.left, .left, .left)
        for type in EventType.allCases {
            // The type stands beside its first field only, so that the types are easy to find.
            for (index, field) in type.fields.enumerated() {
                table.add(index == 0 ? type.name : "", field.name, field.kind.name)
            }
        }
        return table.lines
    }

    private static func keys(of group: KeyGroup) -> [String] {
        var table = Table(.left, .left, .left)
        for key in group.keys { table.add(key.name, key.isRequired ? "required" : "", key.summary) }
        return ["Keys of \(group.name)"] + table.lines
    }

    private static func rows(_ rows: [(String, String)]) -> [String] {
        var table = Table(.left, .left)
        for (name, summary) in rows { table.add(name, summary) }
        return table.lines
    }
}

extension Source.Format {
    /// What a log of this format is, in a few words.
    fileprivate var summary: String {
        switch self {
        case .json: "one JSON object a line; where a source names no format"
        case .csv: "comma-separated values with a header"
        }
    }
}

extension Field.Kind {
    /// The type that expressions give a field of this kind.
    fileprivate var name: String {
        switch self {
        case .identifier, .text, .currency: "string"
        case .integer: "int"
        case .money: "int (money)"
        }
    }
}
