/// Where events enter: a topic or a log, and how its records become events.
public struct Source: Sendable {
    /// How a record's bytes are laid out.
    public enum Format: String, CaseIterable, Hashable, Sendable {
        /// One JSON object a line.
        case json
        /// Comma-separated values with a header.
        case csv
    }

    /// How copies of an event are told apart (R4, R5).
    public enum Dedupe: Hashable, Sendable {
        case off
        /// By `event_id`, within the horizon.
        case byID(horizon: EventSpan)
        /// By the mapped fields, within the horizon.
        case byContent(horizon: EventSpan)
    }

    /// How the event type of a record is found (R2).
    public enum Selector: Hashable, Sendable {
        /// Every record is of one type.
        case constant(EventType)
        /// The value at a path decides; the first case that matches wins; nil as type means `filtered`.
        case match(path: Path, cases: [Case], otherwise: EventType?)
    }

    /// One case of a selector.
    public struct Case: Hashable, Sendable {
        /// What the value is compared with.
        public enum Pattern: Hashable, Sendable {
            case equals([UInt8])
            case startsWith([UInt8])
        }
        /// What the value is compared with.
        public var pattern: Pattern
        /// The type of a record that matches.
        public var type: EventType

        /// Creates a case.
        public init(pattern: Pattern, type: EventType) {
            self.pattern = pattern
            self.type = type
        }
    }

    /// The name in the pipeline file.
    public var name: String
    /// The layout of records.
    public var format: Format
    /// How the event type is found.
    public var selector: Selector
    /// Where the record's own type stands; a record of a type that `selector` cannot give is filtered.
    public var typePath: Path?
    /// How the fields of each type that `selector` can give are mapped.
    public var mappings: [EventType: Mapping]
    /// The field by whose value the source is partitioned (R22).
    public var partitionedBy: Field
    /// How far behind the newest event of its partition an event may be (R7).
    public var lateness: EventSpan
    /// How copies are told apart.
    public var dedupe: Dedupe
    /// The most events that each key group remembers for it; what is beyond has its copies accepted (R22).
    public var dedupeKeysMax = Ceiling.standardDedupeKeys
    /// Decimal places of this source's money, 0 to 9.
    public var scale: Int
    /// Whether its topic is partitioned by something else, so that its events are dealt out by `partitionedBy` first; either
    /// all sources are, or none is.
    public var isRepartitioned: Bool

    /// Creates a source.
    public init(
        name: String, format: Format, selector: Selector, typePath: Path?, mappings: [EventType: Mapping],
        partitionedBy: Field, lateness: EventSpan, dedupe: Dedupe, scale: Int, isRepartitioned: Bool = false
    ) {
        self.name = name
        self.format = format
        self.selector = selector
        self.typePath = typePath
        self.mappings = mappings
        self.partitionedBy = partitionedBy
        self.lateness = lateness
        self.dedupe = dedupe
        self.scale = scale
        self.isRepartitioned = isRepartitioned
    }

    /// The event types that a record of this source can have.
    public var types: Set<EventType> { Set(mappings.keys) }
}

/// The way to a value in a record: a CSV column, or a way through nested JSON objects and lists.
public struct Path: Hashable, Sendable {
    /// One step into a value.
    public enum Step: Hashable, Sendable {
        /// To the member with this name, as UTF-8.
        case name([UInt8])
        /// To the element with this index, from 0.
        case index(Int)
    }

    /// The steps from the outside in; at least one, and the first is a name.
    public var steps: [Step]

    /// Creates a path from its steps.
    public init(steps: [Step]) { self.steps = steps }

    /// Creates a path through objects alone from the names of the members.
    public init(_ names: [String]) { steps = names.map { .name(Array($0.utf8)) } }
}

/// How a record of one type becomes an event.
public struct Mapping: Sendable {
    /// Where `ts` comes from, and how it is written.
    public var time: Path
    /// How `ts` is written.
    public var timeFormat: TimestampFormat
    /// Where `event_id` comes from; nil where the source maps none (R4).
    public var identity: Path?
    /// The fields; every one enters the digest, and those in the layout are kept.
    public var fields: [FieldMapping]

    /// Creates a mapping.
    public init(time: Path, timeFormat: TimestampFormat, identity: Path?, fields: [FieldMapping]) {
        self.time = time
        self.timeFormat = timeFormat
        self.identity = identity
        self.fields = fields
    }
}

/// Where one field comes from.
public struct FieldMapping: Sendable {
    /// The field that is filled.
    public var field: Field
    /// Where its value comes from; nil for a constant, which is then `fallback`, and for what is computed.
    public var path: Path?
    /// The text used where the record has no value, read as a CSV cell would be.
    public var fallback: [UInt8]?
    /// How the value is read.
    public var reading: Reading
    /// What computes the value, which is then read as a CSV cell would be; `path` is nil where there is one.
    public var expression: RecordExpression?

    /// How a value's text becomes a field.
    public enum Reading: Hashable, Sendable {
        /// A string; only its first `prefix` characters where given.
        case string(prefix: Int?)
        /// A whole number of at least `minimum` and at most `maximum`.
        case integer(minimum: Int64, maximum: Int64)
        /// A whole number of the smallest units at the source's scale.
        case units
        /// A decimal in major units, times the whole number at `factor` if given; `negate` turns the sign first.
        case decimal(factor: Path?, negate: Bool)
        /// An ISO 4217 code.
        case currency
    }

    /// Creates a mapping of one field.
    public init(
        field: Field, path: Path?, fallback: [UInt8]? = nil, reading: Reading, expression: RecordExpression? = nil
    ) {
        self.field = field
        self.path = path
        self.fallback = fallback
        self.reading = reading
        self.expression = expression
    }
}
