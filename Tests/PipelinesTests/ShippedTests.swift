import Pipelines
import RampartCore
import Testing

/// The pipelines that ship load without a word, and carry tests.
@Suite struct ShippedTests {
    private static let files = ((try? Repository.files(in: "pipelines")) ?? []).filter { $0.hasSuffix(".yaml") }

    @Test func theyAreThese() {
        #expect(Self.files == ["marketplace.yaml", "online-retail.yaml"])
    }

    @Test(arguments: files) func loadsWithoutWarning(_ name: String) throws {
        let text = try Repository.text("pipelines/\(name)")
        let pipeline = try PipelineLoader.load(text: text, file: name).get()
        #expect(pipeline.warnings.map(\.rendered) == [])
        #expect(pipeline.topology.family + ".yaml" == name)
        #expect(pipeline.tests.count >= 4)
        #expect(Set(pipeline.tests.map(\.name)).count == pipeline.tests.count)
        for test in pipeline.tests {
            #expect(throws: Never.self) {
                try PipelineLoader.load(text: text, file: name, overrides: test.overrides).get()
            }
        }
    }

    /// Every window has a test in which it fires; every file one in which nothing does.
    @Test(arguments: files) func everyWindowIsTested(_ name: String) throws {
        let pipeline = try PipelineLoader.load(text: Repository.text("pipelines/\(name)"), file: name).get()
        let fired = Set(pipeline.tests.flatMap { $0.expectation.alerts ?? [] }.map(\.stage))
        for stage in pipeline.topology.stages {
            guard case .window = stage.kind else { continue }
            #expect(fired.contains(stage.name))
        }
        #expect(pipeline.tests.contains { $0.expectation.alerts?.isEmpty == true })
    }
}
