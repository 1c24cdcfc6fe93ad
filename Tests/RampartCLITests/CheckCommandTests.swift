import Foundation
import TestSupport
import Testing

/// `rampart check` from outside, on pipelines with one mistake each.
@Suite struct CheckCommandTests {
    /// One of each kind of mistake.
    private static func sample() throws -> [BrokenPipeline] {
        var seen: Set<String> = []
        return (try BrokenPipeline.drawn(seed: 7) + HandWritten.all).filter { seen.insert($0.mistake).inserted }
    }

    @Test func everyKindOfMistakeIsToldOfEveryFile() throws {
        let folder = try TemporaryFolder()
        let sample = try Self.sample()
        #expect(sample.count >= 120)
        let paths = try sample.enumerated().map { try folder.write("\($0).yaml", $1.text) }
        let result = try Command.run(["check"] + paths)
        #expect(result.code == 2 && result.output == "")
        let lines = Set(result.errors.split(separator: "\n"))
        for (path, pipeline) in zip(paths, sample) {
            let place = "\(path):\(pipeline.line):"
            #expect(lines.contains { $0.hasPrefix(place) && $0.contains(": error: ") }, "\(pipeline.mistake)")
        }
    }

    @Test func oneMistakeMakesTheExitCodeTwo() throws {
        let folder = try TemporaryFolder()
        for (index, pipeline) in try Self.sample().enumerated() where index.isMultiple(of: 12) {
            let path = try folder.write("p.yaml", pipeline.text)
            let result = try Command.run(["check", Command.marketplace, path])
            #expect(result.code == 2 && result.output.contains("pipeline marketplace is right"))
            #expect(result.errors.contains("\(path):\(pipeline.line):"), "\(pipeline.mistake)")
        }
    }
}
