import RampartCore

extension Oracle {
    /// Joins runs into alerts and writes their revisions (R24).
    mutating func raiseAlerts() {
        for index in histories.indices {
            let history = histories[index]
            let window = pipeline.stages[history.stage].window!
            var groups: [[Int]] = []
            for (number, run) in history.runs.enumerated() {
                let last = groups.last?.last.map { history.runs[$0] }
                let previous = last?.last
                if let previous, last?.mode == run.mode,
                    run.first <= previous + (window.closeAfter ?? window.size)
                {
                    groups[groups.count - 1].append(number)
                    result.hits.add(.continued)
                } else {
                    if previous != nil { result.hits.add(.reopened) }
                    groups.append([number])
                }
            }
            for (place, group) in groups.enumerated() {
                let id = OracleHash.identifier([
                    Array("alert".utf8), Array(pipeline.family.utf8), Array(pipeline.stages[history.stage].name.utf8),
                    keyBytes(history.key), Array("\(history.runs[group[0]].first)".utf8),
                ])
                for number in group { histories[index].runs[number].alert = id }
                let next = place + 1 < groups.count ? history.runs[groups[place + 1][0]] : nil
                writeRevisions(id, history, group.map { history.runs[$0] }, next, window)
            }
        }
        result.alerts.sort(by: Self.precedes)
        result.shadow.sort(by: Self.precedes)
    }

