import Pipelines
import Testing

/// What a stage cannot say.
@Suite struct StageRefusalTests {
    private static let when = "    when: clicks >= min_clicks\n"
    private static let credit = "credit: { component: click_cost, reason: invalid_click }"
    private static let key = "key: [merchant_id, ad_id]"
    private static let tune = "min_clicks: { default: 10, min: 2, max: 100 }"

    static let graphs = [
        Refusal("an unknown input", "from: paid", "from: «pad", "did you mean `paid`?"),
        Refusal(
            "a window as input", "    from: clicks\n", "    from: «many-clicks\n", "is a window, which gives findings"),
        Refusal("no input", "from: paid", "from: «[]", "the list for from is empty"),
        Refusal("an input twice", "from: paid", "from: [paid, clicks, «paid]", "`paid` is read twice"),
        Refusal("itself", "    from: clicks\n", "    from: «paid\n", "these stages read each other: paid reads paid"),
        Refusal(
            "a cycle", "    from: clicks\n    keep: cost > least",
            """
                from: b
                keep: cost > least
                tune: { least: 0 }
              a: { kind: filter, from: «paid, keep: cost > 0 }
              b:
                kind: filter
                from: [clicks, a]
                keep: cost >= least
            """, "paid reads b reads a reads paid"),
        Refusal("a name of both", "  paid:", "  «clicks:", "names a source and a stage", "no source").at(
            "8:3", "14:11"),
        Refusal("an unknown kind", "kind: filter", "kind: «filtr", "did you mean `filter`?"),
        Refusal("an unknown mode", "from: paid", "from: paid\n    mode: «shade", "expected live or shadow"),
        Refusal(
            "a mode of what finds nothing", "kind: filter", "kind: filter\n    «mode: shadow",
            "not a key of a filter stage"),
        Refusal(
            "a key of another kind", "kind: filter", "kind: filter\n    «when: cost > 0", "not a key of a filter stage"),
        Refusal("nothing to keep", "    keep: cost > least\n", "", "`keep` is missing in a filter stage").at("8:3"),
        Refusal("no when", when, "", "`when` is missing in a window stage").at("13:3"),
        Refusal(
            "no stages", "stages:\n", "stages: «[]\n«filler:\n", "found a list for stages", "`filler` is not a key"),
    ]

    @Test(arguments: graphs) func graphIsRefused(_ refusal: Refusal) throws {
        try refusal.check()
    }

    /// The good file with an incident behind its window.
    private static let gathering =
        Refusal.base + "  siege: { kind: incident, from: many-clicks, quiet: 2h }\n"
    private static let siege = "from: many-clicks, quiet: 2h"

    static let incidents = [
        Refusal("an incident of a source", siege, "from: «clicks", "is no window, and an incident gathers"),
        Refusal("an incident of a filter", siege, "from: «paid", "there is many-clicks"),
        Refusal("an incident of itself", siege, "from: «siege", "`siege` is no window"),
        Refusal("an incident of nothing known", siege, "from: «many-click", "did you mean `many-clicks`?"),
        Refusal("an incident of a window twice", siege, "from: [many-clicks, «many-clicks]", "is read twice"),
        Refusal("no windows", siege, "from: «[]", "the list for from is empty"),
        Refusal("no from", siege, "quiet: 2h", "`from` is missing in an incident stage").at("23:3"),
        Refusal("no time of quiet", siege, "from: many-clicks, quiet: «0s", "above zero"),
        Refusal(
            "a mode of an incident", siege, "from: many-clicks, «mode: shadow", "not a key of an incident stage"),
        Refusal(
            "an escalation by more stages than there are", siege,
            "from: many-clicks, escalate: { stages: «2, severity: high }", "escalate waits for 2 stages"),
        Refusal(
            "an escalation by one stage", siege, "from: many-clicks, escalate: { stages: «1, severity: high }",
            "from 2 to 64"),
        Refusal(
            "an escalation to nothing", siege, "from: many-clicks, escalate: «{ stages: 2 }", "`severity` is missing"
        ).at("23:47"),
        Refusal(
            "a window of what another field partitions", "    event: click\n",
            "    event: click\n    partitioned_by: ad_id\n", "set partitioned_by: merchant_id",
            "so that a merchant's alerts lie apart"
        ).at("23:5", "24:34"),
        Refusal(
            "a stage that reads an incident", "    from: paid\n", "    from: «siege\n", "is an incident, which gives"),
    ]

