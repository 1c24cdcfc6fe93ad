import Foundation
import Pipelines
import RampartCore
import Testing

/// The reference of the pipeline file names what the loader knows, and its examples load.
///
/// Its tables stand between two comments; `GOLDEN_UPDATE=1` writes them anew.
@Suite struct ReferenceTests {
    private static let path = "docs/PIPELINE_FILE.md"

    /// Every table of the reference by its name.
    private static var tables: [(name: String, text: String)] {
        var tables = PipelineKeys.all.map { group in
            let rows = group.keys.map { "| `\($0.name)` | \($0.isRequired ? "required" : "") | \($0.summary) |" }
            return (group.name, "| key | | what it says |\n|---|---|---|\n" + rows.joined(separator: "\n"))
        }
        let types = EventType.allCases.map { type in
            "| `\(type.name)` | \(type.fields.map { "`\($0.name)`" }.joined(separator: ", ")) |"
        }
        tables.append(("fields", "| event type | fields |\n|---|---|\n" + types.joined(separator: "\n")))
        let references = [
            ("measures", ExpressionReference.measures), ("operators", ExpressionReference.operators),
            ("functions", ExpressionReference.functions),
        ]
        for (name, entries) in references {
            let rows = entries.map { entry in
                let cells = [entry.name, entry.signature, entry.summary, entry.example]
                let escaped = cells.map { $0.replacing("|", with: "\\|") }
                return "| `\(escaped[0])` | `\(escaped[1])` | \(escaped[2]) | `\(escaped[3])` |"
            }
            tables.append(
                (name, "| name | types | value | example |\n|---|---|---|---|\n" + rows.joined(separator: "\n")))
        }
        return tables.map { (name: $0.0, text: $0.1) }
    }

    @Test func namesEveryKey() throws {
        let reference = try Repository.text(Self.path)
        var expected = reference
        for (name, text) in Self.tables {
            let start = "<!-- table: \(name) -->\n"
            let parts = expected.components(separatedBy: start)
            try #require(parts.count == 2, "The reference has one table of \(name).")
            let rest = try #require(parts[1].range(of: "<!-- end -->"))
            expected = parts[0] + start + "\n" + text + "\n\n" + parts[1][rest.lowerBound...]
        }
        if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] == "1" {
            try expected.write(to: Repository.root.appending(path: Self.path), atomically: true, encoding: .utf8)
        }
        #expect(reference == expected, "Run the tests with GOLDEN_UPDATE=1 and look at the difference.")
        #expect(reference.components(separatedBy: "<!-- table: ").count == Self.tables.count + 1)
    }

    @Test func examplesLoad() throws {
        let blocks = try Repository.text(Self.path).components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count == 4)
        for block in blocks { #expect(diagnostics(of: block) == []) }
    }

    /// The list is what the loader goes by: each key is taken, and a required one is missed.
    @Test func keysAreUniqueAndDescribed() {
        #expect(Set(PipelineKeys.all.map(\.name)).count == PipelineKeys.all.count)
        for group in PipelineKeys.all {
            #expect(Set(group.keys.map(\.name)).count == group.keys.count, "\(group.name)")
            #expect(group.keys.allSatisfy { !$0.summary.isEmpty && !$0.summary.hasSuffix(".") })
        }
    }

    @Test func namesTheFormatsOfTime() throws {
        let reference = try Repository.text(Self.path)
        for format in ["epoch_s", "epoch_ms", "epoch_us", "iso8601", "yyyy-MM-dd HH:mm:ss"] {
            #expect(reference.contains(format))
            let setting =
                "event: click\n    fields: { ts: { format: \"\(format)\"\(format.hasPrefix("y") ? ", zone: UTC" : "") } }"
            #expect(diagnostics(of: Refusal.base.replacing("event: click", with: setting)) == [])
        }
    }
}
