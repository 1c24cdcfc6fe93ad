import RampartCore

/// A charge that a finding would claim (R27).
struct OracleCandidate {
    /// The charge.
    var charge: OracleEvent
    /// Index of the stage.
    var stage: Int
    /// The values of the finding's key.
    var key: [String]
    /// What the stage claims.
    var credit: ModelCredit
    /// The alert of the finding.
    var alert: String
    /// Whether the charge was made before the pane in which the finding came up.
    var isEarly: Bool

    /// The order in which candidates are tried.
    static func precedes(_ left: OracleCandidate, _ right: OracleCandidate) -> Bool {
        if left.charge.time != right.charge.time { return left.charge.time < right.charge.time }
        let (leftID, rightID) = (Array(left.charge.chargeID.utf8), Array(right.charge.chargeID.utf8))
        if leftID != rightID { return leftID.lexicographicallyPrecedes(rightID) }
        let (leftPart, rightPart) = (Array(left.credit.component.utf8), Array(right.credit.component.utf8))
        if leftPart != rightPart { return leftPart.lexicographicallyPrecedes(rightPart) }
        if left.stage != right.stage { return left.stage < right.stage }
        return left.charge.digest < right.charge.digest
    }
}

/// The lines and sums of one run, as they grow.
struct OracleLedger {
    /// The pipeline.
    let pipeline: ModelPipeline
    /// The lines of earlier runs, then those of this one, by id.
    var claimed: [String: OraclePriorLine] = [:]
    /// The ids that some finding of this run would claim.
    var justified: Set<String> = []
    /// The pane end at which each void, by `merchant|charge`, took effect last.
    var voided: [String: Int64] = [:]
    /// The lines of this run in the order in which they were made.
    var lines: [OracleLine] = []
    /// Posted money by what bounds it.
    var posted: [String: MajorAmount] = [:]
    /// Bounds that a line did not fit into.
    var refused: Set<String> = []
    /// Bounds towards which earlier runs count.
    var withPrior: Set<String> = []
    /// What came up.
    var hits = Hits()

    /// Starts with the lines of earlier runs (R33).
    init(_ pipeline: ModelPipeline, prior: [OraclePriorLine]) {
        self.pipeline = pipeline
        var counted: Set<String> = []
        for line in prior {
            guard counted.insert("\(line.id)|\(line.chargeTime)").inserted else { continue }
            claimed[line.id] = claimed[line.id] ?? line
            guard line.state == .posted else { continue }
            let bound = capKey(line.merchant, line.chargeTime, line.currency)
            posted[bound, default: .zero] =
                posted[bound, default: .zero] + MajorAmount(units: line.amount, scale: line.scale)
            withPrior.insert(bound)
        }
    }

    /// Tries a candidate at a pane end (R26–R31).
    mutating func claim(_ candidate: OracleCandidate, isSaturated: Bool, at paneEnd: Int64) {
        let charge = candidate.charge
        let component = candidate.credit.component
        let id = OracleHash.identifier([
            "line", pipeline.family, charge.merchant, charge.type.name, charge.chargeID, component,
        ])
        if let effect = voided["\(charge.merchant)|\(charge.chargeID)"], covers(charge, since: effect, at: paneEnd) {
            if claimed[id] == nil { hits.add(.voidBlocks) }
            return
        }
        justified.insert(id)
        forget(id, for: charge, at: paneEnd)
        if claimed[id] != nil {
            countPassedOver(id, candidate)
            return
        }
        var line = OracleLine(
            id: id, chargeID: charge.chargeID, component: component, reason: candidate.credit.reason, state: .posted,
            merchant: charge.merchant, ad: charge.text(.adID), amount: charge.integer(candidate.credit.amount)!,
            currency: charge.text(.currency)!, scale: pipeline.sources[charge.source].scale, chargeTime: charge.time,
            alert: candidate.alert, stage: candidate.stage,
            keyBytes: candidate.key.flatMap { OracleHash.lengthPrefixed(Array($0.utf8)) }, paneEnd: paneEnd)
        if isSaturated {
            hits.add(.heldSaturated)
            line.state = .held
        } else {
            line.state = state(of: line, isLate: charge.lateAt != nil)
        }
        if line.scale == 6 { hits.add(.micros) }
        if candidate.isEarly { hits.add(.chargeBeforeThreshold) }
        lines.append(line)
        claimed[id] = OraclePriorLine(line)
    }

