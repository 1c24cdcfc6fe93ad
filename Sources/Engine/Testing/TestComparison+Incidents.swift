import Pipelines
import RampartCore

extension TestComparison {
    /// Compares with the last revision of each incident.
    mutating func compare(
        _ expected: [Expectation.ExpectedIncident], withRevisions revisions: [IncidentRevision]
    ) {
        var last: [String: Int] = [:]
        for (place, revision) in revisions.enumerated() { last[revision.id] = place }
        let topology = topology
        compare(
            expected, with: last.values.sorted().map { revisions[$0] }, line: \.line, describe: Self.describe,
            describeRow: { Self.describe($0, topology) }, differences: { Self.differences($0, $1, topology) })
    }

    private static func differences(
        _ expected: Expectation.ExpectedIncident, _ incident: IncidentRevision, _ topology: Topology
    ) -> [String]? {
        guard topology.stages[incident.stage].name == expected.stage else { return nil }
        var differences = Differences()
        differences.add("severity", expected.severity?.rawValue, incident.severity.rawValue)
        differences.add("merchant_id", expected.merchantID, incident.merchantID)
        differences.add("opened", expected.opened?.text, incident.opened.text)
        differences.add("closed", expected.closed?.text, closed(incident)?.text ?? "never")
        for wanted in expected.alerts {
            let count = incident.members.first { $0.stage == wanted.stage }?.alerts ?? 0
            differences.add("alerts of \(wanted.stage)", "\(wanted.count)", "\(count)")
        }
        return differences.list
    }

    private static func closed(_ incident: IncidentRevision) -> EventTime? {
        incident.state == .closed ? incident.paneEnd : nil
    }

    private static func describe(_ expected: Expectation.ExpectedIncident) -> String {
        var words: [String] = []
        if let severity = expected.severity { words.append("severity \(severity.rawValue)") }
        if let merchantID = expected.merchantID { words.append("merchant_id \(merchantID)") }
        if let opened = expected.opened { words.append("opened \(opened.text)") }
        if let closed = expected.closed { words.append("closed \(closed.text)") }
        words += expected.alerts.map { "alerts of \($0.stage) \($0.count)" }
        return "an incident of \(expected.stage)" + listed(words)
    }

    private static func describe(_ incident: IncidentRevision, _ topology: Topology) -> String {
        let words =
            [
                "severity \(incident.severity.rawValue)", "merchant_id \(incident.merchantID)",
                "opened \(incident.opened.text)",
            ] + (closed(incident).map { ["closed \($0.text)"] } ?? [])
            + incident.members.map { "alerts of \($0.stage) \($0.alerts)" }
        return "an incident of \(topology.stages[incident.stage].name)" + listed(words)
    }
}
