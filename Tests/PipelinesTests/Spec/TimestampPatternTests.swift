import Pipelines
import Testing

@testable import RampartCore

/// Patterns of timestamps from the file's text to the moment that a record's text spells.
@Suite struct TimestampPatternTests {
    private func format(_ pattern: String, zone: String? = nil) throws -> TimestampFormat {
        let zone = zone.map { ", zone: \($0)" } ?? ""
        let setting = "event: click\n    fields: { ts: { format: \"\(pattern)\"\(zone) } }"
        let text = Refusal.base.replacing("event: click", with: setting)
        return try #require(try load(text).topology.sources[0].mappings[.click]?.timeFormat)
    }

    private func pattern(_ text: String) throws -> TimestampPattern {
        let hasOffset = text.contains { "XZ".contains($0) }
        guard case .pattern(let pattern, let zone) = try format(text, zone: hasOffset ? nil : "UTC") else {
            throw Diagnostics([])
        }
        #expect((zone == nil) == hasOffset)
        return pattern
    }

    private func read(_ text: String, _ pattern: TimestampPattern) -> TimestampParser.Reading? {
        Array(text.utf8).withUnsafeBytes { pattern.read($0) }
    }

    private func moment(_ text: String, _ pattern: String) throws -> String? {
        guard let reading = read(text, try self.pattern(pattern)) else { return nil }
        return (EventTime(milliseconds: reading.local) - (reading.offset ?? .zero)).text
    }

    @Test(arguments: [
        ("yyyy-MM-dd'T'HH:mm", "2011-11-14T12:05", "2011-11-14T12:05:00.000Z"),
        ("dd/MM/yyyy HH:mm", "14/11/2011 23:59", "2011-11-14T23:59:00.000Z"),
        ("MM/dd/yyyy h:mm a", "11/14/2011 1:05 PM", "2011-11-14T13:05:00.000Z"),
        ("MM/dd/yyyy h:mm a", "11/14/2011 12:00 am", "2011-11-14T00:00:00.000Z"),
        ("MM/dd/yyyy h:mm a", "11/14/2011 12:59 PM", "2011-11-14T12:59:00.000Z"),
        ("MM/dd/yyyy hh:mm a", "11/14/2011 11:59 Pm", "2011-11-14T23:59:00.000Z"),
        ("d.M.yyyy H:mm", "4.1.2011 7:05", "2011-01-04T07:05:00.000Z"),
        ("d.M.yyyy H:mm", "14.11.2011 17:05", "2011-11-14T17:05:00.000Z"),
        ("d.M.yyyy H:mm", "04.01.2011 07:05", "2011-01-04T07:05:00.000Z"),
        ("yyyyMMddHHmmssSSS", "20111114120102003", "2011-11-14T12:01:02.003Z"),
        ("yyyy-MM-dd", "2012-02-29", "2012-02-29T00:00:00.000Z"),
        ("dd/MM/yy", "01/01/69", "2069-01-01T00:00:00.000Z"), ("dd/MM/yy", "01/01/70", "1970-01-01T00:00:00.000Z"),
        ("yyyy-MM-dd HH:mm:ss.S", "2011-11-14 12:00:00.5", "2011-11-14T12:00:00.500Z"),
        ("yyyy-MM-dd HH:mm:ss,SS", "2011-11-14 12:00:00,05", "2011-11-14T12:00:00.050Z"),
        ("yyyy-MM-dd HH:mm:ss.SSSSSSSSS", "2011-11-14 12:00:00.123999999", "2011-11-14T12:00:00.123Z"),
        ("yyyy-MM-dd HH:mm:ssX", "2011-11-14 20:00:00+08", "2011-11-14T12:00:00.000Z"),
        ("yyyy-MM-dd HH:mm:ssXX", "2011-11-14 20:00:00+0800", "2011-11-14T12:00:00.000Z"),
        ("yyyy-MM-dd HH:mm:ssXXX", "2011-11-14 06:30:00-05:30", "2011-11-14T12:00:00.000Z"),
        ("yyyy-MM-dd HH:mm:ssXXX", "2011-11-14 12:00:00Z", "2011-11-14T12:00:00.000Z"),
        ("dd/MMM/yyyy:HH:mm:ss Z", "14/Nov/2011:12:00:00 +0000", "2011-11-14T12:00:00.000Z"),
        ("EEE, d MMMM yyyy HH:mm:ss Z", "MON, 14 november 2011 12:00:00 -0100", "2011-11-14T13:00:00.000Z"),
        ("EEEE d MMM yyyy", "Wednesday 29 Feb 2012", "2012-02-29T00:00:00.000Z"),
        ("yyyy年M月d日 HH时", "2011年11月4日 20时", "2011-11-04T20:00:00.000Z"),
        ("HH 'o''clock' dd.MM.yyyy''", "12 o'clock 14.11.2011'", "2011-11-14T12:00:00.000Z"),
    ])
    func isRead(pattern: String, text: String, moment: String) throws {
        #expect(try self.moment(text, pattern) == moment)
    }

