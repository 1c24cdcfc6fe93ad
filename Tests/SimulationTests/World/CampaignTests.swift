import Foundation
import Simulation
import Testing

/// The production engine in many worlds, each with its own faults, drawn from its seed.
///
/// `RAMPART_SEEDS` says how many worlds there are and `RAMPART_SEED` the first of them, as a number or as a commit's forty
/// digits. A failure names the one command that shows it again.
@Suite(.serialized) struct CampaignTests {
    static let count = Int(ProcessInfo.processInfo.environment["RAMPART_SEEDS"] ?? "") ?? 30
    static let first = Random.seed(of: ProcessInfo.processInfo.environment["RAMPART_SEED"] ?? "1") ?? 1

    @Test func whatIsCommittedIsWhatAReplaySays() throws {
        var statistics = WorldStatistics()
        for index in 0..<Self.count {
            let seed = Self.first &+ UInt64(index)
            do {
                statistics.add(try World(seed: seed).run())
            } catch {
                Issue.record("seed \(seed): \(error); again: RAMPART_SEEDS=1 RAMPART_SEED=\(seed) swift test --filter CampaignTests")
            }
        }
        print(statistics)
    }
}