    @Test(arguments: incidents) func incidentIsRefused(_ refusal: Refusal) throws {
        try refusal.check(base: Self.gathering)
    }

    static let windows = [
        Refusal("two units", "size: 10m", "size: «10m30s", "expected a duration"),
        Refusal("a window of uneven panes", "size: 10m, every: 1m", "«size: 10m, every: 3m", "write 9m or 12m"),
        Refusal(
            "panes longer than the window", "size: 10m, every: 1m", "«size: 1m, every: 10m", "write 10m, or change"),
        Refusal("no size", "window: { size: 10m, every: 1m }", "«window: { every: 1m }", "`size` is missing"),
        Refusal("panes of no time", "every: 1m", "every: «0s", "above zero"),
        Refusal("a window of no time", "size: 10m", "size: «0m", "above zero"),
        Refusal(
            "an uneven close_after", when, when + "    alert: { close_after: «90s }\n",
            "write 1m or 2m, or change every"),
        Refusal("an unknown severity", when, when + "    alert: { severity: «hi }\n", "expected low, medium, high"),
        Refusal(
            "an empty measure", "clicks: count()\n      spent: sum(cost)", "{}", "the window measures nothing",
            "`clicks`"
        )
        .at("18:7", "20:11"),
        Refusal("an unknown field", key, "key: [merchant_id, «adid]", "did you mean `ad_id`?"),
        Refusal("a field twice", key, "key: [merchant_id, «merchant_id]", "stands twice in the key"),
        Refusal("money in the key", key, "key: [merchant_id, «cost]", "`cost` is money; expected an identifier"),
        Refusal("no merchant", key, "«key: [ad_id]", "lacks merchant_id, by whom what it credits is claimed"),
        Refusal(
            "a field that clicks lack", key, "key: [merchant_id, «order_id]",
            "no event that `many-clicks` reads (click)"),
    ]

    @Test(arguments: windows) func windowIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let thresholds = [
        Refusal(
            "a default below min", tune, "min_clicks: { default: «1, min: 2, max: 100 }", "expected at least 2 (min)"),
        Refusal(
            "a default above max", tune, "min_clicks: { default: «101, min: 2, max: 100 }", "expected at most 100 (max)"
        ),
        Refusal(
            "max below min", tune, "min_clicks: { default: 10, min: 20, «max: 2 }",
            "max 2 of `min_clicks` is below min 20"),
        Refusal("no default", tune, "«min_clicks: { min: 2 }", "`default` is missing"),
        Refusal("a default in words", tune, "min_clicks: «ten", "expected a number"),
        Refusal("a quoted number", "least: 0", "least: «\"0\"", "expected a number"),
        Refusal("a number that is none", tune, "min_clicks: «1e999", "expected a number"),
        Refusal("the name of a field", "least: 0", "least: 0, «cost: 1", "has the name of a field"),
        Refusal("a reserved name", "least: 0", "least: 0, «type: 1", "is a word of the expression language"),
        Refusal("a name in capitals", "least: 0", "least: 0, «Most: 1", "write most"),
        Refusal("a hyphen", "least: 0", "least: 0, «at-most: 1", "write at_most"),
        Refusal(
            "a measure of that name", "      clicks: count()", "      clicks: count()\n      «min_clicks: count()",
            "names a threshold and a measure"),
        Refusal(
            "a measure named as the key", "      clicks: count()", "      clicks: count()\n      «ad_id: count()",
            "has the name of a field of the key"),
        Refusal(
            "a reserved measure", "      clicks: count()", "      clicks: count()\n      «in: count()",
            "is a word of the expression language"),
    ]

