import Engine
import Foundation
import Pipelines
import RampartCore
import Testing

/// The recipes of docs/PIPELINES.md, from the page itself.
@Suite struct CookbookTests {
    private static func recipes() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/PIPELINES.md"), encoding: .utf8)
        return page.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
    }

    /// Each recipe loads without a warning, and shows a crowd that it finds and one that it lets go.
    @Test func everyRecipeFindsAndLetsGo() async throws {
        let recipes = try Self.recipes()
        #expect(recipes.count >= 12)
        for recipe in recipes {
            let pipeline = try PipelineLoader.load(text: recipe, file: "PIPELINES.md").get()
            #expect(pipeline.warnings.isEmpty, "\(pipeline.topology.family): \(pipeline.warnings)")
            var finds: [Bool] = []
            for test in pipeline.tests {
                let outcome = try await PipelineTestRunner(pipeline).run(test)
                #expect(outcome.problems == [], "\(pipeline.topology.family): \(test.name)")
                finds.append(test.expectation.alerts?.isEmpty == false)
            }
            #expect(finds.contains(true) && finds.contains(false), "\(pipeline.topology.family)")
        }
    }
}
