/// Timestamps and durations in expressions (R19).
extension Value {
    /// The moments that a timestamp can be: the years 1 to 9999, as in CEL.
    public static let timestamps =
        EventTime(milliseconds: -62_135_596_800_000)...EventTime(milliseconds: 253_402_300_799_999)
    /// The lengths that a duration can have: 64 bits of nanoseconds, as in CEL, which is 292 years.
    public static let durations =
        EventSpan(milliseconds: -9_223_372_036_854)...EventSpan(milliseconds: 9_223_372_036_854)

    /// The sum of a timestamp and a duration or of two durations, or a failure.
    static func sumOfTimes(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.timestamp(let time), .duration(let span)), (.duration(let span), .timestamp(let time)):
            timestamp(time.milliseconds.addingReportingOverflow(span.milliseconds))
        case (.duration(let left), .duration(let right)):
            duration(left.milliseconds.addingReportingOverflow(right.milliseconds))
        default: failure(of: left, right)
        }
    }

    /// The difference of two timestamps, of two durations or of a timestamp and a duration, or a failure.
    static func differenceOfTimes(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.timestamp(let later), .timestamp(let earlier)):
            duration(later.milliseconds.subtractingReportingOverflow(earlier.milliseconds))
        case (.timestamp(let time), .duration(let span)):
            timestamp(time.milliseconds.subtractingReportingOverflow(span.milliseconds))
        case (.duration(let left), .duration(let right)):
            duration(left.milliseconds.subtractingReportingOverflow(right.milliseconds))
        default: failure(of: left, right)
        }
    }

    private static func timestamp(_ result: (partialValue: Int64, overflow: Bool)) -> Value {
        let time = EventTime(milliseconds: result.partialValue)
        return result.overflow || !timestamps.contains(time) ? .failure(.overflow) : .timestamp(time)
    }

    private static func duration(_ result: (partialValue: Int64, overflow: Bool)) -> Value {
        let span = EventSpan(milliseconds: result.partialValue)
        return result.overflow || !durations.contains(span) ? .failure(.overflow) : .duration(span)
    }

    /// A part of a timestamp, as clocks and calendars in the zone show it, or of a duration.
    func part(_ part: TimePart, in zone: ZoneRules) -> Value {
        switch self {
        case .timestamp(let time): .integer(part.value(of: time, in: zone))
        case .duration(let span): part.value(of: span).map { .integer($0) } ?? .failure(.typeMismatch)
        case .failure: self
        case .integer, .double, .boolean, .string: .failure(.typeMismatch)
        }
    }
}
