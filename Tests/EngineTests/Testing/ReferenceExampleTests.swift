import Engine
import Foundation
import Pipelines
import Testing

/// The examples of the reference that carry tests do what it says of them.
@Suite struct ReferenceExampleTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/PIPELINE_FILE.md")

    @Test func testsOfTheExamplesPass() async throws {
        let blocks = try String(contentsOf: Self.page, encoding: .utf8).components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        var names: [String] = []
        for block in blocks {
            let pipeline = try PipelineLoader.load(text: block, file: "PIPELINE_FILE.md").get()
            for test in pipeline.tests {
                let outcome = try await PipelineTestRunner(pipeline).run(test)
                #expect(outcome.problems == [], "\(test.name)")
                names.append(test.name)
            }
        }
        #expect(names.count == 3 && names.contains("half of what was sold came back broken"))
    }

    /// Records of a test get their time where the mapping looks for it, and as its pattern writes it.
    @Test func timesArePutIntoListsAndPatterns() async throws {
        let text = """
            pipeline: lists
            sources:
              orders:
                event: order
                fields:
                  ts: { path: "items[0].at", format: "EEE, d MMM yy h:mm:ss a XX" }
                  merchant_id: "items[0].shop"
            stages:
              many: { from: orders, key: [merchant_id], window: { size: 1h }, measure: { n: count() }, when: n > 1 }
            tests:
              - name: two of the three in one hour
                records:
                  - repeat: 3
                    at: 2011-11-14T12:00:00Z
                    every: 59m
                    record: { type: order, event_id: "o{n}", items: [{ shop: s1 }] }
                expect: { accepted: 3, alerts: [{ stage: many, opened: 2011-11-14T13:00:00Z, measures: { n: 2 } }] }
            """
        let pipeline = try PipelineLoader.load(text: text, file: "lists.yaml").get()
        let outcome = try await PipelineTestRunner(pipeline).run(try #require(pipeline.tests.first))
        #expect(outcome.problems == [])
    }
}
