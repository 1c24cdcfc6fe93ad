import Foundation
import TestSupport
import Testing

@testable import RampartCore

/// Every row against its schema, and the page about outputs against the schemas.
@Suite struct SchemaTests {
    private static let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs")
    private static let names = [
        "alert", "credit-line", "credit", "dead-letter", "incident", "late", "score", "summary",
    ]

    private static func schema(_ name: String) throws -> [String: Any] {
        let url = docs.appending(path: "schemas/\(name).schema.json")
        return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    }

    private static func rows(_ name: String) -> [String] {
        let encoder = OutputEncoder(
            topology: OutputFixtures.topology(), partitions: (0..<3).map { (topic: "shop.clicks", partition: $0 + 5) })
        let long = [UInt8](repeating: 0xFF, count: Limits.deadLetterBytes + 1)
        let records: [[UInt8]] = [Array("{}".utf8), [0xFF], long]
        switch name {
        case "alert":
            var second = OutputFixtures.alert()
            second.stage = 2
            second.mode = .shadow
            second.isSaturated = true
            second.state = .closed
            second.measures = [.absent, .money([])]
            let segment = StageExceptions.Override.Scope.segment("small")
            second.settings.overrides = [
                .init(threshold: 0, value: .integer(4), scope: segment, until: OutputFixtures.noon)
            ]
            second.settings.mute = .init(until: OutputFixtures.noon, reason: "an audit")
            return [OutputFixtures.alert(), second].map { alert in
                OutputFixtures.text { encoder.write(alert, to: &$0) }
            }
        case "incident":
            var last = OutputFixtures.incident()
            last.state = .closed
            last.quietSince = OutputFixtures.noon + .minutes(4)
            return [OutputFixtures.incident(), last].map { incident in
                OutputFixtures.text { encoder.write(incident, to: &$0) }
            }
        case "credit-line":
            var second = OutputFixtures.line()
            second.adID = nil
            return [OutputFixtures.line(), second].map { line in OutputFixtures.text { encoder.write(line, to: &$0) } }
        case "credit":
            var second = OutputFixtures.credit()
            second.decision = Credit.Decision(
                commandID: "7", action: .reject, who: "ann", why: "a test shop", paneEnd: OutputFixtures.noon)
            return [OutputFixtures.credit(), second].map { credit in
                OutputFixtures.text { encoder.write(credit, to: &$0) }
            }
        case "dead-letter":
            let letters = records.map { OutputFixtures.deadLetter($0) }
            let reasons = DeadLetterReason.allCases.map { reason in
                var letter = OutputFixtures.deadLetter([], source: nil)
                letter.reason = reason
                return letter
            }
            return (letters + reasons + OutputFixtures.messages(of: letters[0], \.origin)).map { letter in
                OutputFixtures.text { encoder.write(letter, to: &$0) }
            }
        case "late":
            let events = records.map { OutputFixtures.late($0) }
            return (events + OutputFixtures.messages(of: events[0], \.origin))
                .map { late in OutputFixtures.text { encoder.write(late, to: &$0) } }
        case "score":
            var second = OutputFixtures.score()
            second.stage = 2
            second.mode = .shadow
            second.detail = .pane
            return [OutputFixtures.score(), second].map { score in
                OutputFixtures.text { encoder.write(score, to: &$0) }
            }
        default:
            var stopped = Summary(topology: OutputFixtures.topology())
            stopped.interruption = "stopped by the user"
            return [OutputFixtures.summary(), stopped].map { summary in
                OutputFixtures.text { summary.write(to: &$0) }
            }
        }
    }

    @Test(arguments: names)
    func rowsFitTheirSchema(name: String) throws {
        let checker = JSONSchemaChecker()
        let schema = try Self.schema(name)
        var seen: Set<String> = []
        for row in Self.rows(name) {
            #expect(row.hasSuffix("\n") && row.dropLast().allSatisfy { $0 != "\n" })
            let value = try JSONSerialization.jsonObject(with: Data(row.utf8), options: .fragmentsAllowed)
            let faults = checker.faults(of: value, against: schema)
            #expect(faults.isEmpty, "\(row)")
            seen.formUnion(JSONSchemaChecker.paths(in: value))
        }
        // A property that no row has would be a promise that nothing keeps.
        #expect(Set(JSONSchemaChecker.properties(of: schema)).subtracting(seen) == [])
    }

    /// A row without a required member, with one too many, or with a value of another kind must not fit.
    @Test(arguments: names)
    func theCheckerSeesEveryChange(name: String) throws {
        let checker = JSONSchemaChecker()
        let schema = try Self.schema(name)
        let row = try #require(Self.rows(name).first)
        let value = try #require(try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])
        for key in value.keys {
            var without = value
            without[key] = nil
            #expect(!checker.faults(of: without, against: schema).isEmpty, "without \(key)")
            var changed = value
            changed[key] = [["unexpected"]]
            #expect(!checker.faults(of: changed, against: schema).isEmpty, "another \(key)")
        }
        var more = value
        more["surplus"] = 1
        #expect(!checker.faults(of: more, against: schema).isEmpty)
    }

    @Test func theReasonsOfDeadLettersAreThoseOfTheCode() throws {
        let properties = try #require(try Self.schema("dead-letter")["properties"] as? [String: Any])
        let reason = try #require(properties["reason"] as? [String: Any])
        #expect(reason["enum"] as? [String] == DeadLetterReason.allCases.map(\.rawValue))
    }

    @Test func thePageNamesEveryPropertyAndReason() throws {
        let page = try String(contentsOf: Self.docs.appending(path: "OUTPUTS.md"), encoding: .utf8)
        let sections = page.components(separatedBy: "\n## ")
        for name in Self.names {
            let section = try #require(sections.first { $0.contains("(schemas/\(name).schema.json)") })
            for property in JSONSchemaChecker.properties(of: try Self.schema(name)) {
                #expect(section.contains("| `\(property)` |"), "\(name)")
            }
        }
        for reason in DeadLetterReason.allCases { #expect(page.contains("| `\(reason.rawValue)` |")) }
    }
}
