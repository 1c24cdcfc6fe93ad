import Pipelines
import RampartCore
import Testing

@testable import Simulation

/// The pipelines that worlds draw: they stand, and everything of the language comes up in them.
@Suite struct PipelineDrawingTests {
    private static let words = [
        "kind: join", "kind: table", "has(found", "kind: filter", "kind: incident", "    credit: {", "    max_keys",
        "mode: shadow", "allow:",
        "has(earlier",
        "repartition: true", "review_above", "by: content",
    ]

    @Test func drawnPipelinesStandAndDiffer() throws {
        let count = 150
        var texts: Set<String> = []
        var seen: [String: Int] = [:]
        for seed in 0..<UInt64(count) {
            let drawn = WorldPipeline.drawn(Random(seed: seed), isRepartitioned: seed % 4 == 0)
            let topology = try drawn.load(shadow: drawn.shadow).topology
            let text = drawn.text(drawn.shadow)
            texts.insert(text)
            #expect(!text.contains("click-flood"), "seed \(seed) fell back")
            let upstreams = topology.subgraphs.dropFirst().map(\.upstream)
            if !upstreams.isEmpty { seen["an exchange", default: 0] += 1 }
            if upstreams.contains(where: { $0 != 0 }) { seen["one behind another", default: 0] += 1 }
            for word in Self.words where text.contains(word) { seen[word, default: 0] += 1 }
        }
        #expect(texts.count == count)
        #expect(seen.count == Self.words.count + 2 && seen.values.allSatisfy { $0 >= 5 }, "\(seen)")
    }
}
