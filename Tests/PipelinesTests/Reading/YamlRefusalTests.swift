import Pipelines
import Testing

/// What YAML can do but a pipeline file must not.
@Suite struct YamlRefusalTests {
    static let refusals = [
        Refusal("an unknown key", "    event: click", "    «evnt: click\n    event: click", "did you mean `event`?"),
        Refusal(
            "an unknown key far from all", "    event: click", "    event: click\n    «zzz: 1", "it takes event, format"
        ),
        Refusal("an unknown key of the file", "pipeline: shop", "pipeline: shop\n«version: 2", "it takes pipeline"),
        Refusal(
            "a key twice", "    event: click", "    «event: click\n    event: order", "`event` stands more than once"),
        Refusal("a source twice", "  orders:", "  clicks:", "`clicks` stands more than once").at("3:3"),
        Refusal("an anchor", "event: click", "event: «&x click", "pipeline files have neither"),
        Refusal(
            "an alias", "keep: cost > least", "keep: &x cost > least\n    topic: «*x", "pipeline files have neither"),
        Refusal("an alias without anchor", "keep: cost > least", "keep: «*x", "undefined alias"),
        Refusal("a tag", "event: click", "event: «!!binary click", "pipeline files have no tags"),
        Refusal("a second document", "pipeline: shop", "pipeline: shop\n«---\nsources: {}", "found another document"),
        Refusal("a list as root", base, "«- a\n- b\n", "found a list for the pipeline; expected a mapping"),
        Refusal("a text as root", base, "«hello\n", "found `hello` for the pipeline; expected a mapping"),
        Refusal("nothing", base, "«", "the file is empty"),
        Refusal("comments only", base, "«# hello\n", "the file is empty"),
        Refusal("an unclosed bracket", "key: [merchant_id, ad_id]", "key: [merchant_id, ad_id", "this is not YAML").at(
            "15:10"),
        Refusal("a tab as indentation", "    event: click", "    event:\n«\tclick", "this is not YAML"),
        Refusal("a control character", "pipeline: shop", "pipeline: sh«\u{1}op", "this is not YAML"),
        Refusal("a list as key", "    event: click", "    «[a, b]: c\n    event: click", "found a list as a key"),
        Refusal("null as key", "    event: click", "    «~: c\n    event: click", "found nothing as a key"),
        Refusal(
            "deep nesting", "event: click",
            "event: click\n    fields: " + String(repeating: "[", count: 31) + "«"
                + String(repeating: "[", count: 60) + String(repeating: "]", count: 91), "inside each other"
        ).at("5:43"),
    ]

    private static let base = Refusal.base

    @Test(arguments: refusals) func isRefused(_ refusal: Refusal) throws { try refusal.check() }

    @Test func theGoodFileIsGood() throws {
        #expect(diagnostics(of: Refusal.base) == [])
    }

    @Test func aHugeFileIsRefusedUnread() {
        let limit = 1 << 20
        let filler = Refusal.base + "#" + String(repeating: "x", count: limit - Refusal.base.utf8.count - 1)
        #expect(filler.utf8.count == limit)
        #expect(diagnostics(of: filler) == [])
        #expect(
            diagnostics(of: filler + "x").map(\.rendered) == [
                "p.yaml:1:1: error: the file has 1048577 bytes; expected at most 1048576 "
                    + "(keep recorded logs out of the pipeline file)"
            ])
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let result = PipelineLoader.load(bytes: Array(Refusal.base.utf8) + [0xFF], file: "p.yaml")
        guard case .failure(let diagnostics) = result else {
            Issue.record("It was loaded.")
            return
        }
        #expect(diagnostics.description == "p.yaml:1:1: error: the file is not UTF-8 (save it as UTF-8)")
    }

    /// Ten lines that stand for 10^30 values, as values and as keys.
    @Test(arguments: ["%", "{? % : 1}"]) func anAliasBombIsRefusedAtOnce(_ form: String) {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        for level in 1...30 {
            let values = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("a\(level): &a\(level) " + form.replacing("%", with: "[\(values)]"))
        }
        let clock = ContinuousClock()
        let time = clock.measure {
            let found = diagnostics(of: lines.joined(separator: "\n"))
            #expect(found.count == 1)
            #expect(found.first?.message.contains("anchor") == true)
        }
        #expect(time < .seconds(10))
    }

    @Test func operatorsAreNoAliases() throws {
        let text = Refusal.base.replacing("keep: cost > least", with: "keep: cost * 2 > least && cost *3 > least")
        #expect(diagnostics(of: text) == [])
    }

    @Test func whatCanBeToldIsToldAtOnce() throws {
        let refusal = Refusal(
            "many mistakes", Refusal.base,
            """
            pipeline: «Shop
            sources:
              clicks:
                event: «clik
                «lateness_: 5s
                lateness: «5
              orders: { event: order, scale: «10 }
            stages:
              many-clicks:
                from: «order
                key: [«merchant, ad_id]
                window: { «size: 10m, every: 3m }
                measure:
                  clicks: «cont()
                tune: { min_clicks: { default: «1, min: 2 } }
                when: clicks >= min_clicks
                alert: { severity: «urgent }
            ledger: { statement: «0s, caps: { «gbp: 1, EUR: «-1 } }
            «sink: {}

            """,
            "write shop", "did you mean `click`?", "did you mean `lateness`?", "expected a duration", "from 0 to 9",
            "did you mean `orders`?",
            "did you mean `merchant_id`?", "not a whole number of panes", "did you mean `count`?", "at least 2",
            "expected low, medium, high or critical", "above zero", "write GBP", "not below zero",
            "did you mean `sinks`?")
        try refusal.check()
    }

    @Test func thereIsAnEndOfTelling() {
        let keys = (0..<500).map { "k\($0): 1\n" }.joined()
        let found = diagnostics(of: Refusal.base + keys)
        #expect(found.count == 101)
        #expect(found.last?.message == "there are more than 100 of these; the others are not told")
    }
}
