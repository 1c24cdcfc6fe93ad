/// The lines of the open slot, gathered into the credits that state them at its end (R28).
struct Statements: Sendable {
    private struct CreditKey: Hashable, Sendable {
        var merchantID: String
        var currency: Currency
        var scale: Int
        var component: String
        var reason: String
        var state: CreditLine.State
    }

    private struct Gathered: Sendable {
        var lineIDs: [String] = []
        var amount: Int128 = 0
        var alertIDs: Set<String> = []
    }

    /// What `review_above` bounds: all scales of a currency together.
    private struct ReviewKey: Hashable, Sendable {
        var merchantID: String
        var currency: Currency
        var component: String
        var reason: String
    }

    private let length: EventSpan
    private var start: EventTime?
    private var gathered: [CreditKey: Gathered] = [:]
    private var posted: [ReviewKey: MajorAmount] = [:]

    init(length: EventSpan) { self.length = length }

    /// The end of the open slot.
    var end: EventTime? { start.map { $0 + length } }

    /// Opens the slot that holds a pane end; the one before must have been closed.
    mutating func open(at paneEnd: EventTime) {
        let slot = paneEnd.floored(to: length)
        precondition(start.map { slot <= $0 } ?? true, "A slot is closed before the next one opens.")
        start = start ?? slot
    }

    /// Takes up the lines that no credit has stated, in the slot of the last of them.
    mutating func restore(_ lines: [CreditLine]) {
        guard let last = lines.map(\.paneEnd).max() else { return }
        open(at: last)
        for line in lines {
            gather(line)
            guard line.state == .posted else { continue }
            let key = ReviewKey(
                merchantID: line.merchantID, currency: line.currency, component: line.component, reason: line.reason)
            posted[key] = posted[key, default: .zero] + MajorAmount(units: line.amount, scale: line.scale)
        }
    }

    /// Adds a line to its credit.
    mutating func add(_ line: CreditLine) {
        open(at: line.paneEnd)
        gather(line)
    }

    private mutating func gather(_ line: CreditLine) {
        let key = CreditKey(
            merchantID: line.merchantID, currency: line.currency, scale: line.scale, component: line.component,
            reason: line.reason, state: line.state)
        gathered[key, default: Gathered()].lineIDs.append(line.id)
        gathered[key, default: Gathered()].amount += Int128(line.amount)
        gathered[key, default: Gathered()].alertIDs.insert(line.alertID)
    }

    /// What the open slot has posted so far of the same merchant, currency, component and reason.
    func posted(_ charge: Charge) -> MajorAmount { posted[Self.reviewKey(charge), default: .zero] }

    /// Notes what the open slot has posted now.
    mutating func setPosted(_ amount: MajorAmount, _ charge: Charge) { posted[Self.reviewKey(charge)] = amount }

    private static func reviewKey(_ charge: Charge) -> ReviewKey {
        ReviewKey(
            merchantID: charge.merchantID, currency: charge.currency, component: charge.component,
            reason: charge.reason)
    }

    /// Writes the credits of the open slot if it ends at or before a moment.
    mutating func close(at time: EventTime, into outputs: inout Outputs) {
        guard let start, start + length <= time else { return }
        for (key, credit) in gathered {
            // Note: The order of a dictionary reaches no output: rows are sorted before they are written (R35).
            outputs.credits.append(
                Credit(
                    id: Identifier.credit(lineIDs: credit.lineIDs.sorted()), revision: 1, state: key.state,
                    component: key.component, reason: key.reason, merchantID: key.merchantID, amount: credit.amount,
                    currency: key.currency, scale: key.scale, periodStart: start, periodEnd: start + length,
                    lines: credit.lineIDs.count, alerts: credit.alertIDs.count,
                    alertIDs: Array(credit.alertIDs.sorted().prefix(Credit.alertIDsMax)), decision: nil))
        }
        gathered.removeAll(keepingCapacity: true)
        posted.removeAll(keepingCapacity: true)
        self.start = nil
    }
}
