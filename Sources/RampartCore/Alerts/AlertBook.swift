/// The alerts of one window stage in one key group: which are open, when they close, and when they fired (R24, R30).
struct AlertBook: Sendable {
    /// A time when an alert closes unless it fires again before.
    struct Closing: Sendable {
        var time: EventTime
        var track: Int32
        var lastFiring: EventTime
    }

    /// A run of findings that is over: it claims late charges for a while.
    struct Run: Sendable {
        var start: EventTime
        var end: EventTime
        var alertID: String
    }

    let stage: Int
    private let family: String
    let name: String
    private(set) var plan: WindowPlan
    private let keepsRuns: Bool
    private let lateHorizon: EventSpan
    var changes: PromiseLog
    private(set) var tracks: [AlertTrack?] = []
    private var vacant: [Int32] = []
    private(set) var open: [[UInt8]: Int32] = [:]
    var closings = NumberedQueue<Closing>()
    private(set) var runs: [[UInt8]: [Run]] = [:]
    private(set) var runEnds = NumberedQueue<(end: EventTime, keyBytes: [UInt8])>()

    init(stage: Int, topology: Topology, plan: WindowPlan, keepsPromises: Bool) {
        self.stage = stage
        self.plan = plan
        changes = PromiseLog(isKept: keepsPromises)
        family = topology.family
        name = topology.stages[stage].name
        keepsRuns = plan.window.credit != nil
        lateHorizon = topology.ledger.lateHorizon
    }

    /// Puts other settings in force.
    mutating func adopt(_ plan: WindowPlan) { self.plan = plan }

    /// The pane end at which an alert may close next.
    var nextClosing: EventTime? { closings.first?.time }

    // MARK: - Findings

    /// The place of a key's alert, which is opened if none is; `slot` is the key's place in the window.
    ///
    /// An alert of the other mode ends here, so that each output has whole alerts.
    mutating func open(
        key: [String], merchantID: String?, slot: Int, report: AlertReport, at end: EventTime,
        into outputs: inout Outputs
    ) -> Int32 {
        let keyBytes = KeyBytes.encode(key)
        if let known = open[keyBytes] {
            if isInForce(known, at: end) {
                tracks[Int(known)]?.slot = Int32(slot)
                return known
            }
            rests(known, at: end)
            finish(known, at: end, into: &outputs)
        }
        return add(
            AlertTrack(
                id: Identifier.alert(family: family, stage: name, keyBytes: keyBytes, opened: end),
                keyBytes: keyBytes, key: key, merchantID: merchantID, opened: end,
                mode: plan.mode(for: merchantID, at: end),
                marks: Array(repeating: nil, count: plan.window.conditionMeasures.count), peak: report,
                evidence: Alert.Evidence(eventIDs: [], accounts: [], counts: []), runStart: end, lastFiring: end,
                slot: Int32(slot)))
    }

    /// Whether an alert opened in the mode that is in force for its merchant at a pane end.
    func isInForce(_ place: Int32, at end: EventTime) -> Bool {
        guard let track = tracks[Int(place)] else { return false }
        return track.mode == plan.mode(for: track.merchantID, at: end)
    }

    /// Notes that a key's condition holds at a pane end; returns whether a revision is to be written.
    ///
    /// `isSaturated` says that the key group lacks events which may have counted (R22).
    mutating func fires(_ place: Int32, _ report: AlertReport, isSaturated: Bool, at end: EventTime) -> Bool {
        guard var track = tracks[Int(place)] else { preconditionFailure("A firing key has a track.") }
        var changed = !track.isFiring || isSaturated && !track.isSaturated
        track.isSaturated = track.isSaturated || isSaturated
        if !track.isFiring {
            track.isFiring = true
            track.runStart = end
        }
        if report.score > track.peak.score {
            track.peak = report
            changed = true
        }
        let values = plan.window.conditionMeasures.map { Mark(report.measures[$0]) }
        let revises = track.revision == 0 || zip(track.marks, values).contains { Mark.doubles($0, $1) }
        if revises { track.marks = zip(track.marks, values).map { Mark.larger($0, $1) } }
        tracks[Int(place)] = track
        // A revision is noted once it is written.
        if changed, !revises { note(track) }
        return revises
    }

    /// Writes a revision of an open alert.
    mutating func revise(
        _ place: Int32, _ report: AlertReport, evidence: Alert.Evidence, at end: EventTime, into outputs: inout Outputs
    ) {
        guard var track = tracks[Int(place)] else { preconditionFailure("A firing key has a track.") }
        track.revision += 1
        track.evidence = evidence
        tracks[Int(place)] = track
        note(track)
        outputs.append(alert(track, .open, from: end - plan.window.size, to: end, at: end, report: report))
    }

    /// Notes that a key that fired does not hold any longer at a pane end.
    mutating func rests(_ place: Int32, at end: EventTime) {
        guard var track = tracks[Int(place)], track.isFiring else { return }
        track.isFiring = false
        track.lastFiring = end - plan.window.every
        tracks[Int(place)] = track
        note(track)
        closings.append(closing(of: track, at: place))
        guard keepsRuns, track.mode == .live else { return }
        let run = Run(start: track.runStart - plan.window.size, end: track.lastFiring, alertID: track.id)
        append(run, of: track.keyBytes)
        changes.note(.run(stage: name, keyBytes: track.keyBytes, end: run.end)) { run.write(to: &$0) }
    }

