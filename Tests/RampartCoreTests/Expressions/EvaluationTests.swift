import RampartCore
import Testing

/// Operators on every kind of operand, through programs of a few steps.
@Suite struct EvaluationTests {
    typealias Step = Program.Instruction

    /// The value of steps that read nothing.
    static func run(_ steps: [Step], strings: [[UInt8]] = []) -> Value {
        Program(instructions: steps, strings: strings).value(measures: [], thresholds: [])
    }

    /// Steps that leave a failure of each kind.
    static let failing: [(EvaluationFailure, [Step])] = [
        (.overflow, [.integer(.min), .negate]),
        (.divisionByZero, [.integer(1), .integer(0), .divide]),
        (.typeMismatch, [.boolean(true), .negate]),
    ]

    @Test(
        arguments: [
            (2, Step.add, 3, Value.integer(5)),
            (.max, .add, 0, .integer(.max)), (.max, .add, 1, .failure(.overflow)),
            (.min, .add, -1, .failure(.overflow)),
            (.max, .add, .min, .integer(-1)),
            (2, .subtract, 3, .integer(-1)), (.min, .subtract, 0, .integer(.min)),
            (.min, .subtract, 1, .failure(.overflow)), (0, .subtract, .min, .failure(.overflow)),
            (-1, .subtract, .min, .integer(.max)),
            (6, .multiply, -7, .integer(-42)), (.min, .multiply, 1, .integer(.min)),
            (.min, .multiply, -1, .failure(.overflow)), (1 << 62, .multiply, 2, .failure(.overflow)),
            (1 << 62, .multiply, -2, .integer(.min)),
            (7, .divide, 2, .integer(3)), (-7, .divide, 2, .integer(-3)), (7, .divide, 0, .failure(.divisionByZero)),
            (0, .divide, 0, .failure(.divisionByZero)), (.min, .divide, -1, .failure(.overflow)),
            (.min, .divide, 1, .integer(.min)), (.max, .divide, -1, .integer(-.max)),
            (7, .remainder, 3, .integer(1)), (-7, .remainder, 3, .integer(-1)), (7, .remainder, -3, .integer(1)),
            (7, .remainder, 0, .failure(.divisionByZero)), (.min, .remainder, -1, .failure(.overflow)),
            (.min, .remainder, 1, .integer(0)),
        ] as [(Int64, Step, Int64, Value)])
    func integerArithmetic(_ left: Int64, _ step: Step, _ right: Int64, _ expected: Value) {
        #expect(Self.run([.integer(left), .integer(right), step]) == expected)
    }

    @Test func negation() {
        #expect(Self.run([.integer(5), .negate]) == .integer(-5))
        #expect(Self.run([.integer(.max), .negate]) == .integer(-.max))
        #expect(Self.run([.integer(.min), .negate]) == .failure(.overflow))
        #expect(Self.run([.double(0.5), .negate]) == .double(-0.5))
    }

    @Test func doublesFollowIEEE() {
        #expect(Self.run([.double(1), .double(0), .divide]) == .double(.infinity))
        #expect(Self.run([.double(-1), .double(0), .divide]) == .double(-.infinity))
        #expect(Self.run([.double(1e308), .double(10), .multiply]) == .double(.infinity))
        let noNumber: [Step] = [.double(0), .double(0), .divide]
        for (step, expected) in [
            (Step.equal, false), (.notEqual, true), (.less, false), (.lessOrEqual, false), (.greater, false),
            (.greaterOrEqual, false),
        ] {
            #expect(Self.run(noNumber + [.double(1), step]) == .boolean(expected))
            #expect(Self.run(noNumber + noNumber + [step]) == .boolean(expected))
        }
        #expect(Self.run(noNumber + noNumber + [.isIn(count: 1)]) == .boolean(false))
    }

