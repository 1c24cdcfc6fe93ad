/// The money of one key group's merchants: every line that was claimed, and what may still be posted (R26–R33).
///
/// All of it is promises: it follows from what was said, and never from the events again.
struct Ledger: Sendable {
    /// What the ledger did beside making lines.
    struct Counts: Hashable, Sendable {
        /// Lines made or taken over.
        var claims = 0
        /// Lines not made because the ceiling of claims was reached (R31).
        var refused = 0
        /// Charges passed over because the billing system had voided them.
        var voided = 0
    }

    /// A line of an earlier run, of one charge.
    private struct Adopted: Hashable {
        var lineID: String
        var chargeTime: EventTime
    }

    private let family: String
    private(set) var policy: LedgerPolicy
    let claimCeiling: Int
    var claims: Claims
    var posted: PostedSums
    var statements: Statements
    var credits: CreditTable
    var changes: PromiseLog
    private var adopted: Set<Adopted> = []
    private var prior: [PriorLine] = []
    private var isJustified: [Bool] = []
    var counts = Counts()

    init(_ topology: Topology, claimCeiling: Int, keepsPromises: Bool = false) {
        family = topology.family
        policy = topology.ledger
        self.claimCeiling = claimCeiling
        let memory = ClaimMemory(topology)
        claims = Claims(memory)
        posted = PostedSums(horizon: policy.claimHorizon)
        statements = Statements(length: policy.statement)
        credits = CreditTable(memory)
        changes = PromiseLog(isKept: keepsPromises)
    }

    /// Puts another policy in force; the lengths in it are those of the graph.
    mutating func adopt(_ policy: LedgerPolicy) { self.policy = policy }

    /// When the open slot ends, if it has lines.
    var nextStatement: EventTime? { statements.end }

    /// Takes over a line of an earlier run: it is claimed, and counts towards its day's cap where it is posted (R33).
    ///
    /// A run that had forgotten a line may have made it again of another charge (R31): each of them was posted.
    mutating func adopt(_ line: PriorLine) {
        guard adopted.insert(Adopted(lineID: line.lineID, chargeTime: line.chargeTime)).inserted else { return }
        if !claims.contains(line.lineID) {
            claims.add(line.lineID, prior: prior.count)
            counts.claims += 1
            prior.append(line)
            isJustified.append(false)
        }
        if line.state == .posted {
            let key = PostedSums.key(line.merchantID, line.chargeTime, line.currency)
            posted[key] = posted[key] + MajorAmount(units: line.amount, scale: line.scale)
        }
    }

    /// Prior lines that no finding has justified.
    var unjustified: [PriorLine] { zip(prior, isJustified).filter { !$0.1 }.map(\.0) }

    /// Claims the lines of a pane's charges, each for the first that names it (R27); those of a saturated key group are held.
    mutating func claim(
        _ charges: [Charge], except voids: Voids, isSaturated: Bool, at paneEnd: EventTime,
        into outputs: inout Outputs
    ) {
        forget(at: paneEnd)
        for charge in charges.sorted(by: Charge.precedes) {
            guard !voids.forbids(charge, at: paneEnd) else {
                counts.voided += 1
                continue
            }
            let id = lineID(of: charge)
            if let claim = claims.find(id, of: charge, at: paneEnd) {
                if let prior = claim.prior { isJustified[Int(prior)] = true }
                continue
            }
            guard claims.count < claimCeiling else {
                counts.refused += 1
                continue
            }
            claims.add(id, at: paneEnd)
            counts.claims += 1
            let line = line(id, charge, isSaturated: isSaturated, at: paneEnd)
            statements.add(line)
            outputs.lines.append(line)
            changes.note(.line(id: id)) { line.write(to: &$0) }
        }
    }

    /// The id of the line that a charge makes.
    func lineID(of charge: Charge) -> String {
        Identifier.line(
            family: family, merchantID: charge.merchantID, type: charge.type, chargeID: charge.chargeID,
            component: charge.component)
    }

    private mutating func line(
        _ id: String, _ charge: Charge, isSaturated: Bool, at paneEnd: EventTime
    ) -> CreditLine {
        CreditLine(
            id: id, chargeID: charge.chargeID, component: charge.component, reason: charge.reason,
            state: !isSaturated && post(charge, at: paneEnd) ? .posted : .held, merchantID: charge.merchantID,
            adID: charge.adID,
            amount: charge.amount, currency: charge.currency, scale: charge.scale, chargeTime: charge.time,
            alertID: charge.alertID, stage: charge.stage, keyBytes: charge.keyBytes, paneEnd: paneEnd)
    }

    /// Whether nothing holds the charge (R29–R31); if so it counts towards its cap and its slot.
    private mutating func post(_ charge: Charge, at paneEnd: EventTime) -> Bool {
        if charge.isLate, !policy.postsLateCharges { return false }
        if paneEnd - charge.time > policy.claimHorizon { return false }
        let amount = MajorAmount(units: charge.amount, scale: charge.scale)
        let capKey = PostedSums.key(charge.merchantID, charge.time, charge.currency)
        let day = posted[capKey] + amount
        if let cap = policy.caps[charge.currency], day > cap { return false }
        statements.open(at: paneEnd)
        let slot = statements.posted(charge) + amount
        if let bound = policy.reviewAbove[charge.currency], slot > bound { return false }
        posted[capKey] = day
        changes.note(.posted(capKey)) { $0.write(day) }
        statements.setPosted(slot, charge)
        return true
    }

    /// Writes the credits of slots that end at or before a moment.
    mutating func state(at time: EventTime, into outputs: inout Outputs) {
        let known = outputs.credits.count
        statements.close(at: time, into: &outputs)
        // Only a daemon hears of people's decisions; a replay would keep credits for nothing.
        guard changes.isKept else { return }
        for credit in outputs.credits[known...] {
            credits.add(credit)
            changes.note(.credit(id: credit.id)) { credit.write(to: &$0) }
        }
    }

    /// Forgets what can change no line and no decision any more (R31).
    mutating func forget(at time: EventTime) {
        claims.forget(at: time) { changes.forget(.line(id: $0)) }
        credits.forget(at: time) { changes.forget(.credit(id: $0)) }
        posted.forget(at: time) { changes.forget(.posted($0)) }
    }

    // MARK: - Decisions

    /// Has a person's decision take effect; returns whether the credit is known here (R29).
    mutating func decide(_ command: LedgerCommand, at paneEnd: EventTime, into outputs: inout Outputs) -> Bool {
        forget(at: paneEnd)
        guard var credit = credits[command.creditID] else { return false }
        guard let state = command.action.state(after: credit.state) else {
            outputs.refusals.append(
                CommandRefusal(command: command, paneEnd: paneEnd, reason: .state(credit.state)))
            return true
        }
        credit.revision += 1
        credit.state = state
        credit.decision = Credit.Decision(
            commandID: command.id, action: command.action, who: command.who, why: command.why, paneEnd: paneEnd)
        credits.replace(credit)
        outputs.credits.append(credit)
        changes.note(.credit(id: credit.id)) { credit.write(to: &$0) }
        return true
    }
}

extension LedgerCommand.Action {
    /// The state into which the action takes a credit; nil where it is not for credits in that state.
    func state(after state: CreditLine.State) -> CreditLine.State? {
        switch (self, state) {
        case (.approve, .held), (.approve, .rejected), (.approve, .reversed): .posted
        case (.reject, .held): .rejected
        case (.reverse, .posted): .reversed
        default: nil
        }
    }
}
