/// What data files say about single merchants in one window stage: other thresholds, and mutes.
///
/// They are settings: a reload can change them, and their ends are moments of event time.
public struct StageExceptions: Hashable, Sendable {
    /// Another value of one threshold.
    public struct Override: Hashable, Sendable {
        /// For whom.
        public enum Scope: Hashable, Sendable {
            case merchant
            /// The merchants of this segment.
            case segment(String)
        }

        /// Index of the threshold in the stage.
        public var threshold: Int
        /// The value, within the threshold's bounds.
        public var value: Threshold.Value
        /// For whom.
        public var scope: Scope
        /// It counts at pane ends before this moment; always where nil.
        public var until: EventTime?

        /// Creates an override.
        public init(threshold: Int, value: Threshold.Value, scope: Scope, until: EventTime?) {
            self.threshold = threshold
            self.value = value
            self.scope = scope
            self.until = until
        }

        func isInForce(at end: EventTime) -> Bool { until.map { end < $0 } ?? true }
    }

    /// Findings of a merchant are told in shadow alone until a moment.
    public struct Mute: Hashable, Sendable {
        /// It counts at pane ends before this moment.
        public var until: EventTime
        /// Why, in the words of whoever muted.
        public var reason: String

        /// Creates a mute.
        public init(until: EventTime, reason: String) {
            self.until = until
            self.reason = reason
        }
    }

    /// The overrides of single merchants.
    public var merchants: [String: [Override]] = [:]
    /// The overrides of segments.
    public var segments: [String: [Override]] = [:]
    /// The segment of each merchant who is in one of these.
    public var segmentOf: [String: String] = [:]
    /// The mutes, by merchant.
    public var mutes: [String: Mute] = [:]

    /// Creates exceptions of nobody.
    public init() {}

    /// Whether they say nothing.
    public var isEmpty: Bool { merchants.isEmpty && segments.isEmpty && mutes.isEmpty }

    /// The moments at which something in them ends, in order.
    var ends: [EventTime] {
        let overrides = merchants.values.joined().compactMap(\.until) + segments.values.joined().compactMap(\.until)
        return Set(overrides + mutes.values.map(\.until)).sorted()
    }

    /// The overrides in force for a merchant at a pane end, at most one for each threshold: that of the merchant before
    /// that of the segment.
    func overrides(for merchant: String, at end: EventTime) -> [Override] {
        let ofSegment = segmentOf[merchant].flatMap { segments[$0] } ?? []
        var found: [Override] = []
        for override in (merchants[merchant] ?? []) + ofSegment
        where override.isInForce(at: end) && !found.contains(where: { $0.threshold == override.threshold }) {
            found.append(override)
        }
        return found.sorted { $0.threshold < $1.threshold }
    }

    /// The mute in force for a merchant at a pane end.
    func mute(of merchant: String, at end: EventTime) -> Mute? {
        mutes[merchant].flatMap { end < $0.until ? $0 : nil }
    }
}
