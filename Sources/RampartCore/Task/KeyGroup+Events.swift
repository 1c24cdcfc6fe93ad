extension KeyGroup {
    // MARK: - Events

    /// Puts an event into staging.
    mutating func stage(_ row: Int, of batch: EventBatch) { staging.append(row, of: batch) }

    /// Applies one released event: dedupe, then the stages that its source reaches.
    mutating func apply(_ row: Int, of batch: EventBatch, at paneEnd: EventTime) {
        let header = batch.headers[row]
        let source = Int(header.source)
        switch admit(row, of: batch) {
        case .duplicate: counters.sources[source].duplicate += 1
        case .conflict: counters.sources[source].conflict += 1
        case .accepted:
            counters.sources[source].accept(row, of: batch, plan: plan)
            if header.type == .void { void(row, of: batch, at: paneEnd) }
            enter(row, of: batch, source: source)
        }
    }

    private mutating func admit(_ row: Int, of batch: EventBatch) -> DedupeTable.Verdict {
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
        switch plan.topology.sources[Int(header.source)].dedupe {
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
        return dedupe.admit(fingerprint.digest, digest: header.digest, at: header.time, horizon: horizon)
    }

    private mutating func enter(_ row: Int, of batch: EventBatch, source: Int) {
        var passed: UInt64 = 0
        var event: Int?
        for step in plan.steps[source] where step.readsSource || step.reads & passed != 0 {
            switch step.kind {
            case .filter(let condition, let thresholds):
                switch condition.verdict(event: row, of: batch, thresholds: thresholds) {
                case .holds:
                    passed |= 1 << UInt64(step.stage)
                    counters.stages[step.stage].events += 1
                case .fails: break
                case .failed: counters.stages[step.stage].conditionErrors += 1
                }
            case .window(let index):
                guard let key = windows[index].keyHash(row, of: batch) else {
                    counters.stages[step.stage].unkeyed += 1
                    continue
                }
                let number = event ?? log.append(row, of: batch)
                event = number
                windows[index].enter(row, of: batch, event: number, keyHash: key, log: log)
                counters.stages[step.stage].events += 1
            }
        }
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
        ledger.claim(offered, except: voids, at: end, into: &outputs)
        offered.removeAll(keepingCapacity: true)
    }

    private mutating func offerLate(_ row: Int, of batch: EventBatch, at end: EventTime) {
        var passed: UInt64 = 0
        let header = batch.headers[row]
        for step in plan.steps[Int(header.source)] where step.readsSource || step.reads & passed != 0 {
            switch step.kind {
            case .filter(let condition, let thresholds):
                if condition.verdict(event: row, of: batch, thresholds: thresholds) == .holds {
                    passed |= 1 << UInt64(step.stage)
                }
            case .window(let index):
                guard let credit = plan.windows[index].creditInForce, let key = keyValues(row, of: batch, window: index)
                else { continue }
                let keyBytes = KeyBytes.encode(key)
                guard let alertID = books[index].alert(firedFor: keyBytes, over: header.time, at: end),
                    let charge = plan.charges.charge(
                        row, of: batch, policy: credit, stage: step.stage, alertID: alertID, keyBytes: keyBytes)
                else { continue }
                offered.append(charge)
            }
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
