import ArgumentParser
import Engine
import Pipelines

/// `rampart test`: runs the tests inside pipeline files.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests inside pipeline files.",
        discussion: """
            Each entry of a file's `tests:` names records and what they must give: fates, alerts and credits. The
            records are replayed in memory, and whatever differs is said with its line.

              rampart test pipelines/marketplace.yaml
            """)

    @Argument(help: ArgumentHelp("Pipeline files.", valueName: "pipeline"), completion: .pipelineFile)
    var pipelines: [String]

    func run() async throws {
        let files = try load()
        var passed = 0
        var failed = 0
        for pipeline in files {
            Console.output("\(pipeline.file)")
            if pipeline.tests.isEmpty { Console.output("  it has no tests: add some under `tests:`") }
            for test in pipeline.tests {
                let outcome = try await PipelineTestRunner(pipeline).run(test)
                Console.output("  \(outcome.isPassed ? "ok  " : "FAIL") \(outcome.name)")
                for problem in outcome.problems { Console.output("         \(problem)") }
                if outcome.isPassed { passed += 1 } else { failed += 1 }
            }
        }
        Console.output("\(passed) passed, \(failed) failed")
        if failed > 0 { throw Failure.running("") }
    }

    /// Loads all files before a test is run, so that everything that is wrong with them is said at once.
    private func load() throws -> [Pipeline] {
        var files: [Pipeline] = []
        for path in pipelines {
            do {
                files.append(try PipelineFile.load(path: path, settings: [], isQuiet: false))
            } catch let failure as Failure {
                Console.error(failure.message)
            }
        }
        guard files.count == pipelines.count else { throw Failure.unusable("") }
        return files
    }
}