    @Test(arguments: [
        ("yyyy-MM-dd HH:mm", ["", "2011-11-14", "2011-11-14 12:0", "2011-11-14 12:00 ", " 2011-11-14 12:00"]),
        ("yyyy-MM-dd HH:mm", ["2011-11-14 12:00:00", "2011-11-14T12:00", "2011-1-14 12:00", "11-11-14 12:00"]),
        ("yyyy-MM-dd HH:mm", ["2011-02-29 12:00", "2011-13-01 12:00", "2011-00-01 12:00", "2011-01-00 12:00"]),
        ("yyyy-MM-dd HH:mm", ["2011-11-14 24:00", "2011-11-14 12:60", "2011-11-14 -1:00", "２011-11-14 12:00"]),
        ("yyyy-MM-dd HH:mm:ss", ["2011-11-14 12:00:60"]), ("d.M.yyyy", ["111.1.2011", "1.111.2011", ".1.2011"]),
        ("MM/dd/yyyy h:mm a", ["11/14/2011 0:00 AM", "11/14/2011 13:00 PM", "11/14/2011 1:00", "11/14/2011 1:00 XM"]),
        ("MM/dd/yyyy h:mm a", ["11/14/2011 1:00 A", "11/14/2011 1:00 AMx"]),
        ("yyyy-MM-dd HH:mm:ss.SSS", ["2011-11-14 12:00:00", "2011-11-14 12:00:00.12", "2011-11-14 12:00:00.1234"]),
        ("yyyy-MM-dd HH:mm:ssXXX", ["2011-11-14 12:00:00+0800", "2011-11-14 12:00:00z", "2011-11-14 12:00:00+24:00"]),
        ("yyyy-MM-dd HH:mm:ssXXX", ["2011-11-14 12:00:00+08:60", "2011-11-14 12:00:00+8:00", "2011-11-14 12:00:00"]),
        ("yyyy-MM-dd HH:mm:ssXX", ["2011-11-14 12:00:00+08:00", "2011-11-14 12:00:00+08"]),
        ("yyyy-MM-dd HH:mm:ssX", ["2011-11-14 12:00:00+0800"]), ("yyyy-MM-dd HH:mm:ssZ", ["2011-11-14 12:00:00Z"]),
        ("dd MMM yyyy", ["14 Nob 2011", "14 11 2011", "14 November 2011", "14 No 2011", "14 "]),
        ("dd MMMM yyyy", ["14 Nov 2011"]), ("EEE dd.MM.yyyy", ["Tue 14.11.2011", "Monday 14.11.2011", "M 14.11.2011"]),
        ("yyyy年M月d日", ["2011年11月4曰", "2011年11月4"]),
    ])
    func isRefused(pattern: String, texts: [String]) throws {
        // The well-known layout has a format of its own, which is tested with the formats.
        let pattern = pattern == "yyyy-MM-dd HH:mm:ss" ? pattern + "'!'" : pattern
        for text in texts { #expect(try moment(text, pattern) == nil, "\(text)") }
    }

    static let all = [
        "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "MM/dd/yyyy h:mm:ss.SSSS a XX", "EEEE d MMMM yyyy HH:mm:ss SSS Z",
        "EEE d MMM yy H.m.s,SSSSSS X", "yyyyMMddHHmmssSSS",
    ]

    @Test(arguments: all) func whatIsWrittenIsReadBack(text: String) throws {
        let pattern = try pattern(text)
        // Whole hours, because X has no minutes.
        for offset in [0, 8, -11] as [Int64] {
            let hasOffset = text.contains { "XZ".contains($0) }
            let zone = ZoneRules(name: "x", initialOffset: .hours(hasOffset ? offset : 0))
            for milliseconds in stride(from: Int64(86_400_000), to: 3_100_000_000_000, by: 3_234_567_891) {
                let time = EventTime(milliseconds: milliseconds)
                let written = pattern.text(of: time, in: zone)
                let reading = try #require(read(written, pattern), "\(written)")
                #expect(EventTime(milliseconds: reading.local) - (reading.offset ?? .zero) == time, "\(written)")
            }
        }
    }

    /// A text cut anywhere, or with any byte changed, gives a time or nil and never traps.
    @Test(arguments: all) func damagedTextNeverTraps(text: String) throws {
        let pattern = try pattern(text)
        let whole = Array(pattern.text(of: EventTime(milliseconds: 1_321_272_000_123), in: .utc).utf8)
        for index in whole.indices {
            #expect(whole[..<index].withUnsafeBytes { pattern.read($0) } == nil)
            for byte in UInt8.min...UInt8.max {
                var damaged = whole
                damaged[index] = byte
                _ = damaged.withUnsafeBytes { pattern.read($0) }
            }
        }
    }

    @Test func localTimesThatAZoneSkipsOrRepeats() throws {
        guard case .pattern(let pattern, let zone?) = try format("dd/MM/yyyy HH:mm", zone: "Europe/London") else {
            Issue.record("There is no zone.")
            return
        }
        let moments = try ["27/03/2011 01:30", "30/10/2011 01:30", "01/07/2011 12:00"].map { text in
            zone.moment(local: try #require(read(text, pattern)).local).text
        }
        #expect(moments == ["2011-03-27T01:30:00.000Z", "2011-10-30T00:30:00.000Z", "2011-07-01T11:00:00.000Z"])
    }

    @Test func thePlainLayoutKeepsItsFormat() throws {
        #expect(try format("yyyy-MM-dd HH:mm:ss", zone: "UTC") == .local(zone: .utc))
    }

    private static func ts(_ name: String, _ format: String, _ says: String...) -> Refusal {
        var refusal = Refusal(name, "    event: click", "    event: click\n    fields: { ts: { format: \(format) } }")
        refusal.says = says
        return refusal
    }

    static let refusals = [
        ts("a year of weeks", "\"«YYYY-MM-dd\", zone: UTC", "write yyyy"),
        ts("a day of the year", "\"yyyy-MM-«DD\", zone: UTC", "write dd"),
        ts("a bare T", "\"yyyy-MM-dd«THH:mm\", zone: UTC", "write 'T' if the letters stand in the time"),
        ts("three letters for the year", "\"«yyy-MM-yy\", zone: UTC", "expected yyyy or yy"),
        ts("ten digits of a fraction", "\"yyyy-MM-dd HH:mm:ss.«SSSSSSSSSS\", zone: UTC", "S to SSSSSSSSS"),
        ts("percent signs", "\"%«Y-%m-%d\", zone: UTC", "write yyyy"),
        ts(
            "minutes for months", "\"yyyy-mm-dd HH:«mm\", zone: UTC",
            "the minute twice (m is the minute and M the month)"),
        ts("two hours", "\"yyyy-MM-dd HH:mm «hh\", zone: UTC", "the hour twice"),
        ts("an open quote", "\"yyyy-MM-dd «'at HH:mm\", zone: UTC", "the quoted text of the format does not end"),
        ts("no day", "«\"yyyy-MM\", zone: UTC", "the format has no day (add dd)"),
        ts("minutes without hours", "«\"yyyy-MM-dd mm\", zone: UTC", "a minute and no hour (add HH)"),
        ts("a fraction without seconds", "«\"yyyy-MM-dd HH:mm.SSS\", zone: UTC", "a fraction and no second"),
        ts("half a day", "«\"yyyy-MM-dd h:mm\", zone: UTC", "add a, or write HH"),
        ts("the other half", "«\"yyyy-MM-dd HH:mm a\", zone: UTC", "write h for H"),
        ts("widths that cannot be told", "«\"yyyy-MM-dHH\", zone: UTC", "right before another"),
        ts("a digit behind an open width", "«\"yyyy-MM-d'0'\", zone: UTC", "right before another"),
        ts("no zone", "«\"dd/MM/yyyy HH:mm\"", "local times need a zone"),
        ts("a zone beside an offset", "\"dd/MM/yyyy HH:mmXXX\", «zone: UTC", "the format has an offset"),
        ts("a long format", "«\"yyyy\(String(repeating: " ", count: 61))\", zone: UTC", "expected at most 64"),
        ts("no format at all", "«yesterday", "or a pattern such as yyyy-MM-dd HH:mm:ss"),
        ts("a misspelt format", "«iso860", "did you mean `iso8601`?"),
    ]

    @Test(arguments: refusals) func formatIsRefused(_ refusal: Refusal) throws { try refusal.check() }
}
