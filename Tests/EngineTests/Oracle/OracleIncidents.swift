import RampartCore

extension Oracle {
    /// An alert, read off its rows.
    private struct Lifetime {
        var rows: [OracleAlert]
        var opened: Int64 { rows[0].paneEnd }
        /// When it closed; nil where it stayed open.
        var closed: Int64? { rows.last!.isOpen ? nil : rows.last!.paneEnd }

        static func precedes(_ left: Lifetime, _ right: Lifetime) -> Bool {
            if left.opened != right.opened { return left.opened < right.opened }
            if left.rows[0].stage != right.rows[0].stage { return left.rows[0].stage < right.rows[0].stage }
            return left.rows[0].keyBytes.lexicographicallyPrecedes(right.rows[0].keyBytes)
        }
    }

    /// What a revision said, against which the next is held.
    private struct Told {
        var members = 0
        var alerts = 0
        var severity = AlertPolicy.Severity.low
        var money: [String: [Int128]] = [:]
    }

    /// An incident: its alerts, and when it closes.
    private struct Episode {
        var stage: Int
        var merchant: String
        var alerts: [Lifetime]
        var closes: Int64?
        var opened: Int64 { alerts[0].opened }
    }

    /// Cuts each merchant's alerts into incidents, and writes their revisions (R25).
    mutating func gatherIncidents() {
        for (index, stage) in pipeline.stages.enumerated() {
            guard let incident = stage.incident else { continue }
            let rows = result.alerts.filter { stage.inputs.contains(.stage($0.stage)) }
            for case (let merchant?, let rows) in Dictionary(grouping: rows, by: \.merchant) {
                let alerts = Dictionary(grouping: rows, by: \.id).values.map { Lifetime(rows: $0) }
                let episodes = episodes(index, merchant, alerts.sorted(by: Lifetime.precedes), incident)
                result.hits.add(.incidentReopened, episodes.count - 1)
                for episode in episodes { write(episode, incident) }
            }
        }
        result.incidents.sort { left, right in
            if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
            if left.stage != right.stage { return left.stage < right.stage }
            if left.merchant != right.merchant {
                let bytes = [left, right].map { OracleHash.lengthPrefixed(Array($0.merchant.utf8)) }
                return bytes[0].lexicographicallyPrecedes(bytes[1])
            }
            return left.revision < right.revision
        }
    }

    private func episodes(
        _ stage: Int, _ merchant: String, _ alerts: [Lifetime], _ incident: ModelIncident
    ) -> [Episode] {
        var episodes: [Episode] = []
        for alert in alerts {
            if let last = episodes.last, last.closes.map({ alert.opened <= $0 }) ?? true {
                episodes[episodes.count - 1].alerts.append(alert)
            } else {
                episodes.append(Episode(stage: stage, merchant: merchant, alerts: [alert]))
            }
            let ends = episodes[episodes.count - 1].alerts.map(\.closed)
            let last = ends.contains(nil) ? nil : ends.compactMap { $0 }.max()
            episodes[episodes.count - 1].closes = last.map { paneEnd(atOrAfter: $0 + incident.quiet) }
        }
        return episodes
    }

    private func paneEnd(atOrAfter time: Int64) -> Int64 {
        let start = sliceStart(time, of: pipeline.basePane)
        return start == time ? time : start + pipeline.basePane
    }

    private mutating func write(_ episode: Episode, _ incident: ModelIncident) {
        let closes = episode.closes.flatMap { $0 <= finalWatermark ? $0 : nil }
        let lines = result.lines.filter { line in
            pipeline.stages[episode.stage].inputs.contains(.stage(line.stage)) && line.merchant == episode.merchant
                && line.paneEnd >= episode.opened && (closes.map { line.paneEnd < $0 } ?? true)
        }
        let changes =
            episode.alerts.flatMap(\.rows).map(\.paneEnd) + lines.map(\.paneEnd)
            + lines.map { $0.paneEnd + pipeline.basePane }
        let paneEnds = Set(changes).filter { $0 <= finalWatermark && (closes == nil || $0 < closes!) }.sorted()
        var told = Told()
        var revision = 0
        for paneEnd in paneEnds {
            var row = row(episode, lines, at: paneEnd, incident)
            row.severity = max(row.severity, told.severity)
            let money = sums(lines, at: paneEnd)
            guard isNew(row, episode, money, told, at: paneEnd, isFirst: revision == 0) else { continue }
            revision += 1
            row.revision = revision
            note(row, money, episode, at: paneEnd, &told)
            result.incidents.append(row)
        }
        guard let closes else {
            result.hits.add(.incidentLeftOpen)
            return
        }
        result.hits.add(.incidentClosed)
        var last = row(episode, lines, at: closes, incident)
        last.severity = max(last.severity, told.severity)
        last.revision = revision + 1
        last.isOpen = false
        result.incidents.append(last)
    }

