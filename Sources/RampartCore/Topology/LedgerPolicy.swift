/// What the ledger does with claimed lines, for all stages (R28–R31).
public struct LedgerPolicy: Sendable {
    /// The length of a credit's slot, aligned to UTC.
    public var statement: EventSpan
    /// The most that is posted per merchant, UTC day of the charge and currency.
    public var caps: [Currency: MajorAmount]
    /// The most that a slot posts per merchant, component, reason and currency without a person's review.
    public var reviewAbove: [Currency: MajorAmount]
    /// How long a fired interval can still claim a late charge.
    public var lateHorizon: EventSpan
    /// Whether a late charge may be posted; else it is held.
    public var postsLateCharges: Bool
    /// The age from which a charge is only ever held.
    public var claimHorizon: EventSpan

    /// Creates a policy; the defaults are the documented ones.
    public init(
        statement: EventSpan = .hours(1), caps: [Currency: MajorAmount] = [:],
        reviewAbove: [Currency: MajorAmount] = [:], lateHorizon: EventSpan = .hours(24),
        postsLateCharges: Bool = false, claimHorizon: EventSpan = .days(30)
    ) {
        self.statement = statement
        self.caps = caps
        self.reviewAbove = reviewAbove
        self.lateHorizon = lateHorizon
        self.postsLateCharges = postsLateCharges
        self.claimHorizon = claimHorizon
    }
}
