import Simulation
import Testing

/// Engines that are wrong on purpose, each in one way; a simulation that does not notice is worth nothing.
@Suite(.serialized) struct SabotageTests {
    /// The most worlds that a mistake may survive.
    private static let worldsMax = 150

    @Test func offsetsBeforeRecordsAreNoticed() { expectCaught { $0.broker = { CommitsBeforeFlush($0) } } }

    @Test func membersWithoutAFenceAreNoticed() { expectCaught { $0.isUnfenced = true } }

    @Test func promisesThatAreDerivedAnewAreNoticed() { expectCaught { $0.broker = { ForgetsPromises($0) } } }

    @Test func checkpointsAheadOfTheirCommitAreNoticed() { expectCaught { $0.store = { RunsAhead($0) } } }

    @Test func idlePartitionsByTheWallClockAreNoticed() { expectCaught { $0.broker = { PromisesInSecret($0) } } }

    private func expectCaught(
        _ change: (inout World.Sabotage) -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var sabotage = World.Sabotage()
        change(&sabotage)
        for seed in 0..<UInt64(Self.worldsMax) {
            do { _ = try World(seed: seed, sabotage: sabotage).run() } catch { return }
        }
        Issue.record("no world of \(Self.worldsMax) noticed", sourceLocation: sourceLocation)
    }
}