    @Test(arguments: thresholds) func thresholdIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let expressions = [
        Refusal(
            "an unknown measure", "when: clicks >= min_clicks", "when: «click >= min_clicks", "did you mean `clicks`?"),
        Refusal("no condition", "when: clicks >= min_clicks", "when: «clicks + min_clicks", "bool"),
        Refusal("a type error", "keep: cost > least", "keep: «ad_id > least", "string"),
        Refusal("an unknown field", "keep: cost > least", "keep: «costs > least", "did you mean `cost`?"),
        Refusal("a field that clicks lack", "keep: cost > least", "keep: cost > least && «amount > 1", "has amount"),
        Refusal("an unknown function", "spent: sum(cost)", "spent: «smu(cost)", "did you mean `sum`?"),
        Refusal("a sum of words", "spent: sum(cost)", "spent: sum(«ad_id)", "needs a field of numbers"),
        Refusal("a sum of a field that clicks lack", "spent: sum(cost)", "spent: sum(«amount)", "has amount"),
        Refusal(
            "a mistake in a condition", "spent: sum(cost)", "spent: sum(cost, «adid == \"a\")", "did you mean `ad_id`?"),
        Refusal(
            "in single quotes", "keep: cost > least", "keep: 'cost > least && ad_id == ''a'' && «costs > 1'", "cost"),
        Refusal(
            "in double quotes", "keep: cost > least",
            "keep: \"cost > least && ad_id == \\\"a\\u0041\\\" && «costs > 1\"", "cost"),
        Refusal("on a second line", "keep: cost > least", "keep: cost > least &&\n      «costs > 1", "cost"),
        Refusal("in a block", "keep: cost > least", "keep: |\n      cost > least &&\n\n        «costs > 1", "cost"),
        Refusal(
            "in a folded block", "keep: cost > least", "keep: >-\n\n      cost > least\n      && «costs > 1", "cost"),
    ]

    @Test(arguments: expressions) func expressionIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let messages = [
        ("«{clics} clicks", "did you mean `clicks`?"), ("{clicks} «} clicks", "a brace stands alone"),
        ("{clicks} «{clicks", "a brace stands alone"), ("{clicks} «{}", "is no measure, threshold or key field"),
        ("{clicks} «{device_id}", "is no measure, threshold or key field"),
    ]

    @Test(arguments: messages) func messageIsRefused(_ template: String, _ says: String) throws {
        try Refusal("a message", Self.when, Self.when + "    alert: { message: \"\(template)\" }\n", says).check()
    }

    static let credits = [
        Refusal("a component in capitals", credit, "credit: { component: «Cost, reason: r }", "write cost"),
        Refusal("no reason", credit, "«credit: { component: c }", "`reason` is missing"),
        Refusal("no money", credit, "credit: { component: c, reason: r, amount: «ad_id }", "expected money for amount"),
        Refusal("money that clicks lack", credit, "credit: { component: c, reason: r, amount: «price }", "has price"),
        Refusal(
            "events that are not read", credit, "credit: { component: c, reason: r, event: «order }", "it reads click"),
        Refusal("no such events", credit, "credit: { component: c, reason: r, event: «clck }", "did you mean `click`?"),
        Refusal(
            "no ids", "    event: click\n", "    event: click\n    fields: { event_id: none }\n",
            "maps no event_id, so its charges could be paid twice"
        ).at("23:5"),
        Refusal(
            "another partition", "    event: click\n", "    event: click\n    partitioned_by: ad_id\n", "no one owns"
        )
        .at("23:5"),
    ]

