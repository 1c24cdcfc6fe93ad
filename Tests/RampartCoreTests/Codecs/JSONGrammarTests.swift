import Foundation
import RampartCore
import Testing

/// The scanner decides alone what is a record: by table, and against Foundation's parser on damaged records.
@Suite struct JSONGrammarTests {
    private let fixture = DecodingFixture(
        sources: [
            DecodingFixture.clicks(
                [
                    FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil)),
                    FieldMapping(field: .adID, path: Path(["seller", "id"]), reading: .string(prefix: nil)),
                    FieldMapping(field: .orderID, path: Path(["seller", "shop", "id"]), reading: .string(prefix: nil)),
                ], identity: nil)
        ], layout: [.merchantID, .adID, .orderID])

    private func reason(_ json: String) -> DeadLetterReason? { fixture.decode(one: json).outcome.reason }

    /// The record with a member `x` of this value.
    private func reason(x value: String) -> DeadLetterReason? { reason(#"{"ts":5,"m":"m","x":\#(value)}"#) }

    @Test(arguments: [
        "0", "-0", "10", "1.0", "0.5", "-1.25e10", "1E+2", "1e-2", "1e999", "true", "false", "null", "\"\"", "[]",
        "{}", "[1,2]", " [ 1 , [ ] , { } ] ", "{\"a\":{\"b\":[null]}}", "\"\\ud834\\udd1e\"", "\"\u{7F}\"", "\"é人𝄞\"",
        "\t1\r", "{\"a\":1,\"a\":2}", "\"/\"", "\"\\/\"",
    ])
    func goodValues(value: String) {
        #expect(reason(x: value) == nil)
    }

    @Test(arguments: [
        "", "01", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "1_0", "--1", "-a", "Infinity", "NaN", "tru",
        "True", "nul", "truex", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud834\"", "\"\\ud834x\"",
        "\"\\ud834\\n\"", "\"\\ud834\\u0041\"", "\"\\udd1e\"", "\"\\udd1e\\ud834\"", "\"a\tb\"", "\"a\0b\"",
        "\"a\u{1F}b\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
        "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "1,2", "'a'", "1}", "/**/1", "\u{FEFF}1", "\u{A0}1", "\u{C}1",
        "{\"a\" 1}", "[}", "{]", "\"\\U0041\"", "\"\\", "-\"1\"",
    ])
    func badValues(value: String) {
        #expect(reason(x: value) == .invalidJSON)
    }

    @Test(arguments: [
        "1", "\"a\"", "null", "[]", "[{}]", "x", "{", "}", "{}{}", "{} x", "{},", "{\"ts\":5}}", ",", "{\"ts\":5,}",
        "{\"ts\"}", "{\"ts\":5 \"m\":1}", "\u{FEFF}\u{FEFF}{}", "{'ts':5}", "{\"ts\":5", "{\"ts\":5,\"m\":\"m\"} \0",
    ])
    func whatIsNoObject(json: String) {
        #expect(reason(json) == .invalidJSON)
    }

    @Test func nestingHasALimit() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let levels = Limits.nesting - 1
            let value = { String(repeating: open, count: $0) + "1" + String(repeating: close, count: $0) }
            #expect(reason(x: value(levels)) == nil)
            #expect(reason(x: value(levels + 1)) == .nestingTooDeep)
            #expect(reason(x: String(repeating: open, count: 100_000)) == .nestingTooDeep)
        }
    }

    /// Overlong forms, surrogates, what is past the last character, lone and missing continuations.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x22], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x92], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func whatIsNotUTF8(bytes: [UInt8]) {
        for (before, after) in [
            (#"{"ts":5,"m":""#, #""}"#), (#"{"ts":5,"m":"m","x":"abcdefgh"#, #"ijklmnopq"}"#),
            (#"{"ts":5,""#, #"":1}"#),
            (#"{"ts":5,"m":"m"}"#, ""), ("", "{}"), (#"{"ts":5,"m":"m","x":"#, "}"),
        ] {
            let outcome = fixture.decode(one: Array(before.utf8) + bytes + Array(after.utf8)).outcome
            #expect(outcome.reason == .invalidUTF8)
            #expect(outcome.time == nil)
        }
    }

    @Test(
        arguments: [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func theEdgesOfUTF8(bytes: [UInt8]) {
        let (outcome, events) = fixture.decode(one: Array(#"{"ts":5,"m":""#.utf8) + bytes + Array(#""}"#.utf8))
        #expect(outcome.result == .event)
        #expect(Array(events.string(0, row: 0)) == bytes)
    }

    @Test(arguments: [
        (#"{"ts":5,"m":"m","m":"m"}"#, true), (#"{"ts":5,"m":"m","\u006d":"m"}"#, true),
        (#"{"ts":5,"m":null,"m":"m"}"#, true), (#"{"ts":5,"ts":5,"m":"m"}"#, true),
        (#"{"ts":5,"m":"m","x":1,"x":1}"#, false), (#"{"ts":5,"m":"m","x":{"m":1},"y":{"m":1}}"#, false),
        (#"{"ts":5,"m":"m","seller":{"id":"1","id":"2"}}"#, true),
        (#"{"ts":5,"m":"m","seller":{"id":"1"},"seller":{"x":"2"}}"#, true),
        (#"{"ts":5,"m":"m","seller":1,"s\u0065ller":1}"#, true),
        (#"{"ts":5,"m":"m","seller":{"shop":{"id":"1"},"shop":{}}}"#, true),
        (#"{"ts":5,"m":"m","seller":{"x":1,"x":2,"id":"1"}}"#, false),
    ])
    func keysThatRepeat(json: String, isDuplicate: Bool) {
        #expect(reason(json) == (isDuplicate ? .duplicateKey : nil))
    }

    @Test func nestedPaths() {
        let events = fixture.decode(one: #"{"seller":{"shop":{"id":"s","x":1},"id":7},"id":"no","m":"m","ts":5}"#)
            .events
        #expect(events.text(1) == "7")
        #expect(events.text(2) == "s")
        for seller in ["null", "1", "\"x\"", "[{\"id\":\"no\"}]", "{}", "{\"shop\":1}", "{\"shop\":[]}"] {
            let (outcome, events) = fixture.decode(one: #"{"m":"m","ts":5,"seller":\#(seller)}"#)
            #expect(outcome.result == .event)
            #expect(events.headers.first?.present == 1)
        }
        #expect(reason(#"{"m":"m","ts":5,"seller":{"id":{}}}"#) == .wrongType)
    }

    @Test func aLineOfAMegabyte() {
        let frame = #"{"ts":5,"m":"m","x":""}"#
        let filling = String(repeating: "é\\n", count: (Limits.recordBytes - frame.utf8.count) / 4)
        let padding = String(repeating: " ", count: Limits.recordBytes - frame.utf8.count - filling.utf8.count)
        let longest = #"{"ts":5,"m":"m","x":"\#(filling)\#(padding)"}"#
        #expect(longest.utf8.count == Limits.recordBytes)
        #expect(reason(longest) == nil)
        #expect(reason(longest + " ") == .recordTooLong)
    }

    /// Foundation's parser and ours agree on which damaged records are objects, and on the values of good ones.
    ///
    /// Exceptions, in which the grammar is on our side: Foundation takes a byte order mark and other encodings with
    /// NUL bytes, and refuses numbers that no double holds.
    @Test func agreesWithFoundation() {
        var random = SplitMix64(seed: 20_111_114)
        let alphabet =
            Array(#"{}[]:,"\/ubfnrt0123456789.eE+-aD truefalsn"#.utf8) + [0x09, 0x1F, 0x7F, 0xC3, 0xA9, 0xED, 0xA0]
        let seeds = [
            #"{"ts":5,"m":"m-\u0031","seller":{"id":"é","shop":{"id":12}},"x":[1.5e3,true,null,"\ud834\udd1e"]}"#,
            #"{ "m" : "人\"\\\/\b\f\n\r\t" , "ts":1321272000000, "x":{"a":[{},[],""],"b":-0.25}, "seller":{"id":-7} }"#,
            #"{"ts":5,"m":"x","a":false,"b":{"c":{"d":[[[0]]]}},"seller":null,"e":10E-2}"#,
        ].map { Array($0.utf8) }
        var (good, bad) = (0, 0)
        for _ in 0..<6000 {
            var record = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 0...3, using: &random) { mutate(&record, alphabet, &random) }
            let isException = record.contains(0) || record.starts(with: [0xEF, 0xBB, 0xBF])
            guard !isException, !record.isEmpty, !record.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
            let (outcome, events) = fixture.decode(one: record)
            let object = try? JSONSerialization.jsonObject(with: Data(record)) as? [String: Any]
            let isValid = outcome.reason != .invalidJSON && outcome.reason != .invalidUTF8
            if isValid != (object != nil) {
                Issue.record("\(String(decoding: record, as: UTF8.self)) \(outcome.detail)")
            }
            if isValid { good += 1 } else { bad += 1 }
            guard outcome.result == .event, let object else { continue }
            #expect(events.text(0) == text(object["m"]))
            let seller = object["seller"] as? [String: Any]
            #expect(events.text(1) == text(seller?["id"]))
            #expect(events.text(2) == text((seller?["shop"] as? [String: Any])?["id"]))
        }
        #expect(good > 1000 && bad > 1000)
    }

    private func text(_ value: Any?) -> String {
        switch value {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: ""
        }
    }

    private func mutate(_ record: inout [UInt8], _ alphabet: [UInt8], _ random: inout SplitMix64) {
        guard !record.isEmpty else { return }
        let index = Int.random(in: 0..<record.count, using: &random)
        let byte = alphabet.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: record[index] = byte
        case 1: record.insert(byte, at: index)
        case 2: record.remove(at: index)
        case 3: record.removeSubrange(index...)
        default:
            let end = min(record.count, index + Int.random(in: 1...12, using: &random))
            record.insert(contentsOf: record[index..<end], at: Int.random(in: 0...record.count, using: &random))
        }
    }

    /// No bytes at all make the reader trap, and every record has an outcome.
    @Test func randomBytesNeverTrap() {
        var random = SplitMix64(seed: 7)
        for format in Source.Format.allCases {
            let fixture = DecodingFixture(sources: [DecodingFixture.clicks(format: format)])
            for round in 0..<300 {
                let alphabet: [UInt8] = round % 2 == 0 ? Array(0...255) : Array("\"\\,\n\r{}:m1-ts\u{E9}".utf8)
                let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? 0
                }
                let (records, outcomes, events) = fixture.decode(bytes, chunk: Int.random(in: 1...50, using: &random))
                #expect(records.records.count == outcomes.count)
                #expect(events.count == outcomes.count { $0.result == .event })
            }
        }
    }
}
