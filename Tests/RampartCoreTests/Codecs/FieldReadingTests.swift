import RampartCore
import Testing

/// What each reading of a mapping takes, and the reason it gives for what it does not take.
@Suite struct FieldReadingTests {
    /// What came of the field under test.
    enum Reading: Equatable, Sendable {
        case success(Int64?)
        case failure(DeadLetterReason)
    }

    /// The letters of a currency as one number.
    private func packed(_ letters: ArraySlice<UInt8>) -> Int64 { letters.reduce(0) { $0 << 8 | Int64($1) } }

    /// A record with one value of the field under test.
    private func outcome(
        _ field: Field, _ reading: FieldMapping.Reading, _ json: String, extra: String = "", scale: Int = 2,
        fallback: String? = nil
    ) -> Reading {
        let value = FieldMapping(
            field: field, path: Path(["v"]), fallback: fallback.map { Array($0.utf8) }, reading: reading)
        let merchant = FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil))
        let currency = FieldMapping(field: .currency, path: nil, fallback: Array("CNY".utf8), reading: .currency)
        let fields = field == .currency ? [merchant, value] : [merchant, value, currency]
        let fixture = DecodingFixture(
            sources: [DecodingFixture.clicks(fields, identity: nil, scale: scale)], layout: [field])
        let (outcome, events) = fixture.decode(one: #"{"m":"m","ts":5,"v":\#(json)\#(extra)}"#)
        #expect(outcome.time == EventTime(milliseconds: 5))
        if let reason = outcome.reason {
            #expect(events.isEmpty && events.bytes.isEmpty && events.slots.isEmpty)
            return .failure(reason)
        }
        guard events.has(0, row: 0) else { return .success(nil) }
        return .success(field == .currency ? packed(events.string(0, row: 0)) : events.integer(0, row: 0))
    }

    @Test(
        arguments: [
            ("1", 1), ("5", 5), ("3", 3), ("-0", nil), ("0", nil), ("6", nil), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("99999999999999999999999999", nil),
        ] as [(String, Int64?)])
    func integersWithinBounds(json: String, value: Int64?) {
        let expected: Reading = value.map { .success($0) } ?? .failure(.numberOutOfRange)
        #expect(outcome(.rating, .integer(minimum: 1, maximum: 5), json) == expected)
    }

    @Test(
        arguments: [
            ("9223372036854775807", .success(.max)), ("-9223372036854775808", .success(.min)), ("-0", .success(0)),
            ("1.5", .failure(.notAnInteger)), ("1.0", .failure(.notAnInteger)), ("1e3", .failure(.notAnInteger)),
            ("\"5\"", .failure(.wrongType)), ("true", .failure(.wrongType)), ("[5]", .failure(.wrongType)),
            ("{}", .failure(.wrongType)), ("null", .success(nil)), ("\"\"", .success(nil)),
        ] as [(String, Reading)])
    func integersByKind(json: String, expected: Reading) {
        #expect(outcome(.rating, .integer(minimum: .min, maximum: .max), json) == expected)
    }

    @Test(
        arguments: [
            ("0", .success(0)), ("-0", .success(0)), ("9223372036854775807", .success(.max)),
            ("9223372036854775808", .failure(.numberOutOfRange)), ("-1", .failure(.negativeMoney)),
            ("1.0", .failure(.notAnInteger)), ("\"1\"", .failure(.wrongType)),
        ] as [(String, Reading)])
    func units(json: String, expected: Reading) {
        #expect(outcome(.cost, .units, json) == expected)
    }

    @Test(
        arguments: [
            ("1.8", .success(180)), ("1.80", .success(180)), ("1.800", .success(180)), ("\"1.80\"", .success(180)),
            ("0.01", .success(1)), ("0.001", .failure(.tooManyDecimals)), ("0.0010", .failure(.tooManyDecimals)),
            ("7", .success(700)), ("-0.00", .success(0)), ("-0.01", .failure(.negativeMoney)),
            ("92233720368547758.07", .success(.max)), ("92233720368547758.08", .failure(.numberOutOfRange)),
            ("184467440737095516.16", .failure(.numberOutOfRange)), ("1e2", .failure(.wrongType)),
            ("\"1e2\"", .failure(.wrongType)), ("\"1,5\"", .failure(.wrongType)), ("\".5\"", .failure(.wrongType)),
            ("\"5.\"", .failure(.wrongType)), ("\"+5\"", .failure(.wrongType)), ("\" 5\"", .failure(.wrongType)),
            ("\"-\"", .failure(.wrongType)), ("\"£5\"", .failure(.wrongType)), ("true", .failure(.wrongType)),
            ("\"1.\\u0038\"", .success(180)), ("null", .success(nil)), ("\"1.8.0\"", .failure(.wrongType)),
        ] as [(String, Reading)])
    func decimals(json: String, expected: Reading) {
        #expect(outcome(.amount, .decimal(factor: nil, negate: false), json) == expected)
    }

    @Test func decimalsAtTheScalesEdges() {
        let reading = FieldMapping.Reading.decimal(factor: nil, negate: false)
        #expect(outcome(.amount, reading, "5", scale: 0) == .success(5))
        #expect(outcome(.amount, reading, "5.0", scale: 0) == .success(5))
        #expect(outcome(.amount, reading, "5.1", scale: 0) == .failure(.tooManyDecimals))
        #expect(outcome(.amount, reading, "0.000000001", scale: 9) == .success(1))
        #expect(outcome(.amount, reading, "0.0000000001", scale: 9) == .failure(.tooManyDecimals))
        #expect(outcome(.amount, reading, "9223372036.854775807", scale: 9) == .success(.max))
        #expect(outcome(.amount, reading, "9223372037", scale: 9) == .failure(.numberOutOfRange))
        #expect(outcome(.amount, reading, String(repeating: "9", count: 5000)) == .failure(.numberOutOfRange))
        #expect(outcome(.amount, reading, "1." + String(repeating: "0", count: 5000)) == .success(100))
    }

    @Test func aSignThatIsTurned() {
        let reading = FieldMapping.Reading.decimal(factor: nil, negate: true)
        #expect(outcome(.amount, reading, "-1.80") == .success(180))
        #expect(outcome(.amount, reading, "1.80") == .failure(.negativeMoney))
        #expect(outcome(.amount, reading, "0.00") == .success(0))
        #expect(outcome(.amount, reading, "-0.00") == .success(0))
    }

    @Test(
        arguments: [
            (",\"n\":17", .success(3060)), (",\"n\":\"17\"", .success(3060)), (",\"n\":17.0", .success(3060)),
            (",\"n\":\"17.00\"", .success(3060)), (",\"n\":0", .success(0)), (",\"n\":17.5", .failure(.notAnInteger)),
            (",\"n\":17e0", .failure(.notAnInteger)), (",\"n\":-1", .failure(.negativeMoney)),
            ("", .failure(.missingField)),
            (",\"n\":null", .failure(.missingField)), (",\"n\":\"x\"", .failure(.wrongType)),
            (",\"n\":51240955760304310", .success(9_223_372_036_854_775_800)),
            (",\"n\":51240955760304311", .failure(.numberOutOfRange)),
            (",\"n\":1,\"n\":1", .failure(.duplicateKey)),
        ] as [(String, Reading)])
    func factors(extra: String, expected: Reading) {
        let reading = FieldMapping.Reading.decimal(factor: Path(["n"]), negate: false)
        #expect(outcome(.amount, reading, "1.80", extra: extra) == expected)
        // Without an amount there is nothing to multiply.
        #expect(outcome(.amount, reading, "null", extra: extra) == .success(nil))
    }

    @Test func aFactorWhoseSignIsTurned() {
        let reading = FieldMapping.Reading.decimal(factor: Path(["n"]), negate: true)
        #expect(outcome(.amount, reading, "1.80", extra: ",\"n\":-2") == .success(360))
        #expect(outcome(.amount, reading, "1.80", extra: ",\"n\":2") == .failure(.negativeMoney))
        #expect(outcome(.amount, reading, "-1.80", extra: ",\"n\":-2") == .failure(.negativeMoney))
        #expect(outcome(.amount, reading, "-1.80", extra: ",\"n\":2") == .failure(.negativeMoney))
    }

    @Test(
        arguments: [
            ("\"CNY\"", .success(0x434E59)), ("\"C\\u004eY\"", .success(0x434E59)),
            ("\"cny\"", .failure(.unknownCurrency)),
            ("\"CN\"", .failure(.unknownCurrency)), ("\"XTS\"", .failure(.unknownCurrency)),
            ("5", .failure(.wrongType)),
            ("\"人\"", .failure(.unknownCurrency)), ("null", .success(nil)), ("\"\"", .success(nil)),
        ] as [(String, Reading)])
    func currencies(json: String, expected: Reading) {
        #expect(outcome(.currency, .currency, json) == expected)
    }

    @Test func fallbacksAreReadLikeCells() {
        #expect(outcome(.rating, .integer(minimum: 1, maximum: 5), "null", fallback: "3") == .success(3))
        #expect(outcome(.rating, .integer(minimum: 1, maximum: 5), "4", fallback: "3") == .success(4))
        #expect(
            outcome(.rating, .integer(minimum: 1, maximum: 5), "\"\"", fallback: "7") == .failure(.numberOutOfRange))
        #expect(outcome(.amount, .decimal(factor: nil, negate: false), "null", fallback: "0.5") == .success(50))
        #expect(outcome(.currency, .currency, "null", fallback: "EUR") == .success(0x455552))
    }

    @Test func moneyNeedsACurrency() {
        let fixture = DecodingFixture()
        let start = #"{"event_id":"e","ts":5,"merchant_id":"m""#
        #expect(fixture.decode(one: start + #","cost":5}"#).outcome.reason == .missingCurrency)
        #expect(fixture.decode(one: start + #","cost":0}"#).outcome.reason == .missingCurrency)
        #expect(fixture.decode(one: start + #","cost":5,"currency":""}"#).outcome.reason == .missingCurrency)
        #expect(fixture.decode(one: start + #","cost":5,"currency":"EUR"}"#).outcome.result == .event)
        #expect(fixture.decode(one: start + #","currency":"EUR"}"#).outcome.result == .event)
        #expect(fixture.decode(one: start + #"}"#).outcome.result == .event)
        #expect(fixture.decode(one: start + #","currency":"EUX"}"#).outcome.reason == .unknownCurrency)
    }
}
