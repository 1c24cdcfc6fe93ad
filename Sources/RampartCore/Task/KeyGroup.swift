/// The state of one key group: everything about the merchants whose hash falls into it (R22).
///
/// Groups never look at each other, so that any number of shards can share them out without changing a result.
/// `advance` is the data path of the core: staging, dedupe, filters, windows, alerts, ledger, pane by pane.
struct KeyGroup: Sendable {
    /// The number of key groups, whatever the shards.
    static let count = 128

    /// The group of a partition hash.
    static func index(of partitionHash: UInt64) -> Int { Int(truncatingIfNeeded: partitionHash) & (count - 1) }

    let plan: GroupPlan
    private let hash: KeyedHash
    private var staging: Staging
    private var dedupe = DedupeTable()
    var log: EventLog
    var windows: [WindowState]
    var books: [AlertBook]
    var ledger: Ledger
    private(set) var counters: GroupCounters
    /// Charges that the pane's findings offer to the ledger.
    var offered: [Charge] = []

    init(plan: GroupPlan, hashSeed: UInt64, claimCeiling: Int = Limits.claimsPerKeyGroup) {
        let topology = plan.topology
        let hash = KeyedHash(seed: hashSeed)
        self.plan = plan
        self.hash = hash
        staging = Staging(layout: topology.layout)
        log = EventLog(layout: topology.layout)
        windows = plan.windows.map { WindowState(plan: $0, hash: hash) }
        books = zip(plan.windowStages, plan.windows).map { AlertBook(stage: $0, topology: topology, plan: $1) }
        ledger = Ledger(topology, claimCeiling: claimCeiling)
        counters = GroupCounters(topology)
    }

    /// Puts an event into staging.
    mutating func stage(_ row: Int, of batch: EventBatch) { staging.append(row, of: batch) }

    // MARK: - Panes

    /// Releases every pane that ends at or before the watermark, and does all that is due until then (R13, R14).
    mutating func advance(to watermark: EventTime, into outputs: inout Outputs) {
        guard watermark > .distantPast else { return }
        let base = plan.topology.basePane
        let released = staging.release(before: watermark.floored(to: base))
        let releasedLate = staging.releaseLate(before: watermark.floored(to: base))
        var next = 0
        var nextLate = 0
        while true {
            let due = [
                next < released.count ? released[next].time.sliceEnd(of: base) : nil,
                nextLate < releasedLate.count ? releasedLate[nextLate].time.sliceEnd(of: base) : nil,
                nextTimer,
            ].compactMap { $0 }.min()
            guard let due, due <= watermark else { break }
            ledger.state(at: due, into: &outputs)
            while next < released.count, released[next].time < due {
                let place = released[next]
                apply(Int(place.row), of: staging.batch(of: place))
                next += 1
            }
            finishPane(at: due, into: &outputs)
            let firstLate = nextLate
            while nextLate < releasedLate.count, releasedLate[nextLate].time < due { nextLate += 1 }
            if firstLate < nextLate { claimLate(releasedLate[firstLate..<nextLate], at: due, into: &outputs) }
        }
        staging.recycle(released, releasedLate)
        log.discard(before: windows.compactMap(\.firstEvent).min() ?? log.nextNumber)
        notePeaks()
    }

    /// When a window, an alert or the ledger has something to do next.
    private var nextTimer: EventTime? {
        var next = ledger.nextStatement
        for index in windows.indices {
            for time in [windows[index].nextEvaluation, books[index].nextClosing] {
                guard let time else { continue }
                next = min(next ?? time, time)
            }
        }
        return next
    }

    /// Evaluates what is due at a pane's end: findings, then closing alerts, then claims.
    private mutating func finishPane(at end: EventTime, into outputs: inout Outputs) {
        for index in windows.indices {
            if let due = windows[index].nextEvaluation, due <= end {
                evaluate(index, at: end, into: &outputs)
            }
            for slot in books[index].close(at: end, into: &outputs) {
                windows[index].setTrack(WindowState.noTrack, of: slot)
            }
            books[index].forgetRuns(at: end)
        }
        guard !offered.isEmpty else { return }
        ledger.claim(offered, at: end, into: &outputs)
        offered.removeAll(keepingCapacity: true)
    }

    // MARK: - Events

    /// Applies one released event: dedupe, then the stages that its source reaches.
    private mutating func apply(_ row: Int, of batch: EventBatch) {
        let header = batch.headers[row]
        let source = Int(header.source)
        switch admit(row, of: batch) {
        case .duplicate: counters.sources[source].duplicate += 1
        case .conflict: counters.sources[source].conflict += 1
        case .accepted:
            counters.sources[source].accept(row, of: batch, plan: plan)
            if header.type == .void { void(row, of: batch) }
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

    private mutating func void(_ row: Int, of batch: EventBatch) {
        ledger.void(
            merchantID: plan.charges.merchantID(row, of: batch), chargeID: plan.charges.chargeID(row, of: batch))
    }

    // MARK: - Late events

    /// Handles the late events that take effect in the pane that ends at `end` (R30).
    private mutating func claimLate(
        _ places: ArraySlice<Staging.Place>, at end: EventTime, into outputs: inout Outputs
    ) {
        for place in places {
            let batch = staging.batch(of: place)
            if batch.headers[Int(place.row)].type == .void { void(Int(place.row), of: batch) }
        }
        for place in places { offerLate(Int(place.row), of: staging.batch(of: place), at: end) }
        ledger.claim(offered, at: end, into: &outputs)
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
                guard let credit = plan.windows[index].window.credit, let key = keyValues(row, of: batch, window: index)
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

    // MARK: - Counting

    mutating func noteFinding(stage: Int) { counters.stages[stage].findings += 1 }

    private mutating func notePeaks() {
        for (index, stage) in plan.windowStages.enumerated() {
            counters.stages[stage].bytesMax = max(counters.stages[stage].bytesMax, windows[index].byteCount)
        }
    }

    /// The counts so far, with what the parts of the group have counted themselves.
    var totals: GroupCounters {
        var totals = counters
        for (index, stage) in plan.windowStages.enumerated() {
            totals.stages[stage].keysMax = windows[index].keyCountMax
            totals.stages[stage].conditionErrors += windows[index].conditionErrors
        }
        for source in staging.sources { totals.sources[source].staged += 1 }
        totals.claims = ledger.counts.claims
        totals.refused = ledger.counts.refused
        totals.voided = ledger.counts.voided
        return totals
    }
}
