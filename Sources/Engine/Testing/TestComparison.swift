import Pipelines
import RampartCore

/// What a test expected against what came, as sentences.
struct TestComparison {
    private let topology: Topology
    private let file: String
    private(set) var problems: [String] = []

    init(topology: Topology, file: String) {
        self.topology = topology
        self.file = file
    }

    mutating func compareFates(
        _ expected: [Expectation.FateCount], _ report: ReplayReport, line: Int, deadLetters: [DeadLetter]
    ) {
        for count in expected {
            let came = Self.count(of: count.fate, in: report)
            guard came != count.count else { continue }
            let reasons = count.fate == .deadLettered ? deadLetters.map { "; \($0.detail)" }.joined() : ""
            problems.append("\(file):\(line): expected \(count.count) \(count.fate.rawValue), got \(came)\(reasons)")
        }
    }

    private static func count(of fate: Fate, in report: ReplayReport) -> Int {
        let sources = report.groups.sources
        return switch fate {
        case .accepted: sources.reduce(0) { $0 + $1.accepted }
        case .duplicate: sources.reduce(0) { $0 + $1.duplicate }
        case .conflict: sources.reduce(0) { $0 + $1.conflict }
        case .late: report.intake.total.late
        case .filtered: report.intake.total.filtered
        case .deadLettered: report.intake.total.deadLettered
        }
    }

    /// Each expected alert must be one of those that came, and none may be left.
    mutating func compare(_ expected: [Expectation.ExpectedAlert], with came: [Alert], line: Int) {
        var left = came
        for alert in expected {
            if let match = left.firstIndex(where: { matches(alert, $0) }) {
                left.remove(at: match)
            } else {
                problems.append("\(file):\(alert.line): the expected alert of \(alert.stage) did not come")
            }
        }
        problems += left.map { "\(file):\(line): unexpected alert: \(describe($0))" }
    }

    private func matches(_ expected: Expectation.ExpectedAlert, _ alert: Alert) -> Bool {
        let stage = topology.stages[alert.stage]
        guard stage.name == expected.stage, case .window(let window) = stage.kind else { return false }
        if let severity = expected.severity, severity != window.alert.severity { return false }
        if let merchantID = expected.merchantID, merchantID != alert.merchantID { return false }
        if let opened = expected.opened, opened != alert.windowEnd { return false }
        let hasKey = expected.key.allSatisfy { pair in
            window.key.firstIndex(of: pair.field).map { alert.key[$0] == pair.value } ?? false
        }
        return hasKey
            && expected.measures.allSatisfy { wanted in
                guard let index = window.measures.firstIndex(where: { $0.name == wanted.name }) else { return false }
                return Self.matches(wanted, alert.measures[index])
            }
    }

    private static func matches(_ wanted: Expectation.ExpectedAlert.MeasureValue, _ value: Alert.MeasureValue) -> Bool {
        switch value {
        case .integer(let number): wanted.currency == nil && equal(wanted.value, .integer(number))
        case .double(let number): wanted.currency == nil && equal(wanted.value, .double(number))
        case .money(let values): values.contains { $0.currency == wanted.currency && equal(wanted.value, $0.value) }
        case .absent: false
        }
    }

    private static func equal(_ left: Threshold.Value, _ right: Threshold.Value) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.integer(let left), .double(let right)): Double(left) == right
        case (.double(let left), .integer(let right)): left == Double(right)
        case (.double(let left), .double(let right)): left == right
        }
    }

    private func describe(_ alert: Alert) -> String {
        let stage = topology.stages[alert.stage]
        guard case .window(let window) = stage.kind else { return stage.name }
        let key = zip(window.key, alert.key).map { "\($0.name) \($1)" }.joined(separator: ", ")
        let measures = zip(window.measures, alert.measures).map { "\($0.name) \(Self.describe($1))" }
        return "\(stage.name) of \(key) opened at \(alert.windowEnd.text) with \(measures.joined(separator: ", "))"
    }

    private static func describe(_ value: Alert.MeasureValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .money(let values): values.map { "\($0.currency.text) \(describe($0.value))" }.joined(separator: " and ")
        case .absent: "absent"
        }
    }

    private static func describe(_ value: Threshold.Value) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        }
    }

    /// Each expected credit must be one of those that came, and none may be left.
    mutating func compare(_ expected: [Expectation.ExpectedCredit], with came: [Credit], line: Int) {
        var left = came
        for credit in expected {
            if let match = left.firstIndex(where: { Self.matches(credit, $0) }) {
                left.remove(at: match)
            } else {
                problems.append("\(file):\(credit.line): the expected credit did not come")
            }
        }
        problems += left.map { "\(file):\(line): unexpected credit: \(Self.describe($0))" }
    }

    private static func matches(_ expected: Expectation.ExpectedCredit, _ credit: Credit) -> Bool {
        (expected.component ?? credit.component) == credit.component
            && (expected.reason ?? credit.reason) == credit.reason
            && (expected.state ?? credit.state) == credit.state
            && (expected.merchantID ?? credit.merchantID) == credit.merchantID
            && (expected.currency ?? credit.currency) == credit.currency
            && expected.amountMinor.map { Int128($0) == credit.amount } ?? true
            && (expected.lines ?? credit.lines) == credit.lines
    }

    private static func describe(_ credit: Credit) -> String {
        "\(credit.amount) \(credit.currency.text) \(credit.state.rawValue) for \(credit.component) of \(credit.merchantID) "
            + "in \(credit.lines) lines"
    }
}
