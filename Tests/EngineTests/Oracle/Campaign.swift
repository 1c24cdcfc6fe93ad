import Foundation
import RampartCore
import Testing

/// A run of a property over many seeds on all processors, with the failing cases made small.
enum Campaign {
    /// The number of seeds; `RAMPART_SEEDS` sets that of the oracle's campaign and scales the others.
    static func seeds(_ usual: Int) -> Int {
        guard let text = ProcessInfo.processInfo.environment["RAMPART_SEEDS"], let count = Int(text) else {
            return usual
        }
        return max(1, usual * count / oracleSeeds)
    }

    /// The seeds of the oracle's campaign in the normal suite.
    static let oracleSeeds = 600

    /// What came up in some seeds, and what went wrong.
    struct Tally: Sendable {
        /// The situations that came up.
        var hits = Hits()
        /// The cases that failed, each with what is wrong.
        var failures: [(model: ModelCase, messages: [String])] = []
        /// Cases to which the property did not apply.
        var skipped = 0
    }

    /// What one case came to: nil where the property does not apply to it.
    typealias Property = @Sendable (_ model: ModelCase) async throws -> (messages: [String], hits: Hits)?

    /// Tries a property on many seeds, and records an issue with the smallest case for the first that fails.
    @discardableResult
    static func run(_ name: String, seeds count: Int, first: UInt64 = 0, _ property: @escaping Property) async -> Tally
    {
        let lanes = 4
        let clock = ContinuousClock()
        let start = clock.now
        var tally = Tally()
        await withTaskGroup(of: Tally.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var tally = Tally()
                    for seed in stride(from: first + UInt64(lane), to: first + UInt64(count), by: lanes) {
                        let model = ModelCase(seed: seed)
                        let (messages, hits) = await attempt(property, model)
                        if hits == nil, messages.isEmpty { tally.skipped += 1 }
                        if let hits { tally.hits.add(hits) }
                        if !messages.isEmpty, tally.failures.count < 3 { tally.failures.append((model, messages)) }
                    }
                    return tally
                }
            }
            for await lane in group {
                tally.hits.add(lane.hits)
                tally.failures += lane.failures
                tally.skipped += lane.skipped
            }
        }
        print(
            "\(name): \(count) seeds, \(tally.skipped) skipped, \(tally.failures.count) failures, \(clock.now - start)")
        if let failure = tally.failures.min(by: { $0.model.seed < $1.model.seed }) {
            await report(name, failure.model, property)
        }
        return tally
    }

    private static func attempt(_ property: Property, _ model: ModelCase) async -> (messages: [String], hits: Hits?) {
        do {
            guard let (messages, hits) = try await property(model) else { return ([], nil) }
            return (messages, hits)
        } catch {
            return (["\(error)"], nil)
        }
    }

    private static func report(_ name: String, _ model: ModelCase, _ property: @escaping Property) async {
        let small = await Shrinker { await !attempt(property, $0).messages.isEmpty }.shrink(model)
        let (messages, _) = await attempt(property, small)
        Issue.record("\(name) does not hold:\n\(messages.joined(separator: "\n"))\n\(small.description)")
    }
}