    @Test(arguments: credits) func creditIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    @Test func merchantsOwnTheirCredits() throws {
        let text = Refusal.base
            .replacing("    event: click\n", with: "    event: click\n    partitioned_by: ad_id\n")
            .replacing("key: [merchant_id, ad_id]", with: "key: [merchant_id]")
            .replacing("    credit:", with: "    «credit:")
        try Refusal("", Refusal.base, text, "no one owns").check()
    }

    @Test func moneyOfAStageHasOneScale() throws {
        let text = Refusal.base
            .replacing("    event: order\n", with: "    event: order\n  micros:\n    event: click\n    scale: 6\n")
            .replacing("from: paid", with: "from: [paid, micros]")
            .replacing("sum(cost)", with: "sum(«cost)")
        try Refusal("", Refusal.base, text, "cost comes from sources of different scales (2 or 6)").check()
        let filter = Refusal.base
            .replacing("    event: order\n", with: "    event: order\n  micros:\n    event: click\n    scale: 6\n")
            .replacing("    from: clicks\n", with: "    from: [clicks, micros]\n")
            .replacing("keep: cost", with: "keep: «cost").replacing("sum(cost)", with: "sum(«cost)")
        try Refusal("", Refusal.base, filter, "different scales (2 or 6)", "different scales (2 or 6)").check()
    }

    @Test func aCreditNamesItsMoney() throws {
        let text = Refusal.base
            .replacing("event: click\n", with: "event: review\n").replacing(
                "keep: cost > least", with: "keep: rating > least"
            )
            .replacing("ad_id", with: "buyer_id").replacing("sum(cost)", with: "sum(rating)")
            .replacing("    credit:", with: "    «credit:")
        try Refusal("", Refusal.base, text, "the stage reads no event that costs money").check()
    }

    @Test func limitsAreLimits() throws {
        func tuned(_ count: Int) -> String {
            let names = (0..<count).map { "t\($0): 1" }.joined(separator: ", ")
            return Refusal.base.replacing(
                "min_clicks: { default: 10, min: 2, max: 100 }", with: "min_clicks: 1, " + names)
        }
        #expect(throws: Never.self) { try load(tuned(31)) }
        #expect(diagnostics(of: tuned(32)).contains { $0.message == "`tune` has 33 entries; expected at most 32" })
        func measured(_ count: Int) -> String {
            let names = (0..<count).map { "      m\($0): count()\n" }.joined()
            return Refusal.base.replacing("      spent: sum(cost)\n", with: names)
        }
        #expect(throws: Never.self) { try load(measured(31)) }
        #expect(
            diagnostics(of: measured(32)).contains { $0.message == "`measure` has 33 entries; expected at most 32" })
        func staged(_ count: Int) -> String {
            Refusal.base + (0..<count).map { "  f\($0): { kind: filter, from: clicks, keep: cost > 0 }\n" }.joined()
        }
        #expect(throws: Never.self) { try load(staged(62)) }
        #expect(diagnostics(of: staged(63)).contains { $0.message == "`stages` has 65 entries; expected at most 64" })
    }

    static let oddities = [
        Refusal(
            "true on nothing", "when: clicks >= min_clicks", "when: «clicks >= 0 && min_clicks > 0",
            "nothing was measured"),
        Refusal("an unused threshold", "least: 0", "least: 0, «most: 1", "the threshold `most` is not used"),
        Refusal(
            "an unread filter", "  many-clicks:",
            "  «unread: { kind: filter, from: clicks, keep: cost > 0 }\n  many-clicks:",
            "no stage reads the filter `unread`"),
    ]

    @Test(arguments: oddities) func isOddButLoads(_ oddity: Refusal) throws {
        let (text, places) = Refusal.unmark(Refusal.base.replacing(oddity.old, with: oddity.new))
        let warnings = try load(text).warnings
        #expect(warnings.map { "\($0.line):\($0.column)" } == places)
        #expect(warnings.allSatisfy { $0.severity == .warning && $0.message.contains(oddity.says[0]) })
    }
}
