/// The operators of R19 on values; strings are compared by `Program`, which knows their bytes.
extension Value {
    /// The number as a double, to which an integer promotes beside a double.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .double(let double): double
        case .boolean, .string, .timestamp, .duration, .failure: nil
        }
    }

    /// The failure that an operation on these operands passes on, the left one first.
    static func failure(of left: Value, _ right: Value) -> Value {
        if case .failure = left { return left }
        if case .failure = right { return right }
        return .failure(.typeMismatch)
    }

    // MARK: - Arithmetic

    /// The number with its sign turned.
    static prefix func - (operand: Value) -> Value {
        switch operand {
        case .integer(let integer): integer == .min ? .failure(.overflow) : .integer(-integer)
        case .double(let double): .double(-double)
        case .failure: operand
        case .boolean, .string, .timestamp, .duration: .failure(.typeMismatch)
        }
    }

    /// The sum; exact for two integers and for times, or a failure.
    static func + (left: Value, right: Value) -> Value {
        if case (.integer(let left), .integer(let right)) = (left, right) {
            return exact(left.addingReportingOverflow(right))
        }
        guard let a = left.number, let b = right.number else { return sumOfTimes(left, right) }
        return .double(a + b)
    }

    /// The difference; exact for two integers and for times, or a failure.
    static func - (left: Value, right: Value) -> Value {
        if case (.integer(let left), .integer(let right)) = (left, right) {
            return exact(left.subtractingReportingOverflow(right))
        }
        guard let a = left.number, let b = right.number else { return differenceOfTimes(left, right) }
        return .double(a - b)
    }

    /// The product; exact for two integers, or a failure.
    static func * (left: Value, right: Value) -> Value {
        if case (.integer(let left), .integer(let right)) = (left, right) {
            return exact(left.multipliedReportingOverflow(by: right))
        }
        guard let a = left.number, let b = right.number else { return failure(of: left, right) }
        return .double(a * b)
    }

    /// The quotient; of two integers without its fraction, of doubles as IEEE 754 has it.
    static func / (left: Value, right: Value) -> Value {
        if case (.integer(let left), .integer(let right)) = (left, right) {
            return right == 0 ? .failure(.divisionByZero) : exact(left.dividedReportingOverflow(by: right))
        }
        guard let a = left.number, let b = right.number else { return failure(of: left, right) }
        return .double(a / b)
    }

    /// The remainder of two integers, with the sign of the left one.
    static func % (left: Value, right: Value) -> Value {
        guard case (.integer(let dividend), .integer(let divisor)) = (left, right) else {
            return failure(of: left, right)
        }
        return divisor == 0
            ? .failure(.divisionByZero) : exact(dividend.remainderReportingOverflow(dividingBy: divisor))
    }

    private static func exact(_ result: (partialValue: Int64, overflow: Bool)) -> Value {
        result.overflow ? .failure(.overflow) : .integer(result.partialValue)
    }

    // MARK: - Logic

    /// The other truth.
    static prefix func ! (operand: Value) -> Value {
        switch operand {
        case .boolean(let truth): .boolean(!truth)
        case .failure: operand
        case .integer, .double, .string, .timestamp, .duration: .failure(.typeMismatch)
        }
    }

    /// The value of `condition ? first : second`: an error of the side that is not chosen is none.
    static func choose(_ condition: Value, _ first: Value, _ second: Value) -> Value {
        switch condition {
        case .boolean(let truth): truth ? first : second
        case .failure: condition
        case .integer, .double, .string, .timestamp, .duration: .failure(.typeMismatch)
        }
    }

    /// `&&` where `decisive` is false, `||` where it is true: one decisive operand decides whatever the other is.
    static func combine(_ left: Value, _ right: Value, decisive: Bool) -> Value {
        if left == .boolean(decisive) || right == .boolean(decisive) { return .boolean(decisive) }
        if case (.boolean, .boolean) = (left, right) { return .boolean(!decisive) }
        return failure(of: left, right)
    }
}

/// How two values lie to each other.
enum Comparison {
    case less, equal, greater
    /// One of them is no number.
    case unordered
    /// They do not compare.
    case failed(EvaluationFailure)
}

extension Comparison {
    /// Compares two integers.
    init(_ left: Int64, _ right: Int64) { self = left < right ? .less : left > right ? .greater : .equal }

    /// Compares two doubles.
    init(_ left: Double, _ right: Double) {
        self = left < right ? .less : left > right ? .greater : left == right ? .equal : .unordered
    }

    /// The value of `operation`, which is one of the six comparisons.
    func value(of operation: Program.Instruction) -> Value {
        if case .failed(let failure) = self { return .failure(failure) }
        return switch (operation, self) {
        case (.equal, .equal), (.less, .less), (.lessOrEqual, .less), (.lessOrEqual, .equal), (.greater, .greater),
            (.greaterOrEqual, .greater), (.greaterOrEqual, .equal), (.notEqual, .less), (.notEqual, .greater),
            (.notEqual, .unordered):
            .boolean(true)
        default: .boolean(false)
        }
    }
}
