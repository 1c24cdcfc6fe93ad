/// A charge that a finding offers to the ledger (R26, R27).
struct Charge: Sendable {
    var time: EventTime
    var chargeID: String
    var type: EventType
    var merchantID: String
    var adID: String?
    /// In units at `scale`; above zero.
    var amount: Int64
    var currency: Currency
    var scale: Int
    var digest: Digest
    var source: Int
    /// The stage that found it, its key and its alert.
    var stage: Int
    var component: String
    var reason: String
    var keyBytes: [UInt8]
    var alertID: String
    /// Whether the charge came late (R30).
    var isLate: Bool

    /// The order in which charges are tried (R27).
    static func precedes(_ left: Charge, _ right: Charge) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.chargeID != right.chargeID { return left.chargeID.precedesInBytes(right.chargeID) }
        if left.component != right.component { return left.component.precedesInBytes(right.component) }
        if left.stage != right.stage { return left.stage < right.stage }
        if left.digest != right.digest { return left.digest < right.digest }
        if left.source != right.source { return left.source < right.source }
        if left.type != right.type { return left.type.rawValue < right.type.rawValue }
        // Engineered collisions only: whatever is left decides, as long as it is in the charge.
        if left.amount != right.amount { return left.amount < right.amount }
        if left.currency != right.currency { return left.currency < right.currency }
        if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
        return (left.adID ?? "").precedesInBytes(right.adID ?? "")
    }
}

/// Where the fields of charges lie in an event.
struct ChargeReader: Sendable {
    private let merchantSlot: Int?
    private let chargeSlot: Int?
    private let adSlot: Int?
    private let currencySlot: Int?
    private let scales: [Int]
    private let layout: EventLayout

    init(_ topology: Topology) {
        layout = topology.layout
        merchantSlot = layout.slot(of: .merchantID)
        chargeSlot = layout.slot(of: .chargeID)
        adSlot = layout.slot(of: .adID)
        currencySlot = layout.slot(of: .currency)
        scales = topology.sources.map(\.scale)
    }

    /// The charge in an event under a stage's credit, if it is one.
    func charge(
        _ row: Int, of batch: EventBatch, policy: CreditPolicy, stage: Int, alertID: String, keyBytes: [UInt8]
    ) -> Charge? {
        let header = batch.headers[row]
        guard policy.types.contains(header.type), let amountSlot = layout.slot(of: policy.amount),
            batch.has(amountSlot, row: row), case let amount = batch.integer(amountSlot, row: row), amount > 0,
            let currencySlot, let currency = Currency(batch.string(currencySlot, row: row))
        else { return nil }
        return Charge(
            time: header.time, chargeID: chargeID(row, of: batch), type: header.type,
            merchantID: merchantID(row, of: batch), adID: adSlot.flatMap { batch.text($0, row: row) }, amount: amount,
            currency: currency, scale: scales[Int(header.source)], digest: header.digest, source: Int(header.source),
            stage: stage, component: policy.component, reason: policy.reason, keyBytes: keyBytes, alertID: alertID,
            isLate: header.isLate)
    }

    /// What the billing system calls the charge of an event.
    func chargeID(_ row: Int, of batch: EventBatch) -> String {
        chargeSlot.flatMap { batch.text($0, row: row) } ?? batch.identityText(row: row)
    }

    /// The merchant of an event.
    func merchantID(_ row: Int, of batch: EventBatch) -> String {
        merchantSlot.flatMap { batch.text($0, row: row) } ?? ""
    }
}