    @Test func integersPromoteToDoubles() {
        #expect(Self.run([.integer(1), .double(0.5), .add]) == .double(1.5))
        #expect(Self.run([.double(0.5), .integer(1), .subtract]) == .double(-0.5))
        #expect(Self.run([.integer(3), .double(0.5), .multiply]) == .double(1.5))
        #expect(Self.run([.integer(1), .double(2), .divide]) == .double(0.5))
        #expect(Self.run([.integer(.max), .double(1), .add]) == .double(9_223_372_036_854_775_808))
        #expect(Self.run([.integer(1), .double(1), .equal]) == .boolean(true))
        #expect(Self.run([.double(1.5), .integer(1), .equal]) == .boolean(false))
        #expect(Self.run([.integer(1), .double(1.5), .less]) == .boolean(true))
        #expect(Self.run([.integer(2), .double(1.5), .less]) == .boolean(false))
        #expect(Self.run([.integer(2), .double(1.5), .double(2), .isIn(count: 2)]) == .boolean(true))
    }

    @Test(arguments: [
        (Step.equal, [false, true, false]), (.notEqual, [true, false, true]), (.less, [true, false, false]),
        (.lessOrEqual, [true, true, false]), (.greater, [false, false, true]), (.greaterOrEqual, [false, true, true]),
    ])
    func comparisons(_ step: Step, _ expected: [Bool]) {
        for (position, right) in [Int64(6), 5, 4].enumerated() {
            let truth = Value.boolean(expected[position])
            #expect(Self.run([.integer(5), .integer(right), step]) == truth)
            #expect(Self.run([.double(5), .double(Double(right)), step]) == truth)
        }
        for (position, right) in ["b", "ab", "aa"].enumerated() {
            let value = Self.run([.string(0), .string(1), step], strings: [Array("ab".utf8), Array(right.utf8)])
            #expect(value == .boolean(expected[position]))
        }
    }

    /// Neighbours beyond 2⁵³ differ as integers and are one double.
    @Test func integersCompareExactly() {
        let big: Int64 = 1 << 53
        #expect(Self.run([.integer(big), .integer(big + 1), .equal]) == .boolean(false))
        #expect(Self.run([.integer(big + 1), .double(Double(big)), .equal]) == .boolean(true))
        #expect(Self.run([.integer(.min), .integer(.max), .less]) == .boolean(true))
    }

    @Test(arguments: [
        ("", "", 0), ("", "a", -1), ("a", "", 1), ("a", "ab", -1), ("Z", "a", -1), ("\u{7F}", "é", -1), ("é", "z", 1),
        ("\u{FFFF}", "\u{10000}", -1), ("a\0b", "a\0c", -1),
    ])
    func stringsAreInByteOrder(_ left: String, _ right: String, _ order: Int) {
        let strings = [Array(left.utf8), Array(right.utf8)]
        #expect(Self.run([.string(0), .string(1), .less], strings: strings) == .boolean(order < 0))
        #expect(Self.run([.string(0), .string(1), .equal], strings: strings) == .boolean(order == 0))
        #expect(Self.run([.string(0), .string(1), .greater], strings: strings) == .boolean(order > 0))
    }

    // MARK: - Errors

    /// The three values of logic: false, true, and an error.
    static let truths: [(name: Bool?, steps: [Step])] = [
        (false, [.boolean(false)]), (true, [.boolean(true)]), (nil, [.integer(1), .integer(0), .divide]),
    ]

