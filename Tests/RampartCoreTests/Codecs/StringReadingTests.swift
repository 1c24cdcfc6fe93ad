import RampartCore
import Testing

@Suite struct StringReadingTests {
    private let fixture = DecodingFixture()

    private func decode(merchant json: String) -> (outcome: DecodedRecord, events: EventBatch) {
        fixture.decode(one: #"{"event_id":"e","ts":5,"merchant_id":\#(json)}"#)
    }

    @Test(arguments: [
        (#""m-\u0031""#, "m-1"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u00E9""#, "éé"),
        (#""\u4eba""#, "人"), (#""\ud834\udd1e""#, "𝄞"), (#""x\uDBFF\uDFFFy""#, "x\u{10FFFF}y"),
        (#""\u0000""#, "\0"), (#""人é𝄞""#, "人é𝄞"), ("17", "17"), ("-0", "-0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), (#""null""#, "null"),
        (#""a\u007fb""#, "a\u{7F}b"), (#""\u0080\u07ff\u0800\uffff""#, "\u{80}\u{7FF}\u{800}\u{FFFF}"),
    ])
    func textThatIsTaken(json: String, expected: String) {
        let (outcome, events) = decode(merchant: json)
        #expect(outcome.result == .event)
        guard !events.isEmpty else { return }
        #expect(events.text(0) == expected)
        #expect(events.headers[0].partitionHash == KeyedHash.stable.hash(Array(expected.utf8)))
    }

    @Test(arguments: ["1.0", "1e1", "true", "false", "{}", "[\"m\"]", "-1.5"])
    func otherKinds(json: String) {
        #expect(decode(merchant: json).outcome.reason == .wrongType)
    }

    @Test(arguments: ["null", "\"\""])
    func whatIsMissing(json: String) {
        #expect(decode(merchant: json).outcome.reason == .missingField)
        #expect(fixture.decode(one: #"{"event_id":"e","ts":5}"#).outcome.reason == .missingField)
        #expect(
            fixture.decode(one: #"{"event_id":\#(json),"ts":5,"merchant_id":"m"}"#).outcome.reason == .missingField)
        let withoutTime = fixture.decode(one: #"{"event_id":"e","ts":\#(json),"merchant_id":"m"}"#).outcome
        #expect(withoutTime.reason == .missingField)
        #expect(withoutTime.time == nil)
    }

    @Test func identifiersHaveALimit() {
        let longest = String(repeating: "é", count: Limits.identifierBytes / 2)
        #expect(decode(merchant: "\"\(longest)\"").outcome.result == .event)
        #expect(decode(merchant: "\"\(longest)x\"").outcome.reason == .fieldTooLong)
        // The limit is that of the value, not of its spelling.
        let spelled = String(repeating: "\\u0078", count: Limits.identifierBytes)
        #expect(decode(merchant: "\"\(spelled)\"").outcome.result == .event)
        #expect(decode(merchant: "\"\(spelled)x\"").outcome.reason == .fieldTooLong)
        func identity(_ text: String) -> DecodedRecord {
            fixture.decode(one: #"{"event_id":"\#(text)","ts":5,"merchant_id":"m"}"#).outcome
        }
        #expect(identity(longest).result == .event)
        #expect(identity(longest + "x").reason == .fieldTooLong)
    }

    @Test func textsHaveALimitOfTheirOwn() {
        let fields = [
            FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil)),
            FieldMapping(field: .text, path: Path(["t"]), reading: .string(prefix: nil)),
        ]
        let long = String(repeating: "x", count: Limits.textBytes - 1)
        for layout in [[Field.merchantID], [.merchantID, .text]] {
            let fixture = DecodingFixture(sources: [DecodingFixture.clicks(fields, identity: nil)], layout: layout)
            let (outcome, events) = fixture.decode(one: #"{"m":"m","ts":5,"t":"\#(long)"}"#)
            #expect(outcome.result == .event)
            // A text that the graph does not read is only digested.
            #expect(events.bytes.count == (layout.count == 2 ? Limits.textBytes : 1))
            let other = fixture.decode(one: #"{"m":"m","ts":5,"t":"\#(long)y"}"#).events
            #expect(other.headers[0].digest != events.headers[0].digest)
            let longer = fixture.decode(one: #"{"m":"m","ts":5,"t":"\#(long)yz"}"#).outcome
            #expect(longer.reason == .fieldTooLong)
        }
    }

    @Test(arguments: [
        ("23166", "231"), ("ab", "ab"), ("人é𝄞x", "人é𝄞"), ("abc", "abc"), (#"\u0061bcd"#, "abc"),
    ])
    func prefixesCountCharacters(json: String, expected: String) {
        let fields = [FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: 3))]
        let fixture = DecodingFixture(
            sources: [DecodingFixture.clicks(fields, identity: nil)], layout: [.merchantID])
        let events = fixture.decode(one: #"{"m":"\#(json)","ts":5}"#).events
        #expect(events.text(0) == expected)
        #expect(
            fixture.decode(one: #"{"m":"\#(expected)","ts":5}"#).events.headers[0].digest == events.headers[0].digest)
    }

    /// The digest covers what is mapped, kept or not, and neither `ts` nor `event_id`.
    @Test func digests() {
        func digest(_ json: String, layout: [Field] = [.merchantID]) -> Digest? {
            DecodingFixture(layout: layout).decode(one: json).events.headers.first?.digest
        }
        let base = #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a","cost":5,"currency":"CNY"}"#
        #expect(digest(base) == digest(base, layout: [.cost, .adID, .merchantID]))
        #expect(
            digest(base)
                == digest(#"{"event_id":"f","ts":6,"merchant_id":"m","ad_id":"a","cost":5,"currency":"CNY","x":1}"#))
        let others = [
            #"{"event_id":"e","ts":5,"merchant_id":"m","cost":5,"currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"b","cost":5,"currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"n","ad_id":"a","cost":5,"currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a","cost":6,"currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a","cost":0,"currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a","cost":5,"currency":"EUR"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a","currency":"CNY"}"#,
            #"{"event_id":"e","ts":5,"merchant_id":"ma","ad_id":"","cost":5,"currency":"CNY"}"#,
        ]
        #expect(Set((others + [base]).map { digest($0) }).count == others.count + 1)
    }
}
