/// The alerts of one window stage in one key group: which are open, when they close, and when they fired (R24, R30).
struct AlertBook: Sendable {
    /// What a finding looks like when an alert is opened or revised.
    struct Report: Sendable {
        var score: Double
        var measures: [Alert.MeasureValue]
    }

    /// An open alert.
    private struct Track: Sendable {
        var id: String
        var keyBytes: [UInt8]
        var key: [String]
        var merchantID: String
        var opened: EventTime
        var revision = 0
        /// Per measure named in `when`, the largest value that a revision has reported.
        var marks: [Mark?]
        var peak: Report
        var evidence: Alert.Evidence
        var isFiring = true
        var runStart: EventTime
        /// The last pane end of the last run; meaningful while the key does not fire.
        var lastFiring: EventTime
        /// The key's slot in the window, or -1 when its window has emptied.
        var slot: Int32
    }

    /// A time when an alert closes unless it fires again before.
    private struct Closing: Sendable {
        var time: EventTime
        var track: Int32
        var lastFiring: EventTime
    }

    /// A run of findings that is over: it claims late charges for a while.
    private struct Run: Sendable {
        var start: EventTime
        var end: EventTime
        var alertID: String
    }

    let stage: Int
    private let family: String
    private let name: String
    private let plan: WindowPlan
    private let keepsRuns: Bool
    private let lateHorizon: EventSpan
    private var tracks: [Track?] = []
    private var vacant: [Int32] = []
    private var open: [[UInt8]: Int32] = [:]
    private var closings = NumberedQueue<Closing>()
    private var runs: [[UInt8]: [Run]] = [:]
    private var runEnds = NumberedQueue<(end: EventTime, keyBytes: [UInt8])>()

    init(stage: Int, topology: Topology, plan: WindowPlan) {
        self.stage = stage
        self.plan = plan
        family = topology.family
        name = topology.stages[stage].name
        keepsRuns = plan.window.credit != nil
        lateHorizon = topology.ledger.lateHorizon
    }

    /// The pane end at which an alert may close next.
    var nextClosing: EventTime? { closings.first?.time }

    // MARK: - Findings

    /// The place of a key's alert, which is opened if none is; `slot` is the key's place in the window.
    mutating func open(key: [String], merchantID: String, slot: Int, report: Report, at end: EventTime) -> Int32 {
        let keyBytes = KeyBytes.encode(key)
        if let known = open[keyBytes] {
            tracks[Int(known)]?.slot = Int32(slot)
            return known
        }
        return add(
            Track(
                id: Identifier.alert(family: family, stage: name, keyBytes: keyBytes, opened: end),
                keyBytes: keyBytes, key: key, merchantID: merchantID, opened: end,
                marks: Array(repeating: nil, count: plan.window.conditionMeasures.count), peak: report,
                evidence: Alert.Evidence(eventIDs: [], accounts: [], counts: []), runStart: end, lastFiring: end,
                slot: Int32(slot)))
    }

    /// Notes that a key's condition holds at a pane end; returns whether a revision is to be written.
    mutating func fires(_ place: Int32, _ report: Report, at end: EventTime) -> Bool {
        guard var track = tracks[Int(place)] else { preconditionFailure("A firing key has a track.") }
        if !track.isFiring {
            track.isFiring = true
            track.runStart = end
        }
        if report.score > track.peak.score { track.peak = report }
        let values = plan.window.conditionMeasures.map { Mark(report.measures[$0]) }
        let revises = track.revision == 0 || zip(track.marks, values).contains { Mark.doubles($0, $1) }
        if revises { track.marks = zip(track.marks, values).map { Mark.larger($0, $1) } }
        tracks[Int(place)] = track
        return revises
    }

    /// Writes a revision of an open alert.
    mutating func revise(
        _ place: Int32, _ report: Report, evidence: Alert.Evidence, at end: EventTime, into outputs: inout Outputs
    ) {
        guard var track = tracks[Int(place)] else { preconditionFailure("A firing key has a track.") }
        track.revision += 1
        track.evidence = evidence
        tracks[Int(place)] = track
        outputs.alerts.append(
            alert(track, .open, from: end - plan.window.size, to: end, at: end, report: report))
    }

