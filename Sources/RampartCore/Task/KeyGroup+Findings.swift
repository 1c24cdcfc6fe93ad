extension KeyGroup {
    /// Evaluates the keys of a window that changed, and tells alerts and ledger (R17, R24, R27).
    mutating func evaluate(_ index: Int, at end: EventTime, into outputs: inout Outputs) {
        let changed = windows[index].advance(to: end, log: logs[plan.logs[index]])
        var findings: [TableFinding] = []
        for place in changed {
            let slot = Int(place)
            // What the keys came to while it was said is read back, and not found again; what tables know is a fact.
            if !isRebuilding || !plan.tables[index].isEmpty {
                let evaluation = evaluation(index, slot, at: end)
                if !plan.tables[index].isEmpty { findings.append(finding(evaluation, index, slot, at: end)) }
                if !isRebuilding { judge(evaluation, index, slot, at: end, into: &outputs) }
            }
            if windows[index].isEmpty(slot) {
                if windows[index].track(of: slot) != WindowState.noTrack {
                    books[index].losesSlot(windows[index].track(of: slot))
                }
                windows[index].removeIfEmpty(slot)
            }
        }
        tell(findings, of: index, at: end)
    }

    private mutating func evaluation(_ index: Int, _ slot: Int, at end: EventTime) -> WindowState.Evaluation {
        guard !windows[index].isEmpty(slot) else { return WindowState.Evaluation() }
        return windows[index].evaluate(
            slot, thresholds: thresholds(of: slot, index, at: end),
            isScored: scores?.detail(of: plan.windowStages[index]) != nil)
    }

    private func finding(
        _ evaluation: WindowState.Evaluation, _ index: Int, _ slot: Int, at end: EventTime
    ) -> TableFinding {
        TableFinding(
            slot: slot, key: evaluation.finding == nil ? nil : keyBytes(of: slot, window: index), paneEnd: end,
            every: plan.windows[index].window.every, isDoubtful: saturation.refused(at: end) != nil)
    }

    /// Tells tables what keys came to; those for which there may be no room in the order of their bytes.
    private mutating func tell(_ findings: [TableFinding], of index: Int, at end: EventTime) {
        guard !findings.isEmpty else { return }
        let sorted = findings.sorted { ($0.key ?? []).lexicographicallyPrecedes($1.key ?? []) }
        for table in plan.tables[index] {
            for finding in sorted where transforms[table].note(finding) == .refused {
                counters.stages[plan.transformStages[table]].refused += 1
                // The key can be missing as long as an event that its window has refused.
                saturation.note(
                    from: end + plan.topology.basePane, until: end + plan.memories[plan.windowStages[index]], at: end)
            }
        }
    }

    /// The key of a live slot as bytes.
    func keyBytes(of slot: Int, window index: Int) -> [UInt8] {
        let (batch, row) = find(windows[index].anyEvent(of: slot), window: index)
        return KeyBytes.encode(keyValues(row, of: batch, window: index) ?? [])
    }

    private mutating func judge(
        _ evaluation: WindowState.Evaluation, _ index: Int, _ slot: Int, at end: EventTime, into outputs: inout Outputs
    ) {
        if !windows[index].isEmpty(slot), let detail = scores?.detail(of: plan.windowStages[index]) {
            note(evaluation, detail, index, slot, at: end, into: &outputs)
        }
        if let score = evaluation.finding {
            fire(index, slot, score: score, at: end, into: &outputs)
        } else if windows[index].track(of: slot) != WindowState.noTrack {
            books[index].rests(windows[index].track(of: slot), at: end)
        }
    }

    /// The thresholds for the merchant of a key.
    private func thresholds(of slot: Int, _ index: Int, at end: EventTime) -> [Threshold] {
        guard plan.windows[index].hasExceptions else { return plan.windows[index].thresholds }
        return plan.windows[index].thresholds(for: merchantID(of: slot, index), at: end)
    }

    private func merchantID(of slot: Int, _ index: Int) -> String? {
        let (batch, row) = find(windows[index].anyEvent(of: slot), window: index)
        return merchantID(row, of: batch, window: index)
    }

    private mutating func fire(_ index: Int, _ slot: Int, score: Double, at end: EventTime, into outputs: inout Outputs)
    {
        noteFinding(stage: plan.windowStages[index])
        let report = AlertReport(score: score, measures: windows[index].measures(of: slot))
        var track = windows[index].track(of: slot)
        if track == WindowState.noTrack || !books[index].isInForce(track, at: end) {
            let (batch, row) = find(windows[index].anyEvent(of: slot), window: index)
            track = books[index].open(
                key: keyValues(row, of: batch, window: index) ?? [],
                merchantID: merchantID(row, of: batch, window: index), slot: slot, report: report, at: end,
                into: &outputs)
            windows[index].setTrack(track, of: slot)
        }
        let refused = saturation.refused(at: end)
        if books[index].fires(track, report, isSaturated: refused != nil, at: end) {
            var evidence = evidence(of: slot, window: index)
            if let refused { evidence.counts.append(.init(name: "refused", count: refused)) }
            books[index].revise(track, report, evidence: evidence, at: end, into: &outputs)
        }
        let merchant = plan.windows[index].hasExceptions ? merchantID(of: slot, index) : nil
        if plan.windows[index].mute(of: merchant, at: end) != nil {
            counters.stages[plan.windowStages[index]].muted += 1
        }
        if let credit = plan.windows[index].creditInForce(for: merchant, at: end) {
            offer(index, slot, track: track, credit)
        }
    }

    /// The merchant whom a window's key names.
    private func merchantID(_ row: Int, of batch: EventBatch, window index: Int) -> String? {
        plan.windows[index].window.key.contains(.merchantID) ? plan.charges.merchantID(row, of: batch) : nil
    }

    /// Notes how far past its thresholds a key is, or short of them (R36).
    private mutating func note(
        _ evaluation: WindowState.Evaluation, _ detail: ScoreRow.Detail, _ index: Int, _ slot: Int, at end: EventTime,
        into outputs: inout Outputs
    ) {
        let (batch, row) = find(windows[index].anyEvent(of: slot), window: index)
        let key = keyValues(row, of: batch, window: index) ?? []
        let score = ScoreRow(
            detail: detail, stage: plan.windowStages[index], mode: plan.windows[index].mode,
            merchantID: merchantID(row, of: batch, window: index), key: key, keyBytes: KeyBytes.encode(key),
            paneEnd: end, score: evaluation.finding ?? evaluation.score, evaluations: 1,
            findings: evaluation.finding == nil ? 0 : 1)
        scores?.note(score, into: &outputs)
    }

    /// Offers every charge of the key's window that no earlier finding of the key has offered (R27).
    private mutating func offer(_ index: Int, _ slot: Int, track: Int32, _ credit: CreditPolicy) {
        let (alertID, keyBytes) = books[index].claimant(track)
        for event in windows[index].events(of: slot, sinceClaim: true) {
            let (batch, row) = find(event, window: index)
            let charge = plan.charges.charge(
                row, of: batch, policy: credit, stage: plan.windowStages[index], alertID: alertID, keyBytes: keyBytes)
            if let charge { offered.append(charge) }
        }
        windows[index].markClaimed(slot)
    }

    /// What the finding rests on: a sample in canonical order, and exact counts (R23).
    private func evidence(of slot: Int, window index: Int) -> Alert.Evidence {
        var eventIDs: [String] = []
        var accounts: [String] = []
        var seen: Set<String> = []
        var types = [Int](repeating: 0, count: EventType.allCases.count)
        for event in windows[index].events(of: slot) {
            let (batch, row) = find(event, window: index)
            types[Int(batch.headers[row].type.rawValue)] += 1
            if eventIDs.count < Limits.evidenceSample { eventIDs.append(batch.identityText(row: row)) }
            let account = plan.windows[index].accountSlots.lazy.compactMap { batch.text($0, row: row) }.first
            guard let account, seen.insert(account).inserted else { continue }
            if accounts.count < Limits.evidenceSample { accounts.append(account) }
        }
        let counts = EventType.allCases.filter { types[Int($0.rawValue)] > 0 }
            .map { Alert.Evidence.Count(name: $0.name, count: types[Int($0.rawValue)]) }
        return Alert.Evidence(
            eventIDs: eventIDs, accounts: accounts,
            counts: counts + [Alert.Evidence.Count(name: "accounts", count: seen.count)])
    }
}

extension EventBatch {
    /// A slot's value as text, integers in decimal; nil where absent.
    func valueText(_ slot: Int, row: Int, stringSlots: UInt64) -> String? {
        guard stringSlots & (1 << UInt64(slot)) == 0 else { return text(slot, row: row) }
        return has(slot, row: row) ? String(integer(slot, row: row)) : nil
    }
}
