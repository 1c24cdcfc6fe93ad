import RampartCore
import Testing

@Suite struct JSONDecodingTests {
    private let fixture = DecodingFixture()
    private static let good =
        #"{"event_id":"e-1","ts":1321272000000,"merchant_id":"m-1","ad_id":"a","cost":5,"currency":"CNY"}"#

    @Test func aRecordBecomesAnEvent() {
        let (outcome, events) = fixture.decode(one: Self.good)
        #expect(outcome == DecodedRecord(source: 0, time: EventTime(milliseconds: 1_321_272_000_000), result: .event))
        #expect(events.count == 1)
        #expect(events.identity() == "e-1")
        #expect(events.text(0) == "m-1")
        #expect(events.text(1) == "a")
        #expect(events.integer(2, row: 0) == 5)
        #expect(events.text(3) == "CNY")
        #expect(events.headers[0].present == 0b01111)
        #expect(events.headers[0].type == .click)
        #expect(!events.headers[0].isLate)
        #expect(events.headers[0].partitionHash == KeyedHash.stable.hash(Array("m-1".utf8)))
    }

    /// Order, white space, spelling and unmapped members of any kind change nothing about the event.
    @Test func spellingDoesNotMatter() {
        let other = """
             {"x" : [1, {"ts":2}, "\\u00e9", null] , "currency":"CN\\u0059","\\u0063ost":5 ,\t"ad_id":"\\u0061",\
            "y":-1.5e+7,"merchant_id":"m-\\u0031","nested":{"cost":1,"merchant_id":"z"},"t":true,"ts":1321272000000,\
            "event_id":"e\\u002d1","é":"é𝄞"}\r
            """
        let (first, second) = (fixture.decode(one: Self.good), fixture.decode(one: other))
        #expect(second.outcome == first.outcome)
        #expect(second.events.headers[0].digest == first.events.headers[0].digest)
        #expect(second.events.headers[0].partitionHash == first.events.headers[0].partitionHash)
        #expect(second.events.slots == first.events.slots)
        #expect(second.events.bytes == first.events.bytes)
    }
}
