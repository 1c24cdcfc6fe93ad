public import Pipelines
import RampartCore

/// Runs the tests inside a pipeline file through the real replay, in memory.
public struct PipelineTestRunner {
    /// What a test came to.
    public struct Outcome: Sendable {
        /// The test's name.
        public var name: String
        /// What was expected and did not come, or came and was not expected; empty where the test passed.
        public var problems: [String]

        /// Whether everything was as expected.
        public var isPassed: Bool { problems.isEmpty }
    }

    private let pipeline: Pipeline

    /// Creates the runner of a pipeline's tests.
    public init(_ pipeline: Pipeline) { self.pipeline = pipeline }

    /// Runs one test.
    public func run(_ test: PipelineTest) async throws -> Outcome {
        let topology: Topology
        let loaded = PipelineLoader.load(
            text: pipeline.text, file: pipeline.file, overrides: test.overrides, data: DataFiles(pipeline.files))
        switch loaded {
        case .success(let loaded): topology = loaded.topology
        case .failure(let diagnostics):
            let place = "\(pipeline.file):\(test.line): its thresholds are refused: "
            return Outcome(name: test.name, problems: diagnostics.errors.map { place + $0.rendered })
        }
        var sink = MemorySink()
        let report: ReplayReport
        do {
            let logs = try TestLogs(test.feeds, topology: topology)
            var replay = try Replay(topology, logs: logs.replayLogs, options: ReplayOptions())
            report = try await replay.run(into: &sink)
        } catch let error as TestLogs.FeedError {
            return Outcome(name: test.name, problems: ["\(pipeline.file):\(error.line): \(error.message)"])
        }
        var comparison = TestComparison(topology: topology, file: pipeline.file, line: test.line)
        comparison.compareReading(report)
        comparison.compare(test.expectation.fates, with: report, deadLetters: sink.deadLetters)
        if let alerts = test.expectation.alerts {
            comparison.compare(alerts, with: sink.outputs.alerts.filter { $0.revision == 1 })
        }
        if let shadow = test.expectation.shadow {
            comparison.compare(shadow, with: sink.outputs.shadow.filter { $0.revision == 1 })
        }
        if let incidents = test.expectation.incidents {
            comparison.compare(incidents, withRevisions: sink.outputs.incidents)
        }
        if let credits = test.expectation.credits {
            comparison.compare(credits, with: sink.outputs.credits)
        }
        return Outcome(name: test.name, problems: comparison.problems)
    }
}
