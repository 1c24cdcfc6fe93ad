/// How far past or short of its thresholds a condition is (R20).
enum Score {
    /// The most that a score can be.
    static let highest = 1e9

    /// The score of `a >= b`: 1 at the threshold, more past it.
    static func atLeast(_ a: Value, _ b: Value) -> Value {
        guard let a = a.number, let b = b.number else { return .double(0) }
        let lowest = min(a, b, 0)
        return bounded((a - lowest + 1) / (b - lowest + 1))
    }

    /// The score of `a <= b`.
    static func atMost(_ a: Value, _ b: Value) -> Value { atLeast(b, a) }

    /// The score of a truth that has no degrees.
    static func truth(_ value: Value) -> Value { .double(value == .boolean(true) ? 2 : 0) }

    /// The smaller of two scores.
    static func minimum(_ a: Value, _ b: Value) -> Value { .double(min(total(a), total(b))) }

    /// The larger of two scores.
    static func maximum(_ a: Value, _ b: Value) -> Value { .double(max(total(a), total(b))) }

    /// The score of the side that a condition chooses; none where the condition is an error.
    static func choose(_ condition: Value, _ first: Value, _ second: Value) -> Value {
        guard case .boolean(let truth) = condition else { return .double(0) }
        return .double(total(truth ? first : second))
    }

    /// Joins the scores that stand behind the elements of a list; none where an element is an error.
    static func fold(_ operands: some Collection<Value>, with join: (Value, Value) -> Value) -> Value {
        let count = operands.count / 2
        for element in operands.prefix(count) {
            if case .failure = element { return .double(0) }
        }
        let scores = operands.dropFirst(count)
        guard let first = scores.first else { return .double(0) }
        return scores.dropFirst().reduce(.double(total(first)), join)
    }

    /// What a program's value scores: errors and what is no number score 0.
    static func total(_ value: Value) -> Double {
        guard let score = value.number, score > 0 else { return 0 }
        return min(score, highest)
    }

    private static func bounded(_ score: Double) -> Value { .double(total(.double(score))) }
}

extension Program {
    /// The score of a finding from its window's measures, between 0 and 1e9 (R20).
    public func score(measures: [Value], thresholds: [Threshold]) -> Double {
        Score.total(value(measures: measures, thresholds: thresholds))
    }
}
