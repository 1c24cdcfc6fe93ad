/// A word of an expression.
struct ExpressionToken: Hashable {
    /// What sort of word it is.
    enum Kind: Hashable {
        /// Digits, without the sign that may stand before them.
        case integer(UInt64)
        case double(Double)
        case string([UInt8])
        case identifier(String)
        case symbol(ExpressionSymbol)
        /// After the last word.
        case end
    }

    /// What sort of word it is.
    var kind: Kind
    /// Its UTF-8 offsets.
    var range: Range<Int>
}

/// Operators and punctuation.
enum ExpressionSymbol: String {
    case and = "&&"
    case or = "||"
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case not = "!"
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case comma = ","
    case dot = "."
    case question = "?"
    case colon = ":"

    /// Spellings of other languages, and what they stand for here.
    static let mistaken: [String: ExpressionSymbol] = [
        "===": .equal, "!==": .notEqual, "<>": .notEqual, "=>": .greaterOrEqual, "=<": .lessOrEqual, "=": .equal,
        "&": .and, "|": .or,
    ]
}

/// The operators between two operands, by CEL's spelling.
enum BinaryOperator: String, Sendable {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"

    /// How tightly the operator binds, from 1 for `||` on.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }

    /// Whether the operator makes a bool of two values.
    var isRelation: Bool { precedence == 3 }
}
