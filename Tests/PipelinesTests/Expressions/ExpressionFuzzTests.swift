import Pipelines
import RampartCore
import Testing

/// Whatever the text is, it is refused or it runs; nothing traps.
@Suite struct ExpressionFuzzTests {
    /// Checks a text, runs what is accepted, and returns whether it was.
    private static func tryOut(_ text: String, _ batch: EventBatch) -> Bool {
        _ = MeasureSyntax.parse(text)
        _ = checkExpression(text, scope: Samples.window, expecting: .boolean)
        switch checkExpression(text, scope: Samples.event, expecting: .boolean) {
        case .success(let expression):
            let program = expression.program(layout: Samples.layout)
            _ = program.verdict(event: 0, of: batch, thresholds: Samples.thresholds)
            let score = expression.scoreProgram(layout: Samples.layout)
                .value(event: 0, of: batch, thresholds: Samples.thresholds)
            guard case .double(let double) = score else {
                Issue.record("`\(text)` scored \(score).")
                return true
            }
            #expect(double >= 0 && double <= 1e9, "\(text)")
            return true
        case .failure(let errors):
            let isInside = errors.errors.allSatisfy { error in
                error.range.lowerBound >= 0 && error.range.upperBound <= text.utf8.count && !error.message.isEmpty
            }
            #expect(isInside && errors.errors.count <= ExpressionErrors.countMax, "\(text)")
            return false
        }
    }

    @Test func randomBytes() {
        var random = ExpressionRandom(seed: 1)
        let batch = Samples.refund.batch(Samples.layout)
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(24)).map { _ in
                random.chance(1, in: 8) ? UInt8(random.below(256)) : UInt8(0x20 + random.below(0x60))
            }
            _ = Self.tryOut(String(decoding: bytes, as: UTF8.self), batch)
        }
    }

    @Test func randomWords() {
        var random = ExpressionRandom(seed: 2)
        let batch = Samples.refund.batch(Samples.layout)
        let words = [
            "amount", "cost", "rating", "currency", "type", "ts", "min_clicks", "min_ratio", "has", "has(ip)", "true",
            "false", "null", "in", "and", "count", "clicks", "(", ")", "(", ")", "[", "]", "{", "}", ",", ".", "?", ":",
            "&&", "||", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "!", "=", "0", "1", "0.5", "1e3",
            "0x10",
            "9223372036854775807", "9223372036854775808", "'GBP'", "\"refund\"", "'", "\"", "\\u0041", "é", "5u",
            "b'x'", "size", "startsWith", "lowerAscii()", ".size()", ".getHours()", ".getHours('UTC')", "[1, 2]",
            ".exists(x,",
            ".all(y,", "x", "y", "timestamp(", "duration('1h')", "timestamp('2026-01-01T00:00:00Z')", "'5m'", "reason",
            ".contains('B')",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<1 + random.below(9)).map { _ in random.pick(words) }
                .joined(separator: random.chance(1, in: 2) ? " " : "")
            if Self.tryOut(text, batch) { accepted += 1 }
        }
        #expect(accepted > 50)
    }

    /// Good conditions with a byte changed, lost or doubled.
    @Test func nearlyGoodConditions() {
        var random = ExpressionRandom(seed: 3)
        let batch = Samples.refund.batch(Samples.layout)
        let good = (ExpressionReference.operators + ExpressionReference.functions).map { Array($0.example.utf8) }
        var accepted = 0
        for _ in 0..<10_000 {
            var bytes = random.pick(good)
            let index = random.below(bytes.count)
            switch random.below(3) {
            case 0: bytes[index] = UInt8(0x20 + random.below(0x60))
            case 1: bytes.remove(at: index)
            default: bytes.insert(bytes[index], at: index)
            }
            if Self.tryOut(String(decoding: bytes, as: UTF8.self), batch) { accepted += 1 }
        }
        #expect(accepted > 1_000 && accepted < 9_000)
    }
}
