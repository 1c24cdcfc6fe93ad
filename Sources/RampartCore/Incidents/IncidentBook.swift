/// The open incidents of one stage in one key group, by merchant (R25).
///
/// They follow from rows: from the alerts that are told, and from the lines that are claimed.
struct IncidentBook: Sendable {
    private let family: String
    let name: String
    let basePane: EventSpan
    private(set) var plan: IncidentPlan
    var changes: PromiseLog
    private(set) var tracks: [String: IncidentTrack] = [:]
    /// Incidents with no open alert, by when the last one closed.
    private var quiet = NumberedQueue<(since: EventTime, merchantID: String)>()
    /// Incidents of which the ledger has made something to tell, by when it is told.
    private var credited = NumberedQueue<(time: EventTime, merchantID: String)>()
    /// Whether other settings have come into force, by which all incidents are looked at.
    private var hasOtherSettings = false

    init(topology: Topology, plan: IncidentPlan, keepsPromises: Bool) {
        family = topology.family
        name = topology.stages[plan.stage].name
        basePane = topology.basePane
        self.plan = plan
        changes = PromiseLog(isKept: keepsPromises)
    }

    /// Puts other settings in force.
    mutating func adopt(_ plan: IncidentPlan) { self.plan = plan }

    /// Has the next pane end look at all incidents.
    mutating func reevaluate() { hasOtherSettings = !tracks.isEmpty }

    /// The pane end at which an incident may close, or tell what the ledger has made.
    var nextEvaluation: EventTime? {
        let next = quiet.first.map { closing(since: $0.since) }
        return [next, credited.first?.time].compactMap { $0 }.min()
    }

    /// When an incident closes that has had no open alert since a moment: panes are not cut.
    private func closing(since time: EventTime) -> EventTime {
        let end = time + plan.incident.quiet
        let floored = end.floored(to: basePane)
        return floored == end ? end : floored + basePane
    }

    // MARK: - Pane ends

    /// Takes a pane's rows of alerts, in their order, and the charges that the ledger is about to claim.
    mutating func evaluate(_ alerts: [Alert], _ charges: [Charge], at end: EventTime, into outputs: inout Outputs) {
        var changed: Set<String> = []
        for alert in alerts where plan.gathers(alert.stage) {
            if let merchantID = alert.merchantID, take(alert, about: merchantID) { changed.insert(merchantID) }
        }
        var claimable: [String: [Charge]] = [:]
        for charge in charges where plan.gathers(charge.stage) && tracks[charge.merchantID] != nil {
            claimable[charge.merchantID, default: []].append(charge)
            changed.insert(charge.merchantID)
        }
        while let first = credited.first, first.time <= end {
            credited.removeFirst()
            if tracks[first.merchantID]?.creditTold == first.time { changed.insert(first.merchantID) }
        }
        if hasOtherSettings { changed.formUnion(tracks.keys) }
        hasOtherSettings = false
        // An incident that closes says in that row what else is new.
        for merchantID in takeClosing(at: end) {
            changed.remove(merchantID)
            close(merchantID, at: end, into: &outputs)
        }
        for merchantID in changed { revise(merchantID, claimable[merchantID] ?? [], at: end, into: &outputs) }
    }

    /// Takes a row of an alert; returns whether an incident holds it.
    private mutating func take(_ alert: Alert, about merchantID: String) -> Bool {
        var track: IncidentTrack
        if let known = tracks[merchantID] {
            guard known.holds(alert) else { return false }
            track = known
        } else {
            guard alert.revision == 1 else { return false }
            let id = Identifier.incident(
                family: family, stage: name, keyBytes: KeyBytes.encode([merchantID]), opened: alert.paneEnd)
            track = IncidentTrack(id: id, merchantID: merchantID, opened: alert.paneEnd)
        }
        track.take(alert, of: plan.name(of: alert.stage))
        if let since = track.quietSince, alert.state == .closed { quiet.append((since, merchantID)) }
        tracks[merchantID] = track
        return true
    }

    /// Writes a revision of an incident that has changed, if that is worth one.
    private mutating func revise(
        _ merchantID: String, _ charges: [Charge], at end: EventTime, into outputs: inout Outputs
    ) {
        guard var track = tracks[merchantID] else { return }
        track.severity = max(track.severity, plan.severity(members: track.members.count))
        // All places are made before they are counted on.
        for charge in charges { _ = track.money.place(of: charge.currency, scale: charge.scale) }
        var claimable = [Int128](repeating: 0, count: track.money.count)
        for charge in charges {
            claimable[track.money.place(of: charge.currency, scale: charge.scale)] += Int128(charge.amount)
        }
        if track.isWorthTelling(claimable) {
            let money = track.tell(claimable)
            outputs.incidents.append(revision(of: track, .open, money, at: end))
        }
        tracks[merchantID] = track
        note(track)
    }

