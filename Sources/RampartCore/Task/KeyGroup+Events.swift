extension KeyGroup {
    // MARK: - Events

    /// Puts an event into staging.
    mutating func stage(_ row: Int, of batch: EventBatch) { staging.append(row, of: batch) }

    /// Applies a pane's events in canonical order: dedupe, then side inputs, then the stages that their sources reach.
    ///
    /// What came through an exchange was accepted by the subgraph that it comes from.
    mutating func apply(_ places: ArraySlice<Staging.Place>, at paneEnd: EventTime) {
        guard plan.hasSides else {
            for place in places {
                let batch = staging.batch(of: place)
                if accept(Int(place.row), of: batch, at: paneEnd) { enter(Int(place.row), of: batch, at: paneEnd) }
            }
            return
        }
        // What is past goes first, so that how much there is room for depends on the panes alone.
        for index in transforms.indices { transforms[index].forget(before: paneEnd - plan.topology.basePane) }
        // All side inputs of the pane come before its first probe (R21).
        let accepted = places.filter { place in
            let batch = staging.batch(of: place)
            guard accept(Int(place.row), of: batch, at: paneEnd) else { return false }
            enterSides(Int(place.row), of: batch, at: paneEnd)
            return true
        }
        for place in accepted { enter(Int(place.row), of: staging.batch(of: place), at: paneEnd) }
    }

    /// Settles an event's fate; true where it takes part.
    private mutating func accept(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) -> Bool {
        guard plan.subgraph == Subgraph.main else { return true }
        let header = batch.headers[row]
        let source = Int(header.source)
        switch admit(row, of: batch, at: paneEnd) {
        case .duplicate:
            counters.sources[source].duplicate += 1
            return false
        case .conflict:
            counters.sources[source].conflict += 1
            return false
        case .accepted, .acceptedUnremembered:
            counters.sources[source].accept(row, of: batch, plan: plan)
            if header.type == .void { void(row, of: batch, at: paneEnd) }
            return true
        }
    }

    private mutating func admit(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) -> DedupeTable.Verdict {
        let header = batch.headers[row]
        var fingerprint = Fingerprint(key: hash)
        fingerprint.combine(UInt64(header.source), header.partitionHash)
        // The hash of the partition is public, so that only the value itself keeps two merchants' ids apart.
        if let slot = plan.partitionSlots[Int(header.source)] {
            batch.bytes.withUnsafeBytes {
                fingerprint.combine(UnsafeRawBufferPointer(rebasing: $0[batch.range(slot, row: row).indices]))
            }
        }
        let horizon: EventSpan
        let source = plan.topology.sources[Int(header.source)]
        switch source.dedupe {
        case .off: return .accepted
        case .byID(let span):
            horizon = span
            batch.bytes.withUnsafeBytes {
                fingerprint.combine(UnsafeRawBufferPointer(rebasing: $0[header.identity.indices]))
            }
        case .byContent(let span):
            horizon = span
            fingerprint.combine(header.digest.high, header.digest.low)
        }
        let verdict = dedupe[Int(header.source)].admit(
            fingerprint.digest, digest: header.digest, at: header.time, horizon: horizon, keysMax: source.dedupeKeysMax)
        if verdict == .acceptedUnremembered {
            counters.sources[Int(header.source)].unremembered += 1
            saturation.note(at: paneEnd, until: header.time + horizon + plan.memoryMax)
        }
        return verdict
    }

    // MARK: - Stages

    /// The data path of an accepted event: transforms, of which some attach values to a copy, then windows.
    private mutating func enter(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) {
        let route = plan.routes[Int(batch.headers[row].source)]
        guard route.isChanged else {
            var passed = passage(row, of: batch)
            for step in route.transforms where step.takes(passed) {
                if case .filter(let condition, let thresholds) = step.kind,
                    filter(step.stage, condition, thresholds, row, of: batch)
                {
                    passed |= 1 << UInt64(step.stage)
                }
            }
            return finish(route, row, of: batch, passed: passed, at: paneEnd)
        }
        working.removeAll()
        working.append(row, of: batch, stringSlots: plan.topology.layout.stringSlots)
        let passed = transformWorking(route.transforms, at: paneEnd)
        finish(route, 0, of: working, passed: passed, at: paneEnd)
    }

    private mutating func finish(
        _ route: GroupPlan.Route, _ row: Int, of batch: EventBatch, passed: UInt64, at paneEnd: EventTime
    ) {
        enterWindows(route.windows, row, of: batch, passed: passed, at: paneEnd)
        for departure in route.departures where departure.takes(passed) {
            depart(departure, row, of: batch, passed: passed)
        }
    }

    /// The transforms that an event had passed when it came here.
    private func passage(_ row: Int, of batch: EventBatch) -> UInt64 {
        guard plan.subgraph != Subgraph.main, let slot = plan.topology.layout.passageSlot else { return 0 }
        return UInt64(bitPattern: batch.integer(slot, row: row))
    }

    private mutating func transformWorking(_ steps: [GroupPlan.Step], at paneEnd: EventTime) -> UInt64 {
        var passed = passage(0, of: working)
        for step in steps where step.takes(passed) {
            switch step.kind {
            case .filter(let condition, let thresholds):
                if filter(step.stage, condition, thresholds, 0, of: working) { passed |= 1 << UInt64(step.stage) }
            case .transform(let place):
                switch transforms[place].pass(0, of: &working) {
                case .unmatched: counters.stages[step.stage].unmatched += 1
                case .doubted:
                    saturation.noteDoubt(at: paneEnd, until: working.headers[0].time + plan.memoriesBehind[step.stage])
                case .passed, .unkeyed, .refused: break
                }
                counters.stages[step.stage].events += 1
                passed |= 1 << UInt64(step.stage)
            case .window, .elsewhere: continue
            }
        }
        return passed
    }

    private mutating func filter(
        _ stage: Int, _ condition: Program, _ thresholds: [Threshold], _ row: Int, of batch: EventBatch
    ) -> Bool {
        switch condition.verdict(event: row, of: batch, thresholds: thresholds) {
        case .holds:
            counters.stages[stage].events += 1
            return true
        case .fails: return false
        case .failed:
            counters.stages[stage].conditionErrors += 1
            return false
        }
    }

    private mutating func enterWindows(
        _ steps: [GroupPlan.Step], _ row: Int, of batch: EventBatch, passed: UInt64, at paneEnd: EventTime
    ) {
        var stored: (log: Int, event: Int)?
        for step in steps where step.takes(passed) {
            guard case .window(let index) = step.kind else { continue }
            guard !windows[index].allows(row, of: batch) else {
                counters.stages[step.stage].allowed += 1
                continue
            }
            guard let key = windows[index].keyHash(row, of: batch) else {
                counters.stages[step.stage].unkeyed += 1
                continue
            }
            let log = plan.logs[index]
            let slot = windows[index].slot(key, row, of: batch, log: logs[log])
            guard windows[index].hasRoom(row, of: batch, slot: slot) else {
                refuse(batch.headers[row].time, by: step.stage, at: paneEnd)
                continue
            }
            // The windows of a log come one after the other.
            let event = stored?.log == log ? stored?.event : nil
            let number = event ?? logs[log].append(row, of: batch)
            stored = (log, number)
            windows[index].enter(row, of: batch, event: number, keyHash: key, slot: slot, log: logs[log])
            counters.stages[step.stage].events += 1
        }
    }

    /// Gives an accepted event to the transforms of which it is a side input; the filters on the way count it later.
    private mutating func enterSides(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) {
        var passed = passage(row, of: batch)
        for step in plan.routes[Int(batch.headers[row].source)].sides where step.takes(passed) {
            switch step.kind {
            case .filter(let condition, let thresholds):
                if condition.verdict(event: row, of: batch, thresholds: thresholds) == .holds {
                    passed |= 1 << UInt64(step.stage)
                }
            case .transform(let place):
                switch transforms[place].take(row, of: batch) {
                case .unkeyed: counters.stages[step.stage].unkeyed += 1
                case .refused: refuse(batch.headers[row].time, by: step.stage, at: paneEnd)
                case .passed, .unmatched, .doubted: break
                }
            case .window, .elsewhere: continue
            }
        }
    }

    /// Counts an event that does not fit under a stage's ceiling; the key group is saturated as long as it may be missing.
    private mutating func refuse(_ time: EventTime, by stage: Int, at paneEnd: EventTime) {
        counters.stages[stage].refused += 1
        saturation.note(at: paneEnd, until: time + plan.memories[stage])
    }

    private mutating func void(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) {
        voids.add(
            merchantID: plan.charges.merchantID(row, of: batch), chargeID: plan.charges.chargeID(row, of: batch),
            at: paneEnd)
    }

    // MARK: - Late events

    /// Handles the late events that take effect in the pane that ends at `end` (R30).
    mutating func claimLate(
        _ places: ArraySlice<Staging.Place>, at end: EventTime, into outputs: inout Outputs
    ) {
        for place in places {
            let batch = staging.batch(of: place)
            if batch.headers[Int(place.row)].type == .void { void(Int(place.row), of: batch, at: end) }
        }
        guard !isRebuilding else { return }
        for place in places { offerLate(Int(place.row), of: staging.batch(of: place), at: end) }
        claimOffered(at: end, into: &outputs)
    }

    private mutating func offerLate(_ row: Int, of batch: EventBatch, at end: EventTime) {
        var passed: UInt64 = 0
        let header = batch.headers[row]
        let route = plan.routes[Int(header.source)]
        for step in route.transforms where step.takes(passed) {
            if case .filter(let condition, let thresholds) = step.kind,
                condition.verdict(event: row, of: batch, thresholds: thresholds) != .holds
            {
                continue
            }
            // A late event asks no state for anything, and so passes with nothing attached (R21).
            passed |= 1 << UInt64(step.stage)
        }
        for step in route.windows where step.takes(passed) {
            guard case .window(let index) = step.kind, !plan.windows[index].allows(row, of: batch),
                let credit = plan.windows[index].creditInForce(
                    for: plan.charges.merchantID(row, of: batch), at: end),
                let key = keyValues(row, of: batch, window: index)
            else { continue }
            let keyBytes = KeyBytes.encode(key)
            guard let alertID = books[index].alert(firedFor: keyBytes, over: header.time, at: end),
                let charge = plan.charges.charge(
                    row, of: batch, policy: credit, stage: step.stage, alertID: alertID, keyBytes: keyBytes)
            else { continue }
            offered.append(charge)
        }
    }

    /// The values of an event's key; nil where one is absent.
    func keyValues(_ row: Int, of batch: EventBatch, window: Int) -> [String]? {
        var values: [String] = []
        for slot in plan.windows[window].keySlots {
            guard let value = batch.valueText(slot, row: row, stringSlots: plan.topology.layout.stringSlots) else {
                return nil
            }
            values.append(value)
        }
        return values
    }
}
