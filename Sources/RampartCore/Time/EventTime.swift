/// A moment in event time, in milliseconds since 1970-01-01T00:00:00Z.
public struct EventTime: Comparable, Hashable, Sendable {
    /// Milliseconds since the epoch; negative before it.
    public var milliseconds: Int64

    /// Creates a moment from milliseconds since the epoch.
    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Earlier than every event; the watermark of a partition that has delivered nothing.
    public static let distantPast = EventTime(milliseconds: .min)
    /// Later than every event; the watermark after a flush.
    public static let distantFuture = EventTime(milliseconds: .max)
    /// 2100-01-01T00:00:00Z, the default of `max_ts` (R8).
    public static let year2100 = EventTime(milliseconds: 4_102_444_800_000)

    @inlinable
    public static func < (left: EventTime, right: EventTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment a span later; saturates at the ends of time.
    @inlinable
    public static func + (time: EventTime, span: EventSpan) -> EventTime {
        let (sum, overflow) = time.milliseconds.addingReportingOverflow(span.milliseconds)
        return EventTime(milliseconds: overflow ? (span.milliseconds > 0 ? .max : .min) : sum)
    }

    /// The moment a span earlier; saturates at the ends of time.
    @inlinable
    public static func - (time: EventTime, span: EventSpan) -> EventTime {
        let (difference, overflow) = time.milliseconds.subtractingReportingOverflow(span.milliseconds)
        return EventTime(milliseconds: overflow ? (span.milliseconds > 0 ? .min : .max) : difference)
    }

    /// The span from one moment to a later one; saturates.
    @inlinable
    public static func - (later: EventTime, earlier: EventTime) -> EventSpan {
        let (difference, overflow) = later.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return EventSpan(milliseconds: overflow ? (later > earlier ? .max : .min) : difference)
    }

    /// The start of the epoch-aligned slice of length `span` that holds this moment (R12).
    @inlinable
    public func floored(to span: EventSpan) -> EventTime {
        let remainder = milliseconds % span.milliseconds
        return self - EventSpan(milliseconds: remainder < 0 ? remainder + span.milliseconds : remainder)
    }

    /// The end of the epoch-aligned slice [start, end) of length `span` that holds this moment.
    @inlinable
    public func sliceEnd(of span: EventSpan) -> EventTime { floored(to: span) + span }
}

/// A length of event time in milliseconds.
public struct EventSpan: Comparable, Hashable, Sendable {
    /// The length in milliseconds.
    public var milliseconds: Int64

    /// Creates a span from milliseconds.
    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// No time at all.
    public static let zero = EventSpan(milliseconds: 0)
    /// `count` seconds.
    @inlinable
    public static func seconds(_ count: Int64) -> EventSpan { EventSpan(milliseconds: count * 1000) }
    /// `count` minutes.
    @inlinable
    public static func minutes(_ count: Int64) -> EventSpan { .seconds(count * 60) }
    /// `count` hours.
    @inlinable
    public static func hours(_ count: Int64) -> EventSpan { .minutes(count * 60) }
    /// `count` days of 24 hours.
    @inlinable
    public static func days(_ count: Int64) -> EventSpan { .hours(count * 24) }

    @inlinable
    public static func < (left: EventSpan, right: EventSpan) -> Bool { left.milliseconds < right.milliseconds }

    /// Whether this span is a whole number of `pane`s.
    @inlinable
    public func isMultiple(of pane: EventSpan) -> Bool { milliseconds % pane.milliseconds == 0 }
}