    /// Whether a line is posted or held (R29–R31); a posted one counts towards its bounds.
    private mutating func state(of line: OracleLine, isLate: Bool) -> CreditLine.State {
        if isLate && !pipeline.ledger.postsLate {
            hits.add(.heldLate)
            return .held
        }
        if line.paneEnd - line.chargeTime > pipeline.ledger.claimHorizon {
            return .held
        }
        let cap = capKey(line.merchant, line.chargeTime, line.currency)
        let slot = Oracle.start(of: line.paneEnd, length: pipeline.ledger.statement)
        let review = "review|\(line.merchant)|\(line.component)|\(line.reason)|\(line.currency)|\(slot)"
        let capped = (posted[cap] ?? .zero) + line.major
        let reviewed = (posted[review] ?? .zero) + line.major
        if let bound = pipeline.ledger.caps[line.currency].map({ MajorAmount(units: $0, scale: 2) }) {
            if withPrior.contains(cap) { hits.add(.capWithPrior) }
            if capped > bound {
                hits.add(.heldByCap)
                refused.insert(cap)
                return .held
            }
            if capped == bound { hits.add(.capReachedExactly) }
        }
        if let bound = pipeline.ledger.reviewAbove[line.currency].map({ MajorAmount(units: $0, scale: 2) }) {
            if reviewed > bound {
                hits.add(.heldByReview)
                refused.insert(review)
                return .held
            }
            if reviewed == bound { hits.add(.reviewReachedExactly) }
        }
        if refused.contains(cap) || refused.contains(review) { hits.add(.triedNext) }
        posted[cap] = capped
        posted[review] = reviewed
        hits.add(.posted)
        if isLate { hits.add(.latePosted) }
        return .posted
    }

    /// Whether what happened at a pane end is remembered for a charge that is found at another (R31).
    private func covers(_ charge: OracleEvent, since past: Int64, at paneEnd: Int64) -> Bool {
        let horizon = pipeline.ledger.claimHorizon
        let sizes = pipeline.stages.compactMap(\.window).filter { $0.credit != nil }.map(\.size)
        return charge.time - past <= horizon
            && paneEnd - past <= horizon + max(pipeline.ledger.statement, sizes.max() ?? 0)
    }

    /// Forgets a line of this run that does not count for a charge any more.
    private mutating func forget(_ id: String, for charge: OracleEvent, at paneEnd: Int64) {
        guard let line = lines.last(where: { $0.id == id }), !covers(charge, since: line.paneEnd, at: paneEnd) else {
            return
        }
        hits.add(.lineForgotten)
        claimed[id] = nil
    }

    private func capKey(_ merchant: String, _ time: Int64, _ currency: String) -> String {
        "cap|\(merchant)|\(Oracle.start(of: time, length: 86_400_000))|\(currency)"
    }

    private mutating func countPassedOver(_ id: String, _ candidate: OracleCandidate) {
        if candidate.charge.lateAt != nil { hits.add(.lateLineExists) }
        guard let line = lines.first(where: { $0.id == id }) else {
            hits.add(.priorClaimed)
            return
        }
        hits.add(line.stage == candidate.stage ? .overlapWithinStage : .overlapOfStages)
    }
}

extension Oracle {
    /// The start of the slice of a length that holds a moment.
    static func start(of time: Int64, length: Int64) -> Int64 { time - (time % length + length) % length }

