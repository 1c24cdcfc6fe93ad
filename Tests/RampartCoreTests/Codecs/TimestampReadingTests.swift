import RampartCore
import Testing

@Suite struct TimestampReadingTests {
    private func outcome(_ format: TimestampFormat, _ json: String, latest: EventTime = .year2100) -> DecodedRecord {
        var fixture = DecodingFixture(
            sources: [
                DecodingFixture.clicks(
                    [FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil))],
                    time: format, identity: nil)
            ], layout: [])
        fixture.latest = latest
        let outcome = fixture.decode(one: #"{"m":"m","ts":\#(json)}"#).outcome
        #expect((outcome.time == nil) == (outcome.result != .event))
        return outcome
    }

    @Test(
        arguments: [
            (.epochSeconds, "1321272000", 1_321_272_000_000), (.epochMilliseconds, "1321272000001", 1_321_272_000_001),
            (.epochMicroseconds, "1321272000001999", 1_321_272_000_001), (.epochSeconds, "0", 0),
            (.epochMilliseconds, "-0", 0), (.epochMicroseconds, "999", 0),
            (.epochSeconds, "4102444800", 4_102_444_800_000),
            (.epochMilliseconds, "4102444800000", 4_102_444_800_000),
            (.epochMicroseconds, "4102444800000999", 4_102_444_800_000),
            (.iso8601(zone: nil), "\"2100-01-01T00:00:00.000Z\"", 4_102_444_800_000),
            (.iso8601(zone: nil), "\"1970-01-01T00:00:00Z\"", 0),
            (.iso8601(zone: nil), "\"2011-11-14T20:00:00+08:00\"", 1_321_272_000_000),
            (.iso8601(zone: .utc), "\"2011-11-14T12:00:00\"", 1_321_272_000_000),
            (.local(zone: .utc), "\"2011-11-14 12:00:00.5\"", 1_321_272_000_500),
            (
                .local(zone: ZoneRules(name: "x", initialOffset: .hours(8))), "\"2011-11-14 20:00:00\"",
                1_321_272_000_000
            ),
            (.local(zone: .utc), "\"2011-11-14\\u002012:00:00\"", 1_321_272_000_000),
        ] as [(TimestampFormat, String, Int64)])
    func isRead(format: TimestampFormat, json: String, milliseconds: Int64) {
        #expect(outcome(format, json).time == EventTime(milliseconds: milliseconds))
    }

    @Test(
        arguments: [
            (.epochSeconds, "-1", .timestampOutOfRange), (.epochSeconds, "4102444801", .timestampOutOfRange),
            (.epochMilliseconds, "4102444800001", .timestampOutOfRange),
            (.epochMilliseconds, "-1", .timestampOutOfRange),
            (.epochMicroseconds, "-1", .timestampOutOfRange),
            (.epochMicroseconds, "4102444800001000", .timestampOutOfRange),
            (.epochSeconds, "9223372036854775807", .timestampOutOfRange),
            (.epochMicroseconds, "99999999999999999999", .timestampOutOfRange),
            (.epochSeconds, "1321272000.5", .invalidTimestamp), (.epochSeconds, "1e9", .invalidTimestamp),
            (.epochSeconds, "\"1321272000\"", .wrongType), (.epochSeconds, "true", .wrongType),
            (.epochSeconds, "[1]", .wrongType), (.iso8601(zone: nil), "1321272000", .wrongType),
            (.iso8601(zone: nil), "\"2011-11-14T12:00:00\"", .invalidTimestamp),
            (.iso8601(zone: nil), "\"2011-11-14\"", .invalidTimestamp),
            (.iso8601(zone: nil), "\"1969-12-31T23:59:59.999Z\"", .timestampOutOfRange),
            (.iso8601(zone: nil), "\"1970-01-01T00:00:00+00:01\"", .timestampOutOfRange),
            (.iso8601(zone: nil), "\"2100-01-01T00:00:00.001Z\"", .timestampOutOfRange),
            (.iso8601(zone: nil), "\"0000-01-01T00:00:00Z\"", .timestampOutOfRange),
            (.iso8601(zone: nil), "\"2011-11-14T12:00:60Z\"", .invalidTimestamp),
            (.local(zone: .utc), "\"2011-11-14 12:00:00Z\"", .invalidTimestamp),
            (.local(zone: .utc), "\"2011-02-29 12:00:00\"", .invalidTimestamp),
            (.local(zone: .utc), "{}", .wrongType), (.local(zone: .utc), "\"\"", .missingField),
        ] as [(TimestampFormat, String, DeadLetterReason)])
    func isRefused(format: TimestampFormat, json: String, reason: DeadLetterReason) {
        #expect(outcome(format, json).reason == reason)
    }

    @Test func theLatestTimeCanBeMoved() {
        let latest = EventTime(milliseconds: 1000)
        #expect(outcome(.epochMilliseconds, "1000", latest: latest).result == .event)
        #expect(outcome(.epochMilliseconds, "1001", latest: latest).reason == .timestampOutOfRange)
    }

    /// `ts` counts for the watermark whatever else is wrong (R7).
    @Test(
        arguments: [
            (#"{"ts":5}"#, .missingField, true), (#"{"ts":5,"merchant_id":1.5,"event_id":"e"}"#, .wrongType, true),
            (#"{"ts":5,"ts":5,"merchant_id":"m","event_id":"e"}"#, .duplicateKey, false),
            (#"{"ts":5,"merchant_id":"m","merchant_id":"m","event_id":"e"}"#, .duplicateKey, true),
            (#"{"ts":-5,"event_id":"e"}"#, .timestampOutOfRange, false),
            (#"{"ts":5,"event_id":"e""#, .invalidJSON, false),
        ] as [(String, DeadLetterReason, Bool)])
    func timeOfDeadLetters(json: String, reason: DeadLetterReason, hasTime: Bool) {
        let outcome = DecodingFixture().decode(one: json).outcome
        #expect(outcome.reason == reason)
        #expect(outcome.time == (hasTime ? EventTime(milliseconds: 5) : nil))
        #expect(outcome.source == 0)
    }
}
