import Engine
import Pipelines
import Testing

/// What the runner says of tests that fail, and how it makes logs of their records.
@Suite struct TestRunnerFailureTests {
    private static let json = """
        pipeline: runner
        sources:
          clicks: { event: click }
        stages:
          flood:
            from: clicks
            key: [merchant_id]
            window: { size: 10s, every: 10s }
            measure: { clicks: count(), cost: sum(cost) }
            when: clicks >= 3
            alert: { severity: high }
            credit: { component: click_cost, reason: invalid_click }
        tests:

        """

    private static let csv = """
        pipeline: runner
        sources:
          rows:
            event:
              switch: kind
              cases:
                - { equals: back, event: refund, fields: { ts: returned } }
              default: order
            format: csv
            fields: { event_id: id, ts: ordered, merchant_id: shop, amount: cents, currency: { constant: GBP } }
        stages:
          many:
            from: rows
            key: [merchant_id]
            window: { size: 10s, every: 10s }
            measure: { rows: count() }
            when: rows >= 2
            alert: { severity: low }
        tests:

        """

    private static func problems(_ head: String, _ tests: String) async throws -> [String] {
        let pipeline = try PipelineLoader.load(text: head + tests, file: "runner.yaml").get()
        return try await PipelineTestRunner(pipeline).run(pipeline.tests[0]).problems
    }

    private static func clicks(
        _ merchants: [String], in pipeline: String = json, expect: String
    ) async throws -> [String] {
        let records = merchants.map { merchant in
            """
                  - repeat: 3
                    at: 2011-11-14T12:00:00Z
                    record: { type: click, event_id: "\(merchant)-{n}", merchant_id: \(merchant), cost: 5, currency: GBP }
            """
        }
        let head = "  - name: clicks\n    records:\n"
        return try await problems(pipeline, head + records.joined(separator: "\n") + "\n    expect: \(expect)\n")
    }

    @Test func alertsInShadowAreExpectedApart() async throws {
        let shadow = Self.json.replacing("  flood:\n", with: "  flood:\n    mode: shadow\n")
        let apart = try await Self.clicks(
            ["m1"], in: shadow, expect: "{ alerts: [], shadow: [{ stage: flood, merchant_id: m1 }], credits: [] }")
        #expect(apart == [])
        let none = try await Self.clicks(["m1"], in: shadow, expect: "{ shadow: [] }")
        #expect(none.count == 1 && none[0].contains("got an alert in shadow of flood"), "\(none)")
        let live = try await Self.clicks(["m1"], in: shadow, expect: "{ alerts: [{ stage: flood }] }")
        #expect(live.count == 1 && live[0].contains("expected an alert of flood, got none"), "\(live)")
    }

    @Test func expectationThatNamesLittleLeavesTheAlertToTheOther() async throws {
        let both = try await Self.clicks(
            ["m1", "m2", "m3"],
            expect:
                "{ alerts: [{ stage: flood }, { stage: flood, merchant_id: m2 }, { stage: flood, merchant_id: m1 }] }")
        #expect(both == [])
        let twice = try await Self.clicks(
            ["m1", "m2"],
            expect: "{ alerts: [{ stage: flood, merchant_id: m1 }, { stage: flood, merchant_id: m1 }] }")
        #expect(twice.count == 1)
    }

