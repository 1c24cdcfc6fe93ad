import Engine
import Storage
import Testing

/// Instances that keep their checkpoints in one place find each other's.
@Suite struct SharedCheckpointStoreTests {
    private let temporary: TemporaryFolder
    private let path: String

    init() throws {
        temporary = try TemporaryFolder()
        path = "\(temporary.path)/application"
        try temporary.write([], to: "application/README")
    }

    private func checkpoint(task: Int = 3, generation: Int, offset: Int64) -> Checkpoint {
        Checkpoint(
            task: task, generation: generation, offsets: [TopicPartition("orders", task): offset], graph: "g",
            state: Array("state at \(offset)".utf8))
    }

    @Test func aTaskThatMovesFindsItsCheckpointNewestGenerationFirst() throws {
        let first = try SharedCheckpointStore(folder: path, instance: "one")
        let second = try SharedCheckpointStore(folder: path, instance: "two")
        let (old, new) = (checkpoint(generation: 4, offset: 10), checkpoint(generation: 5, offset: 20))
        try first.save(new)
        try second.save(old)
        try second.save(checkpoint(task: 4, generation: 9, offset: 1))
        #expect(try second.checkpoints(of: 3) == [new, old])
        #expect(try first.checkpoints(of: 3) == [new, old])
    }

    @Test func ofOneGenerationTheHighestSequenceIsFirstInAllFolders() throws {
        let first = try SharedCheckpointStore(folder: path, instance: "one")
        let second = try SharedCheckpointStore(folder: path, instance: "two")
        try second.save(checkpoint(generation: 5, offset: 10))
        for offset in [20, 30] as [Int64] { try first.save(checkpoint(generation: 5, offset: offset)) }
        let offsets = try second.checkpoints(of: 3).compactMap { $0.offsets[TopicPartition("orders", 3)] }
        #expect(offsets == [30, 10, 20], "Of two alike, the own one is first.")
        let fitting = try second.newestCheckpoint(of: 3) { $0.offsets.values.allSatisfy { $0 < 30 } }
        #expect(fitting == checkpoint(generation: 5, offset: 10))
        #expect(try second.newestCheckpoint(of: 3) { _ in false } == nil)
    }

    @Test func oneInstanceIsOneProcess() throws {
        let first = try SharedCheckpointStore(folder: path, instance: "one")
        #expect(throws: StorageError.self) { try SharedCheckpointStore(folder: path, instance: "one") }
        try first.save(checkpoint(generation: 1, offset: 1))
    }

    @Test func onlyItsOwnAreRemoved() throws {
        let first = try SharedCheckpointStore(folder: path, instance: "one")
        let second = try SharedCheckpointStore(folder: path, instance: "two")
        try first.save(checkpoint(generation: 1, offset: 1))
        try second.save(checkpoint(generation: 2, offset: 2))
        try second.removeAll(of: 3)
        #expect(try second.checkpoints(of: 3).map(\.generation) == [1])
    }
}
