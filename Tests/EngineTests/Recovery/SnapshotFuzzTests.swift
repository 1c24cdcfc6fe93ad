import RampartCore
import Testing

/// Snapshots and promises that were damaged although their checksum holds: they are refused, or work, and never trap.
@Suite(.serialized) struct SnapshotFuzzTests {
    /// A task in the middle of its script, and what it wrote.
    private static func middle(seed: UInt64) throws -> (script: RecoveryScript, task: TaskState, said: Said) {
        var maker = try RecoveryScriptMaker(ModelCase(seed: seed))
        let script = maker.make(isPlain: false).script
        var task = script.start(hashSeed: seed)
        var said = Said()
        for step in script.steps.prefix(script.steps.count * 2 / 3) {
            script.perform(step, on: &task, into: &said)
        }
        said.changes += task.takeChanges()
        return (script, task, said)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        switch random.number(0...4) {
        case 0: bytes.removeLast(random.number(1...min(bytes.count, 40)))
        case 1: bytes.append(UInt8(random.number(0...255)))
        case 2: bytes.remove(at: random.number(0...bytes.count - 1))
        case 3:
            for _ in 0..<random.number(1...3) {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.pick([0, 1, 0x7F, 0x80, 0xFF]))
            }
        default: bytes[random.number(0...bytes.count - 1)] ^= 1 << UInt8(random.number(0...7))
        }
    }

    /// Goes on with a task as far as its script goes.
    private static func finish(_ script: RecoveryScript, _ task: inout TaskState) {
        var ignored = Said()
        for step in script.steps.suffix(script.steps.count / 3) { script.perform(step, on: &task, into: &ignored) }
        _ = task.flush()
        _ = task.counters
        _ = task.digest
    }

    @Test(arguments: 0..<24) func damagedSnapshotsNeverTrap(_ seed: UInt64) throws {
        let (script, task, said) = try Self.middle(seed: 7_000_000 + seed)
        var random = SplitMix64(seed: seed)
        let snapshot = task.snapshot()
        var refused = 0
        for _ in 0..<25 {
            var bytes = snapshot
            Self.damage(&bytes, &random)
            do throws(SnapshotError) {
                var restored = try TaskState(
                    topology: script.settings[0], partitions: script.bindings, bounds: script.bounds,
                    snapshot: bytes)
                try restored.restorePromises(said.changes)
                Self.finish(script, &restored)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: 0..<24) func damagedPromisesNeverTrap(_ seed: UInt64) throws {
        let (script, task, said) = try Self.middle(seed: 8_000_000 + seed)
        var random = SplitMix64(seed: seed)
        let standing = Said.standing(said.changes).filter { $0.value != nil }
        guard !standing.isEmpty else { return }
        for _ in 0..<25 {
            var restored = task
            var damaged = standing
            for _ in 0..<random.number(1...3) {
                let place = random.number(0...damaged.count - 1)
                if random.chance(20) {
                    Self.damage(&damaged[place].key, &random)
                } else if var value = damaged[place].value {
                    Self.damage(&value, &random)
                    damaged[place].value = value
                }
            }
            do throws(SnapshotError) {
                try restored.restorePromises(damaged)
            } catch {
                // After an error the promises are as they were.
                #expect(restored.takeChanges().isEmpty)
            }
            Self.finish(script, &restored)
        }
    }

    @Test func aSnapshotOfAnotherGraphOrFormIsRefused() throws {
        let (script, task, _) = try Self.middle(seed: 9_000_000)
        var other = script.settings[0]
        other.graph = "another"
        #expect(throws: SnapshotError("the state is of another graph")) {
            try TaskState(
                topology: other, partitions: script.bindings, bounds: script.bounds, snapshot: task.snapshot())
        }
        var bytes = task.snapshot()
        bytes[0] = 126
        #expect(throws: SnapshotError("the state has the unknown form 63")) {
            try TaskState(
                topology: script.settings[0], partitions: script.bindings, bounds: script.bounds, snapshot: bytes)
        }
    }
}
