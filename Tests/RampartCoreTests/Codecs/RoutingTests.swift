import RampartCore
import Testing

/// Which source and event type a record gets (R2).
@Suite struct RoutingTests {
    private func orders(_ selector: Source.Selector, typePath: Path? = nil) -> DecodingFixture {
        let fields = [FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil))]
        return DecodingFixture(
            sources: [DecodingFixture.clicks(fields, selector: selector, typePath: typePath, identity: nil)],
            layout: [.merchantID])
    }

    private func result(_ fixture: DecodingFixture, _ members: String) -> String {
        let (outcome, events) = fixture.decode(one: #"{"ts":5,"m":"m"\#(members)}"#)
        switch outcome.result {
        case .event: return "\(outcome.source ?? -1) \(events.headers[0].type.name)"
        case .filtered:
            #expect(outcome.time == nil && events.isEmpty)
            return "filtered"
        case .deadLetter(let reason, _): return reason.rawValue
        }
    }

    @Test(arguments: [
        (",\"no\":\"C536379\"", "0 refund"), (",\"no\":\"A1\"", "0 void"), (",\"no\":\"536365\"", "0 order"),
        (",\"no\":536365", "0 order"), (",\"no\":\"c1\"", "0 order"), (",\"no\":\"C\"", "0 refund"),
        (",\"no\":\"A12\"", "0 order"), ("", "missing_field"), (",\"no\":null", "missing_field"),
        (",\"no\":\"\"", "missing_field"), (",\"no\":1.5", "wrong_type"), (",\"no\":true", "wrong_type"),
        (",\"no\":\"1\",\"no\":\"1\"", "duplicate_key"), (",\"no\":\"\\u00431\"", "0 refund"),
    ])
    func switches(members: String, expected: String) {
        let cases = [
            Source.Case(pattern: .startsWith(Array("C".utf8)), type: .refund),
            Source.Case(pattern: .equals(Array("A1".utf8)), type: .void),
            Source.Case(pattern: .startsWith(Array("CC".utf8)), type: .void),
        ]
        #expect(result(orders(.match(path: Path(["no"]), cases: cases, otherwise: .order)), members) == expected)
        let strict = orders(.match(path: Path(["no"]), cases: cases, otherwise: nil))
        #expect(result(strict, members) == (expected == "0 order" ? "filtered" : expected))
    }

    @Test(arguments: [
        ("", "0 click"), (",\"type\":\"click\"", "0 click"), (",\"type\":\"refund\"", "filtered"),
        (",\"type\":\"clic\"", "filtered"), (",\"type\":\"Click\"", "filtered"), (",\"type\":7", "0 click"),
        (",\"type\":null", "0 click"), (",\"type\":\"\"", "0 click"), (",\"type\":\"clic\\u006b\"", "0 click"),
        (",\"type\":\"click\",\"type\":\"click\"", "duplicate_key"),
    ])
    func aTypeThatTheSourceDoesNotProduce(members: String, expected: String) {
        #expect(result(orders(.constant(.click), typePath: Path(["type"])), members) == expected)
    }

    @Test func brokenRecordsAreNotFiltered() {
        let fixture = orders(.constant(.click), typePath: Path(["type"]))
        #expect(fixture.decode(one: #"{"type":"refund","x":}"#).outcome.reason == .invalidJSON)
        #expect(fixture.decode(one: #"{"type":"refund"}"#).outcome.result == .filtered)
    }

    @Test(arguments: [
        (",\"type\":\"click\"", "0 click"), (",\"type\":\"review\"", "2 review"), (",\"type\":\"order\"", "filtered"),
        (",\"type\":\"refund\"", "filtered"), ("", "missing_field"), (",\"type\":null", "missing_field"),
        (",\"type\":5", "wrong_type"), (",\"type\":[\"click\"]", "wrong_type"), (",\"type\":\"nothing\"", "filtered"),
    ])
    func byType(members: String, expected: String) {
        let fields = [FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil))]
        let fixture = DecodingFixture(
            sources: [
                DecodingFixture.clicks(fields, identity: nil),
                DecodingFixture.clicks(
                    fields, name: "orders",
                    selector: .match(path: Path(["no"]), cases: [], otherwise: .order), identity: nil),
                DecodingFixture.clicks(fields, name: "reviews", selector: .constant(.review), identity: nil),
            ], layout: [.merchantID], binding: .byType)
        #expect(result(fixture, members) == expected)
        let broken = fixture.decode(one: #"{"ts":5,"type":"review","m":{}}"#).outcome
        #expect(broken.source == 2 && broken.time == EventTime(milliseconds: 5) && broken.reason == .wrongType)
        let unrouted = fixture.decode(one: #"{"ts":5,"m":"m"}"#).outcome
        #expect(unrouted.source == nil && unrouted.time == nil)
    }

    /// Details are sentences that quote a bounded, printable part of the value.
    @Test func details() {
        let fixture = DecodingFixture()
        func detail(_ members: String) -> String {
            fixture.decode(one: #"{"event_id":"e","ts":5,"merchant_id":"m"\#(members)}"#).outcome.detail
        }
        #expect(detail(#","cost":-5,"currency":"CNY""#) == "`cost` is -5, but money cannot be negative.")
        #expect(detail(#","currency":"\u001b[31m\u202eX""#).contains("\u{FFFD}[31m\u{FFFD}X"))
        #expect(detail(#","cost":5"#) == "There is an amount of money, but no `currency`.")
        let long = detail(#","ad_id":"\#(String(repeating: "é", count: 5000))""#)
        #expect(long.contains(String(repeating: "é", count: 32) + "…"))
        #expect(long.utf8.count < 200)
        #expect(detail(#","ad_id":[1,2]"#).hasPrefix("`ad_id` is [1,2], "))
    }
}
