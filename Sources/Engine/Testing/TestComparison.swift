import Pipelines
import RampartCore

/// What a test expected against what came, as sentences that begin with their place in the file.
struct TestComparison {
    /// Dead letters that a sentence quotes; a log of one mistake repeats it without end.
    private static let quotedDeadLetters = 3

    let topology: Topology
    private let file: String
    /// The line of the test.
    private let line: Int
    private(set) var problems: [String] = []

    init(topology: Topology, file: String, line: Int) {
        self.topology = topology
        self.file = file
        self.line = line
    }

    private mutating func problem(_ line: Int, _ sentence: String) { problems.append("\(file):\(line): \(sentence)") }

    /// A log that was not read to its end has tested nothing, whatever was expected.
    mutating func compareReading(_ report: ReplayReport) {
        for failure in report.failures {
            problem(line, "\(failure.log) cannot be read: \(Self.describe(failure.error))")
        }
    }

    private static func describe(_ error: any Error) -> String {
        switch error as? CSVHeaderError {
        case .unreadable: "its header is not valid CSV"
        case .duplicateColumn(let name): "its header has the column `\(name)` twice"
        case nil: "\(error)"
        }
    }

    // MARK: - Fates

    mutating func compare(_ expected: [Expectation.FateCount], with report: ReplayReport, deadLetters: [DeadLetter]) {
        for count in expected {
            let came = Self.count(of: count.fate, in: report)
            guard came != count.count else { continue }
            let reasons = count.fate == .deadLettered || count.fate == .accepted ? Self.describe(deadLetters) : ""
            problem(line, "expected \(count.count) \(count.fate.rawValue), got \(came)\(reasons)")
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

    private static func describe(_ deadLetters: [DeadLetter]) -> String {
        guard !deadLetters.isEmpty else { return "" }
        let quoted = deadLetters.prefix(quotedDeadLetters).map { "\($0.reason.rawValue): \($0.detail)" }
        let rest = deadLetters.count - quoted.count
        return "; dead letters: " + quoted.joined(separator: " ") + (rest > 0 ? " And \(rest) more." : "")
    }

    // MARK: - Rows

    /// Each expectation must have a row of its own, and no row may be left.
    ///
    /// Of what does not fit, an expectation is told together with the row that is nearest to it. `differences` of nil
    /// say that a row has nothing to do with an expectation.
    mutating func compare<Expected, Row>(
        _ expected: [Expected], with came: [Row], line lineOf: (Expected) -> Int,
        describe: (Expected) -> String, describeRow: (Row) -> String, differences: (Expected, Row) -> [String]?
    ) {
        let matching = TestMatching(expected: expected.count, came: came.count) {
            differences(expected[$0], came[$1])?.isEmpty == true
        }
        var rest = matching.rest
        for (index, wanted) in expected.enumerated() where matching.rows[index] == nil {
            let near = rest.compactMap { row in differences(wanted, came[row]).map { (row: row, differences: $0) } }
                .min { $0.differences.count < $1.differences.count }
            guard let near else {
                problem(lineOf(wanted), "expected \(describe(wanted)), got none")
                continue
            }
            rest.removeAll { $0 == near.row }
            problem(
                lineOf(wanted), "expected \(describe(wanted)), got one with \(near.differences.joined(separator: ", "))"
            )
        }
        for row in rest { problem(line, "got \(describeRow(came[row])), which is not expected") }
    }

    // MARK: - Alerts

    mutating func compare(_ expected: [Expectation.ExpectedAlert], with came: [Alert]) {
        let topology = topology
        compare(
            expected, with: came, line: \.line, describe: Self.describe, describeRow: { Self.describe($0, topology) },
            differences: { Self.differences($0, $1, topology) })
    }

    private static func differences(
        _ expected: Expectation.ExpectedAlert, _ alert: Alert, _ topology: Topology
    ) -> [String]? {
        let stage = topology.stages[alert.stage]
        guard stage.name == expected.stage, case .window(let window) = stage.kind else { return nil }
        var differences = Differences()
        differences.add("severity", expected.severity?.rawValue, window.alert.severity.rawValue)
        differences.add("merchant_id", expected.merchantID, alert.merchantID ?? "absent")
        for pair in expected.key {
            let value = window.key.firstIndex(of: pair.field).map { alert.key[$0] }
            differences.add(pair.field.name, pair.value, value ?? "absent")
        }
        differences.add("opened", expected.opened?.text, alert.windowEnd.text)
        for wanted in expected.measures {
            let value = window.measures.firstIndex { $0.name == wanted.name }.map { alert.measures[$0] } ?? .absent
            if !matches(wanted, value) { differences.add(wanted.name, describe(wanted), describe(value)) }
        }
        return differences.list
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

    private static func describe(_ expected: Expectation.ExpectedAlert) -> String {
        var words: [String] = []
        if let severity = expected.severity { words.append("severity \(severity.rawValue)") }
        if let merchantID = expected.merchantID { words.append("merchant_id \(merchantID)") }
        words += expected.key.map { "\($0.field.name) \($0.value)" }
        if let opened = expected.opened { words.append("opened \(opened.text)") }
        words += expected.measures.map { "\($0.name) \(describe($0))" }
        return "an alert of \(expected.stage)" + listed(words)
    }

    private static func describe(_ alert: Alert, _ topology: Topology) -> String {
        let stage = topology.stages[alert.stage]
        guard case .window(let window) = stage.kind else { return "\(kind(alert)) of \(stage.name)" }
        let key = zip(window.key, alert.key).map { "\($0.name) \($1)" }
        let measures = zip(window.measures, alert.measures).map { "\($0.name) \(describe($1))" }
        return "\(kind(alert)) of \(stage.name)" + listed(key + ["opened \(alert.windowEnd.text)"] + measures)
    }

    private static func kind(_ alert: Alert) -> String {
        switch alert.mode {
        case .live: "an alert"
        case .shadow: "an alert in shadow"
        }
    }

    static func listed(_ words: [String]) -> String {
        words.isEmpty ? "" : " with " + words.joined(separator: ", ")
    }

    private static func describe(_ wanted: Expectation.ExpectedAlert.MeasureValue) -> String {
        (wanted.currency.map { "\($0.text) " } ?? "") + describe(wanted.value)
    }

    private static func describe(_ value: Alert.MeasureValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .money(let values) where values.isEmpty: "absent"
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

    // MARK: - Credits

    mutating func compare(_ expected: [Expectation.ExpectedCredit], with came: [Credit]) {
        compare(
            expected, with: came, line: \.line, describe: Self.describe, describeRow: Self.describe,
            differences: { Self.differences($0, $1) })
    }

    private static func differences(_ expected: Expectation.ExpectedCredit, _ credit: Credit) -> [String] {
        var differences = Differences()
        differences.add("component", expected.component, credit.component)
        differences.add("reason", expected.reason, credit.reason)
        differences.add("state", expected.state?.rawValue, credit.state.rawValue)
        differences.add("merchant_id", expected.merchantID, credit.merchantID)
        differences.add("currency", expected.currency?.text, credit.currency.text)
        differences.add("amount_minor", expected.amountMinor.map { "\($0)" }, "\(credit.amount)")
        differences.add("lines", expected.lines.map { "\($0)" }, "\(credit.lines)")
        return differences.list
    }

    private static func describe(_ expected: Expectation.ExpectedCredit) -> String {
        let words: [(String, String?)] = [
            ("component", expected.component), ("reason", expected.reason), ("state", expected.state?.rawValue),
            ("merchant_id", expected.merchantID), ("currency", expected.currency?.text),
            ("amount_minor", expected.amountMinor.map { "\($0)" }), ("lines", expected.lines.map { "\($0)" }),
        ]
        return "a credit" + listed(words.compactMap { name, value in value.map { "\(name) \($0)" } })
    }

    private static func describe(_ credit: Credit) -> String {
        "a credit"
            + listed([
                "component \(credit.component)", "reason \(credit.reason)", "state \(credit.state.rawValue)",
                "merchant_id \(credit.merchantID)", "currency \(credit.currency.text)", "amount_minor \(credit.amount)",
                "lines \(credit.lines)",
            ])
    }
}

/// Where a row is not what was expected.
struct Differences {
    private(set) var list: [String] = []

    /// Adds a value if one was expected and another came.
    mutating func add(_ name: String, _ expected: String?, _ came: String) {
        if let expected, expected != came { list.append("\(name) \(came) instead of \(expected)") }
    }
}