    private static func precedes(_ left: OracleAlert, _ right: OracleAlert) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        if left.stage != right.stage { return left.stage < right.stage }
        if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
        return left.revision < right.revision
    }

    private mutating func writeRevisions(
        _ id: String, _ history: History, _ runs: [Run], _ next: Run?, _ window: ModelWindow
    ) {
        let mode = runs[0].mode
        let merchant = window.key.firstIndex(of: .merchantID).map { history.key[$0] }
        let findings = runs.flatMap(\.findings)
        func alert(_ revision: Int, _ finding: Evaluation, isOpen: Bool, at paneEnd: Int64) -> OracleAlert {
            OracleAlert(
                id: id, revision: revision, isOpen: isOpen, mode: mode, stage: history.stage,
                merchant: merchant, key: history.key,
                keyBytes: keyBytes(history.key), windowStart: finding.paneEnd - window.size,
                windowEnd: finding.paneEnd, paneEnd: paneEnd, score: finding.score, measures: finding.measures,
                isSaturated: findings.contains { $0.paneEnd <= finding.paneEnd && lacking($0, history.stage) != nil },
                evidence: evidence(of: finding, history.stage), settings: settings(history.stage, merchant, at: paneEnd)
            )
        }
        countExceptions(history.stage, merchant, findings)
        countSaturation(history.stage, findings)
        let named = window.condition.measuresNamed
        var marks: [Int: Alert.MeasureValue] = [:]
        var revisions: [OracleAlert] = []
        for finding in findings {
            let doubles = named.contains { measure in
                guard let mark = marks[measure].flatMap(Self.largest) else { return false }
                return Self.largest(finding.measures[measure]).map { Self.isDouble($0, mark) } ?? false
            }
            guard revisions.isEmpty || doubles else { continue }
            result.hits.add(revisions.isEmpty ? .opened : .doubled)
            revisions.append(alert(revisions.count + 1, finding, isOpen: true, at: finding.paneEnd))
            for measure in named {
                guard let value = Self.largest(finding.measures[measure]) else { continue }
                let mark = marks[measure].flatMap(Self.largest)
                if mark == nil || Self.isAbove(value, mark!) { marks[measure] = Self.asMeasure(value) }
            }
        }
        let last = runs.last!.last
        var closing = last.addingReportingOverflow(window.closeAfter ?? window.size)
        // An alert of the other mode ends it.
        if let next, next.mode != mode, next.first < closing.partialValue || closing.overflow {
            closing = (next.first, false)
            result.hits.add(.muteEnded)
        }
        if !closing.overflow, closing.partialValue <= finalWatermark {
            let best = findings.reduce(findings[0]) { $1.score > $0.score ? $1 : $0 }
            if best.paneEnd < findings.last!.paneEnd { result.hits.add(.closedWithEarlierPeak) }
            var closed = alert(revisions.count + 1, best, isOpen: false, at: closing.partialValue)
            closed.windowStart = findings[0].paneEnd - window.size
            closed.windowEnd = last
            closed.evidence = revisions.last!.evidence
            closed.isSaturated = findings.contains { lacking($0, history.stage) != nil }
            revisions.append(closed)
            result.hits.add(.closed)
        } else {
            result.hits.add(.leftOpen)
        }
        if mode == .shadow {
            result.hits.add(.openedInShadow)
            let charges = window.credit.map { credit in findings.flatMap(\.events).filter { isCharge($0, credit) } }
            if charges?.isEmpty == false { result.hits.add(.sparedInShadow) }
            result.shadow += revisions
        } else {
            result.alerts += revisions
        }
    }

    /// What the key group of a finding lacked when it was made.
    private func lacking(_ finding: Evaluation, _ stage: Int) -> Int? {
        lacking(core.group(core.subgraph(stage), finding.events[0]), at: finding.paneEnd)
    }

    private mutating func countSaturation(_ stage: Int, _ findings: [Evaluation]) {
        let isSaturated = findings.map { lacking($0, stage) != nil }
        if isSaturated[0] {
            result.hits.add(.openedSaturated)
        } else if isSaturated.contains(true) {
            result.hits.add(.becameSaturated)
        } else if let refusals = refusals[core.group(core.subgraph(stage), findings[0].events[0])],
            refusals.contains(where: { $0.until < findings[0].paneEnd })
        {
            result.hits.add(.openedAfterSaturation)
        }
    }

    private mutating func countExceptions(_ stage: Int, _ merchant: String?, _ findings: [Evaluation]) {
        let first = findings[0].paneEnd
        let rows = overrides(stage, merchant, at: first)
        if rows.contains(where: \.isSegment) { result.hits.add(.overriddenBySegment) }
        if rows.contains(where: { !$0.isSegment }) { result.hits.add(.overridden) }
        if rows != overrides(stage, merchant, at: findings.last!.paneEnd) { result.hits.add(.overrideEnded) }
        guard mutedUntil(stage, merchant, at: first) != nil else { return }
        result.hits.add(.muted)
        guard let credit = pipeline.stages[stage].window?.credit else { return }
        if findings.flatMap(\.events).contains(where: { isCharge($0, credit) }) { result.hits.add(.sparedByMute) }
    }

    /// The sample that explains a finding (R23).
    private func evidence(of finding: Evaluation, _ stage: Int) -> OracleEvidence {
        let events = finding.events
        var accounts: [String] = []
        for event in events {
            guard let account = event.text(.accountID) ?? event.text(.buyerID) else { continue }
            if !accounts.contains(account) { accounts.append(account) }
        }
        let counts = EventType.allCases.compactMap { type -> String? in
            let count = events.filter { $0.type == type }.count
            return count > 0 ? "\(type.name)=\(count)" : nil
        }
        let refused = lacking(finding, stage).map { ["refused=\($0)"] } ?? []
        return OracleEvidence(
            events: events.prefix(10).map {
                $0.identity.isEmpty ? $0.digest.description : String(decoding: $0.identity, as: UTF8.self)
            },
            accounts: Array(accounts.prefix(10)), counts: counts + ["accounts=\(accounts.count)"] + refused)
    }

    /// The value of a measure, for money the largest of its currencies; nil where it has none.
    private static func largest(_ measure: Alert.MeasureValue) -> Threshold.Value? {
        switch measure {
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .money(let values): values.map(\.value).reduce(nil) { $0 == nil || isAbove($1, $0!) ? $1 : $0 }
        case .absent: nil
        }
    }

    private static func asMeasure(_ value: Threshold.Value) -> Alert.MeasureValue {
        switch value {
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        }
    }

    private static func isAbove(_ left: Threshold.Value, _ right: Threshold.Value) -> Bool {
        if case .integer(let left) = left, case .integer(let right) = right { return left > right }
        return double(left) > double(right)
    }

    private static func isDouble(_ value: Threshold.Value, _ mark: Threshold.Value) -> Bool {
        if case .integer(let value) = value, case .integer(let mark) = mark {
            return Int128(value) >= 2 * Int128(max(mark, 1))
        }
        return double(value) >= 2 * max(double(mark), 1)
    }

    private static func double(_ value: Threshold.Value) -> Double {
        switch value {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}
