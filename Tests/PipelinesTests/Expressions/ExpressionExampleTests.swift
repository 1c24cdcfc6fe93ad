import Foundation
import Pipelines
import RampartCore
import Testing

/// The page about expressions says what is: its examples are run from its own text.
@Suite struct ExpressionExampleTests {
    private static let path = "docs/EXPRESSIONS.md"

    /// The sections of the page by their headings.
    private static func sections() throws -> [(heading: String, text: String)] {
        try Repository.text(path).components(separatedBy: "\n#").dropFirst().map { section in
            let lines = section.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let heading = lines[0].drop { $0 == "#" || $0 == " " }
            return (String(heading), lines.count > 1 ? String(lines[1]) : "")
        }
    }

    /// The cells of a table's rows, without its head.
    private static func rows(of text: String) -> [[String]] {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        return lines.map { line in
            line.replacing("\\|", with: "\u{1}").split(separator: "|").map { cell in
                cell.replacing("\u{1}", with: "|").trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// What stands between back quotes.
    private static func code(_ cell: String) -> String { cell.trimmingCharacters(in: ["`"]) }

    /// The event that the page describes.
    private static func event() throws -> SampleEvent {
        let page = try Repository.text(path)
        let start = try #require(page.range(of: "<!-- event -->")).upperBound
        let end = try #require(page.range(of: "<!-- end -->")).lowerBound
        var event = SampleEvent()
        for row in rows(of: String(page[start..<end])) {
            let (name, value) = (code(row[0]), code(row[1]))
            switch name {
            case "type": event.type = try #require(EventType(name: value))
            case "ts": event.time = try #require(EventTime(text: value)).milliseconds
            default:
                let field = try #require(Field(name: name))
                if field.isString { event.strings[field] = value } else { event.integers[field] = Int64(value) }
            }
        }
        return event
    }

    @Test func examplesAreRun() throws {
        let event = try Self.event()
        var count = 0
        for section in try Self.sections() where section.text.contains("| expression | value |") {
            for row in Self.rows(of: section.text) {
                let expected = row[1].replacing("`", with: "")
                #expect(try Samples.value(Self.code(row[0]), event) == expected, "\(row[0])")
                count += 1
            }
        }
        #expect(count > 90)
    }

    /// Everything that is in the language has its section, and nothing else has.
    @Test func everyOperatorAndFunctionHasItsExamples() throws {
        let sections = try Self.sections().filter { $0.text.contains("| expression | value |") }
        let entries = ExpressionReference.operators + ExpressionReference.functions
        #expect(sections.map(\.heading) == entries.map { "`\($0.name)`" })
    }

    @Test func whatIsOutsideIsRefused() throws {
        let section = try #require(try Self.sections().first { $0.heading.hasPrefix("What CEL has") })
        let rows = Self.rows(of: section.text)
        #expect(rows.count >= 14)
        for row in rows {
            let text = Self.code(row[1])
            for type in [ExpressionType.boolean, .integer, .string] {
                guard case .success = checkExpression(text, scope: Samples.event, expecting: type) else { continue }
                Issue.record("`\(text)` is in the language after all.")
            }
        }
    }
}
