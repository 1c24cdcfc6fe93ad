/// What a step of a program leaves on the stack: a value of one of six types, or why there is none (R19).
public enum Value: Hashable, Sendable {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case string(StringReference)
    case timestamp(EventTime)
    case duration(EventSpan)
    case failure(EvaluationFailure)

    /// A string that stays where it is: in the event's batch, for a column in the decoder's memory, or among the
    /// program's constants.
    public struct StringReference: Hashable, Sendable {
        /// Whose bytes the range is in.
        public enum Storage: Hashable, Sendable {
            case batch, constants
        }

        /// Where the bytes lie.
        public var range: EventBatch.ByteRange
        /// What they lie in.
        public var storage: Storage
        /// Whether ASCII capitals are read as small letters, which spares `lowerAscii` a copy.
        public var isLowered: Bool

        /// Creates a reference.
        public init(range: EventBatch.ByteRange, storage: Storage, isLowered: Bool = false) {
            self.range = range
            self.storage = storage
            self.isLowered = isLowered
        }
    }
}

/// Why an expression has no value (R19).
public enum EvaluationFailure: String, CaseIterable, Hashable, Sendable {
    /// Integer arithmetic outside 64 bits, or a timestamp or duration outside its range.
    case overflow
    /// Integer division or remainder by zero.
    case divisionByZero = "division_by_zero"
    /// A field that the event lacks, or a measure of nothing.
    case absent
    /// Operands of types that the operation does not take; the loader's type check leaves none.
    case typeMismatch = "type_mismatch"
}

/// What a condition came to.
public enum Verdict: Hashable, Sendable {
    case holds, fails
    /// The condition has no value, which counts as false (R19).
    case failed(EvaluationFailure)

    /// The verdict that a condition's value means.
    init(_ value: Value) {
        switch value {
        case .boolean(true): self = .holds
        case .boolean(false): self = .fails
        case .failure(let failure): self = .failed(failure)
        case .integer, .double, .string, .timestamp, .duration: self = .failed(.typeMismatch)
        }
    }
}
