import Foundation
import RampartCore
import Testing

@testable import Storage

@Suite struct OutputFolderTests {
    private let place = RecordPlace(source: 0, partition: 0, position: 0)
    private let partialNames = OutputFile.allCases.filter { $0 != .scores }.map(\.partialName).sorted()
    private let finalNames = OutputFile.allCases.filter { $0 != .scores }.map(\.rawValue).sorted()

    @Test func namesAreFinalOnlyWhenTheRunIsComplete() throws {
        let temporary = try TemporaryFolder()
        let folder = try OutputFolder(path: "\(temporary.path)/a/b/out")
        #expect(try temporary.names(in: "a/b/out") == partialNames)
        let big = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        try folder.append(big, to: .alerts)
        try folder.append("tail\n".utf8, to: .alerts)
        try folder.append("late\n".utf8, at: place, to: .late)
        #expect(try temporary.names(in: "a/b/out") == partialNames)
        try folder.complete(summary: Array("{}\n".utf8))
        #expect(try temporary.names(in: "a/b/out") == finalNames)
        #expect(try temporary.read("a/b/out/alerts.ndjson") == big + Array("tail\n".utf8))
        #expect(try temporary.read("a/b/out/late.ndjson") == Array("late\n".utf8))
        #expect(try temporary.read("a/b/out/summary.json") == Array("{}\n".utf8))
        #expect(try temporary.read("a/b/out/credits.ndjson").isEmpty)
    }

    @Test func scoresAreThereWhereTheyWereAskedFor() throws {
        let temporary = try TemporaryFolder()
        let folder = try OutputFolder(path: temporary.path, hasScores: true)
        try folder.append("score\n".utf8, to: .scores)
        #expect(try temporary.names() == OutputFile.allCases.map(\.partialName).sorted())
        try folder.complete(summary: [])
        #expect(try temporary.names() == OutputFile.allCases.map(\.rawValue).sorted())
        #expect(try temporary.read("scores.ndjson") == Array("score\n".utf8))
    }

    @Test func anAbandonedRunStaysPartialAndGivesWay() throws {
        let temporary = try TemporaryFolder()
        var folder: OutputFolder? = try OutputFolder(path: temporary.path)
        try folder?.append("old\n".utf8, to: .credits)
        try folder?.abandon(summary: Array("{}\n".utf8))
        folder = nil
        #expect(try temporary.names() == partialNames)
        #expect(try temporary.read("credits.ndjson.partial") == Array("old\n".utf8))
        #expect(try temporary.read("summary.json.partial") == Array("{}\n".utf8))
        let next = try OutputFolder(path: temporary.path)
        try next.complete(summary: [])
        #expect(try temporary.names() == finalNames)
        #expect(try temporary.read("credits.ndjson").isEmpty)
    }

    @Test(arguments: OutputFile.allCases)
    func resultsAreNotOverwritten(file: OutputFile) throws {
        let temporary = try TemporaryFolder()
        try temporary.write("kept".utf8, to: file.rawValue)
        let error = #expect(throws: StorageError.self) { try OutputFolder(path: temporary.path) }
        #expect(error?.reason == .holdsResults && error?.description.contains(file.rawValue) == true)
        #expect(try temporary.names() == [file.rawValue])
        #expect(try temporary.read(file.rawValue) == Array("kept".utf8))
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        let temporary = try TemporaryFolder()
        let first = try OutputFolder(path: temporary.path)
        try first.append("row\n".utf8, to: .alerts)
        let error = #expect(throws: StorageError.self) { try OutputFolder(path: temporary.path) }
        #expect(error?.reason == .inUse)
        try first.complete(summary: [])
        #expect(try temporary.read("alerts.ndjson") == Array("row\n".utf8))
    }

    /// Between `fork` and `exec` a child has copies of all descriptors, and would hold the folder for its parent.
    @Test func aProcessThatIsBeingStartedDoesNotKeepAFolder() throws {
        let temporary = try TemporaryFolder()
        var claim: ClaimedFolder? = try ClaimedFolder(path: temporary.path, inUse: "in use")
        let copy = dup(try #require(claim).descriptor.number)
        defer { close(copy) }
        #expect(throws: StorageError.self) { try ClaimedFolder(path: temporary.path, inUse: "in use") }
        claim = nil
        _ = try ClaimedFolder(path: temporary.path, inUse: "in use")
    }

    @Test func aFileInTheWayIsNamed() throws {
        let temporary = try TemporaryFolder()
        let path = try temporary.write("x".utf8, to: "file")
        let direct = #expect(throws: StorageError.self) { try OutputFolder(path: path) }
        #expect(direct?.reason == .notAFolder && direct?.file == path)
        let below = #expect(throws: StorageError.self) { try OutputFolder(path: "\(path)/out") }
        #expect(below?.reason == .notAFolder)
    }

    @Test(arguments: [OutputFile.alerts, .deadLetters])
    func aFullDiskIsNamedAndTheOtherFilesAreSaved(file: OutputFile) throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(temporary.path)/\(file.partialName)", withDestinationPath: "/dev/full")
        let folder = try OutputFolder(path: temporary.path)
        try folder.append("line\n".utf8, to: .creditLines)
        if file == .alerts {
            try folder.append("row\n".utf8, to: file)
        } else {
            try folder.append("row\n".utf8, at: place, to: file)
        }
        let error = #expect(throws: StorageError.self) { try folder.complete(summary: Array("{}".utf8)) }
        #expect(error?.reason == .diskFull && error?.operation == .write)
        #expect(
            error?.description == "\(temporary.path)/\(file.partialName): cannot write: No space left on device")
        #expect(try temporary.names() == partialNames)
        #expect(try temporary.read("credit-lines.ndjson.partial") == Array("line\n".utf8))
        #expect(try temporary.read("summary.json.partial") == Array("{}".utf8))
    }

    @Test func afterAFailedWriteNothingMoreIsWritten() throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(temporary.path)/full", withDestinationPath: "/dev/full")
        let file = try BufferedFile(path: "\(temporary.path)/full")
        try file.append([1])
        #expect(throws: StorageError.self) { try file.flush() }
        #expect(throws: StorageError.self) { try file.flush() }
        #expect(throws: StorageError.self) { try file.synchronize() }
    }

    /// The limit would end the process with a signal, were that not ignored.
    @Test func theSizeLimitOfAProcessIsAnErrorLikeAnyOther() async {
        await #expect(processExitsWith: .success) {
            // Threads of the test runner block signals, and its parent may ignore them; either would hide the danger.
            signal(SIGXFSZ, SIG_DFL)
            var danger = sigset_t()
            sigaddset(&danger, SIGXFSZ)
            pthread_sigmask(SIG_UNBLOCK, &danger, nil)
            let temporary = try TemporaryFolder()
            let folder = try OutputFolder(path: temporary.path)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            let row = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
            do throws(StorageError) {
                for _ in 0..<200 { try folder.append(row, to: .alerts) }
                exit(1)
            } catch {
                try #require(error.reason == .fileTooLarge)
                try #require(error.file == "\(temporary.path)/alerts.ndjson.partial")
            }
            do throws(StorageError) {
                try folder.abandon(summary: Array("{}".utf8))
                exit(1)
            } catch {
                try #require(error.reason == .fileTooLarge)
            }
            try #require(try temporary.read("summary.json.partial") == Array("{}".utf8))
            try #require(try temporary.read("alerts.ndjson.partial").count == 100_000)
            try #require(!(try temporary.names().contains("alerts.ndjson")))
        }
    }
}
