/// Why a record was set aside: the low-cardinality code in `dead-letters.ndjson` and in metrics.
public enum DeadLetterReason: String, CaseIterable, Hashable, Sendable {
    /// Longer than `Limits.recordBytes`.
    case recordTooLong = "record_too_long"
    /// A message without a value, which Kafka calls a tombstone.
    case noValue = "no_value"
    /// Not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// Not one JSON object.
    case invalidJSON = "invalid_json"
    /// Objects or arrays inside each other beyond `Limits.nesting`.
    case nestingTooDeep = "nesting_too_deep"
    /// A member that the mapping reads appears twice.
    case duplicateKey = "duplicate_key"
    /// More or fewer cells than the header.
    case columnCount = "column_count"
    /// A quoted cell that does not end, or goes on after its end.
    case invalidCSV = "invalid_csv"
    /// A required field is missing, null or empty.
    case missingField = "missing_field"
    /// A value of another kind than the field's.
    case wrongType = "wrong_type"
    /// A string longer than `Limits.identifierBytes`, or a text longer than `Limits.textBytes`.
    case fieldTooLong = "field_too_long"
    /// A fraction or an exponent where a whole number belongs.
    case notAnInteger = "not_an_integer"
    /// A number outside 64 bits or the field's range.
    case numberOutOfRange = "number_out_of_range"
    /// An amount of money, or a factor of one, below zero.
    case negativeMoney = "negative_money"
    /// More decimal places than the source's scale.
    case tooManyDecimals = "too_many_decimals"
    /// An amount of money without a currency (R34).
    case missingCurrency = "missing_currency"
    /// A currency that ISO 4217 does not have (R34).
    case unknownCurrency = "unknown_currency"
    /// An expression of the mapping whose numbers leave 64 bits or are divided by zero.
    case notComputable = "not_computable"
    /// A timestamp that its format cannot read.
    case invalidTimestamp = "invalid_timestamp"
    /// A timestamp before 1970 or after `max_ts` (R8).
    case timestampOutOfRange = "timestamp_out_of_range"
    /// A timestamp more than `max_ahead` after the record was appended to its topic (R8).
    case tooFarAhead = "too_far_ahead"

    /// What is wrong with such a record, in a few words.
    public var summary: String {
        switch self {
        case .recordTooLong: "longer than a record may be"
        case .noValue: "a message without a value"
        case .invalidUTF8: "not UTF-8"
        case .invalidJSON: "not one JSON object"
        case .nestingTooDeep: "objects or arrays too deep inside each other"
        case .duplicateKey: "a member that the mapping reads stands there twice"
        case .columnCount: "more or fewer cells than the header has"
        case .invalidCSV: "a quoted cell that does not end, or goes on after its end"
        case .missingField: "a required field is missing, null or empty"
        case .wrongType: "a value of another kind than the field's"
        case .fieldTooLong: "a string longer than a short string may be"
        case .notAnInteger: "a fraction or an exponent where a whole number belongs"
        case .numberOutOfRange: "outside 64 bits or the field's range"
        case .negativeMoney: "an amount of money, or a factor of one, below zero"
        case .tooManyDecimals: "more decimal places than the source's scale"
        case .missingCurrency: "an amount of money without a currency"
        case .unknownCurrency: "a currency that ISO 4217 does not have"
        case .notComputable: "an expression whose numbers leave 64 bits or are divided by zero"
        case .invalidTimestamp: "a timestamp that its format cannot read"
        case .timestampOutOfRange: "a timestamp before 1970 or after the latest allowed"
        case .tooFarAhead: "a timestamp long after the message was appended to its topic"
        }
    }
}

/// What decoding one record came to.
public enum DecodeResult: Hashable, Sendable {
    /// An event was appended to the batch.
    case event
    /// No source takes the record's type.
    case filtered
    /// The record is bad; `detail` says what was found, for a person.
    case deadLetter(DeadLetterReason, detail: String)
}

/// The core's bounds on input that anyone may have written.
public enum Limits {
    /// The longest record in bytes, its line end not counted.
    public static let recordBytes = 1 << 20
    /// The longest value of a short string in bytes.
    public static let identifierBytes = 1024
    /// The longest text in bytes: a message has room for all the fields of an event.
    public static let textBytes = 64 << 10
    /// The deepest nesting of JSON objects and arrays.
    public static let nesting = 64
    /// Bytes of a message's key, of a header's name and of its value that are kept of a record set aside.
    public static let originBytes = 1024
    /// Headers that are kept of a record set aside.
    public static let headers = 32
    /// Raw bytes of a dead letter that are kept; the rest is told by a digest.
    public static let deadLetterBytes = 16 << 10
    /// Events and accounts that an alert names.
    public static let evidenceSample = 10
    /// Alerts of each stage that an incident names.
    public static let incidentSample = 5
    /// Sources, stages, measures of a stage and thresholds of a stage that a pipeline can have.
    public static let sources = 64
    public static let stages = 64
    public static let measures = 32
    public static let thresholds = 32
    /// Columns of a source that expressions can name.
    public static let columns = 64
    /// Instructions in one expression and nesting of one expression.
    public static let instructions = 1024
    public static let expressionNesting = 64
    /// Time zones that one expression names: finding the rules of one takes the loader a while.
    public static let expressionZones = 8
    /// Lines claimed per key group that replay remembers (R31).
    public static let claimsPerKeyGroup = 1 << 22
}
