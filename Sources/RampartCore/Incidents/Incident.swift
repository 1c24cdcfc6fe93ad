/// The `incident` kind: gathers the live alerts of window stages about one merchant (R25); which ones, its inputs say.
public struct Incident: Hashable, Sendable {
    /// How urgent an incident is once alerts of several stages are part of it.
    public struct Escalation: Hashable, Sendable {
        /// The number of stages from which on it counts.
        public var stages: Int
        /// How urgent the incident then is at least.
        public var severity: AlertPolicy.Severity

        /// Creates an escalation.
        public init(stages: Int, severity: AlertPolicy.Severity) {
            self.stages = stages
            self.severity = severity
        }
    }

    /// How long no alert must be open until an incident closes, where the file does not say.
    public static let standardQuiet = EventSpan.hours(6)

    /// How long no alert must be open until an incident closes.
    public var quiet: EventSpan
    /// When several kinds of attack at once are worse than each of them.
    public var escalation: Escalation?

    /// Creates an incident stage.
    public init(quiet: EventSpan = standardQuiet, escalation: Escalation? = nil) {
        self.quiet = quiet
        self.escalation = escalation
    }
}

extension AlertPolicy.Severity: Comparable {
    /// The less urgent one comes first.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}
