import Pipelines
import RampartCore
import Testing

/// The hash of the graph: what a reload can change leaves it alone, and everything else does not.
@Suite struct GraphHashTests {
    /// The values that give way under a reload.
    static let reloadable = [
        ("least: 0", "least: 1"), ("default: 10", "default: 11"), ("min: 2", "min: 3"), ("max: 100", "max: 101"),
        (", max: 100", ""), ("least: 1.5", "least: 1.25"), ("severity: high", "severity: low"),
        ("bound {min_clicks}", "bound"), ("GBP: 500.00", "GBP: 500.01"), (", EUR: 1", ""),
        ("review_above: { GBP: 100 }", "review_above: { EUR: 100 }"), ("late_credit: post", "late_credit: hold"),
        ("quiet: 3h", "quiet: 4h"), ("quiet: 3h, ", ""), ("severity: critical", "severity: high"),
        (", escalate: { stages: 2, severity: critical }", ""), ("mask: true", "mask: false"),
        ("  bulk:\n", "  bulk:\n    mode: shadow\n"),
    ]

    private static func isReloadable(_ change: (String, String)) -> Bool {
        reloadable.contains { $0 == change.0 && $1 == change.1 }
    }

    private func hashes(_ text: String) -> (graph: String, revision: String)? {
        guard case .success(let pipeline) = PipelineLoader.load(text: text, file: "p.yaml") else { return nil }
        return (pipeline.topology.graph, pipeline.topology.revision)
    }

    @Test func onlyWhatAReloadCanChangeLeavesTheGraph() throws {
        let base = try #require(hashes(RevisionTests.rich))
        var (kept, changed) = (0, 0)
        for (old, new) in RevisionTests.changes {
            guard let other = hashes(RevisionTests.rich.replacing(old, with: new, maxReplacements: 1)) else { continue }
            #expect(other.revision != base.revision, "\(old) -> \(new)")
            #expect((other.graph == base.graph) == Self.isReloadable((old, new)), "\(old) -> \(new)")
            if other.graph == base.graph { kept += 1 } else { changed += 1 }
        }
        #expect(kept == Self.reloadable.count && changed > 40)
    }

    /// The order of measures changes no revision, but the shape of state.
    @Test func theOrderOfMeasuresBelongsToTheGraph() throws {
        let swapped = RevisionTests.rich.replacing(
            "clicks: count(), spent: 'sum(cost, cost > least)'",
            with: "spent: 'sum(cost, cost > least)', clicks: count()")
        #expect(swapped != RevisionTests.rich)
        let (one, other) = (try #require(hashes(RevisionTests.rich)), try #require(hashes(swapped)))
        #expect(one.revision == other.revision && one.graph != other.graph)
    }

    @Test func maxAheadBelongsToTheGraphAndHasADefault() throws {
        let base = try #require(hashes(Refusal.base))
        let standard = try #require(hashes("max_ahead: 60m\n" + Refusal.base))
        let longer = try #require(hashes("max_ahead: 2h\n" + Refusal.base))
        #expect(standard == base)
        #expect(longer.graph != base.graph && longer.revision != base.revision)
        let pipeline = try load("max_ahead: 2h\n" + Refusal.base)
        #expect(pipeline.maxAhead == .hours(2))
        #expect(try load(Refusal.base).maxAhead == .hours(1))
    }
}
