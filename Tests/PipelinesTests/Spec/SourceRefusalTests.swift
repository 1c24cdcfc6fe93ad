import Pipelines
import Testing

/// What a source cannot say.
@Suite struct SourceRefusalTests {
    private static let click = "    event: click"

    private static func clicks(_ name: String, _ lines: String, _ says: String...) -> Refusal {
        var refusal = Refusal(name, click, click + "\n    " + lines)
        refusal.says = says
        return refusal
    }

    private static func fields(_ name: String, _ fields: String, _ says: String...) -> Refusal {
        var refusal = Refusal(name, click, click + "\n    fields: { " + fields + " }")
        refusal.says = says
        return refusal
    }

    static let settings = [
        Refusal("no event", "    event: click", "    format: json", "`event` is missing in a source").at("3:3"),
        Refusal("no mapping", "  clicks:\n    event: click", "  clicks: «click", "found `click` for a source"),
        Refusal("an unknown type", click, "    event: «clicks", "did you mean `click`?"),
        Refusal("no type", click, "    event: «", "found nothing for an event type").at("4:11"),
        Refusal("a name in capitals", "  orders:", "  «Orders:", "write orders"),
        Refusal("a name with a blank", "  orders:", "  «my orders:", "write my_orders"),
        Refusal("a name that begins with a digit", "  orders:", "  «2orders:", "no name of a source"),
        Refusal("a long name", "  orders:", "  «\(String(repeating: "o", count: 65)):", "at most 64"),
        Refusal("no sources", "sources:\n", "sources: «{}\nfiller:\n", "there are no sources", "`filler` is not a key")
            .at("2:10", "3:1"),
        clicks("an unknown format", "format: «jsn", "did you mean `json`?"),
        clicks("an unknown partition", "partitioned_by: «merchant", "did you mean `merchant_id`?"),
        clicks("a partition of money", "partitioned_by: «cost", "expected merchant_id"),
        clicks("a partition that clicks lack", "partitioned_by: «order_id", "do not have"),
        clicks("a lateness without unit", "lateness: «5", "expected a duration such as"),
        clicks("a lateness of an unknown unit", "lateness: «5w", "expected a duration such as"),
        clicks("a negative lateness", "lateness: «-5s", "expected a duration such as"),
        clicks("a lateness past the end of time", "lateness: «99999999999999999d", "expected at most 3653d"),
        clicks("a scale of ten", "scale: «10", "a whole number from 0 to 9"),
        clicks("a negative scale", "scale: «-1", "a whole number from 0 to 9"),
        clicks("a scale in words", "scale: «two", "a whole number from 0 to 9"),
        clicks("dedupe on", "dedupe: «on", "expected off"),
        clicks("dedupe by what", "dedupe: { by: «key }", "expected id or content"),
        clicks("dedupe without by", "«dedupe: { horizon: 1h }", "`by` is missing"),
        clicks("dedupe over no time", "dedupe: { by: id, horizon: «0s }", "above zero"),
        clicks(
            "dedupe by an id that is not mapped", "dedupe: { by: «id }\n    fields: { event_id: none }", "by: content"
        )
        .butCredit,
    ]

