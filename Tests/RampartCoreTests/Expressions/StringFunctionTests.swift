import RampartCore
import Testing

/// Functions of strings, where these lie in a batch or among the constants.
@Suite struct StringFunctionTests {
    typealias Step = Program.Instruction

    private func run(_ steps: [Step], _ strings: String...) -> Value {
        EvaluationTests.run(steps, strings: strings.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("", "", true), ("a", "", true), ("", "a", false), ("ab", "ab", true), ("ab", "abc", false), ("abc", "b", true),
        ("abc", "ac", false), ("aab", "ab", true), ("aaab", "aab", true), ("ababac", "abac", true),
        ("abab", "aba", true),
        ("abcabd", "abcabe", false), ("éé", "é", true),
    ])
    func contains(_ text: String, _ part: String, _ expected: Bool) {
        #expect(run([.string(0), .string(1), .contains], text, part) == .boolean(expected))
    }

    @Test(arguments: [
        ("abc", "ab", true), ("abc", "bc", false), ("abc", "abcd", false), ("", "", true), ("ab", "b", false),
    ])
    func startsWith(_ text: String, _ part: String, _ expected: Bool) {
        #expect(run([.string(0), .string(1), .startsWith], text, part) == .boolean(expected))
        let reversed = (String(text.reversed()), String(part.reversed()))
        #expect(run([.string(0), .string(1), .endsWith], reversed.0, reversed.1) == .boolean(expected))
    }

    /// Random strings of two letters, whose parts repeat, against a search at every place.
    @Test func searchesAgreeWithAPlainOne() {
        var state: UInt64 = 7
        func string(_ most: UInt64) -> [UInt8] {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let count = (state >> 33) % (most + 1)
            return (0..<count).map { state >> (20 + $0) & 1 == 0 ? 0x61 : 0x62 }
        }
        var found = 0
        for _ in 0..<20_000 {
            let (text, part) = (string(24), string(8))
            let places = 0...max(0, text.count - part.count)
            let expected = part.count <= text.count && places.contains { text[$0...].starts(with: part) }
            let value = EvaluationTests.run([.string(0), .string(1), .contains], strings: [text, part])
            #expect(value == .boolean(expected))
            if expected { found += 1 }
        }
        #expect(found > 2_000 && found < 18_000)
    }

    /// Half a megabyte of the letter that the part is made of, but for its last: place by place it would take hours.
    @Test func hostileSearchesEndSoon() {
        let text = [UInt8](repeating: 0x61, count: 1 << 19)
        let part = [UInt8](repeating: 0x61, count: 1 << 18) + [0x62]
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(
                EvaluationTests.run([.string(0), .string(1), .contains], strings: [text, part]) == .boolean(false))
        }
        #expect(time < .seconds(20))
    }

    @Test(arguments: [("", 0), ("a", 1), ("é", 1), ("€", 1), ("😀", 1), ("e\u{301}", 2), ("aé€😀", 4), ("\0", 1)])
    func size(_ text: String, _ expected: Int64) {
        #expect(run([.string(0), .size], text) == .integer(expected))
    }

    /// Bytes that are no UTF-8 have some size, and never trap.
    @Test func sizeOfNoText() {
        for bytes in [[0x80], [0xC3], [0xFF, 0xFE], [0x80, 0x80, 0x41]] as [[UInt8]] {
            #expect(EvaluationTests.run([.string(0), .size], strings: [bytes]) != .failure(.typeMismatch))
        }
    }

    @Test func lowerAscii() {
        for (text, lowered) in [("ABZaz[@`{", "abzaz[@`{"), ("ÄÖ", "ÄÖ"), ("", ""), ("\u{212A}", "\u{212A}")] {
            #expect(run([.string(0), .lowerAscii, .string(1), .equal], text, lowered) == .boolean(true), "\(text)")
        }
        #expect(run([.string(0), .lowerAscii, .string(1), .equal], "AB", "AB") == .boolean(false))
        #expect(run([.string(0), .lowerAscii, .string(1), .lowerAscii, .equal], "aB", "Ab") == .boolean(true))
        #expect(run([.string(0), .lowerAscii, .string(1), .contains], "xABx", "ab") == .boolean(true))
        #expect(run([.string(0), .string(1), .lowerAscii, .contains], "xABx", "AB") == .boolean(false))
        #expect(run([.string(0), .lowerAscii, .size], "AÄ") == .integer(2))
        #expect(run([.string(0), .lowerAscii, .string(1), .less], "B", "a") == .boolean(false))
    }

    @Test func stringsOfAnEvent() {
        let field = Step.stringField(slot: 1)
        #expect(OperandTests.run([field, .size], row: 0) == .integer(7))
        #expect(OperandTests.run([field, .size], row: 1) == .failure(.absent))
        #expect(OperandTests.run([field, .string(0), .startsWith], row: 0, strings: ["buyer"]) == .boolean(true))
        #expect(OperandTests.run([.string(0), field, .endsWith], row: 0, strings: ["a buyer-7"]) == .boolean(true))
        #expect(OperandTests.run([field, .string(0), .contains], row: 1, strings: [""]) == .failure(.absent))
        #expect(OperandTests.run([.string(0), field, .contains], row: 1, strings: [""]) == .failure(.absent))
    }

    @Test func operandsOfTheWrongTypeAreErrors() {
        let others: [Step] = [
            .integer(1), .double(1), .boolean(true), .timestamp(.year2100), .duration(.zero),
        ]
        for other in others {
            for step in [Step.size, .lowerAscii] { #expect(run([other, step]) == .failure(.typeMismatch)) }
            for step in [Step.startsWith, .endsWith, .contains] {
                #expect(run([.string(0), other, step], "a") == .failure(.typeMismatch))
                #expect(run([other, .string(0), step], "a") == .failure(.typeMismatch))
            }
        }
    }
}