    /// Claims pane by pane, then writes the lines and the credits (R26–R33).
    mutating func keepLedger() {
        var ledger = OracleLedger(pipeline, prior: options.prior)
        for paneEnd in ledgerPaneEnds() {
            for void in accepted where void.type == .void && sliceEnd(void.time, of: pipeline.basePane) == paneEnd {
                ledger.putInForce(void, at: paneEnd)
            }
            for candidate in candidates(at: paneEnd).sorted(by: OracleCandidate.precedes) {
                ledger.claim(candidate, isSaturated: isSaturated(candidate, at: paneEnd), at: paneEnd)
            }
            let lateNow = late.filter { sliceEnd($0.lateAt!, of: pipeline.basePane) == paneEnd }
            for void in lateNow where void.type == .void { ledger.putInForce(void, at: paneEnd) }
            let count = ledger.lines.count
            for candidate in lateCandidates(lateNow, at: paneEnd, &ledger.hits).sorted(by: OracleCandidate.precedes) {
                ledger.claim(candidate, isSaturated: isSaturated(candidate, at: paneEnd), at: paneEnd)
            }
            for line in ledger.lines[count...] { lateLines.insert("\(line.id)|\(paneEnd)") }
        }
        if let first = accepted.first?.time, let last = accepted.last?.time {
            var seen: Set<String> = []
            result.unjustified = options.prior.filter { seen.insert($0.id).inserted }.filter {
                $0.chargeTime >= first && $0.chargeTime <= last && !ledger.justified.contains($0.id)
            }.map(\.id).sorted()
            ledger.hits.add(.priorUnjustified, result.unjustified.count)
        }
        result.lines = ledger.lines.sorted { left, right in
            if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
            if left.stage != right.stage { return left.stage < right.stage }
            if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
            if left.chargeTime != right.chargeTime { return left.chargeTime < right.chargeTime }
            let (leftCharge, rightCharge) = (Array(left.chargeID.utf8), Array(right.chargeID.utf8))
            if leftCharge != rightCharge { return leftCharge.lexicographicallyPrecedes(rightCharge) }
            return left.id < right.id
        }
        result.hits.add(ledger.hits)
        writeCredits()
    }

    private func isSaturated(_ candidate: OracleCandidate, at paneEnd: Int64) -> Bool {
        lacking(core.group(0, candidate.charge), at: paneEnd) != nil
    }

    /// The pane ends at which the ledger may have something to do.
    private func ledgerPaneEnds() -> [Int64] {
        let findings = histories.flatMap { $0.evaluations.filter(\.fires).map(\.paneEnd) }
        let voids = accepted.filter { $0.type == .void }.map { sliceEnd($0.time, of: pipeline.basePane) }
        let lates = late.map { sliceEnd($0.lateAt!, of: pipeline.basePane) }
        return Set(findings + voids + lates).filter { $0 <= finalWatermark }.sorted()
    }

    /// The charges in all windows that fire at a pane end.
    private func candidates(at paneEnd: Int64) -> [OracleCandidate] {
        histories.flatMap { history -> [OracleCandidate] in
            let stage = pipeline.stages[history.stage]
            guard stage.mode == .live, let credit = stage.window?.credit else { return [] }
            let merchant = history.key[stage.window!.key.firstIndex(of: .merchantID)!]
            guard mutedUntil(history.stage, merchant, at: paneEnd) == nil else { return [] }
            return history.evaluations.filter { $0.fires && $0.paneEnd == paneEnd }.flatMap { finding in
                let run = history.runs.first { $0.first <= paneEnd && paneEnd <= $0.last }!
                let every = pipeline.stages[history.stage].window!.every
                return finding.events.filter { isCharge($0, credit) }.map {
                    OracleCandidate(
                        charge: $0, stage: history.stage, key: history.key, credit: credit, alert: run.alert,
                        isEarly: $0.time < paneEnd - every)
                }
            }
        }
    }

