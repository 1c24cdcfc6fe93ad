/// The state of one key group of a subgraph: everything about the merchants, or other keys, whose hash falls into it (R22).
///
/// Groups never look at each other, so that any number of shards can share them out without changing a result.
/// `advance` is the data path of the core: staging, dedupe, transforms, windows, alerts, ledger, pane by pane.
struct KeyGroup: Sendable {
    /// The number of key groups, whatever the shards.
    static let count = 128

    /// The group of a partition hash.
    static func index(of partitionHash: UInt64) -> Int { Int(truncatingIfNeeded: partitionHash) & (count - 1) }

    let index: Int
    var plan: GroupPlan
    let hash: KeyedHash
    private let claimCeiling: Int
    private let keepsPromises: Bool

    // Facts: what follows from the input.
    var staging: Staging
    /// One per source.
    var dedupe: [DedupeTable]
    /// The events that windows hold, by the log of the plan.
    var logs: [EventLog]
    var transforms: [any TransformState]
    var windows: [WindowState]
    var voids: Voids
    /// What was refused under a ceiling, while it may matter.
    var saturation = Saturation()
    var counters: GroupCounters

    // Promises: what was said.
    var books: [AlertBook] = []
    var incidents: [IncidentBook] = []
    var ledger: Ledger

    /// The event on its way through transforms that attach something to it.
    var working: EventBatch
    /// The scores that were asked for.
    var scores: ScoreBook?
    /// Charges that the pane's findings offer to the ledger.
    var offered: [Charge] = []
    /// Events that exchanges carry on, by the subgraph that receives them.
    var departed: [Int: EventBatch] = [:]
    /// Settings and commands that wait for their panes.
    var schedule = Schedule()
    /// Whether only facts move, because what follows from them was said already.
    var isRebuilding = false

    init(
        index: Int, plan: GroupPlan, hashSeed: UInt64, keepsPromises: Bool = false,
        claimCeiling: Int = Limits.claimsPerKeyGroup
    ) {
        let topology = plan.topology
        let hash = KeyedHash(seed: hashSeed)
        self.index = index
        self.plan = plan
        self.hash = hash
        self.claimCeiling = claimCeiling
        self.keepsPromises = keepsPromises
        staging = Staging(layout: topology.layout)
        dedupe = Array(repeating: DedupeTable(), count: topology.sources.count)
        logs = Array(repeating: EventLog(layout: topology.layout), count: plan.logCount)
        transforms = zip(plan.transforms, plan.transformStages).map {
            $0.makeState(TransformContext(stage: $1, topology: topology, hash: hash))
        }
        windows = plan.windows.map { WindowState(plan: $0, hash: hash) }
        working = EventBatch(slotCount: topology.layout.slotCount)
        voids = Voids(ClaimMemory(topology))
        counters = GroupCounters(topology)
        ledger = Ledger(topology, claimCeiling: claimCeiling, keepsPromises: keepsPromises)
        dropPromises()
    }

    /// Forgets everything that was said.
    mutating func dropPromises() {
        books = zip(plan.windowStages, plan.windows).map {
            AlertBook(stage: $0, topology: plan.topology, plan: $1, keepsPromises: keepsPromises)
        }
        incidents = plan.incidents.map {
            IncidentBook(topology: plan.topology, plan: $0, keepsPromises: keepsPromises)
        }
        ledger = Ledger(plan.topology, claimCeiling: claimCeiling, keepsPromises: keepsPromises)
    }

    // MARK: - Panes

    /// Releases every pane that ends at or before the watermark, and does all that is due until then (R13, R14).
    mutating func advance(to watermark: EventTime, into outputs: inout Outputs) {
        guard watermark > .distantPast else { return }
        let base = plan.topology.basePane
        let released = staging.release(before: watermark.floored(to: base))
        let releasedLate = staging.releaseLate(before: watermark.floored(to: base))
        var next = 0
        var nextLate = 0
        var wasDue = false
        while true {
            let due = [
                next < released.count ? released[next].time.sliceEnd(of: base) : nil,
                nextLate < releasedLate.count ? releasedLate[nextLate].time.sliceEnd(of: base) : nil,
                nextTimer,
            ].compactMap { $0 }.min()
            guard let due, due <= watermark else { break }
            wasDue = true
            // A slot can end inside a pane, whose events then wait for its end.
            let pane = due.floored(to: base)
            begin(at: due, into: &outputs)
            let first = next
            while next < released.count, released[next].time < pane { next += 1 }
            apply(released[first..<next], at: pane)
            finishPane(at: due, into: &outputs)
            let firstLate = nextLate
            while nextLate < releasedLate.count, releasedLate[nextLate].time < pane { nextLate += 1 }
            if firstLate < nextLate { claimLate(releasedLate[firstLate..<nextLate], at: pane, into: &outputs) }
        }
        staging.recycle(released, releasedLate)
        for log in logs.indices { logs[log].discard(before: firstEvent(of: log)) }
        for index in transforms.indices { transforms[index].forget(before: watermark.floored(to: base)) }
        voids.forget(at: watermark)
        if !isRebuilding {
            ledger.forget(at: watermark)
            for index in books.indices { books[index].forgetRuns(at: watermark) }
        }
        for (subgraph, events) in departed { outputs.departed[subgraph, default: []].append(events) }
        departed.removeAll()
        if wasDue { notePeaks() }
    }

