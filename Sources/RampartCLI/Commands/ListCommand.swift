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
            return ["Stage kinds (kind:)"] + rows(StageKind.allCases.map { ($0.rawValue, $0.summary) })
        case .measures:
            return ["Measures (measure:)"] + rows(ExpressionReference.measures.map { ($0.signature, $0.summary) })
        case .functions:
            return ["Functions in expressions"] + rows(ExpressionReference.functions.map { ($0.signature, $0.summary) })
        case .operators:
            return ["Operators in expressions"] + rows(ExpressionReference.operators.map { ($0.signature, $0.summary) })
        case .fields:
            return ["Fields by event type; expressions also read type and ts"] + fields
        case .keys:
            return PipelineKeys.all.flatMap { group in
                ["Keys of \(group.name)"]
                    + rows(group.keys.map { ($0.name, ($0.isRequired ? "required: " : "") + $0.summary) })
            }
        case .reasons:
            return ["Reasons of dead letters"] + rows(DeadLetterReason.allCases.map { ($0.rawValue, $0.summary) })
        }
    }

    private static var fields: [String] {
        var table = Table(.left, .left)
        for type in EventType.allCases {
            table.add(type.name, type.fields.map { "\($0.name): \($0.kind.name)" }.joined(separator: ", "))
        }
        return table.lines
    }

    private static func rows(_ rows: [(String, String)]) -> [String] {
        var table = Table(.left, .left)
        for (name, summary) in rows { table.add(name, summary) }
        return table.lines
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
