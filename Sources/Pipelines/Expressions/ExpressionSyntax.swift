import RampartCore

/// A parsed expression: its nodes in an order in which every node comes after its operands.
///
/// The flat order is what makes the later passes plain loops: types flow forwards, the mode in which a node is
/// compiled flows backwards, and instructions come out in the order of the nodes.
struct ExpressionTree: Sendable {
    /// The nodes, the root last.
    var nodes: [ExpressionNode]
}

/// A piece of an expression that has a value of its own.
struct ExpressionNode: Hashable, Sendable {
    /// What it is; numbers are indices of operands.
    enum Kind: Hashable, Sendable {
        case literal(ExpressionLiteral)
        case name(String)
        /// `has(name)`, and where the name stands.
        case has(String, Range<Int>)
        case not(Int)
        case negate(Int)
        case binary(BinaryOperator, Int, Int)
        /// A value and the elements of the list in which it is looked for.
        case isIn(Int, [Int])
        /// A value and the table in which it is looked for, by its name and where that stands.
        case isInTable(Int, String, Range<Int>)
        /// A condition and the two values that it chooses between.
        case conditional(Int, Int, Int)
        /// A function of a value, and the argument in its parentheses.
        case call(ExpressionFunction, Int, argument: Int?)
        /// A macro over the elements of a list, with its condition once for each of them.
        case macro(ExpressionMacro, elements: [Int], bodies: [Int])
        /// The name that a macro gives an element of its list; the list's first element has the type of all.
        case variable(element: Int, first: Int)
        /// Something whose error was reported already.
        case invalid
    }

    /// What it is.
    var kind: Kind
    /// Its UTF-8 offsets, parentheses included.
    var range: Range<Int>
    /// Whether it stands in parentheses of its own.
    var isParenthesised = false
}

/// A constant written in an expression.
enum ExpressionLiteral: Hashable, Sendable {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case string([UInt8])
    case timestamp(EventTime)
    case duration(EventSpan)

    /// The type of the constant.
    var type: ExpressionType {
        switch self {
        case .integer: .integer
        case .double: .double
        case .boolean: .boolean
        case .string: .string
        case .timestamp: .timestamp
        case .duration: .duration
        }
    }
}