    /// The late charges of a pane that a fired interval covers (R30).
    private func lateCandidates(_ events: [OracleEvent], at paneEnd: Int64, _ hits: inout Hits) -> [OracleCandidate] {
        var candidates: [OracleCandidate] = []
        for event in events {
            for (index, stage) in pipeline.stages.enumerated() {
                guard stage.mode == .live, let window = stage.window, let credit = window.credit,
                    isCharge(event, credit), !isAllowed(index, event),
                    mutedUntil(index, event.merchant, at: paneEnd) == nil,
                    reaches(index, event), let key = key(window.key, of: event)
                else { continue }
                let runs = histories.first { $0.stage == index && $0.key == key }?.runs ?? []
                let fired = runs.compactMap { run -> Run? in
                    guard run.mode == .live else { return nil }
                    var run = run
                    run.last = min(run.last, sliceStart(paneEnd, of: window.every))
                    return run.first <= run.last ? run : nil
                }
                let covering = fired.filter { event.time >= $0.first - window.size && event.time < $0.last }
                let open = covering.filter { paneEnd - $0.last <= pipeline.ledger.lateHorizon }
                if open.count > 1 { hits.add(.lateOfSeveral) }
                guard let run = open.first else {
                    hits.add(covering.isEmpty ? .lateOutsideInterval : .lateBeyondHorizon)
                    continue
                }
                hits.add(.lateInInterval)
                if run.last == sliceStart(paneEnd, of: window.every) { hits.add(.lateOngoing) }
                candidates.append(
                    OracleCandidate(
                        charge: event, stage: index, key: key, credit: credit, alert: run.alert, isEarly: false))
            }
        }
        return candidates
    }

    /// Whether an event is a charge of a credit (R26).
    func isCharge(_ event: OracleEvent, _ credit: ModelCredit) -> Bool {
        event.type == credit.type && (event.integer(credit.amount) ?? 0) > 0
    }

    private mutating func writeCredits() {
        struct Group: Hashable {
            var end: Int64
            var merchant, currency, component, reason: String
            var state: CreditLine.State
            var scale: Int
        }
        let length = pipeline.ledger.statement
        let groups = Dictionary(grouping: result.lines) { line in
            Group(
                end: sliceEnd(line.paneEnd, of: length), merchant: line.merchant, currency: line.currency,
                component: line.component, reason: line.reason, state: line.state, scale: line.scale)
        }
        for (group, lines) in groups {
            guard group.end <= finalWatermark else {
                result.hits.add(.creditNotYetWritten)
                continue
            }
            if lines.count > 1 { result.hits.add(.creditOfSeveral) }
            if group.state == .held { result.hits.add(.creditHeld) }
            result.credits.append(
                OracleCredit(
                    id: OracleHash.identifier(["credit"] + lines.map(\.id).sorted()), state: group.state,
                    component: group.component, reason: group.reason, merchant: group.merchant,
                    amount: lines.reduce(0) { $0 + Int128($1.amount) }, currency: group.currency, scale: group.scale,
                    periodStart: group.end - length, periodEnd: group.end, lines: lines.count,
                    alerts: Set(lines.map(\.alert)).count,
                    alertIDs: Array(Set(lines.map(\.alert)).sorted().prefix(100))))
        }
        result.credits.sort { left, right in
            func rank(_ credit: OracleCredit) -> [[UInt8]] {
                [credit.merchant, credit.currency, credit.component, credit.reason].map { Array($0.utf8) }
            }
            if left.periodEnd != right.periodEnd { return left.periodEnd < right.periodEnd }
            for (left, right) in zip(rank(left), rank(right)) where left != right {
                return left.lexicographicallyPrecedes(right)
            }
            if left.state != right.state { return left.state == .held }
            return left.scale < right.scale
        }
    }
}

extension OracleLedger {
    /// Puts a void in force.
    mutating func putInForce(_ event: OracleEvent, at paneEnd: Int64) {
        voided["\(event.merchant)|\(event.chargeID)"] = paneEnd
        if event.lateAt != nil { hits.add(.lateVoid) }
        if lines.contains(where: { $0.merchant == event.merchant && $0.chargeID == event.chargeID }) {
            hits.add(.voidAfterLine)
        }
    }
}
