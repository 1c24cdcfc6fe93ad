/// An open incident: what was said about a merchant, and what decides when to say more (R25).
struct IncidentTrack: Sendable {
    /// What the last revision said.
    struct Told: Sendable {
        var revision = 0
        var members = 0
        var alerts = 0
        var severity = AlertPolicy.Severity.low
    }

    let id: String
    let merchantID: String
    let opened: EventTime
    var severity = AlertPolicy.Severity.low
    var members: [IncidentRevision.Member] = []
    var timeline: [IncidentRevision.Entry] = []
    var money: [IncidentMoney] = []
    /// The pane end since which no alert is open.
    var quietSince: EventTime?
    /// The pane end at which what the ledger has made is told.
    var creditTold: EventTime?
    var told = Told()

    init(id: String, merchantID: String, opened: EventTime) {
        self.id = id
        self.merchantID = merchantID
        self.opened = opened
    }

    /// Whether an alert is open.
    var isUnderAttack: Bool { members.contains { $0.open > 0 } }

    /// Alerts that have opened.
    var alerts: Int { members.reduce(0) { $0 + $1.alerts } }

    /// Whether an alert is part of it: one that opened before it did is not.
    func holds(_ alert: Alert) -> Bool { alert.opened >= opened }

    /// Takes a row of one of its alerts.
    mutating func take(_ alert: Alert, of stage: String) {
        let place = members.firstIndex { $0.stage == stage } ?? members.count
        if place == members.count {
            members.append(IncidentRevision.Member(stage: stage, alerts: 0, open: 0, peakScore: alert.score))
        }
        members[place].peakScore = max(members[place].peakScore, alert.score)
        severity = max(severity, alert.settings.severity)
        if alert.revision == 1 {
            members[place].alerts += 1
            members[place].open += 1
            quietSince = nil
            if timeline.count(where: { $0.stage == stage }) < Limits.incidentSample {
                timeline.append(
                    IncidentRevision.Entry(
                        alertID: alert.id, stage: stage, opened: alert.paneEnd, closed: nil, peakScore: alert.score))
            }
            return
        }
        let entry = timeline.firstIndex { $0.alertID == alert.id }
        if let entry { timeline[entry].peakScore = max(timeline[entry].peakScore, alert.score) }
        guard alert.state == .closed else { return }
        if let entry { timeline[entry].closed = alert.paneEnd }
        members[place].open = max(0, members[place].open - 1)
        if !isUnderAttack { quietSince = alert.paneEnd }
    }

    /// Whether there is something new that is worth a row; `claimable` is in the order of `money`.
    func isWorthTelling(_ claimable: [Int128]) -> Bool {
        told.revision == 0 || members.count > told.members || severity > told.severity
            || alerts >= max(1, 2 * told.alerts) || zip(money, claimable).contains { $0.isWorthTelling($1) }
    }

    /// Notes that everything was told.
    mutating func tell(_ claimable: [Int128]) -> [IncidentRevision.Money] {
        told = Told(
            revision: told.revision + 1, members: members.count, alerts: alerts, severity: severity)
        creditTold = nil
        return money.indices.map { money[$0].tell(claimable[$0]) }
    }
}
