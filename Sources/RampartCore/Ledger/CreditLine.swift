/// One component of one charge, claimed once and for all (R26): a row of `credit-lines.ndjson`.
public struct CreditLine: Hashable, Sendable {
    /// What has become of the money (R29).
    public enum State: String, CaseIterable, Hashable, Sendable {
        /// To be paid out.
        case posted
        /// Waits for a person: over a cap or a review bound, late, or too old.
        case held
        /// Taken back by a person.
        case reversed
        /// Refused by a person.
        case rejected
    }

    /// 32 hexadecimal digits made from the charge and component alone.
    public var id: String
    /// The id of the charge.
    public var chargeID: String
    /// The component of the charge.
    public var component: String
    /// Why it is given back.
    public var reason: String
    /// What has become of it.
    public var state: State
    /// The merchant who was charged.
    public var merchantID: String
    /// The advertisement, where the charge has one.
    public var adID: String?
    /// The amount in units at `scale`; positive.
    public var amount: Int64
    /// The currency of the amount.
    public var currency: Currency
    /// Decimal places of the amount.
    public var scale: Int
    /// When the charge was made.
    public var chargeTime: EventTime
    /// The alert that claimed it.
    public var alertID: String
    /// Index of the stage that owns the line.
    public var stage: Int
    /// The owning finding's key as bytes: the order of rows (R35).
    public var keyBytes: [UInt8]
    /// The pane end at which it was claimed.
    public var paneEnd: EventTime
}

/// An immutable statement over lines (R28): a row of `credits.ndjson`.
public struct Credit: Hashable, Sendable {
    /// A person's decision that gave a credit its state (R29).
    public struct Decision: Hashable, Sendable {
        /// The command.
        public var commandID: String
        /// What was decided.
        public var action: LedgerCommand.Action
        /// Who decided.
        public var who: String
        /// Why.
        public var why: String
        /// The pane end at which it took effect.
        public var paneEnd: EventTime
    }

    /// The alerts that a credit names at most, so that an attack from many devices at once makes no record that no topic
    /// takes.
    public static let alertIDsMax = 100

    /// Hash of the sorted line ids.
    public var id: String
    /// 1 when it is stated; a person's change of state makes the next.
    public var revision: Int
    /// The state of all its lines, whatever they were claimed as.
    public var state: CreditLine.State
    /// The component of the charges.
    public var component: String
    /// Why they are given back.
    public var reason: String
    /// The merchant who is credited.
    public var merchantID: String
    /// The sum in units at `scale`.
    public var amount: Int128
    /// The currency of the amount.
    public var currency: Currency
    /// Decimal places of the amount.
    public var scale: Int
    /// The slot, [start, end).
    public var periodStart: EventTime
    /// End of the slot, at which the credit is written.
    public var periodEnd: EventTime
    /// Number of lines.
    public var lines: Int
    /// Number of alerts of its lines.
    public var alerts: Int
    /// The first of these alerts in byte order, no more than `alertIDsMax`; each line names its own.
    public var alertIDs: [String]
    /// The decision that gave it its state; nil where it stands as it was stated.
    public var decision: Decision?

    /// The pane end at which the record is written.
    public var paneEnd: EventTime { decision?.paneEnd ?? periodEnd }
}