    /// Takes out the merchants whose incidents have been quiet for long enough.
    private mutating func takeClosing(at end: EventTime) -> [String] {
        var merchants: [String] = []
        while let first = quiet.first, closing(since: first.since) <= end {
            quiet.removeFirst()
            if tracks[first.merchantID]?.quietSince == first.since, !merchants.contains(first.merchantID) {
                merchants.append(first.merchantID)
            }
        }
        return merchants
    }

    /// Writes the last revision of an incident, and forgets it.
    private mutating func close(_ merchantID: String, at end: EventTime, into outputs: inout Outputs) {
        guard var track = tracks.removeValue(forKey: merchantID) else { return }
        track.severity = max(track.severity, plan.severity(members: track.members.count))
        let money = track.tell(Array(repeating: 0, count: track.money.count))
        outputs.incidents.append(revision(of: track, .closed, money, at: end))
        changes.forget(.incident(stage: name, merchantID: merchantID))
    }

    private func revision(
        of track: IncidentTrack, _ state: Alert.State, _ money: [IncidentRevision.Money], at end: EventTime
    ) -> IncidentRevision {
        IncidentRevision(
            id: track.id, revision: track.told.revision, state: state, stage: plan.stage, severity: track.severity,
            merchantID: track.merchantID, keyBytes: KeyBytes.encode([track.merchantID]), opened: track.opened,
            quietSince: track.quietSince, paneEnd: end, members: track.members, timeline: track.timeline,
            money: money, pipelineRevision: plan.revision)
    }

    // MARK: - Lines

    /// Takes lines that were claimed at a pane end, which the next pane end tells.
    mutating func take(_ lines: some Sequence<CreditLine>, at end: EventTime) {
        var changed: Set<String> = []
        for line in lines where plan.gathers(line.stage) {
            guard var track = tracks.removeValue(forKey: line.merchantID) else { continue }
            let place = track.money.place(of: line.currency, scale: line.scale)
            switch line.state {
            case .posted: track.money[place].posted += Int128(line.amount)
            case .held, .reversed, .rejected: track.money[place].held += Int128(line.amount)
            }
            tracks[line.merchantID] = track
            changed.insert(line.merchantID)
        }
        for merchantID in changed {
            guard var track = tracks[merchantID] else { continue }
            if track.creditTold == nil, track.money.contains(where: \.isCreditWorthTelling) {
                track.creditTold = end + basePane
                credited.append((end + basePane, merchantID))
                tracks[merchantID] = track
            }
            note(track)
        }
    }

    // MARK: - Promises

    /// Notes an incident as it stands.
    private mutating func note(_ track: IncidentTrack) {
        changes.note(.incident(stage: name, merchantID: track.merchantID)) { track.write(to: &$0) }
    }

    /// Puts an incident that was read back in its place; `settle` follows.
    mutating func add(_ track: IncidentTrack) { tracks[track.merchantID] = track }

    /// Says how many of each stage's alerts are open, by what was read back of these.
    mutating func count(_ open: [String: Int], of merchantID: String) {
        guard var track = tracks[merchantID] else { return }
        for place in track.members.indices { track.members[place].open = open[track.members[place].stage] ?? 0 }
        if track.isUnderAttack { track.quietSince = nil }
        tracks[merchantID] = track
    }

    /// Finds out what is due, as of a moment until which all was done.
    mutating func settle(at time: EventTime) {
        // Settings that came into force while facts were rebuilt were looked at when it was said.
        hasOtherSettings = false
        quiet = NumberedQueue()
        credited = NumberedQueue()
        for (merchantID, var track) in tracks where track.quietSince == nil && !track.isUnderAttack {
            // Its alerts were of stages that the graph has no longer.
            track.quietSince = max(time, track.opened).floored(to: basePane)
            tracks[merchantID] = track
            note(track)
        }
        let quieted = tracks.values.compactMap { track in track.quietSince.map { ($0, track.merchantID) } }
        for pair in quieted.sorted(by: { $0.0 < $1.0 }) { quiet.append((pair.0, pair.1)) }
        let told = tracks.values.compactMap { track in track.creditTold.map { ($0, track.merchantID) } }
        for pair in told.sorted(by: { $0.0 < $1.0 }) { credited.append((pair.0, pair.1)) }
    }
}
