import Foundation
import Simulation
import Testing

/// The production engine in many worlds, each with its own faults, drawn from its seed.
///
/// `RAMPART_SEEDS` says how many worlds there are and `RAMPART_SEED` the first of them, as a number or as a commit's forty
/// digits. A failure names the one command that shows it again.
@Suite(.serialized) struct CampaignTests {
    static let count = Int(ProcessInfo.processInfo.environment["RAMPART_SEEDS"] ?? "") ?? 24
    static let first = Random.seed(of: ProcessInfo.processInfo.environment["RAMPART_SEED"] ?? "1") ?? 1

    /// What a simulation is made for; a campaign in which one of these hardly ever happens proves little.
    static let situations = [
        "started", "restored from checkpoint", "restored from checkpoint and log", "restored from the log alone",
        "resumed", "revoked", "lost", "aborted", "retried", "promised", "command took", "command sent",
        "decision refused", "checkpointed", "checkpoint failed", "paused", "unpaused", "settings differ", "left",
    ]

    @Test func simulation_whatIsCommittedIsWhatAReplaySays() {
        var statistics = WorldStatistics()
        for index in 0..<Self.count {
            let seed = Self.first &+ UInt64(index)
            do {
                statistics.add(try World(seed: seed).run())
            } catch {
                Issue.record(
                    "seed \(seed): \(error); again: RAMPART_SEEDS=1 RAMPART_SEED=\(seed) swift test --filter CampaignTests"
                )
            }
        }
        #expect(statistics.rows.count == 7 && statistics.rows.values.allSatisfy { $0 >= Self.count })
        guard Self.count >= 200 else { return }
        #expect(statistics.saturatedAlerts >= Self.count / 2)
        for situation in Self.situations {
            #expect(statistics.facts[situation] ?? 0 >= Self.count / 20, "\(situation) is too rare")
        }
        print(statistics)
    }

    @Test func theSameSeedMakesTheSameWorld() throws {
        let first = try World(seed: 7)
        let second = try World(seed: 7)
        #expect(try first.run() == second.run())
        #expect(first.traceHash == second.traceHash)
    }
}
