import Foundation
import RampartCore
import Testing

@testable import RampartCore

@Suite struct CivilDateTests {
    /// Every day of 1600–2400 follows the one before it, and both ways agree.
    @Test func daysFollowEachOther() throws {
        var expected = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSinceEpoch
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CivilDate(year: year, month: month, day: day) else {
                        #expect(day > 28)
                        continue
                    }
                    if date.daysSinceEpoch != expected || CivilDate(daysSinceEpoch: expected) != date {
                        Issue.record("\(date)")
                    }
                    expected += 1
                }
            }
        }
        #expect(expected == CivilDate(year: 2400, month: 1, day: 1)?.daysSinceEpoch)
    }

    @Test func theEpochAndTheCalendarsEdges() {
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.daysSinceEpoch == 0)
        #expect(CivilDate(year: 2100, month: 1, day: 1)?.daysSinceEpoch == 47_482)
        #expect(CivilDate(year: 0, month: 1, day: 1)?.daysSinceEpoch == -719_528)
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2024, month: 2, day: 30) == nil)
        #expect(CivilDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2023, month: 4, day: 31) == nil)
        #expect(CivilDate(year: 2023, month: 0, day: 1) == nil)
        #expect(CivilDate(year: 2023, month: 13, day: 1) == nil)
        #expect(CivilDate(year: 2023, month: 1, day: 0) == nil)
    }
}

@Suite struct EventTimeTextTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_321_272_000_000, "2011-11-14T12:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, "9999-12-31T23:59:59.999Z"),
        (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
    ])
    func isWrittenInUTC(milliseconds: Int64, text: String) {
        #expect(EventTime(milliseconds: milliseconds).text == text)
    }

    @Test func whatIsWrittenReadsBack() throws {
        for milliseconds in stride(from: Int64(0), to: 4_102_444_800_000, by: 1_234_567_891) {
            let time = EventTime(milliseconds: milliseconds)
            #expect(EventTime(text: time.text) == time)
        }
    }

    @Test(arguments: [
        ("2011-11-14T12:00:00Z", 0), ("2011-11-14 12:00:00Z", 0), ("2011-11-14T12:00:00.5Z", 500),
        ("2011-11-14T12:00:00.123456789Z", 123), ("2011-11-14T12:00:00.0019Z", 1), ("2011-11-14T20:00:00+08:00", 0),
        ("2011-11-14T06:30:00-0530", 0), ("2011-11-14T12:00:00+00:00", 0), ("2011-11-15T11:59:00+23:59", 0),
    ])
    func formsThatAreRead(text: String, offset: Int64) {
        #expect(EventTime(text: text) == EventTime(milliseconds: 1_321_272_000_000 + offset))
    }

    @Test(arguments: [
        "", "2011-11-14", "2011-11-14T12:00Z", "2011-11-14T12:00:00", "2011-11-14T12:00:00.Z",
        "2011-11-14T12:00:00.1234567890Z", "2011-11-14T12:00:60Z", "2011-11-14T24:00:00Z", "2011-11-14T12:60:00Z",
        "2011-02-29T12:00:00Z", "2011-00-14T12:00:00Z", "2011-13-14T12:00:00Z", "2011-11-31T12:00:00Z",
        "2011-11-14T12:00:00z", "2011-11-14t12:00:00Z", "2011-11-14T12:00:00Z ", " 2011-11-14T12:00:00Z",
        "2011-11-14T12:00:00+8:00", "2011-11-14T12:00:00+08", "2011-11-14T12:00:00+24:00", "11-11-14T12:00:00Z",
        "2011-11-14T12:00:00+08:60", "2011/11/14T12:00:00Z", "+2011-11-14T12:00:00Z", "2011-11-14T12:00:00,5Z",
        "2011-11-14T12:00:00ZZ", "20x1-11-14T12:00:00Z", "-2011-11-14T12:00:00Z",
    ])
    func formsThatAreNot(text: String) {
        #expect(EventTime(text: text) == nil)
    }

    /// A text cut anywhere, or with any byte changed, gives a time or nil and never traps.
    @Test func damagedTextNeverTraps() {
        let text = Array("2011-11-14T12:00:00.123+08:00".utf8)
        for index in text.indices {
            _ = EventTime(text: String(decoding: text[..<index], as: UTF8.self))
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                damaged.withUnsafeBytes { _ = TimestampParser.read($0) }
            }
        }
    }
}

