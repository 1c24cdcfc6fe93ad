/// How a source writes its timestamps.
public enum TimestampFormat: Hashable, Sendable {
    /// A whole number of seconds, milliseconds or microseconds since the epoch.
    case epochSeconds, epochMilliseconds, epochMicroseconds
    /// ISO 8601 with `Z` or an offset; without one it is read in `zone`, and is an error where that is nil.
    case iso8601(zone: ZoneRules?)
    /// `yyyy-MM-dd HH:mm:ss`, with an optional fraction, in a zone.
    case local(zone: ZoneRules)
    /// The layout of a pattern; local time in `zone`, which is nil where the pattern has an offset.
    case pattern(TimestampPattern, zone: ZoneRules?)
}

/// The offsets of a time zone over the years that Rampart reads, as plain values.
///
/// A local time that happens twice is the earlier one; one that is skipped is read with the offset before the gap.
public struct ZoneRules: Hashable, Sendable {
    /// From `start` on, until the next transition, local time is UTC plus `offset`.
    public struct Transition: Hashable, Sendable {
        /// The first moment of the offset.
        public var start: EventTime
        /// Local time minus UTC.
        public var offset: EventSpan

        /// Creates a transition.
        public init(start: EventTime, offset: EventSpan) {
            self.start = start
            self.offset = offset
        }
    }

    /// The name, such as `Europe/London`.
    public var name: String
    /// The offset before the first transition.
    public var initialOffset: EventSpan
    /// The changes of offset, in order of time.
    public var transitions: [Transition]

    /// Creates the rules of a zone.
    public init(name: String, initialOffset: EventSpan, transitions: [Transition] = []) {
        self.name = name
        self.initialOffset = initialOffset
        self.transitions = transitions
    }

    /// Coordinated Universal Time.
    public static let utc = ZoneRules(name: "UTC", initialOffset: .zero)
}
