extension MessageWords {
    /// The message of a revision of an incident: what attacks the merchant, since when, and what it is about in money.
    func message(of incident: IncidentRevision) -> String {
        let count = incident.members.reduce(0) { $0 + $1.alerts }
        let kinds = incident.members.map { "\($0.stage) (\($0.alerts))" }.joined(separator: ", ")
        return "\(topology.stages[incident.stage].name) at merchant \(incident.merchantID)"
            + (incident.state == .closed ? ", now over" : "")
            + ": \(count) \(count == 1 ? "alert" : "alerts"), \(kinds), "
            + (incident.quietSince.map { Self.words(from: incident.opened, to: $0) }
                ?? Self.words(from: incident.opened, to: incident.paneEnd))
            + incident.money.filter { $0.atStake > 0 }.map { "; " + Self.words(of: $0) }.joined()
    }

    /// What is at stake, and what has become of it so far.
    private static func words(of money: IncidentRevision.Money) -> String {
        func amount(_ units: Int128) -> String { words(of: units, in: money.currency, at: money.scale) }
        let parts = [(money.posted, "credited"), (money.held, "held for review")].filter { $0.0 > 0 }
            .map { "\(amount($0.0)) \($0.1)" }
        return "\(amount(money.atStake)) at stake" + (parts.isEmpty ? "" : ", \(parts.joined(separator: ", "))")
    }
}
