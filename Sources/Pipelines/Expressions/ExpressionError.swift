/// One thing that is wrong with an expression, where, and how to mend it.
public struct ExpressionError: Error, Hashable, Sendable {
    /// The UTF-8 offsets of what is wrong in the expression's text.
    public var range: Range<Int>
    /// What was found, and what was expected.
    public var message: String
    /// The mend, such as "did you mean `min_clicks`?", where one is known.
    public var suggestion: String?

    /// Creates an error.
    public init(range: Range<Int>, message: String, suggestion: String? = nil) {
        self.range = range
        self.message = message
        self.suggestion = suggestion
    }
}

/// All that is wrong with one expression, in the order of the text.
public struct ExpressionErrors: Error, Hashable, Sendable {
    /// The most errors that are told about one expression; the rest follows from the first ones or can wait.
    public static let countMax = 20

    /// The errors; at least one.
    public let errors: [ExpressionError]

    /// Sorts errors into the order of the text, tells each once, and keeps the first.
    init(_ errors: [ExpressionError]) {
        precondition(!errors.isEmpty, "Something is wrong.")
        let sorted = errors.enumerated().sorted { left, right in
            (left.element.range.lowerBound, left.offset) < (right.element.range.lowerBound, right.offset)
        }
        // The condition of a macro is checked for every element of its list, and tells the same each time.
        var told: Set<ExpressionError> = []
        self.errors = sorted.map(\.element).filter { told.insert($0).inserted }.prefix(Self.countMax).map { $0 }
    }

    /// The same errors in a text in which the expression starts at `offset`.
    public func shifted(by offset: Int) -> ExpressionErrors {
        ExpressionErrors(
            errors.map { error in
                var error = error
                error.range = error.range.lowerBound + offset..<error.range.upperBound + offset
                return error
            })
    }
}