    @Test(arguments: settings) func settingIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let mappings = [
        fields("a field of orders", "«order_id: x", "`order_id` is not a field of click events"),
        fields("a misspelt field", "«merchnat_id: x", "did you mean `merchant_id`?"),
        fields("ts switched off", "«ts: none", "every event happens at a time"),
        fields("an unknown time format", "ts: { format: «epoch }", "expected epoch_s, epoch_ms"),
        fields("local time without zone", "ts: { format: «\"yyyy-MM-dd HH:mm:ss\" }", "local times need a zone"),
        fields("an unknown zone", "ts: { format: iso8601, zone: «Europe/Londn }", "did you mean `Europe/London`?"),
        fields("letters as zone", "ts: { format: iso8601, zone: «PST }", "is no time zone"),
        fields("a zone that means nothing", "ts: { format: epoch_s, «zone: UTC }", "counts from 1970"),
        fields("a zone without format", "ts: { «zone: UTC }", "counts from 1970"),
        fields("a path with two dots", "merchant_id: «a..b", "joined by single dots"),
        fields("an empty path", "merchant_id: «[]", "the list for merchant_id is empty"),
        fields("an index that is no number", "merchant_id: «\"items[x].id\"", "expected an index from 0 to 9999"),
        fields("a negative index", "merchant_id: «\"items[-1].id\"", "as in items[0].price"),
        fields("an empty index", "merchant_id: «\"items[]\"", "expected an index from 0 to 9999"),
        fields("a large index", "merchant_id: «\"items[10000]\"", "expected an index from 0 to 9999"),
        fields("an index past 64 bits", "merchant_id: «\"items[99999999999999999999]\"", "from 0 to 9999"),
        fields("an open index", "merchant_id: «\"items[0\"", "expected an index from 0 to 9999"),
        fields("a letter behind an index", "merchant_id: «\"items[0]id\"", "expected an index from 0 to 9999"),
        fields("an index of nothing", "merchant_id: «\"[0].id\"", "joined by single dots"),
        fields("a bracket too many", "merchant_id: «\"items]\"", "written in a list"),
        fields("a large index in a list", "merchant_id: [items, «10000]", "written in quotation marks"),
        fields("a default of an id", "event_id: { «default: x }", "`default` is not a key of the mapping of event_id"),
        fields("a prefix of money", "cost: { «prefix: 3 }", "`prefix` is not a key of the mapping of a money field"),
        fields("a prefix of nothing", "ad_id: { prefix: «0 }", "from 1 to 1024"),
        fields("a constant with a path", "currency: { constant: GBP, «path: c }", "`path` has no meaning"),
        fields("an unknown currency", "currency: { constant: «XYZ }", "is no currency"),
        fields("a small currency", "currency: { default: «gbp }", "write GBP"),
        fields("money without currency", "«currency: none", "money needs a currency"),
        fields("times of units", "cost: { «times: n }", "add format: decimal"),
        fields("negated units", "cost: { «negate: true }", "add format: decimal"),
        fields("negate perhaps", "cost: { format: decimal, negate: «maybe }", "expected true or false"),
        fields("a fraction as units", "cost: { default: «1.5 }", "a whole number of at least 0"),
        fields("a negative default", "cost: { default: «-1 }", "a whole number of at least 0"),
        fields("too many decimals", "cost: { format: decimal, default: «1.005 }", "at most 2 decimal places"),
        fields("an empty constant", "ad_id: { constant: «\"\" }", "expected a text"),
        fields(
            "a long constant", "ad_id: { constant: «\(String(repeating: "x", count: 1025)) }", "expected at most 1024"),
    ]

    @Test(arguments: mappings) func mappingIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    static let switches = [
        Refusal("no cases", click, "    event: { switch: kind, cases: [] }", "the switch has no case").at("4:28"),
        Refusal("no path", click, "    «event: { cases: [{ equals: a, event: click }] }", "`switch` is missing"),
        Refusal(
            "two patterns", click,
            "    event: { switch: kind, cases: [«{ equals: a, starts_with: b, event: click }, { equals: a, event: click }] }",
            "one of `equals` and `starts_with`"),
        Refusal(
            "no pattern", click,
            "    event: { switch: kind, cases: [«{ event: click }, { equals: a, event: click }] }",
            "one of `equals` and `starts_with`"),
        Refusal(
            "two mappings of one type", click,
            """
                event:
                  switch: kind
                  cases:
                    - { equals: a, event: click, fields: { ad_id: x } }
                    - { equals: b, event: click, «fields: { ad_id: y } }
            """, "two cases map fields of click events"),
        Refusal(
            "a field of another case", click,
            "    event: { switch: kind, cases: [{ equals: a, event: click, fields: { «rating: x } }], default: review }",
            "`rating` is not a field of click events"),
        Refusal(
            "a type beside a switch", click,
            "    event: { switch: kind, cases: [{ equals: a, event: click }] }\n    fields: { «type: kind }",
            "the switch decides the type"),
        Refusal(
            "a CSV column that nests", click,
            "    format: csv\n    event: { switch: «[a, b], cases: [{ equals: a, event: click }] }",
            "CSV columns do not nest"),
        Refusal(
            "a type without the partition", "  orders:\n    event: order",
            "  «orders:\n    event: registration", "partitioned by merchant_id, which its registration events"),
        Refusal(
            "voids of another partition", "  orders:\n    event: order",
            "  «orders:\n    event: void\n    partitioned_by: charge_id", "gives voids, but is partitioned by charge_id"
        ),
    ]

    @Test(arguments: switches) func switchIsRefused(_ refusal: Refusal) throws { try refusal.check() }

    @Test func tooManySourcesAreRefused() throws {
        func text(_ count: Int) -> String {
            let more = (2..<count).map { "  s\($0): { event: order }\n" }.joined()
            return Refusal.base.replacing("  orders:", with: more + "  orders:")
        }
        #expect(throws: Never.self) { try load(text(64)) }
        let found = diagnostics(of: text(65)).filter { $0.severity == .error }
        #expect(found.map(\.message) == ["`sources` has 65 entries; expected at most 64"])
    }

    @Test func twoSourcesOfOneTypeAreOdd() {
        let text = Refusal.base.replacing("event: order", with: "event: click")
        let found = diagnostics(of: text)
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.line == 5 && found.first?.column == 3)
        #expect(found.first?.message.contains("both give click events") == true)
    }
}

extension Refusal {
    /// The same where the credit of the good file is refused besides, because the source has no ids.
    fileprivate var butCredit: Refusal {
        var copy = self
        copy.says.append("maps no event_id")
        copy.places = ["5:19", "24:5"]
        return copy
    }
}
