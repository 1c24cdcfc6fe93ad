import Foundation
import Storage
import Testing

@Suite struct LogFileTests {
    @Test func aFolderGivesItsFilesInTheOrderOfBytes() throws {
        let folder = try TemporaryFolder()
        for name in ["b", "a10", "a9", "Z.csv", "é", ".hidden", "late.ndjson.partial", "sub/inner"] {
            try folder.write("x".utf8, to: name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/b")
        for argument in [folder.path, folder.path + "/"] {
            let logs = try LogFile.discover(argument)
            #expect(logs.map(\.name) == ["Z.csv", "a10", "a9", "b", "link", "é"])
            #expect(logs.first?.path == "\(folder.path)/Z.csv")
        }
    }

    @Test func aFileAndStandardInputAreThemselves() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("x".utf8, to: ".hidden")
        #expect(try LogFile.discover(path) == [LogFile(path: path)])
        #expect(try LogFile.discover("-").map(\.name) == ["standard input"])
    }

    @Test func nothingToReadIsAnError() throws {
        let folder = try TemporaryFolder()
        let none = #expect(throws: StorageError.self) { try LogFile.discover(folder.path) }
        #expect(none?.reason == .noLogs && none?.description == "\(folder.path): the folder holds no log")
        let missing = #expect(throws: StorageError.self) { try LogFile.discover("\(folder.path)/none") }
        #expect(missing?.reason == .notFound)
        let path = try folder.write("x".utf8, to: "file")
        let inside = #expect(throws: StorageError.self) { try LogFile.discover("\(path)/inner") }
        #expect(inside?.reason == .notAFolder)
    }
}