    /// Notes that a key that fired does not hold any longer at a pane end.
    mutating func rests(_ place: Int32, at end: EventTime) {
        guard var track = tracks[Int(place)], track.isFiring else { return }
        track.isFiring = false
        track.lastFiring = end - plan.window.every
        tracks[Int(place)] = track
        closings.append(
            Closing(
                time: track.lastFiring + plan.window.alert.closeAfter, track: place, lastFiring: track.lastFiring))
        guard keepsRuns else { return }
        runs[track.keyBytes, default: []].append(
            Run(start: track.runStart - plan.window.size, end: track.lastFiring, alertID: track.id))
        runEnds.append((track.lastFiring, track.keyBytes))
    }

    /// Notes that a key's window has emptied and its slot is gone.
    mutating func losesSlot(_ place: Int32) { tracks[Int(place)]?.slot = -1 }

    /// Closes the alerts whose time has come; returns the slots that pointed to them.
    mutating func close(at end: EventTime, into outputs: inout Outputs) -> [Int] {
        var slots: [Int] = []
        while let closing = closings.first, closing.time <= end {
            closings.removeFirst()
            guard var track = tracks[Int(closing.track)], !track.isFiring, track.lastFiring == closing.lastFiring
            else { continue }
            track.revision += 1
            outputs.alerts.append(
                alert(
                    track, .closed, from: track.opened - plan.window.size, to: track.lastFiring, at: closing.time,
                    report: track.peak))
            if track.slot >= 0 { slots.append(Int(track.slot)) }
            open[track.keyBytes] = nil
            tracks[Int(closing.track)] = nil
            vacant.append(closing.track)
        }
        return slots
    }

    private mutating func add(_ track: Track) -> Int32 {
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
        _ track: Track, _ state: Alert.State, from start: EventTime, to end: EventTime, at paneEnd: EventTime,
        report: Report
    ) -> Alert {
        Alert(
            id: track.id, revision: track.revision, state: state, stage: stage, merchantID: track.merchantID,
            key: track.key, keyBytes: track.keyBytes, windowStart: start, windowEnd: end, paneEnd: paneEnd,
            score: report.score, measures: report.measures, evidence: track.evidence)
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
        if let place = open[keyBytes], let track = tracks[Int(place)], track.isFiring {
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

    /// Forgets runs that can claim nothing any more.
    mutating func forgetRuns(at time: EventTime) {
        while let first = runEnds.first, time - first.end > lateHorizon {
            runEnds.removeFirst()
            runs[first.keyBytes]?.removeAll { $0.end == first.end }
            if runs[first.keyBytes]?.isEmpty == true { runs[first.keyBytes] = nil }
        }
    }
}

/// The largest value of a measure that an alert has reported.
enum Mark: Sendable {
    case integer(Int64)
    case double(Double)

    /// The mark that a reported value makes; of money the largest of its currencies.
    init?(_ value: Alert.MeasureValue) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .absent: return nil
        case .money(let values):
            let marks = values.map { $0.value.mark }
            guard let first = marks.first else { return nil }
            self = marks.dropFirst().reduce(first) { Mark.larger($0, $1) ?? $0 }
        }
    }

    /// Whether a value is at least twice a mark, and at least 2 (R24).
    static func doubles(_ mark: Mark?, _ value: Mark?) -> Bool {
        guard let mark, let value else { return false }
        return switch (mark, value) {
        case (.integer(let mark), .integer(let value)): Int128(value) >= 2 * Int128(max(mark, 1))
        default: value.approximation >= 2 * max(mark.approximation, 1)
        }
    }

    /// The larger of two marks; the other where one is missing.
    static func larger(_ left: Mark?, _ right: Mark?) -> Mark? {
        guard let left else { return right }
        guard let right else { return left }
        if case .integer(let first) = left, case .integer(let second) = right { return .integer(max(first, second)) }
        return left.approximation >= right.approximation ? left : right
    }

    private var approximation: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}

extension Threshold.Value {
    fileprivate var mark: Mark {
        switch self {
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        }
    }
}
