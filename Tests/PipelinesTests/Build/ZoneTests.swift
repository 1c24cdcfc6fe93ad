import Pipelines
import RampartCore
import Testing

/// Zones as values: every change of offset from 1970 to 2100.
@Suite struct ZoneTests {
    private func rules(_ zone: String) throws -> ZoneRules {
        let setting = "event: order\n    fields: { ts: { format: iso8601, zone: \(zone) } }"
        let source = try load(Refusal.base.replacing("event: order", with: setting)).topology.sources[1]
        guard case .iso8601(let zone?)? = source.mappings[.order]?.timeFormat else { return .utc }
        return zone
    }

    private func offset(_ rules: ZoneRules, _ seconds: Int64) -> Int64 {
        let passed = rules.transitions.last { $0.start.milliseconds <= seconds * 1000 }
        return (passed?.offset ?? rules.initialOffset).milliseconds / 60_000
    }

    @Test func londonKeepsItsSummers() throws {
        let london = try rules("Europe/London")
        #expect(london.name == "Europe/London")
        // British Standard Time was an hour ahead all year round until 31 October 1971, 02:00 UTC.
        #expect(london.initialOffset == .hours(1))
        #expect(london.transitions.first == .init(start: EventTime(milliseconds: 57_722_400_000), offset: .zero))
        // [30 October 2011 01:00 UTC) ends that summer; 27 March 2011 01:00 UTC began it.
        #expect(offset(london, 1_301_187_599) == 0 && offset(london, 1_301_187_600) == 60)
        #expect(offset(london, 1_319_936_399) == 60 && offset(london, 1_319_936_400) == 0)
        // 28 March 2060 01:00 UTC: rules go on beyond the tables that end in 2037.
        #expect(offset(london, 2_847_661_199) == 0 && offset(london, 2_847_661_200) == 60)
        let starts = london.transitions.map(\.start)
        #expect(starts == starts.sorted() && starts.count > 250)
        #expect(zip(london.transitions, london.transitions.dropFirst()).allSatisfy { $0.offset != $1.offset })
    }

    @Test func utcNeverChanges() throws {
        #expect(try rules("UTC") == .utc)
    }

    @Test func zonesChangeForOtherReasonsToo() throws {
        // Samoa left out 30 December 2011 and went from -10:00 to +14:00.
        let apia = try rules("Pacific/Apia")
        #expect(offset(apia, 1_325_239_199) == -600 && offset(apia, 1_325_239_200) == 840)
        // India is five and a half hours ahead and has not changed since.
        let kolkata = try rules("Asia/Kolkata")
        #expect(kolkata.initialOffset == .minutes(330) && kolkata.transitions.isEmpty)
    }
}
