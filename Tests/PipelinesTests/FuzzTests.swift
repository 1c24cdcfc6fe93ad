import Pipelines
import RampartCore
import Testing

/// No bytes trap the loader or keep it busy; what it loads keeps its promises to the core.
@Suite struct FuzzTests {
    private static let scraps = [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\n  ", "'", "\"", "|\n", ">\n", "#", "&a ", "*a", "!!int ", "? ",
        "\t",
        "none", "off", "null", "~", "0", "-1", "9223372036854775808", "1e400", "0s", "1h", "5m", "click", "order",
        "refund",
        "merchant_id", "cost", "min_clicks", "{n}", "{clicks}", "&&", "||", "(", ")", "\u{0}", "\u{FEFF}", "é", "𝄞",
        "\r\n",
        "\u{2028}", "%YAML 1.1\n---\n", "---\n", "...\n", "from: ", "when: ", "kind: filter\n", "ts", "\\", "<<: ",
    ]

    @Test(arguments: 0..<8) func mutatedPipelinesNeverTrap(_ seed: Int) throws {
        var generator = Generator(seed: UInt64(seed))
        let texts = try ["pipelines/marketplace.yaml", "pipelines/online-retail.yaml"].map { try Repository.text($0) }
        var loaded = 0
        for round in 0..<150 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, &generator) }
            switch PipelineLoader.load(bytes: bytes, file: "p.yaml") {
            case .success(let pipeline):
                loaded += 1
                Self.check(pipeline)
            case .failure(let diagnostics):
                #expect(!diagnostics.errors.isEmpty)
                #expect(diagnostics.all.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
            }
        }
        #expect(loaded > 0, "Some mutations are harmless.")
    }

    @Test(arguments: 0..<4) func randomBytesNeverTrap(_ seed: Int) {
        var generator = Generator(seed: UInt64(seed) &+ 1000)
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                if Bool.random(using: &generator) {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += Array(Self.scraps.randomElement(using: &generator, or: "a").utf8)
                }
            }
            guard case .failure(let diagnostics) = PipelineLoader.load(bytes: bytes, file: "p.yaml") else {
                Issue.record("Noise was loaded: \(bytes)")
                continue
            }
            #expect(!diagnostics.errors.isEmpty)
        }
    }

    /// Files of one megabyte that repeat one mistake, or one construct, as often as fits.
    static let floods = [
        "[", "{", "- ", "? ", "a: ", "'", "\"", "k: [a, ", "a, ", "x\n", "&a ", "*a ", "&a x: *a\n", "{clicks}", "{",
        "(",
        "!(", "1 + ", "clicks >= 1 && ", "\u{1}", "#", "é", "a: b\n", "  ", "\n",
    ]

    @Test(arguments: floods) func floodsEndSoon(_ scrap: String) {
        let size = 200_000
        let places = [
            "", "pipeline: shop\nsources: ",
            "pipeline: shop\nsources:\n  a: { event: click }\nstages:\n  b:\n    from: [",
            Refusal.base.replacing("when: clicks >= min_clicks", with: "alert: { message: \""),
        ]
        for place in places {
            let text = place + String(repeating: scrap, count: size / scrap.utf8.count)
            let clock = ContinuousClock()
            let time = clock.measure { _ = PipelineLoader.load(text: text, file: "p.yaml") }
            #expect(time < .seconds(20), "\(scrap.debugDescription) after \(place.count) characters")
        }
    }

    @Test func floodsOfMistakesEndSoon() {
        let names = (0..<20_000).map { "clicsk\($0)" }
        let flooded = [
            Refusal.base.replacing("from: paid", with: "from: [\(names.joined(separator: ", "))]"),
            Refusal.base.replacing("ad_id]", with: "\(names.joined(separator: ", "))]"),
            Refusal.base.replacing("ad_id]", with: "\(names.map { _ in "ad_id" }.joined(separator: ", "))]"),
            Refusal.base.replacing("  orders:", with: names.map { "  \($0): { evnt: clik }\n" }.joined() + "  orders:"),
            Refusal.base.replacing(
                "tune: { least: 0 }", with: "tune: { \(names.map { "\($0): 0" }.joined(separator: ", ")) }"),
            Refusal.base + "tests: [{ name: t, records: [], expect: {}, set: {"
                + names.map { "many-clics.\($0): 1" }.joined(separator: ", ") + "} }]\n",
            Refusal.base.replacing(
                "when: clicks >= min_clicks", with: "when: " + names.joined(separator: " + ") + " > 1"),
        ]
        for text in flooded {
            let clock = ContinuousClock()
            let time = clock.measure {
                let found = diagnostics(of: text)
                #expect(!found.isEmpty && found.count <= 202)
            }
            #expect(time < .seconds(20), "\(text.prefix(500))")
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(start + Int.random(in: 0...20, using: &generator), bytes.count)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[start] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(start..<end)
        case 2: bytes.insert(contentsOf: Array(scraps.randomElement(using: &generator, or: "a").utf8), at: start)
        case 3: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        case 4: bytes.replaceSubrange(start..<end, with: Array(scraps.randomElement(using: &generator, or: "a").utf8))
        default: bytes.removeSubrange(end...)
        }
        if bytes.isEmpty { bytes = [UInt8(ascii: "a")] }
    }

    /// What the core takes for granted.
    private static func check(_ pipeline: Pipeline) {
        let topology = pipeline.topology
        #expect(topology.evaluationOrder.sorted() == Array(topology.stages.indices))
        for stage in topology.stages {
            guard case .window(let window) = stage.kind else { continue }
            #expect(window.key.contains(.merchantID))
            #expect(window.every > .zero && window.size.isMultiple(of: window.every))
            #expect(window.alert.closeAfter.isMultiple(of: window.every))
            #expect(window.every.isMultiple(of: topology.basePane))
            #expect(window.key.allSatisfy { topology.layout.slot(of: $0) != nil })
            #expect(window.measures.allSatisfy { $0.field == nil || topology.layout.slot(of: $0.field ?? .ip) != nil })
        }
    }
}

extension Array {
    fileprivate func randomElement(using generator: inout Generator, or fallback: Element) -> Element {
        randomElement(using: &generator) ?? fallback
    }
}
