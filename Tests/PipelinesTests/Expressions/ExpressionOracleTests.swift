import Pipelines
import RampartCore
import Testing

/// Random well-typed expressions agree with an interpreter that walks their tree.
@Suite struct ExpressionOracleTests {
    @Test func oracle_conditionsAndScores() throws {
        var random = ExpressionRandom(seed: 20_111_011)
        var counts: [Verdict: Int] = [:]
        var tooLong = 0
        for _ in 0..<8_000 {
            let model = ExpressionModel.random(.boolean, 1 + random.below(5), &random)
            let text = model.text
            guard let expression = try Samples.checkUnlessTooLong(text, Samples.event) else {
                tooLong += 1
                continue
            }
            let program = expression.program(layout: Samples.layout)
            let scoreProgram = expression.scoreProgram(layout: Samples.layout)
            for _ in 0..<3 {
                let event = ExpressionModel.event(&random)
                let batch = event.batch(Samples.layout)
                let expected: Verdict =
                    switch model.value(event) {
                    case .boolean(let truth): truth ? .holds : .fails
                    case .failure(let failure): .failed(failure)
                    default: .failed(.typeMismatch)
                    }
                let verdict = program.verdict(event: 0, of: batch, thresholds: Samples.thresholds)
                #expect(verdict == expected, "\(text) on \(event)")
                counts[verdict, default: 0] += 1
                let score = scoreProgram.value(event: 0, of: batch, thresholds: Samples.thresholds)
                #expect(score == .double(model.score(event)), "\(text) on \(event)")
            }
        }
        for verdict in [Verdict.holds, .fails, .failed(.absent), .failed(.overflow), .failed(.divisionByZero)] {
            #expect(counts[verdict, default: 0] > 100, "\(verdict): \(counts)")
        }
        #expect(counts[.failed(.typeMismatch)] == nil)
        #expect(tooLong < 100)
    }

    @Test(arguments: [ExpressionType.integer, .double, .string, .timestamp, .duration])
    func oracle_values(_ type: ExpressionType) throws {
        var random = ExpressionRandom(seed: 7)
        for _ in 0..<4_000 {
            let model = ExpressionModel.random(type, 1 + random.below(4), &random)
            let event = ExpressionModel.event(&random)
            guard let expression = try Samples.checkUnlessTooLong(model.text, Samples.event, type) else { continue }
            let program = expression.program(layout: Samples.layout)
            let batch = event.batch(Samples.layout)
            let value = program.value(event: 0, of: batch, thresholds: Samples.thresholds)
            switch (value, model.value(event)) {
            case (.integer(let value), .integer(let expected)): #expect(Int128(value) == expected, "\(model.text)")
            case (.double(let value), .double(let expected)):
                #expect(value == expected || value.isNaN && expected.isNaN, "\(model.text) on \(event)")
            case (.failure(let value), .failure(let expected)): #expect(value == expected, "\(model.text)")
            case (.string(let value), .string(let expected)):
                #expect(Samples.text(value, program, batch) == expected, "\(model.text) on \(event)")
            case (.timestamp(let value), .timestamp(let expected)):
                #expect(Int128(value.milliseconds) == expected, "\(model.text) on \(event)")
            case (.duration(let value), .duration(let expected)):
                #expect(Int128(value.milliseconds) == expected, "\(model.text) on \(event)")
            case (let value, let expected): Issue.record("\(model.text): \(value) is not \(expected).")
            }
        }
    }

    /// What holds scores 1 or more, and what fails 1 or less; infinities, whose score is no number, score 0 (R20).
    @Test func scoresAgreeWithVerdicts() throws {
        var random = ExpressionRandom(seed: 9)
        var exceptions = 0
        for _ in 0..<4_000 {
            let model = ExpressionModel.random(.boolean, 1 + random.below(4), &random)
            let event = ExpressionModel.event(&random)
            guard let expression = try Samples.checkUnlessTooLong(model.text, Samples.event) else { continue }
            let batch = event.batch(Samples.layout)
            let score = expression.scoreProgram(layout: Samples.layout)
                .value(event: 0, of: batch, thresholds: Samples.thresholds).score
            switch expression.program(layout: Samples.layout)
                .verdict(event: 0, of: batch, thresholds: Samples.thresholds)
            {
            case .holds where score < 1:
                #expect(score == 0, "\(model.text) on \(event)")
                exceptions += 1
            case .fails: #expect(score <= 1, "\(model.text) on \(event)")
            case .holds, .failed: break
            }
        }
        #expect(exceptions < 40)
    }
}

extension Value {
    /// The score that a score program left.
    fileprivate var score: Double { if case .double(let score) = self { score } else { .nan } }
}
