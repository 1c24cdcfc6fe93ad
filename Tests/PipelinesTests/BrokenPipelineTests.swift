import Foundation
import Pipelines
import TestSupport
import Testing

/// One mistake in a right pipeline is refused at its line with the mend, and nothing that follows from it is told.
///
/// `RAMPART_BROKEN_SEEDS=20` looks at more places.
@Suite struct BrokenPipelineTests {
    private static let seeds = ProcessInfo.processInfo.environment["RAMPART_BROKEN_SEEDS"].flatMap { UInt64($0) } ?? 1

    @Test(arguments: 1...seeds) func everyMistakeIsToldAtItsLine(seed: UInt64) throws {
        let broken = try BrokenPipeline.drawn(seed: seed)
        #expect(broken.count >= 500)
        #expect(Set(broken.map(\.mistake)).count >= 100)
        for pipeline in broken {
            if let problem = Self.problem(with: pipeline) { Issue.record("\(problem)\n\(pipeline.text)") }
        }
    }

    @Test(arguments: HandWritten.all) func mistakesOfPeopleAreTold(_ pipeline: BrokenPipeline) {
        if let problem = Self.problem(with: pipeline) { Issue.record("\(problem)\n\(pipeline.text)") }
    }

    /// The texts that are broken are right before, however their trees are written down.
    @Test func whatIsBrokenWasRight() throws {
        let entries = try PipelineTexts.shipped() + PipelineTexts.examples() + [PipelineTexts.everyKey]
        #expect(entries.count >= 7)
        for entry in entries {
            let tree = try Tree(yaml: entry.text)
            for text in [entry.text, TreeText(tree, isFlow: true).text, TreeText(tree, isFlow: false).text] {
                #expect(diagnostics(of: text).filter { $0.severity == .error } == [], "\(entry.name)")
            }
        }
    }

    /// What is wrong with what is told of a broken pipeline; nil where nothing is.
    static func problem(with pipeline: BrokenPipeline) -> String? {
        let name = "\(pipeline.mistake) (\(pipeline.place), line \(pipeline.line))"
        guard case .failure(let diagnostics) = PipelineLoader.load(text: pipeline.text, file: "p.yaml") else {
            return "\(name) was loaded"
        }
        let told = "\(name)\n" + diagnostics.errors.map(\.rendered).joined(separator: "\n")
        guard let error = diagnostics.errors.first(where: { $0.line == pipeline.line }) else {
            return "told elsewhere: \(told)"
        }
        if !error.rendered.contains(pipeline.says) { return "told without `\(pipeline.says)`: \(told)" }
        if pipeline.hasMend, error.suggestion == nil { return "told without a mend: \(told)" }
        if pipeline.isAlone, diagnostics.errors.count > 1 { return "told with others: \(told)" }
        return nil
    }
}
