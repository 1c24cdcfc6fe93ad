import Engine
import Pipelines
import RampartCore
import Testing

/// What a table holds, on both sides of every edge. A pane is 10 s, and the table holds for 20 s.
@Suite struct TableTests {
    private static let head = """
        pipeline: tables
        sources:
          clicks: { event: click, fields: { currency: { default: GBP } } }
          orders: { event: order }
        stages:
          farm: { from: clicks, key: [device_id], window: { size: 30s, every: 10s }, measure: { n: count(cost > 0) }, when: n >= 2 }
          seen: { kind: table, from: clicks, of: farm, key: [device_id], hold: 20s, as: farm }
          known:
            from: seen
            key: [device_id, ad_id]
            window: { size: 10s }
            measure: { clicks: count(), known: count(has(farm.ts)), old: count(ts - farm.ts >= duration("20s")) }
            when: clicks >= 1

        """

    /// Of each click, whether its device is held, and whether it is since 20 s or longer; each has an advertisement of its own.
    private func known(_ clicks: [(at: Double, cost: Int)]) async throws -> [String] {
        let pipeline = try PipelineLoader.load(text: Self.head, file: "tables.yaml").get()
        let lines = clicks.enumerated().map { number, click in
            #"{"type":"click","event_id":"\#(number)","ts":\#(Int(click.at * 1000)),"merchant_id":"m","device_id":"d","ad_id":"\#(number)","cost":\#(click.cost)}"#
                + "\n"
        }
        let log = ReplayLog(
            name: "log", source: "clicks", reader: MemoryReader(lines.map { Array($0.utf8) }.flatMap(\.self)))
        var replay = try Replay(pipeline.topology, logs: [log], options: ReplayOptions())
        var sink = MemorySink()
        _ = try await replay.run(into: &sink)
        return sink.outputs.alerts.filter { $0.stage == 2 && $0.state == .open }.map { alert in
            alert.measures.dropFirst().map { if case .integer(let value) = $0 { "\(value)" } else { "-" } }.joined()
        }
    }

    /// The click that makes the finding does not see it, nor does another of its pane; the first of the next pane does.
    @Test func aPaneSeesWhatWasFoundBeforeIt() async throws {
        #expect(try await known([(1, 1), (2, 1), (9.999, 1)]) == ["00", "00", "00"])
        #expect(try await known([(1, 1), (2, 1), (10, 0)]) == ["00", "00", "10"])
    }

    /// The window fires up to 30 s, so that the key is held up to the pane that starts at 50 s.
    @Test func holdIsInclusive() async throws {
        #expect(try await known([(1, 1), (2, 1), (50, 0)]) == ["00", "00", "11"])
        #expect(try await known([(1, 1), (2, 1), (59.999, 0)]) == ["00", "00", "11"])
        #expect(try await known([(1, 1), (2, 1), (60, 0)]) == ["00", "00", "00"])
    }

    /// Findings that go on are held without end, since they began; new ones after the hold begin anew.
    @Test func whatHasFindingsStays() async throws {
        let steady = stride(from: 1.0, to: 200, by: 10).map { (at: $0, cost: 1) }
        #expect(try await known(steady) == ["00", "00", "10", "10"] + Array(repeating: "11", count: 16))
        #expect(
            try await known([(1, 1), (2, 1), (101, 1), (102, 1), (111, 0), (131, 0)])
                == ["00", "00", "00", "00", "10", "11"])
    }

    /// A key that comes and goes leaves nothing behind in the table's queue but its last rest.
    @Test func comingAndGoingTakesNoRoom() async throws {
        let text = Self.head.replacing("hold: 20s", with: "hold: 30d")
        let pipeline = try PipelineLoader.load(text: text, file: "tables.yaml").get()
        let lines = (0..<4000).map { number in
            #"{"type":"click","event_id":"\#(number)","ts":\#(number / 2 * 60_000),"merchant_id":"m","device_id":"d","cost":1}"#
        }
        let log = ReplayLog(
            name: "log", source: "clicks", reader: MemoryReader(Array(lines.joined(separator: "\n").utf8)))
        var replay = try Replay(pipeline.topology, logs: [log], options: ReplayOptions())
        var sink = MemorySink()
        let report = try await replay.run(into: &sink)
        #expect(report.groups.stages[0].findings >= 2000)
        #expect(report.groups.stages[1].bytesMax < 4000)
    }

    /// The other field's events would lie in other key groups than the window's.
    @Test(arguments: [
        (
            "from: [orders]", "key: [merchant_id, buyer_id]",
            "`w` reads what is partitioned by merchant_id, and `t` what is partitioned by buyer_id"
        ),
        (
            "from: [apart]", "key: [device_id]",
            "`w` is kept by device_id, behind what is kept where its source puts it, and `t` by device_id, behind what is kept by ad_id"
        ),
        ("from: [clicks]", "key: [merchant_id]", "write key: [device_id]"),
    ]) func tablesElsewhereAreRefused(_ from: String, _ key: String, _ words: String) throws {
        let windowKey = key == "key: [merchant_id]" ? "key: [device_id]" : key
        let text = """
            pipeline: tables
            sources:
              clicks: { event: click, fields: { currency: { default: GBP } } }
              sales: { event: order }
              orders: { event: order, partitioned_by: buyer_id }
            stages:
              apart: { kind: join, from: clicks, with: clicks, key: [ad_id], horizon: 1m, as: before, attach: [cost] }
              w: { from: \(key.contains("buyer") ? "sales" : "clicks"), \(windowKey), window: { size: 30s }, measure: { n: count() }, when: n >= 2 }
              t: { kind: table, \(from), of: w, \(key), hold: 20s, as: found }
              u: { from: t, \(windowKey), window: { size: 30s }, measure: { n: count(has(found.ts)) }, when: n >= 2 }
            """
        guard case .failure(let diagnostics) = PipelineLoader.load(text: text, file: "tables.yaml") else {
            Issue.record("\(from) was loaded")
            return
        }
        let errors = diagnostics.errors.map(\.rendered).filter { $0.contains("`t`") }
        #expect(errors.count == 1 && errors[0].contains(words), "\(errors)")
    }

    @Test(arguments: [
        ("of: farm", "of: seen", "`seen` is no window, and a table keeps the findings of windows"),
        ("of: farm", "of: fram", "there is no window `fram`"),
        (
            "key: [device_id], hold", "key: [merchant_id], hold",
            "`seen` looks up what `farm` finds, whose key is device_id"
        ),
        (
            "key: [device_id], hold", "key: [device_id, ad_id], hold",
            "`seen` looks up what `farm` finds, whose key is device_id"
        ),
        ("farm: { from: clicks", "farm: { from: seen", "these stages read each other"),
        ("hold: 20s", "hold: 0s", "hold"), ("farm.ts)", "farm.cost)", "farm.cost"),
    ]) func whatCannotBeLookedUpIsRefused(_ place: String, _ mistake: String, _ words: String) throws {
        _ = try PipelineLoader.load(text: Self.head, file: "tables.yaml").get()
        let text = Self.head.replacing(place, with: mistake, maxReplacements: 1)
        guard case .failure(let diagnostics) = PipelineLoader.load(text: text, file: "tables.yaml") else {
            Issue.record("\(mistake) was loaded")
            return
        }
        #expect(diagnostics.errors.contains { $0.rendered.contains(words) }, "\(diagnostics.errors.map(\.rendered))")
    }
}
