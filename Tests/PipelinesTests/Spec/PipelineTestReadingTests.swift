import Pipelines
import RampartCore
import Testing

/// What `tests:` becomes.
@Suite struct PipelineTestReadingTests {
    private static let tests = """
        tests:
          - name: everything
            set: { many-clicks.min_clicks: 3 }
            records:
              - repeat: 3
                at: 2011-11-14T12:00:00.5+01:00
                every: 20s
                source: clicks
                record: { a: "c{n}", b: 15, c: 1.50, d: true, e: null, f: "15", g: { h: [x, ~, -2e3] }, i: 010, j: }
              - lines: |
                  a,b
                  1,2
            expect:
              accepted: 3
              dead_lettered: 0
              alerts:
                - stage: many-clicks
                  severity: high
                  merchant_id: m1
                  key: { ad_id: 17 }
                  opened: 2011-11-14T12:03:10Z
                  measures: { clicks: 3, spent: { GBP: 45, EUR: 0.5 } }
              credits: [{ component: c, reason: r, state: held, merchant_id: m, currency: GBP, amount_minor: 0, lines: 2 }]
          - { name: nothing, records: [], expect: { alerts: [] } }

        """

    @Test func recordsKeepTheirTypes() throws {
        let test = try load(Refusal.base + Self.tests).tests[0]
        #expect(test.name == "everything" && test.line == 24)
        #expect(test.overrides.map(\.rendered) == ["many-clicks.min_clicks=3"])
        #expect(test.feeds.map(\.source) == ["clicks", nil])
        guard case .record(let template) = test.feeds[0].content, case .lines(let lines) = test.feeds[1].content else {
            Issue.record("\(test.feeds)")
            return
        }
        #expect(lines == "a,b\n1,2\n")
        #expect(template.count == 3 && template.step == .seconds(20))
        #expect(template.start == EventTime(milliseconds: 1_321_268_400_500))
        #expect(template.members.map(\.name) == ["a", "b", "c", "d", "e", "f", "g", "i", "j"])
        let nested = RecordValue.object([.init(name: "h", value: .list([.string("x"), .null, .number("-2e3")]))])
        #expect(
            template.members.map(\.value) == [
                .string("c{n}"), .number("15"), .number("1.50"), .boolean(true), .null, .string("15"), nested,
                .string("010"), .null,
            ])
    }

    @Test func expectationsAreRead() throws {
        let tests = try load(Refusal.base + Self.tests).tests
        let expectation = tests[0].expectation
        #expect(expectation.fates == [.init(fate: .accepted, count: 3), .init(fate: .deadLettered, count: 0)])
        let alert = try #require(expectation.alerts?.first)
        #expect(alert.stage == "many-clicks" && alert.severity == .high && alert.merchantID == "m1")
        #expect(alert.key.map(\.field) == [.adID] && alert.key.map(\.value) == ["17"])
        #expect(alert.opened == EventTime(milliseconds: 1_321_272_190_000))
        #expect(alert.measures.map(\.name) == ["clicks", "spent", "spent"])
        #expect(alert.measures.map(\.value) == [.integer(3), .integer(45), .double(0.5)])
        #expect(alert.measures.map(\.currency?.text) == [nil, "GBP", "EUR"])
        let credit = try #require(expectation.credits?.first)
        #expect(credit.state == .held && credit.amountMinor == 0 && credit.lines == 2)
        #expect(tests[1].expectation.alerts?.isEmpty == true && tests[1].expectation.credits == nil)
    }

    /// Both sides of what a time can be.
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
        ("2011-11-14T12:00:00.25Z", 1_321_272_000_250),
        ("2100-12-31T00:00:00-00:30", 4_133_896_200_000),
    ]) func timesAreRead(_ text: String, _ milliseconds: Int64) throws {
        let found = try start(text)
        #expect(found == EventTime(milliseconds: milliseconds))
    }

    @Test(arguments: [
        "2011-11-14", "2011-11-14T12:00:00", "2011-11-14 12:00:00Z", "2011-11-31T12:00:00Z", "2011-13-01T12:00:00Z",
        "2100-02-29T12:00:00Z", "2011-11-14T24:00:00Z", "2011-11-14T12:60:00Z", "2011-11-14T12:00:60Z",
        "2011-11-14T12:00:00.Z", "2011-11-14T12:00:00.0001Z", "2011-11-14T12:00:00+24:00", "2011-11-14T12:00:00ZZ",
        "1969-12-31T23:59:59Z", "٢٠١١-11-14T12:00:00Z",
    ]) func noTimesAreRefused(_ text: String) {
        #expect(throws: Diagnostics.self) { try start(text) }
    }

    private func start(_ time: String) throws -> EventTime? {
        let tests = "tests: [{ name: t, records: [{ at: \"\(time)\", record: {} }], expect: {} }]\n"
        guard case .record(let template)? = try load(Refusal.base + tests).tests.first?.feeds.first?.content else {
            return nil
        }
        return template.start
    }

    @Test(arguments: [
        ("1ms", 1), ("0s", 0), ("90s", 90_000), ("10m", 600_000), ("1h", 3_600_000), ("30d", 2_592_000_000),
        ("3653d", 315_619_200_000),
    ]) func durationsAreRead(_ text: String, _ milliseconds: Int64) throws {
        let source = try load(Refusal.base.replacing("event: order", with: "event: order\n    lateness: \(text)"))
            .topology.sources[1]
        #expect(source.lateness == EventSpan(milliseconds: milliseconds))
    }

    @Test(arguments: ["", "s", "5", "5 s", "5S", "1.5h", "-1s", "+1s", "1h30m", "3654d", "9223372036854775808ms"])
    func noDurationsAreRefused(_ text: String) {
        #expect(throws: Diagnostics.self) {
            try load(Refusal.base.replacing("event: order", with: "event: order\n    lateness: \"\(text)\""))
        }
    }
}