    /// When an alert whose key does not fire closes.
    func closing(of track: AlertTrack, at place: Int32) -> Closing {
        Closing(time: track.lastFiring + plan.window.alert.closeAfter, track: place, lastFiring: track.lastFiring)
    }

    /// Adds a run that is over; runs come in the order of their ends.
    mutating func append(_ run: Run, of keyBytes: [UInt8]) {
        runs[keyBytes, default: []].append(run)
        runEnds.append((run.end, keyBytes))
    }

    /// Notes an alert as it stands.
    mutating func note(_ track: AlertTrack) {
        changes.note(.alert(stage: name, keyBytes: track.keyBytes)) { track.write(to: &$0) }
    }

    /// Notes that a key's window has emptied and its slot is gone.
    mutating func losesSlot(_ place: Int32) { tracks[Int(place)]?.slot = AlertTrack.noSlot }

    /// Forgets where in the window keys stand.
    mutating func loseSlots() {
        for place in tracks.indices { tracks[place]?.slot = AlertTrack.noSlot }
    }

    /// Notes where in the window a key with an open alert stands.
    mutating func setSlot(_ slot: Int, of place: Int32) { tracks[Int(place)]?.slot = Int32(slot) }

    /// Closes the alerts whose time has come; returns the slots that pointed to them.
    mutating func close(at end: EventTime, into outputs: inout Outputs) -> [Int] {
        var slots: [Int] = []
        while let closing = closings.first, closing.time <= end {
            closings.removeFirst()
            guard let track = tracks[Int(closing.track)], !track.isFiring, track.lastFiring == closing.lastFiring
            else { continue }
            if track.slot >= 0 { slots.append(Int(track.slot)) }
            finish(closing.track, at: closing.time, into: &outputs)
        }
        return slots
    }

    /// Writes the closing revision of an alert that does not fire, and forgets it.
    private mutating func finish(_ place: Int32, at end: EventTime, into outputs: inout Outputs) {
        guard var track = tracks[Int(place)] else { preconditionFailure("An open alert has a track.") }
        track.revision += 1
        outputs.append(
            alert(
                track, .closed, from: track.opened - plan.window.size, to: track.lastFiring, at: end,
                report: track.peak))
        open[track.keyBytes] = nil
        tracks[Int(place)] = nil
        vacant.append(place)
        changes.forget(.alert(stage: name, keyBytes: track.keyBytes))
    }

    /// Adds an open alert and says where it is.
    @discardableResult
    mutating func add(_ track: AlertTrack) -> Int32 {
        let place: Int32
        if let reused = vacant.popLast() {
            place = reused
            tracks[Int(place)] = track
        } else {
            place = Int32(tracks.count)
            tracks.append(track)
        }
        open[track.keyBytes] = place
        return place
    }

    private func alert(
        _ track: AlertTrack, _ state: Alert.State, from start: EventTime, to end: EventTime, at paneEnd: EventTime,
        report: AlertReport
    ) -> Alert {
        Alert(
            id: track.id, revision: track.revision, state: state, mode: track.mode, stage: stage,
            merchantID: track.merchantID, key: track.key, keyBytes: track.keyBytes, windowStart: start, windowEnd: end,
            opened: track.opened, paneEnd: paneEnd,
            score: report.score, measures: report.measures, isSaturated: track.isSaturated, evidence: track.evidence,
            settings: plan.settings(for: track.merchantID, at: paneEnd))
    }

    // MARK: - Claims

    /// The alert and key of a firing key, for the lines that it claims.
    func claimant(_ place: Int32) -> (alertID: String, keyBytes: [UInt8]) {
        guard let track = tracks[Int(place)] else { preconditionFailure("A firing key has a track.") }
        return (track.id, track.keyBytes)
    }

    /// The alert that fired for a key over a moment, as seen at a pane end; the run that starts first counts (R30).
    func alert(firedFor keyBytes: [UInt8], over time: EventTime, at paneEnd: EventTime) -> String? {
        var found = (runs[keyBytes] ?? []).filter { covers($0, time, at: paneEnd) }
        if let place = open[keyBytes], let track = tracks[Int(place)], track.isFiring, track.mode == .live {
            let current = Run(
                start: track.runStart - plan.window.size, end: paneEnd.floored(to: plan.window.every),
                alertID: track.id)
            if covers(current, time, at: paneEnd) { found.append(current) }
        }
        return found.first?.alertID
    }

    private func covers(_ run: Run, _ time: EventTime, at paneEnd: EventTime) -> Bool {
        run.start <= time && time < run.end && paneEnd - run.end <= lateHorizon
    }

    /// The moment before which all charges in a key's window have been offered to the ledger, as seen at a moment.
    ///
    /// A key that fires has offered everything up to the last pane end; a run that is over, everything up to its end. In
    /// shadow nothing is offered.
    func claimedEnd(of keyBytes: [UInt8], at time: EventTime) -> EventTime? {
        if let place = open[keyBytes], let track = tracks[Int(place)], track.isFiring, track.mode == .live {
            return time.floored(to: plan.window.every)
        }
        return runs[keyBytes]?.last?.end
    }

    /// Forgets runs that can claim nothing any more, and of which the window holds nothing.
    mutating func forgetRuns(at time: EventTime) {
        while let first = runEnds.first, time - first.end > max(lateHorizon, plan.window.size) {
            runEnds.removeFirst()
            changes.forget(.run(stage: name, keyBytes: first.keyBytes, end: first.end))
            runs[first.keyBytes]?.removeAll { $0.end == first.end }
            if runs[first.keyBytes]?.isEmpty == true { runs[first.keyBytes] = nil }
        }
    }
}
