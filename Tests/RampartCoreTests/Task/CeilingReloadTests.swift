import Testing

@testable import RampartCore

/// Ceilings that a reload changes, and saturation across a restart.
@Suite struct CeilingReloadTests {
    private static func topology(keys: Int = 9, bytes: Int = 1 << 20) -> Topology {
        var topology = TaskFixture().topology
        topology.stages[0].ceiling = Ceiling(keys: keys, bytes: bytes)
        return topology
    }

    private static func start(_ topology: Topology) -> TaskState {
        TaskState(topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 7)
    }

    /// Room for two clicks and their key; a reload makes room for more, and what has been refused stays away.
    @Test func aReloadRaisesTheCeiling() {
        var task = Self.start(Self.topology(bytes: 1000))
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.schedule(Self.topology(), from: TestPipeline.time(20))
        _ = task.read(TaskFixture.clicks("d", at: 35), of: 0)
        let rows = task.flush()
        #expect(task.counters.stages[0].refused == 1 && task.counters.stages[0].events == 3)
        #expect(rows.alerts.map(\.isSaturated) == [true, true])
        #expect(rows.lines.map(\.chargeID) == ["a", "b", "d"] && rows.lines.allSatisfy { $0.state == .held })
        #expect(task.counters.saturated == 1)
    }

    /// A lower ceiling puts nothing out; what comes later does not fit.
    @Test func aReloadLowersTheCeilingForWhatComes() {
        var task = Self.start(Self.topology())
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.schedule(Self.topology(bytes: 1), from: TestPipeline.time(20))
        _ = task.read(TaskFixture.clicks("d", at: 35), of: 0)
        let rows = task.flush()
        #expect(task.counters.stages[0].refused == 1)
        #expect(rows.alerts.map(\.isSaturated) == [false, false])
        #expect(rows.lines.map(\.chargeID) == ["a", "b", "c"] && rows.lines.allSatisfy { $0.state == .posted })
    }

    /// What a key group has refused is part of its facts.
    @Test func saturationOutlivesARestart() throws {
        let topology = Self.topology(bytes: 1000)
        var task = Self.start(topology)
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        _ = task.read(TaskFixture.clicks("d", at: 15), of: 0)
        _ = task.advance()
        let restored = try TaskState(
            topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), snapshot: task.snapshot())
        #expect(restored.counters.stages[0].refused == 1 && restored.counters.saturated == 1)
        #expect(restored.digest == task.digest)
        for index in [0, 1] {
            var task = index == 0 ? task : restored
            _ = task.read(TaskFixture.clicks("e", at: 50), of: 0)
            _ = task.flush()
            #expect(task.counters.stages[0].refused == 3)
        }
    }
}
