import Foundation
import Pipelines
import RampartCore
import Testing

/// The reference of the pipeline file names what the loader knows, and its examples load.
///
/// Its tables stand between two comments; `GOLDEN_UPDATE=1` writes them anew.
@Suite struct ReferenceTests {
    private static let path = "docs/PIPELINE_FILE.md"
    /// The page of each kind that has one of its own.
    private static var kindPaths: [String] {
        (["incident"] + Transforms.all.map { $0.kind }).map { "docs/kinds/\($0).md" }
    }

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
        let kinds = Transforms.all.map { "| [`\($0.kind)`](kinds/\($0.kind).md) | \($0.summary) |" }
        tables.append(("transforms", "| `kind:` | what it does |\n|---|---|\n" + kinds.joined(separator: "\n")))
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
        let limits = PipelineReference.sections(.limits).flatMap(\.rows).map { "| \($0[1]) | \($0[0]) |" }
        tables.append(("limits", "| of | at most |\n|---|---|\n" + limits.joined(separator: "\n")))
        return tables.map { (name: $0.0, text: $0.1) }
    }

    @Test func namesEveryKey() throws {
        var tables = Dictionary(uniqueKeysWithValues: Self.tables.map { ($0.name, $0.text) })
        for path in [Self.path] + Self.kindPaths {
            let found = try Repository.text(path)
            var expected = ""
            for (index, part) in found.components(separatedBy: "<!-- table: ").enumerated() {
                guard index > 0 else {
                    expected = part
                    continue
                }
                let name = part.components(separatedBy: " -->")[0]
                let table = tables.removeValue(forKey: name)
                let text = try #require(table, "There is one table of \(name).")
                let rest = try #require(part.range(of: "<!-- end -->"))
                expected += "<!-- table: \(name) -->\n\n\(text)\n\n\(part[rest.lowerBound...])"
            }
            if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] == "1" {
                try expected.write(to: Repository.root.appending(path: path), atomically: true, encoding: .utf8)
            }
            #expect(found == expected, "Run the tests with GOLDEN_UPDATE=1 and look at the difference.")
        }
        #expect(tables.isEmpty, "\(tables.keys) have no table.")
    }

    /// What `rampart list` names, a page names in code.
    @Test func pagesNameWhatIsListed() throws {
        let pages = try
            (Repository.files(in: "docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" } + Self.kindPaths)
            .map { try Repository.text($0).replacing("\\|", with: "|") }
        for topic in PipelineReference.Topic.allCases where topic != .thresholds && topic != .limits {
            let names = PipelineReference.sections(topic).flatMap(\.rows).map { $0[0] }
            #expect(!names.isEmpty)
            for name in Set(names) {
                let isNamed = pages.contains { $0.contains("`\(name)`") || $0.contains("`\"\(name)\"`") }
                #expect(isNamed, "\(topic.rawValue): \(name)")
            }
        }
        let reference = try Repository.text(Self.path)
        for row in PipelineReference.sections(.thresholds).flatMap(\.rows) {
            // The page has names of its own for the same forms.
            let form = row[0].prefix { $0 != " " && $0 != ":" }.lowercased()
            #expect(reference.contains(form == "name" ? "min_clicks: 10" : form), "\(row[0])")
        }
    }

    @Test func examplesLoad() throws {
        let blocks = try Repository.text(Self.path).components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count == 4)
        for block in blocks { #expect(diagnostics(of: block) == []) }
        for path in Self.kindPaths {
            let blocks = try Repository.text(path).components(separatedBy: "```yaml\n").dropFirst()
                .compactMap { $0.components(separatedBy: "```").first }
            #expect(!blocks.isEmpty)
            for block in blocks { #expect(diagnostics(of: block) == [], "\(path)") }
        }
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
