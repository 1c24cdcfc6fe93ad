extension TimestampFormat {
    /// The moment that a value spells; `latest` is the last one allowed (R8).
    func moment(_ value: RawValue, in view: RecordView, latest: EventTime) throws(ValueFault) -> EventTime {
        let text = view.text(value)
        let moment: EventTime
        switch self {
        case .epochSeconds: moment = try Self.epoch(value, text, unitsPerSecond: 1)
        case .epochMilliseconds: moment = try Self.epoch(value, text, unitsPerSecond: 1_000)
        case .epochMicroseconds: moment = try Self.epoch(value, text, unitsPerSecond: 1_000_000)
        case .iso8601(let zone):
            moment = try Self.moment(try Self.calendar(value, text), zone)
        case .local(let zone):
            let reading = try Self.calendar(value, text)
            // An offset in the text would contradict the zone.
            guard reading.offset == nil else { throw ValueFault(.invalidTimestamp) }
            moment = zone.moment(local: reading.local)
        case .pattern(let pattern, let zone):
            // A pattern of digits alone may stand in JSON as a number.
            guard value.kind == .string || value.kind == .cell || value.kind == .integer else {
                throw ValueFault(.wrongType)
            }
            guard let reading = pattern.read(text) else { throw ValueFault(.invalidTimestamp) }
            moment = try Self.moment(reading, zone)
        }
        guard moment.milliseconds >= 0, moment <= latest else { throw ValueFault(.timestampOutOfRange) }
        return moment
    }

    /// The moment of a reading: by its own offset, or else in the zone.
    private static func moment(
        _ reading: TimestampParser.Reading, _ zone: ZoneRules?
    ) throws(ValueFault) -> EventTime {
        if let offset = reading.offset { return EventTime(milliseconds: reading.local) - offset }
        guard let zone else { throw ValueFault(.invalidTimestamp) }
        return zone.moment(local: reading.local)
    }

    private static func epoch(
        _ value: RawValue, _ text: UnsafeRawBufferPointer, unitsPerSecond: Int64
    ) throws(ValueFault) -> EventTime {
        guard value.kind == .integer || value.kind == .number || value.kind == .cell else {
            throw ValueFault(.wrongType)
        }
        let count: Int64
        do { count = try NumberText.integer(text) } catch {
            throw ValueFault(error.reason == .numberOutOfRange ? .timestampOutOfRange : .invalidTimestamp)
        }
        guard count >= 0 else { throw ValueFault(.timestampOutOfRange) }
        if unitsPerSecond > 1_000 { return EventTime(milliseconds: count / (unitsPerSecond / 1_000)) }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: 1_000 / unitsPerSecond)
        guard !overflow else { throw ValueFault(.timestampOutOfRange) }
        return EventTime(milliseconds: milliseconds)
    }

    private static func calendar(
        _ value: RawValue, _ text: UnsafeRawBufferPointer
    ) throws(ValueFault) -> TimestampParser.Reading {
        guard value.kind == .string || value.kind == .cell else { throw ValueFault(.wrongType) }
        guard let reading = TimestampParser.read(text) else { throw ValueFault(.invalidTimestamp) }
        return reading
    }
}