    /// Whether something is worth a revision.
    private mutating func isNew(
        _ row: OracleIncident, _ episode: Episode, _ money: [String: [Int128]], _ told: Told, at paneEnd: Int64,
        isFirst: Bool
    ) -> Bool {
        let alerts = episode.alerts.count { $0.opened <= paneEnd }
        let grown = money.filter { currency, sums in
            zip(sums, told.money[currency] ?? [0, 0, 0]).contains { $0 >= 1 && $0 >= 2 * $1 }
        }
        if isFirst {
            result.hits.add(.incidentOpened)
            return true
        }
        let joins = row.members.count > told.members
        if joins { result.hits.add(.incidentGrew) }
        if alerts >= 2 * told.alerts { result.hits.add(.incidentDoubled) }
        let isRow = episode.alerts.flatMap(\.rows).contains { $0.paneEnd == paneEnd }
        if !grown.isEmpty, !isRow { result.hits.add(.incidentToldCredit) }
        return joins || row.severity > told.severity || alerts >= 2 * told.alerts || !grown.isEmpty
    }

    private func note(
        _ row: OracleIncident, _ money: [String: [Int128]], _ episode: Episode, at paneEnd: Int64, _ told: inout Told
    ) {
        told = Told(
            members: row.members.count, alerts: episode.alerts.count { $0.opened <= paneEnd }, severity: row.severity,
            money: money)
    }

    /// At stake, posted and held by `currency scale`, with scales of one digit: what the ledger claims at this pane end is at stake, and not yet more.
    private func sums(_ lines: [OracleLine], at paneEnd: Int64) -> [String: [Int128]] {
        var sums: [String: [Int128]] = [:]
        for line in lines where line.paneEnd <= paneEnd {
            let isNow = line.paneEnd == paneEnd
            if isNow, lateLines.contains("\(line.id)|\(paneEnd)") { continue }
            let amount = Int128(line.amount)
            let parts: [Int128] = [
                amount, !isNow && line.state == .posted ? amount : 0, !isNow && line.state == .held ? amount : 0,
            ]
            let key = "\(line.currency) \(line.scale)"
            sums[key] = zip(sums[key] ?? [0, 0, 0], parts).map { $0 + $1 }
        }
        return sums
    }

    /// The incident as it stands at a pane end.
    private mutating func row(
        _ episode: Episode, _ lines: [OracleLine], at paneEnd: Int64, _ incident: ModelIncident
    ) -> OracleIncident {
        let alerts = episode.alerts.filter { $0.opened <= paneEnd }
        func peak(_ rows: [OracleAlert]) -> Double { rows.filter { $0.paneEnd <= paneEnd }.map(\.score).max()! }
        func isOpen(_ alert: Lifetime) -> Bool { alert.closed.map { $0 > paneEnd } ?? true }
        var joined: [Int] = []
        for alert in alerts where !joined.contains(alert.rows[0].stage) { joined.append(alert.rows[0].stage) }
        let members = joined.map { stage in
            let own = alerts.filter { $0.rows[0].stage == stage }
            return
                "\(pipeline.stages[stage].name) \(own.count)/\(own.count(where: isOpen)) \(peak(own.flatMap(\.rows)))"
        }
        var sampled: [Int: Int] = [:]
        var timeline: [String] = []
        for alert in alerts {
            let stage = alert.rows[0].stage
            sampled[stage, default: 0] += 1
            guard sampled[stage]! <= 5 else { continue }
            let closed = isOpen(alert) ? "" : "\(alert.closed!)"
            timeline.append(
                "\(pipeline.stages[stage].name) \(alert.rows[0].id) \(alert.opened)-\(closed) \(peak(alert.rows))")
        }
        var severity = joined.map { pipeline.stages[$0].window!.severity }.max { rank($0) < rank($1) }!
        if let stages = incident.stages, joined.count >= stages, rank(incident.severity) > rank(severity) {
            severity = incident.severity
            result.hits.add(.incidentEscalated)
        }
        let quiet = alerts.contains(where: isOpen) ? nil : alerts.compactMap(\.closed).max()
        if quiet != nil { result.hits.add(.incidentOutlivedAlerts) }
        return OracleIncident(
            id: OracleHash.identifier([
                Array("incident".utf8), Array(pipeline.family.utf8), Array(pipeline.stages[episode.stage].name.utf8),
                keyBytes([episode.merchant]), Array("\(episode.opened)".utf8),
            ]), revision: 0, isOpen: true, stage: episode.stage, severity: severity, merchant: episode.merchant,
            opened: episode.opened, quietSince: quiet, paneEnd: paneEnd, members: members, timeline: timeline,
            money: sums(lines, at: paneEnd).sorted { $0.key < $1.key }.map { key, sums in
                "\(key) \(sums[0]) \(sums[1]) \(sums[2])"
            })
    }

    private func rank(_ severity: AlertPolicy.Severity) -> Int {
        AlertPolicy.Severity.allCases.firstIndex(of: severity)!
    }
}
