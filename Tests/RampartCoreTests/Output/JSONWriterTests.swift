import Foundation
import RampartCore
import Testing

@Suite struct JSONWriterTests {
    private func text(_ value: some JSONValue) -> String { OutputFixtures.text { value.write(to: &$0) } }

    @Test func objectsAndArraysNestInWrittenOrder() {
        let written = OutputFixtures.text { json in
            json.object { json in
                json.member("b", 1)
                json.object("empty") { _ in }
                json.array("list", of: [1, 2]) { json, number in
                    json.object { $0.member("n", number) }
                }
                json.member("a", [String]())
                json.member("none", String?.none)
                json.member("some", Optional(true))
            }
            json.endRow()
            json.array(of: ["x", "y"]) { $1.write(to: &$0) }
            json.endRow()
        }
        #expect(
            written == """
                {"b":1,"empty":{},"list":[{"n":1},{"n":2}],"a":[],"none":null,"some":true}
                ["x","y"]

                """)
    }

    @Test func removingAllStartsAnew() {
        var json = JSONWriter()
        json.value(1)
        json.removeAll()
        json.value(false)
        #expect(json.bytes == Array("false".utf8))
    }

    @Test(arguments: [
        ("", #""""#),
        ("plain", #""plain""#),
        ("\"\\/", #""\"\\/""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
        ("\u{80}\u{85}\u{9F}\u{A0}", "\"\\u0080\\u0085\\u009f\u{A0}\""),
        ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""),
        ("e\u{301}😀é\u{10FFFF}", "\"e\u{301}😀é\u{10FFFF}\""),
        ("a\"b\nc\u{2028}d", #""a\"b\nc\u2028d""#),
    ])
    func stringsAreEscaped(string: String, expected: String) {
        #expect(text(string).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func anyStringReadsBackAndStaysOnOneLine() throws {
        var random = SplitMix64(seed: 20)
        let alphabet: [Unicode.Scalar] = [
            "\"", "\\", "\u{0}", "\n", "\u{7F}", "a", "\u{80}", "\u{9F}", "\u{A0}", "é", "\u{7FF}", "\u{800}",
            "\u{2027}", "\u{2028}", "\u{2029}", "\u{202A}", "\u{20A8}", "\u{D7FF}", "\u{FFFF}", "😀",
        ]
        for _ in 0..<500 {
            var view = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                view.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let string = String(view)
            let written = text(string)
            let read = try JSONDecoder().decode([String].self, from: Data("[\(written)]".utf8))
            #expect(read[0].utf8.elementsEqual(string.utf8))
            #expect(!written.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
    }

    @Test func integersHaveAllTheirDigits() {
        #expect(text(Int64.min) == "-9223372036854775808")
        #expect(text(UInt64.max) == "18446744073709551615")
        #expect(text(Int128.min) == "-170141183460469231731687303715884105728")
        #expect(text(Int128.max) == "170141183460469231731687303715884105727")
    }

    @Test(arguments: [
        (2.0, "2.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1.0 / 3, "0.3333333333333333"), (1e16, "1e+16"),
        (5e-5, "5e-05"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ])
    func doublesAreShort(double: Double, expected: String) { #expect(text(double) == expected) }

    @Test func everyFiniteDoubleReadsBack() throws {
        var random = SplitMix64(seed: 7)
        var doubles = [Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, .ulpOfOne, 9_007_199_254_740_991]
        while doubles.count < 2000 {
            let double = Double(bitPattern: random.next())
            if double.isFinite { doubles.append(double) }
        }
        let read = try JSONDecoder().decode([Double].self, from: Data(text(doubles).utf8))
        #expect(read.map(\.bitPattern) == doubles.map(\.bitPattern))
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (1_321_272_000_001, "2011-11-14T12:00:00.001Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_330_473_600_000, "2012-02-29T00:00:00.000Z"),
        (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (.max, "9999-12-31T23:59:59.999Z"),
        (.min, "0000-01-01T00:00:00.000Z"),
    ])
    func timesAreISO8601(milliseconds: Int64, expected: String) {
        #expect(text(EventTime(milliseconds: milliseconds)) == "\"\(expected)\"")
    }

    @Test func daysAgreeWithFoundation() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for day in stride(from: 0, to: 50_000, by: 97) {
            let time = EventTime(milliseconds: Int64(day) * 86_400_000 + 45_296_789)
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 45_296.789)
            #expect(text(time) == "\"\(formatter.string(from: date))\"")
        }
    }
}