    /// The group's place among all groups of a task.
    var number: Int { plan.subgraph * Self.count + index }

    /// The number of the first event of a log that a window still needs.
    func firstEvent(of log: Int) -> Int {
        windows.indices.lazy.filter { plan.logs[$0] == log }.compactMap { windows[$0].firstEvent }.min()
            ?? logs[log].nextNumber
    }

    /// Where an event of a window lies.
    func find(_ event: Int, window index: Int) -> (batch: EventBatch, row: Int) {
        logs[plan.logs[index]].find(event)
    }

    /// Does what comes before a pane's events: settings, statements that end, and decisions.
    private mutating func begin(at due: EventTime, into outputs: inout Outputs) {
        while let settings = schedule.takeSettings(at: due) { adopt(settings.plan, from: settings.pane) }
        let commands = schedule.takeCommands(at: due)
        scores?.close(at: due, into: &outputs)
        guard !isRebuilding else { return }
        ledger.state(at: due, into: &outputs)
        for command in commands where ledger.decide(command, at: due, into: &outputs) {
            schedule.decided.append(command.id)
        }
    }

    /// When a window, an alert or the ledger has something to do next.
    private var nextTimer: EventTime? {
        var next = schedule.next
        func note(_ time: EventTime?) {
            guard let time else { return }
            next = min(next ?? time, time)
        }
        for window in windows { note(window.nextEvaluation) }
        note(scores?.end)
        guard !isRebuilding else { return next }
        note(ledger.nextStatement)
        for book in books { note(book.nextClosing) }
        for incident in incidents { note(incident.nextEvaluation) }
        return next
    }

    /// Evaluates what is due at a pane's end: findings, then closing alerts, then incidents, then claims.
    private mutating func finishPane(at end: EventTime, into outputs: inout Outputs) {
        let firstAlert = outputs.alerts.count
        for index in windows.indices {
            if let due = windows[index].nextEvaluation, due <= end {
                evaluate(index, at: end, into: &outputs)
            }
            guard !isRebuilding else { continue }
            for slot in books[index].close(at: end, into: &outputs) {
                windows[index].setTrack(WindowState.noTrack, of: slot)
            }
        }
        guard !isRebuilding else { return }
        gather(outputs.alerts[firstAlert...], at: end, into: &outputs)
        claimOffered(at: end, into: &outputs)
    }

    // MARK: - Counting

    mutating func noteFinding(stage: Int) { counters.stages[stage].findings += 1 }

    private mutating func notePeaks() {
        for (index, stage) in plan.windowStages.enumerated() {
            counters.stages[stage].bytesMax = max(counters.stages[stage].bytesMax, windows[index].byteCount)
        }
        for (index, stage) in plan.transformStages.enumerated() {
            counters.stages[stage].bytesMax = max(counters.stages[stage].bytesMax, transforms[index].byteCount)
        }
    }

    /// The counts so far, with what the parts of the group have counted themselves.
    var totals: GroupCounters {
        var totals = counters
        for (index, stage) in plan.windowStages.enumerated() {
            totals.stages[stage].keysMax = windows[index].keyCountMax
            totals.stages[stage].conditionErrors += windows[index].conditionErrors
        }
        for (index, stage) in plan.transformStages.enumerated() {
            totals.stages[stage].keysMax = transforms[index].keyCountMax
        }
        if plan.subgraph == Subgraph.main {
            for source in staging.sources { totals.sources[source].staged += 1 }
        }
        totals.saturated = saturation.hasRefused ? 1 : 0
        totals.claims = ledger.counts.claims
        totals.refused = ledger.counts.refused
        totals.voided = ledger.counts.voided
        return totals
    }
}
