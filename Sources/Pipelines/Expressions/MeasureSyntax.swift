public import RampartCore

/// What stands behind the name of a measure: a function, the field it reads and the events it is over (R18).
public struct MeasureSyntax: Hashable, Sendable {
    /// How the values of a window's events become one number.
    public let function: Measure.Function
    /// The field measured; nil for `count` only.
    public let field: Field?
    /// The UTF-8 offsets of the field's name.
    public let fieldRange: Range<Int>?
    /// The text of the condition, for `checkExpression`.
    public let condition: String?
    /// The UTF-8 offsets of the condition, by which its errors are to be shifted.
    public let conditionRange: Range<Int>?

    /// Reads the text of a measure, such as `distinct(buyer_id, type == "refund")`.
    public static func parse(_ text: String) -> Result<MeasureSyntax, ExpressionErrors> {
        let bytes = Array(text.utf8)
        let (tokens, lexicalErrors) = ExpressionLexer.tokens(of: bytes)
        guard lexicalErrors.isEmpty else { return .failure(ExpressionErrors(lexicalErrors)) }
        do throws(ExpressionError) {
            return .success(try MeasureParser(text: bytes, tokens: tokens).parse())
        } catch {
            return .failure(ExpressionErrors([error]))
        }
    }
}

/// Takes a measure apart; its condition is left as text.
private struct MeasureParser {
    let text: [UInt8]
    let tokens: [ExpressionToken]

    func parse() throws(ExpressionError) -> MeasureSyntax {
        let function = try function()
        let close = try closingParenthesis()
        // Between the parentheses; the token before `close` is the last of the arguments.
        let arguments = 2..<close
        let comma = arguments.first { isSeparator($0, in: arguments) }
        if function == .count { return try count(arguments, comma: comma) }
        let (field, fieldRange) = try field(arguments.prefix(upTo: comma ?? close), of: function)
        guard let comma else {
            return MeasureSyntax(
                function: function, field: field, fieldRange: fieldRange, condition: nil, conditionRange: nil)
        }
        let range = tokens[comma].range.upperBound..<tokens[close].range.lowerBound
        guard comma + 1 < close else {
            throw ExpressionError(range: tokens[comma].range, message: "found nothing behind `,`; expected a condition")
        }
        return MeasureSyntax(
            function: function, field: field, fieldRange: fieldRange, condition: slice(range), conditionRange: range)
    }

