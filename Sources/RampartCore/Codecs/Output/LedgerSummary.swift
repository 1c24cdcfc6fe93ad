/// What finance tells lines apart by.
public struct CreditKey: Comparable, Hashable, Sendable {
    /// The component of the charges.
    public var component: String
    /// What has become of the lines.
    public var state: CreditLine.State
    /// The currency of the amounts.
    public var currency: Currency
    /// Decimal places of the amounts.
    public var scale: Int

    /// Creates a key.
    public init(component: String, state: CreditLine.State, currency: Currency, scale: Int) {
        self.component = component
        self.state = state
        self.currency = currency
        self.scale = scale
    }

    /// The order in which they are written.
    public static func < (left: CreditKey, right: CreditKey) -> Bool {
        if left.component != right.component {
            return left.component.utf8.lexicographicallyPrecedes(right.component.utf8)
        }
        return (left.state.rawValue, left.currency, left.scale) < (right.state.rawValue, right.currency, right.scale)
    }
}

/// A number of lines and what they come to.
public struct CreditSum: Hashable, Sendable {
    /// Number of lines.
    public var lines: Int
    /// The sum in units at the key's scale.
    public var amount: Int128

    /// Creates a sum.
    public init(lines: Int = 0, amount: Int128 = 0) {
        self.lines = lines
        self.amount = amount
    }

    /// The sum over both.
    public static func + (left: CreditSum, right: CreditSum) -> CreditSum {
        CreditSum(lines: left.lines + right.lines, amount: left.amount + right.amount)
    }

    /// Adds other lines.
    public static func += (left: inout CreditSum, right: CreditSum) { left = left + right }
}

/// What the ledger did beside making lines.
public struct LedgerSummary: Hashable, Sendable {
    /// Lines claimed by this run.
    public var claims = 0
    /// Lines that were not made because a key group's ceiling was reached (R31).
    public var refused = 0
    /// Charges passed over because they were voided.
    public var voided = 0
    /// Lines of earlier runs that no finding of this run justifies (R33).
    public var unjustified: [PriorLine] = []

    /// Creates the summary of a ledger that did nothing.
    public init() {}

    /// Adds the numbers of other merchants.
    public static func += (left: inout LedgerSummary, right: LedgerSummary) {
        left.claims += right.claims
        left.refused += right.refused
        left.voided += right.voided
        left.unjustified += right.unjustified
    }
}

/// How a run went; the only numbers that differ from run to run.
public struct RunSummary: Hashable, Sendable {
    /// Threads that owned key groups.
    public var shards = 1
    /// Elapsed time in seconds.
    public var wallSeconds = 0.0
    /// The most memory that the process held, in bytes.
    public var peakResidentBytes = 0

    /// Creates the summary of a run that took no time.
    public init() {}
}
