import Engine
import Foundation
import Pipelines
import RampartCore
import Testing

/// The tests inside the shipped pipelines, and that the runner notices what is not so.
@Suite struct ShippedPipelineTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: ["marketplace.yaml", "online-retail.yaml"])
    func testsOfTheFilePass(file: String) async throws {
        try await run(String(contentsOf: Self.root.appending(path: "pipelines/\(file)"), encoding: .utf8), file)
    }

    @Test func testsOfThePipelineWithTablesPass() async throws {
        let folder = Self.root.appending(path: "pipelines/with-tables")
        let text = try String(contentsOf: folder.appending(path: "patient-clicks.yaml"), encoding: .utf8)
        let data = DataFiles { path, bytesMax in
            guard let bytes = try? Data(contentsOf: folder.appending(path: path)) else {
                return .failure(DataFiles.Failure("there is no such file"))
            }
            return .success(Array(bytes.prefix(bytesMax + 1)))
        }
        let pipeline = try PipelineLoader.load(text: text, file: "patient-clicks.yaml", data: data).get()
        #expect(pipeline.warnings.isEmpty && pipeline.tests.count == 5)
        #expect(pipeline.files.map(\.path) == ["mutes", "offices", "overrides", "segments"].map { "tables/\($0).csv" })
        for test in pipeline.tests {
            let outcome = try await PipelineTestRunner(pipeline).run(test)
            #expect(outcome.problems == [], "\(test.name)")
        }
    }

    @Test(arguments: ["incident"] + Transforms.all.map { $0.kind })
    func testsOfAKindsPagePass(kind: String) async throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/kinds/\(kind).md"), encoding: .utf8)
        for block in page.components(separatedBy: "```yaml\n").dropFirst() {
            try await run(block.components(separatedBy: "```")[0], kind)
        }
    }

    private func run(_ text: String, _ file: String) async throws {
        let pipeline = try PipelineLoader.load(text: text, file: file).get()
        #expect(!pipeline.tests.isEmpty)
        for test in pipeline.tests {
            let outcome = try await PipelineTestRunner(pipeline).run(test)
            #expect(outcome.problems == [], "\(file): \(test.name)")
        }
    }

    private static func text(expect: String) -> String {
        """
        pipeline: runner
        sources:
          clicks: { event: click }
        stages:
          flood:
            from: clicks
            key: [merchant_id]
            window: { size: 10s, every: 10s }
            measure: { clicks: count(), cost: sum(cost) }
            tune: { min_clicks: { default: 3, min: 1, max: 9 } }
            when: clicks >= min_clicks
            alert: { severity: high }
            credit: { component: click_cost, reason: invalid_click }
        tests:
          - name: three
            records:
              - { repeat: 3, at: 2011-11-14T12:00:00Z, every: 1s, record: { type: click, event_id: "c{n}", merchant_id: m1, cost: 5, currency: GBP } }
            expect: \(expect)
        """
    }

    /// Each expectation is met, or is wrong in one word and makes a problem.
    @Test(
        arguments: [
            ("{ accepted: 3 }", 0), ("{ accepted: 2 }", 1), ("{ late: 0 }", 0), ("{ alerts: [] }", 1),
            (
                "{ alerts: [ { stage: flood, merchant_id: m1, opened: 2011-11-14T12:00:10Z, measures: { clicks: 3 } } ] }",
                0
            ),
            ("{ alerts: [ { stage: flood, severity: low } ] }", 1),
            ("{ alerts: [ { stage: flood, merchant_id: m2 } ] }", 1),
            ("{ alerts: [ { stage: flood, opened: 2011-11-14T12:00:00Z } ] }", 1),
            ("{ alerts: [ { stage: flood, measures: { cost: { GBP: 15 } } } ] }", 0),
            ("{ alerts: [ { stage: flood, measures: { cost: { GBP: 16 } } } ] }", 1),
            ("{ alerts: [ { stage: flood }, { stage: flood } ] }", 1),
            ("{ credits: [ { state: posted, amount_minor: 15, lines: 3 } ] }", 0),
            ("{ credits: [ { state: held } ] }", 1), ("{ credits: [] }", 1),
        ])
    func expectationsAreCompared(expect: String, problems: Int) async throws {
        let pipeline = try PipelineLoader.load(text: Self.text(expect: expect), file: "runner.yaml").get()
        let outcome = try await PipelineTestRunner(pipeline).run(pipeline.tests[0])
        #expect(outcome.problems.count == problems, "\(outcome.problems)")
    }
}