    private func slice(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

    private func found(_ index: Int) -> String {
        tokens[index].kind == .end ? "the end" : ExpressionText.quote(text[tokens[index].range])
    }

    private static let example = "such as `count()` or `sum(cost)`"

    private func function() throws(ExpressionError) -> Measure.Function {
        let names = Measure.Function.allCases.map(\.rawValue)
        guard case .identifier(let name) = tokens[0].kind else {
            throw ExpressionError(
                range: tokens[0].range, message: "found \(found(0)); expected a measure, \(Self.example)")
        }
        guard let function = Measure.Function(rawValue: name) else {
            throw ExpressionError(
                range: tokens[0].range,
                message: "unknown measure `\(name)`; expected one of \(names.joined(separator: ", "))",
                suggestion: Suggestion.didYouMean(name, among: names))
        }
        guard tokens[1].kind == .symbol(.leftParenthesis) else {
            throw ExpressionError(
                range: tokens[1].range, message: "found \(found(1)) behind `\(name)`; expected `(`",
                suggestion: function == .count ? "write `count()`" : nil)
        }
        return function
    }

    /// The index of the parenthesis that closes the arguments, and that nothing follows.
    private func closingParenthesis() throws(ExpressionError) -> Int {
        var depth = 0
        for index in 1..<tokens.count {
            depth += Self.depthChange(tokens[index])
            guard depth <= 0 else { continue }
            guard tokens[index].kind == .symbol(.rightParenthesis) else {
                throw ExpressionError(range: tokens[index].range, message: "found \(found(index)); expected `)`")
            }
            guard tokens[index + 1].kind == .end else {
                throw ExpressionError(
                    range: tokens[index + 1].range,
                    message: "found \(found(index + 1)) behind the measure; expected its end",
                    suggestion: "calculate with measures in `when`")
            }
            return index
        }
        throw ExpressionError(
            range: tokens[tokens.count - 1].range,
            message: "found the end; expected the `)` of the `(` in column \(tokens[1].range.lowerBound + 1)",
            suggestion: "in { } a measure that holds a comma stands in quotation marks")
    }

    private static func depthChange(_ token: ExpressionToken) -> Int {
        switch token.kind {
        case .symbol(.leftParenthesis), .symbol(.leftBracket), .symbol(.leftBrace): 1
        case .symbol(.rightParenthesis), .symbol(.rightBracket), .symbol(.rightBrace): -1
        default: 0
        }
    }

    /// Whether a comma parts the measure's own arguments and not those of something inside.
    private func isSeparator(_ index: Int, in arguments: Range<Int>) -> Bool {
        guard tokens[index].kind == .symbol(.comma) else { return false }
        return tokens[arguments.lowerBound..<index].reduce(0) { $0 + Self.depthChange($1) } == 0
    }

    private func count(_ arguments: Range<Int>, comma: Int?) throws(ExpressionError) -> MeasureSyntax {
        if let comma {
            throw ExpressionError(
                range: tokens[comma].range,
                message: "`count` takes a condition and nothing else, as in `count(type == \"refund\")`")
        }
        if arguments.count == 1, case .identifier(let name) = tokens[arguments.lowerBound].kind,
            Field(name: name) != nil
        {
            throw ExpressionError(
                range: tokens[arguments.lowerBound].range,
                message: "`count` takes a condition; found the field `\(name)`",
                suggestion: "write `count(has(\(name)))`, or `distinct(\(name))` for the number of its values")
        }
        guard !arguments.isEmpty else {
            return MeasureSyntax(function: .count, field: nil, fieldRange: nil, condition: nil, conditionRange: nil)
        }
        let range = tokens[1].range.upperBound..<tokens[arguments.upperBound].range.lowerBound
        return MeasureSyntax(
            function: .count, field: nil, fieldRange: nil, condition: slice(range), conditionRange: range)
    }

    /// The field that the function measures: any for `distinct`, else one of numbers.
    private func field(
        _ argument: Range<Int>, of function: Measure.Function
    ) throws(ExpressionError) -> (Field, Range<Int>) {
        let fields = function == .distinct ? Field.allCases : Field.allCases.filter(\.isNumber)
        let names = fields.map(\.name)
        let first = tokens[argument.lowerBound]
        guard argument.count == 1, case .identifier(let name) = first.kind else {
            let end = argument.isEmpty ? first.range.upperBound : tokens[argument.upperBound - 1].range.upperBound
            let range = first.range.lowerBound..<end
            throw ExpressionError(
                range: range,
                message: "found \(ExpressionText.quote(text[range])); expected the name of a field, \(Self.example)",
                suggestion: argument.isEmpty && function == .distinct ? "write `distinct(buyer_id)`" : nil)
        }
        guard let field = Field(name: name) else {
            throw ExpressionError(
                range: first.range,
                message: "unknown field `\(name)`; `\(function.rawValue)` takes the name of a field",
                suggestion: Suggestion.didYouMean(name, among: names))
        }
        guard fields.contains(field) else {
            throw ExpressionError(
                range: first.range,
                message: "`\(function.rawValue)` needs a field of numbers; found `\(name)`, which is a string",
                suggestion: "use one of \(names.joined(separator: ", ")), or `distinct(\(name))`")
        }
        return (field, first.range)
    }
}

extension Field {
    /// Whether the field can be summed and compared as a number.
    fileprivate var isNumber: Bool { kind == .integer || kind == .money }
}
