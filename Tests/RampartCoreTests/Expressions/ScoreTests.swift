import RampartCore
import Testing

/// Scores of single comparisons and of their combinations (R20).
@Suite struct ScoreTests {
    typealias Step = Program.Instruction

    static func score(_ steps: [Step], measures: [Value] = []) -> Double {
        Program(instructions: steps).score(measures: measures, thresholds: [])
    }

    @Test(
        arguments: [
            // At the threshold, past it, short of it.
            (10, 10, 1), (21, 10, 2), (4, 9, 0.5), (0, 0, 1), (0, 1, 0.5), (1, 0, 2),
            // The lower of a negative pair is raised to zero: -5 and 3 score as 0 and 8.
            (-5, 3, 1.0 / 9), (3, -5, 9), (-5, -5, 1), (-3, -5, 3), (-5, -3, 1.0 / 3), (-1, 0, 0.5), (0, -1, 2),
            (0.5, 1, 0.75), (-0.5, 0, 1 / 1.5),
            // Bounds, and what is no number.
            (1e10, 0, 1e9), (999_999_999, 0, 1e9), (999_999_998, 0, 999_999_999), (.infinity, 1, 1e9),
            (1, .infinity, 0),
            (.infinity, .infinity, 0), (-.infinity, 1, 0), (1, -.infinity, 0), (.nan, 1, 0), (1, .nan, 0),
            (1e308, -1e308, 1e9), (-1e308, 1e308, 0),
        ] as [(Double, Double, Double)])
    func atLeast(_ a: Double, _ b: Double, _ expected: Double) {
        #expect(Self.score([.double(a), .double(b), .scoreAtLeast]) == expected)
        #expect(Self.score([.double(b), .double(a), .scoreAtMost]) == expected)
    }

    @Test func integers() {
        #expect(Self.score([.integer(21), .integer(10), .scoreAtLeast]) == 2)
        #expect(Self.score([.integer(21), .integer(10), .scoreAtMost]) == 0.5)
        #expect(Self.score([.integer(-5), .integer(3), .scoreAtMost]) == 9)
        #expect(Self.score([.integer(.max), .integer(.min), .scoreAtLeast]) == 1e9)
        #expect(Self.score([.integer(.min), .integer(.max), .scoreAtLeast]) < 1e-18)
        #expect(Self.score([.integer(3), .double(1), .scoreAtLeast]) == 2)
    }

    @Test func anOperandThatIsAnErrorScoresNothing() {
        for step in [Step.scoreAtLeast, .scoreAtMost] {
            let program: [Step] = [.measure(0), .measure(1), step]
            #expect(Self.score(program, measures: [.failure(.absent), .integer(0)]) == 0)
            #expect(Self.score(program, measures: [.integer(0), .failure(.absent)]) == 0)
            #expect(Self.score(program, measures: [.integer(0), .integer(0)]) == 1)
        }
        #expect(Self.score([.measure(0), .scoreTruth], measures: [.failure(.overflow)]) == 0)
        // `error || b >= 1` scores what its other side scores.
        let or: [Step] = [.measure(0), .integer(1), .scoreAtLeast, .measure(1), .integer(1), .scoreAtLeast, .maximum]
        #expect(Self.score(or, measures: [.failure(.absent), .integer(3)]) == 2)
    }

    @Test func truthsAndCombinations() {
        #expect(Self.score([.boolean(true), .scoreTruth]) == 2)
        #expect(Self.score([.boolean(false), .scoreTruth]) == 0)
        #expect(Self.score([.double(3), .double(0.5), .minimum]) == 0.5)
        #expect(Self.score([.double(0.5), .double(3), .maximum]) == 3)
        #expect(Self.score([.double(.nan), .double(3), .maximum]) == 3)
        #expect(Self.score([.double(.nan), .double(3), .minimum]) == 0)
    }

    @Test func theWholeIsBounded() {
        #expect(Self.score([.double(2e9)]) == 1e9)
        #expect(Self.score([.double(-1)]) == 0)
        #expect(Self.score([.double(.nan)]) == 0)
        #expect(Self.score([.boolean(true)]) == 0)
    }
}
