/// Cuts an expression into words, and goes on after an error so that one look finds them all.
struct ExpressionLexer {
    private let text: [UInt8]
    private var index = 0
    private var tokens: [ExpressionToken] = []
    private var errors: [ExpressionError] = []

    /// Cuts a text into words, the last of which is the end.
    static func tokens(of text: [UInt8]) -> (tokens: [ExpressionToken], errors: [ExpressionError]) {
        var lexer = ExpressionLexer(text: text)
        // More errors than are told are of no use, and a long text of nonsense would have many.
        while lexer.index < text.count, lexer.errors.count < ExpressionErrors.countMax { lexer.scanToken() }
        lexer.tokens.append(ExpressionToken(kind: .end, range: text.count..<text.count))
        return (lexer.tokens, lexer.errors)
    }

    private init(text: [UInt8]) { self.text = text }

    private var byte: UInt8? { index < text.count ? text[index] : nil }

    private mutating func scanToken() {
        let start = index
        switch text[index] {
        case 0x20, 0x09, 0x0A, 0x0D: index += 1
        case UInt8(ascii: "\""), UInt8(ascii: "'"): scanString()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): scanNumber()
        case UInt8(ascii: ".") where start + 1 < text.count && text[start + 1].isDigit: scanNumber()
        case let byte where byte.startsIdentifier: scanIdentifier()
        default: scanSymbol()
        }
    }

    private mutating func append(_ kind: ExpressionToken.Kind, from start: Int) {
        tokens.append(ExpressionToken(kind: kind, range: start..<index))
    }

    private mutating func report(_ range: Range<Int>, _ message: String, suggestion: String? = nil) {
        errors.append(ExpressionError(range: range, message: message, suggestion: suggestion))
    }

    // MARK: - Names and symbols

    private mutating func scanIdentifier() {
        let start = index
        while let byte, byte.continuesIdentifier { index += 1 }
        let name = String(decoding: text[start..<index], as: UTF8.self)
        if let byte, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"),
            ["r", "b", "br", "rb"].contains(name.lowercased())
        {
            report(start..<index, "raw strings and bytes are not in the subset; expected a plain string")
            return scanString()
        }
        append(.identifier(name), from: start)
    }

    private mutating func scanSymbol() {
        let start = index
        if starts(with: "//") {
            report(start..<text.count, "comments are not in the subset")
            index = text.count
            return
        }
        // The longest spelling wins: `===` is one mistake, and `==` is none though `=` is.
        for length in stride(from: min(3, text.count - start), through: 1, by: -1) {
            let spelling = String(decoding: text[start..<start + length], as: UTF8.self)
            index = start + length
            if let symbol = ExpressionSymbol(rawValue: spelling) { return append(.symbol(symbol), from: start) }
            if let meant = ExpressionSymbol.mistaken[spelling] {
                report(
                    start..<index, "`\(spelling)` is no operator; expected `\(meant.rawValue)`",
                    suggestion: "did you mean `\(meant.rawValue)`?")
                return append(.symbol(meant), from: start)
            }
        }
        index = start
        scanStranger()
    }

    /// Passes over a character that no expression has outside a string.
    private mutating func scanStranger() {
        let start = index
        index += 1
        while let byte, byte & 0xC0 == 0x80 { index += 1 }
        let character = String(decoding: text[start..<index], as: UTF8.self)
        let isQuote = ["\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}", "`"].contains(character)
        report(
            start..<index, "the character \(ExpressionText.quote(text[start..<index])) has no meaning in an expression",
            suggestion: isQuote ? "write strings between `\"` and `\"`" : nil)
    }

    private func starts(with spelling: String) -> Bool { text[index...].starts(with: spelling.utf8) }

    // MARK: - Numbers

    private mutating func scanNumber() {
        let start = index
        let isHexadecimal = starts(with: "0x") || starts(with: "0X")
        var isDouble = false
        if isHexadecimal {
            index += 2
            while let byte, byte.isHexadecimalDigit { index += 1 }
        } else {
            skipDigits()
            if byte == UInt8(ascii: "."), index + 1 < text.count, text[index + 1].isDigit {
                isDouble = true
                index += 1
                skipDigits()
            }
            isDouble = skipExponent() || isDouble
        }
        let end = index
        // What touches a number belongs to it: `10m` is one mistake and not two words.
        while let byte, byte.continuesIdentifier || (byte == UInt8(ascii: ".") && isDouble) { index += 1 }
        if index > end { return reportNumber(start..<index, suffix: text[end..<index]) }
        let digits = String(decoding: text[start..<end], as: UTF8.self)
        if isDouble {
            guard let double = Double(digits), double.isFinite else {
                return reportNumber(start..<end, "is too large for a double")
            }
            return append(.double(double), from: start)
        }
        guard !isHexadecimal || end > start + 2 else { return reportNumber(start..<end, "has no digits") }
        guard let integer = isHexadecimal ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits) else {
            return reportNumber(start..<end, "is outside the 64 bits of an int")
        }
        append(.integer(integer), from: start)
    }

    private mutating func skipDigits() {
        while let byte, byte.isDigit { index += 1 }
    }

    /// Passes over an exponent, if one stands here.
    private mutating func skipExponent() -> Bool {
        guard let byte, byte | 0x20 == UInt8(ascii: "e") else { return false }
        let start = index
        index += 1
        if let sign = self.byte, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { index += 1 }
        guard let digit = self.byte, digit.isDigit else {
            index = start
            return false
        }
        skipDigits()
        return true
    }

    private mutating func reportNumber(_ range: Range<Int>, suffix: ArraySlice<UInt8>) {
        if suffix.elementsEqual("u".utf8) || suffix.elementsEqual("U".utf8) {
            let digits = String(decoding: text[range.lowerBound..<range.upperBound - 1], as: UTF8.self)
            report(range, "unsigned integers are not in the subset; expected an int", suggestion: "write `\(digits)`")
            return append(.integer(0), from: range.lowerBound)
        }
        reportNumber(range, "is no number")
    }

    /// Reports a bad number and leaves a good one in its place, so that the parser goes on.
    private mutating func reportNumber(_ range: Range<Int>, _ fault: String) {
        report(
            range, "\(ExpressionText.quote(text[range])) \(fault); expected an int or a double, such as `10` or `0.5`")
        append(.integer(0), from: range.lowerBound)
    }

    // MARK: - Strings

    private mutating func scanString() {
        let start = index
        let quote = text[index]
        index += 1
        if index + 1 < text.count, text[index] == quote, text[index + 1] == quote {
            report(start..<start + 3, "strings in three quotes are not in the subset; expected a plain string")
            index = text.count
            return append(.string([]), from: start)
        }
        var bytes: [UInt8] = []
        while let byte, byte != quote, byte != 0x0A, byte != 0x0D {
            if byte == UInt8(ascii: "\\") {
                scanEscape(into: &bytes)
            } else {
                bytes.append(byte)
                index += 1
            }
        }
        if byte == quote {
            index += 1
        } else {
            let character = Character(Unicode.Scalar(quote))
            report(start..<index, "the string has no end; expected `\(character)` in the same line")
        }
        append(.string(bytes), from: start)
    }

    private mutating func scanEscape(into bytes: inout [UInt8]) {
        let start = index
        index += 1
        guard let letter = byte else { return }
        // The whole of a character that is no escape, or its bytes would be told one by one.
        index += 1
        while let byte, byte & 0xC0 == 0x80 { index += 1 }
        switch letter {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): bytes.append(letter)
        case UInt8(ascii: "u"): scanUnicodeEscape(from: start, into: &bytes)
        default:
            let expected = "expected `\\n`, `\\t`, `\\\\`, `\\\"`, `\\'` or `\\u` and four digits"
            report(
                start..<index, "\(ExpressionText.quote(text[start..<index])) is no escape; \(expected)",
                suggestion: "write `\\\\` for a backslash")
        }
    }

    private mutating func scanUnicodeEscape(from start: Int, into bytes: inout [UInt8]) {
        let digitsStart = index
        while index < digitsStart + 4, let byte, byte.isHexadecimalDigit { index += 1 }
        let digits = String(decoding: text[digitsStart..<index], as: UTF8.self)
        guard index == digitsStart + 4, let value = UInt32(digits, radix: 16) else {
            return report(start..<index, "`\\u` has \(digits.utf8.count) hexadecimal digits; expected four")
        }
        guard let scalar = Unicode.Scalar(value) else {
            return report(start..<index, "`\\u\(digits)` is half of a surrogate pair; expected a character")
        }
        bytes.append(contentsOf: String(Character(scalar)).utf8)
    }
}

/// How pieces of an expression are shown in messages.
enum ExpressionText {
    /// The longest piece that a message repeats.
    private static let bytesMax = 48

    /// A piece of the text between back quotes, cut where it is long; control characters are shown as escapes.
    static func quote(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(bytesMax), as: UTF8.self)
        var shown = ""
        for scalar in text.unicodeScalars {
            shown += scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return "`\(shown)\(bytes.count > bytesMax ? "…" : "")`"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    fileprivate var isHexadecimalDigit: Bool {
        isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f"))
    }
    fileprivate var startsIdentifier: Bool {
        self == UInt8(ascii: "_") || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z"))
    }
    fileprivate var continuesIdentifier: Bool { startsIdentifier || isDigit }
}