    @Test func logicAbsorbsErrorsOnBothSides() {
        for (left, leftSteps) in Self.truths {
            for (right, rightSteps) in Self.truths {
                let both: Bool? = left == false || right == false ? false : left == nil || right == nil ? nil : true
                let either: Bool? = left == true || right == true ? true : left == nil || right == nil ? nil : false
                let and = Self.run(leftSteps + rightSteps + [.and])
                let or = Self.run(leftSteps + rightSteps + [.or])
                #expect(
                    and == both.map { .boolean($0) } ?? .failure(.divisionByZero), "\(left as Any) && \(right as Any)")
                #expect(
                    or == either.map { .boolean($0) } ?? .failure(.divisionByZero), "\(left as Any) || \(right as Any)")
            }
        }
    }

    @Test func otherOperationsPassErrorsOnLeftFirst() {
        let steps: [Step] = [
            .add, .subtract, .multiply, .divide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .isIn(count: 1),
        ]
        for (failure, failing) in Self.failing {
            #expect(Self.run(failing) == .failure(failure))
            #expect(Self.run(failing + [.negate]) == .failure(failure))
            #expect(Self.run(failing + [.not]) == .failure(failure))
            for step in steps {
                #expect(Self.run(failing + [.integer(1), step]) == .failure(failure))
                #expect(Self.run([.integer(1)] + failing + [step]) == .failure(failure))
                #expect(Self.run(failing + [.integer(.min), .negate, step]) == .failure(failure))
            }
            #expect(Self.run(failing + [.integer(.min), .negate, .and]) == .failure(failure))
            #expect(Self.run(failing + [.integer(.min), .negate, .or]) == .failure(failure))
        }
    }

    /// A type check that was skipped, or an override of another type, is an error and never a trap.
    @Test func operandsOfTheWrongTypeAreErrors() {
        let values: [[Step]] = [
            [.integer(1)], [.double(1)], [.boolean(true)], [.string(0)], [.timestamp(.year2100)], [.duration(.zero)],
        ]
        let steps: [Step] = [
            .add, .subtract, .multiply, .divide, .remainder, .equal, .less, .and, .or, .isIn(count: 1), .scoreAtLeast,
            .scoreAtMost, .minimum, .maximum,
        ]
        for left in values {
            for step in [Step.negate, .not, .scoreTruth] { _ = Self.run(left + [step], strings: [[65]]) }
            for right in values {
                for step in steps { _ = Self.run(left + right + [step], strings: [[65]]) }
            }
        }
        #expect(Self.run([.integer(1), .boolean(true), .add]) == .failure(.typeMismatch))
        #expect(Self.run([.double(1), .double(1), .remainder]) == .failure(.typeMismatch))
        #expect(Self.run([.integer(1), .string(0), .equal], strings: [[65]]) == .failure(.typeMismatch))
        #expect(Self.run([.integer(1), .boolean(true), .and]) == .failure(.typeMismatch))
        #expect(Self.run([.integer(1), .boolean(false), .and]) == .boolean(false))
        #expect(Program(instructions: [.integer(1)]).verdict(measures: [], thresholds: []) == .failed(.typeMismatch))
    }

    @Test func verdicts() {
        func verdict(_ steps: [Step]) -> Verdict {
            Program(instructions: steps).verdict(measures: [], thresholds: [])
        }
        #expect(verdict([.boolean(true)]) == .holds)
        #expect(verdict([.boolean(false)]) == .fails)
        #expect(verdict([.integer(1), .integer(0), .divide]) == .failed(.divisionByZero))
        #expect(verdict([.boolean(true), .not]) == .fails)
    }

    // MARK: - Programs

    @Test func listsLongerThanTheThreadsOwnStack() {
        let elements = (0..<1000).map { Step.integer($0) }
        #expect(Self.run([.integer(999)] + elements + [.isIn(count: 1000)]) == .boolean(true))
        #expect(Self.run([.integer(1000)] + elements + [.isIn(count: 1000)]) == .boolean(false))
        #expect(Self.run([.integer(1), .isIn(count: 0)]) == .boolean(false))
    }

    @Test func stackDepthIsTheMostThatAStepLeaves() {
        #expect(Program(instructions: [.integer(1)]).stackDepth == 1)
        #expect(Program(instructions: [.integer(1), .negate, .integer(2), .add]).stackDepth == 2)
        #expect(Program(instructions: [.integer(1), .integer(2), .integer(3), .add, .add]).stackDepth == 3)
        #expect(Program(instructions: [.integer(1), .integer(2), .integer(3), .isIn(count: 2)]).stackDepth == 3)
    }

    @Test func malformedProgramsTrapWhenMade() async {
        await #expect(processExitsWith: .failure) { _ = Program(instructions: []) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .add]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .integer(1)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.string(0)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .isIn(count: .max)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .isIn(count: -2)]) }
    }
}
