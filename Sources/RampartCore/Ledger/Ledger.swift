/// The money of one key group's merchants: every line that was claimed, and what may still be posted (R26–R33).
struct Ledger: Sendable {
    private struct CapKey: Hashable, Sendable {
        var merchantID: String
        var day: Int64
        var currency: Currency
    }

    private struct VoidKey: Hashable, Sendable {
        var merchantID: String
        var chargeID: String
    }

    /// What the ledger did beside making lines.
    struct Counts: Hashable, Sendable {
        /// Lines remembered, prior ones included.
        var claims = 0
        /// Lines not made because the ceiling of claims was reached (R31).
        var refused = 0
        /// Charges passed over because the billing system had voided them.
        var voided = 0
    }

    /// A claim of this run; a prior claim has the index of its line instead.
    private static let ownClaim: Int32 = -1

    private let family: String
    private let policy: LedgerPolicy
    private let claimCeiling: Int
    private var claims: [String: Int32] = [:]
    private var posted: [CapKey: MajorAmount] = [:]
    private var voids: Set<VoidKey> = []
    private var statements: Statements
    private var prior: [PriorLine] = []
    private var isJustified: [Bool] = []
    private(set) var counts = Counts()

    init(_ topology: Topology, claimCeiling: Int) {
        family = topology.family
        policy = topology.ledger
        self.claimCeiling = claimCeiling
        statements = Statements(length: topology.ledger.statement)
    }

    /// When the open slot ends, if it has lines.
    var nextStatement: EventTime? { statements.end }

    /// Takes over a line of an earlier run: it is claimed, and counts towards its day's cap where it is posted (R33).
    mutating func adopt(_ line: PriorLine) {
        guard claims[line.lineID] == nil else { return }
        claims[line.lineID] = Int32(prior.count)
        counts.claims += 1
        prior.append(line)
        isJustified.append(false)
        if line.state == .posted {
            let key = Self.capKey(line.merchantID, line.chargeTime, line.currency)
            posted[key, default: .zero] =
                posted[key, default: .zero] + MajorAmount(units: line.amount, scale: line.scale)
        }
    }

    /// Prior lines that no finding has justified.
    var unjustified: [PriorLine] { zip(prior, isJustified).filter { !$0.1 }.map(\.0) }

    /// Notes that the billing system has taken back a charge itself.
    mutating func void(merchantID: String, chargeID: String) {
        voids.insert(VoidKey(merchantID: merchantID, chargeID: chargeID))
    }

    /// Claims the lines of a pane's charges, each for the first that names it (R27).
    mutating func claim(_ charges: [Charge], at paneEnd: EventTime, into outputs: inout Outputs) {
        for charge in charges.sorted(by: Charge.precedes) {
            guard voids.isEmpty || !voids.contains(VoidKey(merchantID: charge.merchantID, chargeID: charge.chargeID))
            else {
                counts.voided += 1
                continue
            }
            let id = Identifier.line(
                family: family, merchantID: charge.merchantID, type: charge.type, chargeID: charge.chargeID,
                component: charge.component)
            if let claim = claims[id] {
                if claim != Self.ownClaim { isJustified[Int(claim)] = true }
                continue
            }
            guard claims.count < claimCeiling else {
                counts.refused += 1
                continue
            }
            claims[id] = Self.ownClaim
            counts.claims += 1
            let line = line(id, charge, at: paneEnd)
            statements.add(line)
            outputs.lines.append(line)
        }
    }

    private mutating func line(_ id: String, _ charge: Charge, at paneEnd: EventTime) -> CreditLine {
        CreditLine(
            id: id, chargeID: charge.chargeID, component: charge.component, reason: charge.reason,
            state: post(charge, at: paneEnd) ? .posted : .held, merchantID: charge.merchantID, adID: charge.adID,
            amount: charge.amount, currency: charge.currency, scale: charge.scale, chargeTime: charge.time,
            alertID: charge.alertID, stage: charge.stage, keyBytes: charge.keyBytes, paneEnd: paneEnd)
    }

    /// Whether nothing holds the charge (R29–R31); if so it counts towards its cap and its slot.
    private mutating func post(_ charge: Charge, at paneEnd: EventTime) -> Bool {
        if charge.isLate, !policy.postsLateCharges { return false }
        if paneEnd - charge.time > policy.claimHorizon { return false }
        let amount = MajorAmount(units: charge.amount, scale: charge.scale)
        let capKey = Self.capKey(charge.merchantID, charge.time, charge.currency)
        let day = posted[capKey, default: .zero] + amount
        if let cap = policy.caps[charge.currency], day > cap { return false }
        statements.open(at: paneEnd)
        let slot = statements.posted(charge) + amount
        if let bound = policy.reviewAbove[charge.currency], slot > bound { return false }
        posted[capKey] = day
        statements.setPosted(slot, charge)
        return true
    }

    /// Writes the credits of slots that end at or before a moment.
    mutating func state(at time: EventTime, into outputs: inout Outputs) {
        statements.close(at: time, into: &outputs)
    }

    private static func capKey(_ merchantID: String, _ time: EventTime, _ currency: Currency) -> CapKey {
        CapKey(merchantID: merchantID, day: time.floored(to: .days(1)).milliseconds, currency: currency)
    }
}
