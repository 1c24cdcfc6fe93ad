/// A line that an earlier run has claimed (R33), as far as this run needs to know it.
public struct PriorLine: Hashable, Sendable {
    /// The line's id.
    public var lineID: String
    /// The merchant who was charged.
    public var merchantID: String
    /// What had become of it.
    public var state: CreditLine.State
    /// The amount in units at `scale`; positive.
    public var amount: Int64
    /// The currency of the amount.
    public var currency: Currency
    /// Decimal places of the amount.
    public var scale: Int
    /// When the charge was made.
    public var chargeTime: EventTime
    /// The component of the charge.
    public var component: String

    /// Creates a line.
    public init(
        lineID: String, merchantID: String, state: CreditLine.State, amount: Int64, currency: Currency, scale: Int,
        chargeTime: EventTime, component: String
    ) {
        self.lineID = lineID
        self.merchantID = merchantID
        self.state = state
        self.amount = amount
        self.currency = currency
        self.scale = scale
        self.chargeTime = chargeTime
        self.component = component
    }
}
