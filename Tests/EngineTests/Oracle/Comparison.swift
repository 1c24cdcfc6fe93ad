import RampartCore

/// What two results have different, in words short enough to print.
enum Comparison {
    /// The first differences of each kind; empty where the results are the same.
    static func differences(_ expected: OracleResult, _ found: OracleResult) -> [String] {
        var differences: [String] = []
        compare("fate counts", [expected.fates], [found.fates], &differences)
        compare("late event", expected.late.sorted(), found.late.sorted(), &differences)
        compare("alert", expected.alerts, found.alerts, &differences)
        compare("alert in shadow", expected.shadow, found.shadow, &differences)
        compare("incident", expected.incidents, found.incidents, &differences)
        compare("score", expected.scores, found.scores, &differences)
        compare("line", expected.lines, found.lines, &differences)
        compare("credit", expected.credits, found.credits, &differences)
        compare("unjustified line", expected.unjustified, found.unjustified, &differences)
        compare("unkeyed of stage", expected.unkeyed, found.unkeyed, &differences)
        compare("unmatched of stage", expected.unmatched, found.unmatched, &differences)
        compare("refused of stage", expected.refused, found.refused, &differences)
        compare("unremembered of source", expected.unremembered, found.unremembered, &differences)
        compare("allowed of stage", expected.allowed, found.allowed, &differences)
        compare("muted of stage", expected.muted, found.muted, &differences)
        compare("condition errors of stage", expected.conditionErrors, found.conditionErrors, &differences)
        compare("findings of stage", expected.findings, found.findings, &differences)
        return differences
    }

    private static func compare<Row: Equatable>(
        _ name: String, _ expected: [Row], _ found: [Row], _ differences: inout [String]
    ) {
        if expected.count != found.count {
            differences.append("\(expected.count) rows of \(name), found \(found.count)")
        }
        for (index, (expected, found)) in zip(expected, found).enumerated() where expected != found {
            differences.append("\(name) \(index):\n  expected \(expected)\n  found    \(found)")
            return
        }
        let common = min(expected.count, found.count)
        if let missing = expected.dropFirst(common).first { differences.append("missing \(name): \(missing)") }
        if let surplus = found.dropFirst(common).first { differences.append("surplus \(name): \(surplus)") }
    }
}
