import Pipelines
import RampartCore
import Testing

/// What `ledger:`, `sinks:`, `tests:` and `--set` cannot say.
@Suite struct LedgerAndTestRefusalTests {
    private static let end = "    credit: { component: click_cost, reason: invalid_click }\n"

    private static func added(_ name: String, _ lines: String, _ says: String...) -> Refusal {
        var refusal = Refusal(name, end, end + lines + "\n")
        refusal.says = says
        return refusal
    }

    static let ledgers = [
        added("an unknown key", "ledger: { «cap: { GBP: 1 } }", "did you mean `caps`?"),
        added("no statement", "ledger: { statement: «0s }", "above zero"),
        added("no horizon", "ledger: { late_horizon: «0h, claim_horizon: «0d }", "above zero", "above zero"),
        added(
            "lines forgotten too soon", "ledger: { claim_horizon: «24h }",
            "set claim_horizon in ledger: to 1450m or more"),
        added("an unknown policy", "ledger: { late_credit: «keep }", "expected hold or post"),
        added("an unknown currency", "ledger: { caps: { «XTS: 1 } }", "is no currency"),
        added("a negative cap", "ledger: { caps: { GBP: «-1 } }", "not below zero"),
        added("ten decimals", "ledger: { review_above: { GBP: «0.0000000001 } }", "expected an amount in major units"),
        added("a cap in words", "ledger: { caps: { GBP: «much } }", "expected an amount in major units"),
        added("caps of what", "ledger: { caps: «500 }", "expected a mapping"),
        added("an unknown sink", "sinks: { «alrts: {} }", "did you mean `alerts`?"),
        added("a sink's unknown key", "sinks: { alerts: { «tpic: x } }", "did you mean `topic`?"),
        added(
            "shadow in the light", "sinks: { shadow: «{ topic: x }, credits: { topic: x } }",
            "give shadow a topic of its own"),
        added("a mask perhaps", "sinks: { alerts: { mask: «yes } }", "expected true or false"),
    ]

    @Test(arguments: ledgers) func ledgerIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    private static func test(_ name: String, _ record: String, _ expect: String, _ says: String...) -> Refusal {
        var refusal = added(
            name, "tests:\n  - name: t\n    records:\n      - \(record)\n    expect: \(expect)")
        refusal.says = says
        return refusal
    }

    static let tests = [
        added("no list", "tests: «x", "expected a list"),
        added("no name", "tests: [«{ records: [], expect: {} }]", "`name` is missing in a test"),
        added("no records", "tests: [«{ name: t, expect: {} }]", "`records` is missing in a test"),
        added(
            "an unknown threshold", "tests: [{ name: t, records: [], expect: {}, set: { «many-clicks.mn_clicks: 3 } }]",
            "did you mean `min_clicks`?"),
        added(
            "a threshold out of bounds",
            "tests: [{ name: t, records: [], expect: {}, set: { «many-clicks.min_clicks: 1 } }]",
            "expected at least 2 (min)"),
        added(
            "no threshold", "tests: [{ name: t, records: [], expect: {}, set: { «many-clicks: 3 } }]",
            "expected stage.threshold: value"),
        test("an unknown source", "{ source: «clcks, record: {} }", "{}", "did you mean `clicks`?"),
        test("no repetition", "{ repeat: «0, record: {} }", "{}", "from 1 to 1000000"),
        test("a time that is none", "{ at: «noon, record: {} }", "{}", "expected a time such as"),
        test("a day that is none", "{ at: «2011-02-29T12:00:00Z, record: {} }", "{}", "expected a time such as"),
        test("steps from nowhere", "{ «every: 1s, record: {} }", "{}", "`every` has no meaning without `at`"),
        test("lines that repeat", "{ «repeat: 3, lines: x }", "{}", "`repeat` is not a key of raw lines"),
        test("no record", "«{ at: 2011-11-14T12:00:00Z }", "{}", "`record` is missing"),
        test("an unknown fate", "{ record: {} }", "{ «dropped: 3 }", "it takes accepted, duplicate"),
        test("a negative count", "{ record: {} }", "{ accepted: «-3 }", "a whole number of at least 0"),
        test("an alert of no stage", "{ record: {} }", "{ alerts: [«{ severity: high }] }", "`stage` is missing"),
        test("an alert of a filter", "{ record: {} }", "{ alerts: [{ stage: «paid }] }", "expected many-clicks"),
        test(
            "an unknown key field", "{ record: {} }", "{ alerts: [{ stage: many-clicks, key: { «device_id: d } }] }",
            "the key is merchant_id, ad_id"),
        test(
            "an unknown measure", "{ record: {} }", "{ alerts: [{ stage: many-clicks, measures: { «clics: 3 } }] }",
            "did you mean `clicks`?"),
        test("an unknown state", "{ record: {} }", "{ credits: [{ state: «paid }] }", "expected posted, held"),
        test("an amount with decimals", "{ record: {} }", "{ credits: [{ amount_minor: «1.5 }] }", "a whole number"),
    ]

    @Test(arguments: tests) func testIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let overrides = [
        ("many-clicks.min_clicks=1", "`min_clicks` is set to 1; expected at least 2 (min)"),
        ("many-clicks.min_clicks=101", "`min_clicks` is set to 101; expected at most 100 (max)"),
        ("many-clicks.min_clicks=", "found ``; expected a number such as 10 or 0.5"),
        ("many-clicks.min_clicks=0x10", "found `0x10`; expected a number such as 10 or 0.5"),
        ("many-clicks.min_click=3", "has no threshold `min_click` (did you mean `min_clicks`?)"),
        ("many-click.min_clicks=3", "there is no stage `many-click` (did you mean `many-clicks`?)"),
    ]

    @Test(arguments: overrides) func overrideIsRefused(_ argument: String, _ says: String) throws {
        let override = try #require(ThresholdOverride(argument: argument))
        let found = diagnostics(of: Refusal.base, overrides: [override])
        #expect(
            found.map(\.rendered) == ["--set \(argument): error: \(says)"]
                || found.first?.rendered.hasSuffix(says) == true)
        #expect(found.count == 1)
    }

    @Test(arguments: ["", "a.b", "a=b", "a.b.c=d", ".b=c", "a.=c"]) func argumentIsNoOverride(_ argument: String) {
        #expect(ThresholdOverride(argument: argument) == nil)
    }

    @Test(arguments: [("2", 2), ("100", 100)]) func overrideAtTheBoundIsTaken(_ text: String, _ value: Int64) throws {
        let override = ThresholdOverride(stage: "many-clicks", threshold: "min_clicks", text: text)
        let other = ThresholdOverride(stage: "many-clicks", threshold: "min_clicks", text: "50")
        let pipeline = try load(Refusal.base, overrides: [other, override])
        #expect(pipeline.topology.stages[1].thresholds[0].value == .integer(value))
    }
}