    @Test func problemSaysWhatWasExpectedAndWhatCame() async throws {
        let wrong = try await Self.clicks(
            ["m1"],
            expect: "{ alerts: [{ stage: flood, merchant_id: m1, measures: { clicks: 4, cost: { EUR: 15 } } }] }")
        #expect(
            wrong == [
                "runner.yaml:19: expected an alert of flood with merchant_id m1, clicks 4, cost EUR 15, "
                    + "got one with clicks 3 instead of 4, cost GBP 15 instead of EUR 15"
            ])
        let missing = try await Self.clicks(
            ["m1"], expect: "{ alerts: [{ stage: flood }, { stage: flood, severity: high }] }")
        #expect(missing == ["runner.yaml:19: expected an alert of flood with severity high, got none"])
        let unexpected = try await Self.clicks(["m1"], expect: "{ alerts: [] }")
        #expect(
            unexpected == [
                "runner.yaml:14: got an alert of flood with merchant_id m1, opened 2011-11-14T12:00:10.000Z, clicks 3, "
                    + "cost GBP 15, which is not expected"
            ])
    }

    @Test func creditIsToldWithItsDifference() async throws {
        let wrong = try await Self.clicks(
            ["m1"], expect: "{ credits: [{ state: posted, amount_minor: 16, lines: 3 }] }")
        #expect(
            wrong == [
                "runner.yaml:19: expected a credit with state posted, amount_minor 16, lines 3, "
                    + "got one with amount_minor 15 instead of 16"
            ])
    }

    @Test func incidentIsToldAsItEnded() async throws {
        let gathering = Self.json.replacing(
            "tests:", with: "  siege: { kind: incident, from: flood, quiet: 20s }\ntests:")
        let right = try await Self.clicks(
            ["m1", "m2"], in: gathering,
            expect: "{ incidents: [{ stage: siege, merchant_id: m2 }, { stage: siege, alerts: { flood: 1 } }] }")
        #expect(right == [])
        let wrong = try await Self.clicks(
            ["m1"], in: gathering,
            expect:
                "{ incidents: [{ stage: siege, severity: low, closed: 2011-11-14T12:00:39Z, alerts: { flood: 2 } }] }")
        #expect(
            wrong == [
                "runner.yaml:20: expected an incident of siege with severity low, closed 2011-11-14T12:00:39.000Z, "
                    + "alerts of flood 2, got one with severity high instead of low, "
                    + "closed 2011-11-14T12:00:40.000Z instead of 2011-11-14T12:00:39.000Z, "
                    + "alerts of flood 1 instead of 2"
            ])
        let unexpected = try await Self.clicks(["m1"], in: gathering, expect: "{ incidents: [] }")
        #expect(
            unexpected.count == 1
                && unexpected[0].contains("got an incident of siege with severity high, merchant_id m1"),
            "\(unexpected)")
    }

    @Test func wrongFateQuotesTheFirstDeadLetters() async throws {
        let problems = try await Self.problems(
            Self.json,
            """
              - name: broken
                records:
                  - lines: "broken\\nbroken\\nbroken\\nbroken\\nbroken"
                expect: { accepted: 5 }
            """)
        try #require(problems.count == 1)
        #expect(problems[0].hasPrefix("runner.yaml:14: expected 5 accepted, got 0; dead letters: invalid_json: "))
        #expect(problems[0].hasSuffix(" And 2 more."))
    }

    @Test func logThatCannotBeReadTestsNothing() async throws {
        let problems = try await Self.problems(
            Self.csv,
            """
              - name: header
                records:
                  - lines: |
                      id,shop,shop,ordered
                      1,m1,m1,1321272000000
                expect: { accepted: 0, alerts: [] }
            """)
        #expect(problems == ["runner.yaml:20: the log cannot be read: its header has the column `shop` twice"])
    }

    /// The second record has a column that the first lacks, and its time stands where its own event type has it.
    @Test func columnsOfAllRecordsMakeTheHeader() async throws {
        let problems = try await Self.problems(
            Self.csv,
            """
              - name: columns
                records:
                  - { at: 2011-11-14T12:00:00Z, record: { kind: sale, id: "1", shop: "m,1", cents: 5 } }
                  - { at: 2011-11-14T12:00:09Z, record: { kind: back, id: "2", shop: "m,1", cents: 5 } }
                  - { at: 2011-11-14T12:00:10Z, record: { kind: back, id: "3", shop: "m,1", cents: 5 } }
                expect:
                  accepted: 3
                  alerts: [{ stage: many, merchant_id: "m,1", opened: 2011-11-14T12:00:10Z, measures: { rows: 2 } }]
            """)
        #expect(problems == [])
    }

    /// The row of the second feed is behind the first, and late only if both are one log.
    @Test func linesWithOneHeaderAreOneLog() async throws {
        let feeds = """
              - name: lines
                records:
                  - lines: "kind,id,shop,ordered,cents\\r\\nsale,1,m1,1321272010000,5"
                  - lines: "HEADER\\nsale,2,m1,1321272000000,5\\n"
                expect: { accepted: 1, late: 1 }
            """
        let same = feeds.replacing("HEADER", with: "kind,id,shop,ordered,cents")
        #expect(try await Self.problems(Self.csv, same) == [])
        let other = feeds.replacing("HEADER", with: "id,kind,shop,ordered,cents")
        let problems = try await Self.problems(Self.csv, other)
        #expect(problems == ["runner.yaml:23: the lines have another header than those before; one source has one log"])
    }

    @Test func csvLinesAndRecordsAreNotMixed() async throws {
        let problems = try await Self.problems(
            Self.csv,
            """
              - name: mixed
                records:
                  - lines: "id,shop,ordered,cents\\n1,m1,1321272010000,5\\n"
                  - { at: 2011-11-14T12:00:00Z, record: { id: "2", shop: m1, cents: 5 } }
                expect: { accepted: 2 }
            """)
        try #require(problems.count == 1)
        #expect(problems[0].hasPrefix("runner.yaml:23: a CSV log is given by `lines` or by records"))
    }
}