@Suite struct ZoneRulesTests {
    /// London in 2011: summer time from 27 March 01:00 UTC to 30 October 01:00 UTC.
    private let london = ZoneRules(
        name: "Europe/London", initialOffset: .zero,
        transitions: [
            ZoneRules.Transition(start: EventTime(text: "2011-03-27T01:00:00Z")!, offset: .hours(1)),
            ZoneRules.Transition(start: EventTime(text: "2011-10-30T01:00:00Z")!, offset: .zero),
        ])

    private func moment(_ local: String, _ zone: ZoneRules) throws -> String {
        zone.moment(local: try #require(EventTime(text: local + "Z")).milliseconds).text
    }

    @Test(arguments: [
        ("2011-03-27T00:59:59.999", "2011-03-27T00:59:59.999Z"),
        // 01:00 to 02:00 is skipped, and read with the offset before.
        ("2011-03-27T01:00:00.000", "2011-03-27T01:00:00.000Z"),
        ("2011-03-27T01:59:59.999", "2011-03-27T01:59:59.999Z"),
        ("2011-03-27T02:00:00.000", "2011-03-27T01:00:00.000Z"),
        ("2011-07-01T12:00:00.000", "2011-07-01T11:00:00.000Z"),
        // 01:00 to 02:00 happens twice, and is the earlier one.
        ("2011-10-30T00:59:59.999", "2011-10-29T23:59:59.999Z"),
        ("2011-10-30T01:00:00.000", "2011-10-30T00:00:00.000Z"),
        ("2011-10-30T01:59:59.999", "2011-10-30T00:59:59.999Z"),
        ("2011-10-30T02:00:00.000", "2011-10-30T02:00:00.000Z"),
    ])
    func gapsAndOverlaps(local: String, expected: String) throws {
        #expect(try moment(local, london) == expected)
        #expect(try moment(local, .utc) == local + "Z")
    }

    /// Every quarter of an hour that Foundation can convert to local time is converted back, over many years.
    @Test(arguments: ["Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kolkata"])
    func agreesWithFoundation(name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var transitions: [ZoneRules.Transition] = []
        var date = Date(timeIntervalSince1970: 0)
        let initial = zone.secondsFromGMT(for: date)
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < Date(timeIntervalSince1970: 4e9) {
            let offset = EventSpan.seconds(Int64(zone.secondsFromGMT(for: next)))
            transitions.append(
                .init(start: EventTime(milliseconds: Int64(next.timeIntervalSince1970) * 1000), offset: offset))
            date = next
        }
        let rules = ZoneRules(name: name, initialOffset: .seconds(Int64(initial)), transitions: transitions)
        for transition in transitions {
            for quarters in -12...12 {
                let moment = transition.start + .minutes(Int64(quarters) * 15)
                let seconds = zone.secondsFromGMT(
                    for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
                let local = moment + .seconds(Int64(seconds))
                let read = rules.moment(local: local.milliseconds)
                // Of two moments with one local time the earlier is read.
                let readSeconds = zone.secondsFromGMT(
                    for: Date(timeIntervalSince1970: Double(read.milliseconds) / 1000))
                #expect(read <= moment)
                #expect(read + .seconds(Int64(readSeconds)) == local)
            }
        }
    }
}

@Suite struct EventSpanTextTests {
    @Test(arguments: [
        ("500ms", EventSpan(milliseconds: 500)), ("90s", .seconds(90)), ("10m", .minutes(10)), ("1h", .hours(1)),
        ("30d", .days(30)), ("0s", .zero), ("1500ms", EventSpan(milliseconds: 1500)),
        ("9223372036854775807ms", EventSpan(milliseconds: .max)),
    ])
    func readsAndWrites(text: String, span: EventSpan) {
        #expect(EventSpan(text: text) == span)
        #expect(span.text == text)
    }

    @Test func writesTheLongestUnit() {
        #expect(EventSpan(text: "60s")?.text == "1m")
        #expect(EventSpan(text: "24h")?.text == "1d")
        #expect(EventSpan(text: "007m") == .minutes(7))
        #expect(EventSpan(milliseconds: -1500).text == "-1500ms")
        #expect(EventSpan(milliseconds: .min).text == "-9223372036854775808ms")
    }

    @Test(arguments: [
        "", "s", "10", "10 m", "-1s", "+1s", "1.5h", "1H", "1min", "1m ", "1mss", "9223372036854775808ms",
        "106751991168d", "99999999999999999999s", "１s",
    ])
    func refuses(text: String) {
        #expect(EventSpan(text: text) == nil)
    }
}
