import Foundation
import Glibc
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

    /// Data files are found beside the pipeline file, wherever the command is run, and each mistake names its file.
    @Test func dataFilesAreReadBesideThePipeline() throws {
        let shipped = Command.root.appending(path: "pipelines/with-tables/patient-clicks.yaml").path
        let good = try Command.run(["test", shipped])
        #expect(good.code == 0, "\(good.output)\(good.errors)")
        let folder = try TemporaryFolder()
        let path = try folder.write("p.yaml", String(contentsOfFile: shipped, encoding: .utf8))
        let missing = try Command.run(["check", path])
        #expect(
            missing.code == 2 && missing.errors.contains("`tables/offices.csv` cannot be read"), "\(missing.errors)")
        try FileManager.default.copyItem(
            atPath: Command.root.appending(path: "pipelines/with-tables/tables").path, toPath: folder.path("tables"))
        #expect(try Command.run(["check", path]).code == 0)
        _ = try folder.write("tables/mutes.csv", "merchant_id,until\nm-1,2001-01-01\nm-2,soon\n")
        let bad = try Command.run(["check", path])
        #expect(bad.code == 2 && bad.errors.contains("\(folder.path("tables/mutes.csv")):3:5: error:"), "\(bad.errors)")
        _ = try folder.write("tables/mutes.csv", "merchant_id,until\nm-1,2001-01-01\n")
        let over = try Command.run(["check", path])
        #expect(over.code == 0 && over.output.contains("note: the mutes of 1 merchants are over"), "\(over.output)")
        try FileManager.default.removeItem(atPath: folder.path("tables/mutes.csv"))
        #expect(mkfifo(folder.path("tables/mutes.csv"), 0o600) == 0)
        let pipe = try Command.run(["check", path])
        #expect(pipe.code == 2 && pipe.errors.contains("it is no regular file"), "\(pipe.errors)")
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
