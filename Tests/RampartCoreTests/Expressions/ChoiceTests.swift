import RampartCore
import Testing

/// Conditionals and macros over values and over scores.
@Suite struct ChoiceTests {
    typealias Step = Program.Instruction

    private let failing: [Step] = [.integer(1), .integer(0), .divide]

    private func run(_ steps: [Step]) -> Value { EvaluationTests.run(steps) }

    @Test func conditionals() {
        #expect(run([.boolean(true), .integer(1), .integer(2), .conditional]) == .integer(1))
        #expect(run([.boolean(false), .integer(1), .integer(2), .conditional]) == .integer(2))
        #expect(run([.boolean(true), .integer(1)] + failing + [.conditional]) == .integer(1))
        #expect(run([.boolean(false)] + failing + [.integer(2), .conditional]) == .integer(2))
        #expect(run([.boolean(true)] + failing + [.integer(2), .conditional]) == .failure(.divisionByZero))
        #expect(run(failing + [.integer(1), .integer(2), .conditional]) == .failure(.divisionByZero))
        #expect(run([.integer(1), .integer(1), .integer(2), .conditional]) == .failure(.typeMismatch))
    }

    /// Every list of up to three truths, in which `nil` is an error, against `||` and `&&`.
    @Test func macrosJoinTheirTruths() {
        let truths: [Bool?] = [false, true, nil]
        var lists: [[Bool?]] = [[]]
        for _ in 0..<3 {
            lists += lists.flatMap { list in truths.map { list + [$0] } }
            for list in lists {
                let elements = list.map { _ in Step.integer(7) }
                let bodies = list.flatMap { truth in truth.map { [Step.boolean($0)] } ?? failing }
                let any: Bool? = list.contains(true) ? true : list.contains(nil) ? nil : false
                let every: Bool? = list.contains(false) ? false : list.contains(nil) ? nil : true
                let count = list.count
                #expect(
                    run(elements + bodies + [.exists(count: count)]) == any.map { .boolean($0) }
                        ?? .failure(.divisionByZero))
                #expect(
                    run(elements + bodies + [.all(count: count)]) == every.map { .boolean($0) }
                        ?? .failure(.divisionByZero))
            }
        }
    }

    @Test func anElementWithoutAValueLeavesTheListWithoutOne() {
        let steps = [.integer(1)] + failing + [.boolean(true), .boolean(true)]
        #expect(run(steps + [.exists(count: 2)]) == .failure(.divisionByZero))
        #expect(run(steps + [.all(count: 2)]) == .failure(.divisionByZero))
        let sought: [Step] = [.integer(1), .integer(1)] + failing + [.isIn(count: 2)]
        #expect(run(sought) == .failure(.divisionByZero))
    }

    @Test func localsAreTakenAgain() {
        #expect(run([.integer(3), .local(0), .multiply]) == .integer(9))
        let all: [Step] = [
            .integer(2), .integer(3), .local(0), .integer(1), .greater, .local(1), .integer(2), .greater,
            .all(count: 2),
        ]
        #expect(run(all) == .boolean(true))
    }

    @Test func scores() {
        let two: [Step] = [.double(3), .double(0.5)]
        #expect(run([.boolean(true)] + two + [.scoreConditional]) == .double(3))
        #expect(run([.boolean(false)] + two + [.scoreConditional]) == .double(0.5))
        #expect(run(failing + two + [.scoreConditional]) == .double(0))
        let elements: [Step] = [.integer(1), .integer(1)]
        #expect(run(elements + two + [.scoreExists(count: 2)]) == .double(3))
        #expect(run(elements + two + [.scoreAll(count: 2)]) == .double(0.5))
        #expect(run([.integer(1)] + failing + two + [.scoreExists(count: 2)]) == .double(0))
        #expect(run([.integer(1)] + failing + two + [.scoreAll(count: 2)]) == .double(0))
        #expect(run([.integer(1), .double(.nan), .scoreAll(count: 1)]) == .double(0))
        #expect(run([.scoreExists(count: 0)]) == .double(0))
    }

    @Test func malformedProgramsTrapWhenMade() async {
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.local(0)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .local(1), .add]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .local(-1), .add]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .exists(count: 1)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .all(count: .max)]) }
        await #expect(processExitsWith: .failure) { _ = Program(instructions: [.integer(1), .all(count: -1)]) }
        await #expect(processExitsWith: .failure) {
            _ = Program(instructions: [.integer(1), .timePart(.hours, zone: 0)])
        }
    }
}
