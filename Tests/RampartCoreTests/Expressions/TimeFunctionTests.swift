import RampartCore
import Testing

/// Timestamps, durations and their parts.
@Suite struct TimeFunctionTests {
    typealias Step = Program.Instruction

    private func run(_ steps: [Step], zones: [ZoneRules] = [.utc]) -> Value {
        Program(instructions: steps, zones: zones).value(measures: [], thresholds: [])
    }

    private func time(_ milliseconds: Int64) -> Step { .timestamp(EventTime(milliseconds: milliseconds)) }
    private func span(_ milliseconds: Int64) -> Step { .duration(EventSpan(milliseconds: milliseconds)) }

    static let firstTime = Value.timestamps.lowerBound.milliseconds
    static let lastTime = Value.timestamps.upperBound.milliseconds
    static let longest = Value.durations.upperBound.milliseconds

    @Test func rangesAreThoseOfCEL() {
        #expect(Value.timestamps.lowerBound.text == "0001-01-01T00:00:00.000Z")
        #expect(Value.timestamps.upperBound.text == "9999-12-31T23:59:59.999Z")
        #expect(Self.longest == Int64.max / 1_000_000)
        #expect(Value.durations.lowerBound.milliseconds == -Self.longest)
    }

    @Test(
        arguments: [
            (firstTime, Step.add, 0, Value.timestamp(Value.timestamps.lowerBound)),
            (firstTime, .add, -1, .failure(.overflow)),
            (firstTime, .subtract, 1, .failure(.overflow)), (lastTime, .add, 1, .failure(.overflow)),
            (lastTime, .subtract, -1, .failure(.overflow)),
            (lastTime - 1, .add, 1, .timestamp(Value.timestamps.upperBound)),
            // An event may be later than any timestamp; what is made of it is an error and never a trap.
            (.max, .add, longest, .failure(.overflow)), (.max, .subtract, -longest, .failure(.overflow)),
            (.max, .add, 0, .failure(.overflow)), (.min, .add, -longest, .failure(.overflow)),
        ] as [(Int64, Step, Int64, Value)])
    func timestampAndDuration(_ left: Int64, _ step: Step, _ right: Int64, _ expected: Value) {
        #expect(run([time(left), span(right), step]) == expected)
        if step == .add { #expect(run([span(right), time(left), step]) == expected) }
    }

    @Test(
        arguments: [
            (longest, Step.add, 0, false), (longest, .add, 1, true), (-longest, .subtract, 1, true),
            (longest, .subtract, -1, true), (-longest, .add, longest, false), (longest - 1, .add, 1, false),
        ] as [(Int64, Step, Int64, Bool)])
    func durations(_ left: Int64, _ step: Step, _ right: Int64, _ overflows: Bool) {
        let sum = step == .add ? left + right : left - right
        let expected: Value = overflows ? .failure(.overflow) : .duration(EventSpan(milliseconds: sum))
        #expect(run([span(left), span(right), step]) == expected)
    }

    @Test func differencesOfTimestamps() {
        #expect(run([time(5), time(7), .subtract]) == .duration(EventSpan(milliseconds: -2)))
        #expect(run([time(Self.longest), time(0), .subtract]) == .duration(Value.durations.upperBound))
        #expect(run([time(Self.longest), time(-1), .subtract]) == .failure(.overflow))
        #expect(run([time(.max), time(.min), .subtract]) == .failure(.overflow))
        #expect(run([time(.min), time(.max), .subtract]) == .failure(.overflow))
    }

    @Test func comparisons() {
        for make in [time, span] {
            #expect(run([make(1), make(2), .less]) == .boolean(true))
            #expect(run([make(2), make(2), .less]) == .boolean(false))
            #expect(run([make(2), make(2), .equal]) == .boolean(true))
            #expect(run([make(2), make(1), make(2), .isIn(count: 2)]) == .boolean(true))
        }
        #expect(run([time(1), span(1), .equal]) == .failure(.typeMismatch))
        #expect(run([time(1), .integer(1), .equal]) == .failure(.typeMismatch))
    }

    @Test func otherOperandsAreErrors() {
        #expect(run([time(1), time(1), .add]) == .failure(.typeMismatch))
        #expect(run([span(1), time(1), .subtract]) == .failure(.typeMismatch))
        for step in [Step.multiply, .divide, .remainder, .and, .or] {
            #expect(run([time(1), span(1), step]) == .failure(.typeMismatch))
            #expect(run([span(1), .integer(1), step]) == .failure(.typeMismatch))
        }
        for step in [Step.negate, .not, .size] { #expect(run([span(1), step]) == .failure(.typeMismatch)) }
        #expect(run([.integer(1), .timePart(.hours, zone: 0)]) == .failure(.typeMismatch))
        #expect(run([span(1), .timePart(.month, zone: 0)]) == .failure(.typeMismatch))
        #expect(run([.integer(1), .integer(0), .divide, time(1), .add]) == .failure(.divisionByZero))
        #expect(run([time(1), .scoreTruth]) == .double(0))
    }

    // MARK: - Parts

    private func parts(_ milliseconds: Int64, _ zone: ZoneRules = .utc) -> [Int64] {
        TimePart.allCases.map { part in
            guard case .integer(let value) = run([time(milliseconds), .timePart(part, zone: 0)], zones: [zone]) else {
                return -1
            }
            return value
        }
    }

    /// Year, month, day of year, day of month, date, day of week, hours, minutes, seconds, milliseconds.
    @Test(
        arguments: [
            (0, [1970, 0, 0, 0, 1, 4, 0, 0, 0, 0]), (-1, [1969, 11, 364, 30, 31, 3, 23, 59, 59, 999]),
            (951_782_399_999, [2000, 1, 58, 27, 28, 1, 23, 59, 59, 999]),
            (951_782_400_000, [2000, 1, 59, 28, 29, 2, 0, 0, 0, 0]),
            (4_107_542_400_000, [2100, 2, 59, 0, 1, 1, 0, 0, 0, 0]), (firstTime, [1, 0, 0, 0, 1, 1, 0, 0, 0, 0]),
            (lastTime, [9999, 11, 364, 30, 31, 5, 23, 59, 59, 999]),
        ] as [(Int64, [Int64])])
    func partsOfTimestamps(_ milliseconds: Int64, _ expected: [Int64]) { #expect(parts(milliseconds) == expected) }

    @Test func partsOfAnyTimeAreNumbers() {
        let zone = ZoneRules(name: "x", initialOffset: .hours(14))
        for milliseconds in [Int64.min, .min + 1, .max, .max - 1] {
            let found = parts(milliseconds, zone)
            #expect(found[6...].allSatisfy { $0 >= 0 } && (0...6).contains(found[5]))
        }
    }

    @Test func partsInAZone() {
        let zone = ZoneRules(
            name: "x", initialOffset: .hours(1),
            transitions: [
                .init(start: EventTime(milliseconds: 1_000), offset: .hours(2)),
                .init(start: EventTime(milliseconds: 2_000), offset: .hours(-3)),
            ])
        #expect(parts(-1, zone)[6] == 0 && parts(999, zone)[6] == 1 && parts(1_000, zone)[6] == 2)
        #expect(parts(1_999, zone)[6] == 2 && parts(2_000, zone)[6] == 21 && parts(2_000, zone)[0] == 1969)
    }

    @Test func partsOfDurations() {
        let parts: [(TimePart, Int64)] = [(.hours, 49), (.minutes, 2_999), (.seconds, 179_999), (.milliseconds, 250)]
        for (part, expected) in parts {
            #expect(run([span(179_999_250), .timePart(part, zone: 0)]) == .integer(expected))
            #expect(run([span(-179_999_250), .timePart(part, zone: 0)]) == .integer(-expected))
        }
    }
}
