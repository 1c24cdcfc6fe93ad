import Engine
import Foundation
import Testing

@testable import Storage

@Suite struct FileCheckpointStoreTests {
    private let temporary: TemporaryFolder
    private let path: String

    init() throws {
        temporary = try TemporaryFolder()
        path = "\(temporary.path)/state/checkpoints"
    }

    private func names() throws -> [String] { try temporary.names(in: "state/checkpoints") }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    // MARK: What is kept

    @Test func whatIsSavedIsReadBackByThisStoreAndByTheNext() throws {
        let saved = checkpoint(mark: 5)
        let empty = Checkpoint(task: 0, generation: 0, offsets: [:], graph: "", state: [])
        try {
            let store = try FileCheckpointStore(folder: path)
            try store.save(saved)
            try store.save(empty)
            #expect(try store.checkpoints(of: 3) == [saved])
        }()
        let store = try FileCheckpointStore(folder: path)
        #expect(try store.checkpoints(of: 3) == [saved])
        #expect(try store.checkpoints(of: 0) == [empty])
        #expect(try store.checkpoints(of: 1).isEmpty)
        #expect(store.problems(of: 3).isEmpty)
        #expect(
            try names() == [
                "task-00000.generation-0000000000.sequence-0000000001.checkpoint",
                "task-00003.generation-0000000001.sequence-0000000001.checkpoint",
            ])
    }

    @Test func theLastTwoOfEachTaskAreKept() throws {
        let store = try FileCheckpointStore(folder: path)
        for mark in 1...5 {
            try store.save(checkpoint(mark: mark))
            try store.save(checkpoint(task: 4, mark: mark + 10))
        }
        #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 5), checkpoint(mark: 4)])
        #expect(try store.checkpoints(of: 4) == [checkpoint(task: 4, mark: 15), checkpoint(task: 4, mark: 14)])
        #expect(try names().count == 4)
    }

    @Test func anOlderGenerationReplacesNothing() throws {
        var store = try FileCheckpointStore(folder: path)
        try store.save(checkpoint(generation: 9, mark: 1))
        try store.save(checkpoint(generation: 10, mark: 2))
        #expect(throws: StorageError.self) { try store.save(checkpoint(generation: 9, mark: 3)) }
        #expect(
            try store.checkpoints(of: 3) == [checkpoint(generation: 10, mark: 2), checkpoint(generation: 9, mark: 1)])
        store = try reopened(&store)
        let error = #expect(throws: StorageError.self) { try store.save(checkpoint(generation: 9, mark: 4)) }
        #expect(error?.description.hasPrefix("\(path): a checkpoint of task 3 is of generation 10") == true)
        #expect(error?.reason == .laterGeneration && error?.description.contains("made anew, remove") == true)
        try store.save(checkpoint(generation: 10, mark: 5))
        #expect(
            try store.checkpoints(of: 3) == [checkpoint(generation: 10, mark: 5), checkpoint(generation: 10, mark: 2)])
    }

    /// The order is that of numbers, where names of different lengths would sort otherwise.
    @Test func generationsAreComparedAsNumbers() throws {
        let store = try FileCheckpointStore(folder: path)
        try store.save(checkpoint(generation: 9_999_999_999, mark: 1))
        try store.save(checkpoint(generation: 10_000_000_000, mark: 2))
        #expect(try store.checkpoints(of: 3).map(\.generation) == [10_000_000_000, 9_999_999_999])
    }

    @Test func removingForgetsOneTaskAlone() throws {
        var store = try FileCheckpointStore(folder: path)
        for mark in 1...2 { try store.save(checkpoint(generation: 7, mark: mark)) }
        try store.save(checkpoint(task: 4, mark: 1))
        try store.removeAll(of: 3)
        #expect(try store.checkpoints(of: 3).isEmpty)
        store = try reopened(&store)
        #expect(try store.checkpoints(of: 3).isEmpty)
        #expect(try store.checkpoints(of: 4).count == 1)
        try store.save(checkpoint(generation: 1, mark: 1))
        #expect(try store.checkpoints(of: 3).count == 1)
    }

    @Test func severalThreadsSaveAtOnce() async throws {
        let store = try FileCheckpointStore(folder: path)
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for mark in 1...5 { try store.save(checkpoint(task: task, mark: mark)) }
                }
            }
            try await group.waitForAll()
        }
        for task in 0..<8 {
            #expect(try store.checkpoints(of: task) == [5, 4].map { checkpoint(task: task, mark: $0) })
        }
    }

    @Test func theOlderOneIsNotReadWhereTheNewestFits() throws {
        let store = try FileCheckpointStore(folder: path)
        for mark in 1...2 { try store.save(checkpoint(mark: mark)) }
        try Data("torn".utf8).write(to: URL(filePath: file(try names()[0])))
        #expect(try store.newestCheckpoint(of: 3) { _ in true } == checkpoint(mark: 2))
        #expect(store.problems(of: 3).isEmpty)
        #expect(try store.newestCheckpoint(of: 3) { $0 != checkpoint(mark: 2) } == nil)
        #expect(store.problems(of: 3).map(\.reason) == [.wrongLength])
    }

    // MARK: Damage

    @Test func everyTruncationFallsBackOnTheOneBefore() throws {
        let (store, name, bytes) = try storeWithTwo()
        for count in 0..<bytes.count {
            try Data(bytes[..<count]).write(to: URL(filePath: name))
            #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 1)])
            #expect(store.problems(of: 3).map(\.reason) == [.wrongLength])
        }
        try Data(bytes + [0]).write(to: URL(filePath: name))
        #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 1)])
        #expect(store.problems(of: 3).map(\.reason) == [.wrongLength])
    }

    @Test func everyFlippedByteFallsBackOnTheOneBefore() throws {
        let (store, name, bytes) = try storeWithTwo()
        var reasons: Set<CheckpointProblem.Reason> = []
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = bytes
                damaged[index] ^= mask
                try Data(damaged).write(to: URL(filePath: name))
                #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 1)])
                reasons.formUnion(store.problems(of: 3).map(\.reason))
            }
        }
        #expect(reasons == [.foreign, .otherVersion, .tooLarge, .wrongLength, .damaged])
        try Data(bytes).write(to: URL(filePath: name))
        #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 2), checkpoint(mark: 1)])
        #expect(store.problems(of: 3).isEmpty)
    }

    @Test func aDamagedFileDoesNotCountAsOneOfTheTwo() throws {
        let (store, name, _) = try storeWithTwo()
        try Data("torn".utf8).write(to: URL(filePath: name))
        _ = try store.checkpoints(of: 3)
        try store.save(checkpoint(mark: 3))
        #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 3), checkpoint(mark: 1)])
        try store.save(checkpoint(mark: 4))
        #expect(try store.checkpoints(of: 3) == [checkpoint(mark: 4), checkpoint(mark: 3)])
        #expect(try names().count == 2)
        #expect(store.problems(of: 3).isEmpty)
    }

    /// A generation that only a damaged file claims holds nobody up.
    @Test func aDamagedGenerationGivesWay() throws {
        var store = try FileCheckpointStore(folder: path)
        try store.save(checkpoint(generation: 5, mark: 1))
        try temporary.write(
            "x".utf8, to: "state/checkpoints/\(CheckpointName(task: 3, generation: 9, sequence: 1).text)")
        store = try reopened(&store)
        #expect(try store.checkpoints(of: 3) == [checkpoint(generation: 5, mark: 1)])
        try store.save(checkpoint(generation: 5, mark: 2))
        #expect(try store.checkpoints(of: 3).first == checkpoint(generation: 5, mark: 2))
    }

    @Test func aFileUnderAnotherNameIsPassedOver() throws {
        var (store, name, bytes) = try storeWithTwo()
        try Data(bytes).write(to: URL(filePath: name.replacing("task-00003", with: "task-00004")))
        try Data(bytes).write(to: URL(filePath: name.replacing("generation-0000000001", with: "generation-0000000009")))
        store = try reopened(&store)
        #expect(try store.checkpoints(of: 3).map(\.generation) == [1, 1])
        #expect(try store.checkpoints(of: 4).isEmpty)
        #expect(store.problems(of: 3).map(\.reason) == [.misnamed])
        #expect(store.problems(of: 4).map(\.reason) == [.misnamed])
        #expect(store.problems(of: 4).first?.description.contains("task-00004") == true)
    }

    @Test func whatIsNoFileIsPassedOver() throws {
        let names = (1...3).map { CheckpointName(task: 3, generation: 1, sequence: $0).text }
        var store = try FileCheckpointStore(folder: path)
        #expect(mkfifo(file(names[0]), 0o600) == 0)
        try FileManager.default.createDirectory(atPath: file(names[1]), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: file(names[2]), withDestinationPath: "/etc/hostname")
        store = try reopened(&store)
        #expect(try store.checkpoints(of: 3).isEmpty)
        #expect(store.problems(of: 3).map(\.reason) == [.foreign, .foreign, .foreign])
    }

    /// The size that a file claims is not believed, and nothing of that size is allocated.
    @Test(arguments: [UInt64.max, UInt64(Int64.max), UInt64(CheckpointFile.stateBytesMax) + 1])
    func anImpossibleLengthIsPassedOver(stateBytes: UInt64) throws {
        let (store, name, bytes) = try storeWithTwo()
        var lying = bytes
        var length: [UInt8] = []
        length.append(littleEndian: stateBytes)
        lying.replaceSubrange(16..<24, with: length)
        try Data(lying).write(to: URL(filePath: name))
        #expect(try store.checkpoints(of: 3).count == 1)
        #expect(store.problems(of: 3).map(\.reason) == [.tooLarge])
    }

    @Test func theLargestPossibleLengthIsHeldAgainstTheSizeOfTheFile() throws {
        let (store, name, bytes) = try storeWithTwo()
        var lying = bytes
        var length: [UInt8] = []
        length.append(littleEndian: UInt64(CheckpointFile.stateBytesMax))
        lying.replaceSubrange(16..<24, with: length)
        try Data(lying).write(to: URL(filePath: name))
        #expect(try store.checkpoints(of: 3).count == 1)
        #expect(store.problems(of: 3).map(\.reason) == [.wrongLength])
    }

    @Test func aHeadThatIsTooLongIsRefused() throws {
        let store = try FileCheckpointStore(folder: path)
        let graph = String(repeating: "g", count: CheckpointFile.headBytesMax)
        let error = #expect(throws: StorageError.self) {
            try store.save(Checkpoint(task: 0, generation: 0, offsets: [:], graph: graph, state: []))
        }
        #expect(error?.reason == .tooLarge && error?.operation == .write)
        #expect(try names().isEmpty)
    }

    // MARK: The folder

    @Test func whatAnInterruptedSaveLeftBehindIsRemoved() throws {
        var store = try FileCheckpointStore(folder: path)
        try store.save(checkpoint(mark: 1))
        let partial = CheckpointName(task: 3, generation: 1, sequence: 2).partial
        try temporary.write("half".utf8, to: "state/checkpoints/\(partial)")
        try temporary.write("mine".utf8, to: "state/checkpoints/notes.txt.partial")
        store = try reopened(&store)
        #expect(try names().contains(partial) == false)
        #expect(try names().contains("notes.txt.partial"))
        #expect(try store.checkpoints(of: 3).count == 1)
    }

    @Test func twoStoresDoNotShareAFolder() throws {
        let first = try FileCheckpointStore(folder: path)
        let error = #expect(throws: StorageError.self) { try FileCheckpointStore(folder: path) }
        #expect(error?.reason == .inUse && error?.file == path)
        #expect(error?.description.contains("another process") == true)
        try first.save(checkpoint(mark: 1))
    }

    @Test func othersCannotReadWhatIsKept() throws {
        let store = try FileCheckpointStore(folder: path)
        try store.save(checkpoint(mark: 1))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        let ofFile = try FileManager.default.attributesOfItem(atPath: file(try names()[0]))
        #expect(ofFile[.posixPermissions] as? Int == 0o600)
    }

    @Test func aFolderThatOthersCanEnterIsRefused() throws {
        for mode in [0o701, 0o710, 0o755] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: nil)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let error = #expect(throws: StorageError.self) { try FileCheckpointStore(folder: path) }
            #expect(error?.reason == .notPrivate && error?.description.contains("chmod 700") == true)
        }
    }

    /// A limit on the size of files stands for a disk that is full in the middle of a checkpoint.
    @Test func aCheckpointThatDoesNotFitLeavesTheOneBefore() async {
        await #expect(processExitsWith: .success) {
            let temporary = try TemporaryFolder()
            let store = try FileCheckpointStore(folder: "\(temporary.path)/state")
            let small = Checkpoint(task: 1, generation: 1, offsets: [:], graph: "g", state: [1, 2, 3])
            try store.save(small)
            var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            var large = small
            large.state = [UInt8](repeating: 7, count: 1_000_000)
            do throws(StorageError) {
                try store.save(large)
                exit(1)
            } catch {
                try #require(error.reason == .fileTooLarge && error.operation == .write)
                try #require(error.file.hasSuffix("sequence-0000000002.checkpoint.partial"))
            }
            try #require(try store.checkpoints(of: 1) == [small])
            try #require(try temporary.names(in: "state").count == 1)
            try store.save(small)
            try #require(try store.checkpoints(of: 1) == [small, small])
        }
    }

    // MARK: -

    private func storeWithTwo() throws -> (store: FileCheckpointStore, newest: String, bytes: [UInt8]) {
        let store = try FileCheckpointStore(folder: path)
        for mark in 1...2 { try store.save(checkpoint(mark: mark)) }
        let newest = try #require(try names().last)
        return (store, file(newest), try temporary.read("state/checkpoints/\(newest)"))
    }

    /// Lets go of the folder and opens it again, as the next process would.
    private func reopened(_ store: inout FileCheckpointStore) throws -> FileCheckpointStore {
        store = try FileCheckpointStore(folder: "\(temporary.path)/elsewhere")
        return try FileCheckpointStore(folder: path)
    }
}

private func checkpoint(task: Int = 3, generation: Int = 1, mark: Int) -> Checkpoint {
    Checkpoint(
        task: task, generation: generation,
        offsets: [TopicPartition("clicks", task): Int64(mark), TopicPartition("orders", task): .max],
        graph: "gráph", state: (0..<mark * 100).map { UInt8(truncatingIfNeeded: $0 * mark) })
}
