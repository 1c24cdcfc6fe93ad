import Engine
import Simulation
import Testing

/// A machine's disk, and how it fails.
@Suite struct CheckpointStoreTests {
    private static func store(_ change: (inout FaultPlan) -> Void = { _ in }) -> SimulatedCheckpointStore {
        var plan = FaultPlan.none
        change(&plan)
        return SimulatedCheckpointStore(.small(faults: plan))
    }

    private static func checkpoint(_ task: Int, generation: Int, at offset: Int64) -> Checkpoint {
        Checkpoint(task: task, generation: generation, offsets: [input: offset], graph: "g", state: [1])
    }

    @Test func checkpointsComeBackNewestFirst() throws {
        let store = Self.store()
        for offset in 1...9 { try store.save(Self.checkpoint(0, generation: 1, at: Int64(offset))) }
        #expect(store.checkpoints(of: 0).map { $0.offsets[input] } == [9, 8, 7, 6])
        #expect(store.checkpoints(of: 1).isEmpty)
        try store.removeAll(of: 0)
        #expect(store.checkpoints(of: 0).isEmpty)
    }

    @Test func anOlderGenerationIsNotKept() throws {
        let store = Self.store()
        try store.save(Self.checkpoint(0, generation: 2, at: 5))
        #expect(throws: SimulatedCheckpointStore.LaterGeneration.self) {
            try store.save(Self.checkpoint(0, generation: 1, at: 9))
        }
        #expect(store.checkpoints(of: 0).map(\.generation) == [2])
    }

    @Test func aFullDiskSaysSo() {
        let store = Self.store { $0.saveFailure = .always }
        #expect(throws: SimulatedCheckpointStore.DiskFull.self) {
            try store.save(Self.checkpoint(0, generation: 1, at: 1))
        }
    }

    @Test func aTornWriteIsNotThereAfterwards() throws {
        let store = Self.store { $0.tornWrite = .always }
        try store.save(Self.checkpoint(0, generation: 1, at: 1))
        #expect(store.checkpoints(of: 0).isEmpty)
    }

    @Test func aStaleDiskHasLostTheNewest() throws {
        let store = Self.store { $0.staleStore = .always }
        for offset in 1...4 { try store.save(Self.checkpoint(0, generation: 1, at: Int64(offset))) }
        let left = store.checkpoints(of: 0).compactMap { $0.offsets[input] }
        #expect(left.count < 4)
        #expect(left == Array([3, 2, 1].suffix(left.count)))
    }

    @Test(arguments: [(Ratio.always, true), (Ratio.never, false)])
    func aMachineMayComeBackEmpty(lost: Ratio, isEmpty: Bool) throws {
        let store = Self.store { $0.lostStore = lost }
        try store.save(Self.checkpoint(0, generation: 1, at: 1))
        store.restartMachine()
        #expect(store.checkpoints(of: 0).isEmpty == isEmpty)
    }
}
