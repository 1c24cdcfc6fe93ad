/// Why a value cannot be the field's; the reason that its record is set aside for.
struct ValueFault: Error {
    var reason: DeadLetterReason

    init(_ reason: DeadLetterReason) { self.reason = reason }
}

/// Numbers in plain decimal notation: an optional minus, digits, and for decimals a point and more digits.
enum NumberText {
    /// The whole number that the text spells.
    @inline(__always)
    static func integer(_ text: UnsafeRawBufferPointer) throws(ValueFault) -> Int64 {
        let (negative, magnitude) = try decimal(text, scale: 0, beyondScale: .notAnInteger, allowsPoint: false)
        if negative {
            guard magnitude <= 1 << 63 else { throw ValueFault(.numberOutOfRange) }
            return Int64(truncatingIfNeeded: 0 &- magnitude)
        }
        guard let number = Int64(exactly: magnitude) else { throw ValueFault(.numberOutOfRange) }
        return number
    }

    /// The decimal that the text spells, times 10 to the power of `scale`; zero is never negative.
    ///
    /// Digits beyond the scale must be zeros.
    @inline(__always)
    static func decimal(
        _ text: UnsafeRawBufferPointer, scale: Int, beyondScale: DeadLetterReason = .tooManyDecimals,
        allowsPoint: Bool = true
    ) throws(ValueFault) -> (negative: Bool, magnitude: UInt64) {
        var index = 0
        let negative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if negative { index += 1 }
        var (magnitude, overflow): (UInt64, Bool) = (0, false)
        let wholeEnd = digits(text, from: index, upTo: .max, into: &magnitude, &overflow)
        guard wholeEnd > index else { throw ValueFault(.wrongType) }
        var places = 0
        var excess: UInt64 = 0
        if wholeEnd < text.count {
            guard text[wholeEnd] == UInt8(ascii: ".") else { throw notation(text, from: wholeEnd, beyondScale) }
            index = wholeEnd + 1
            let kept = digits(text, from: index, upTo: scale, into: &magnitude, &overflow)
            places = kept - index
            var ignored = false
            let end = digits(text, from: kept, upTo: .max, into: &excess, &ignored)
            guard end > index, end == text.count else { throw notation(text, from: end, beyondScale) }
            guard allowsPoint, excess == 0, !ignored else { throw ValueFault(beyondScale) }
        }
        while places < scale {
            (magnitude, overflow) = shifted(magnitude, adding: 0, overflow)
            places += 1
        }
        guard !overflow else { throw ValueFault(.numberOutOfRange) }
        return (negative && magnitude != 0, magnitude)
    }

    /// What is wrong with a text that is no plain number from `start` on.
    ///
    /// A number with an exponent is no whole number to who wants one, and of another kind to who wants a decimal.
    private static func notation(
        _ text: UnsafeRawBufferPointer, from start: Int, _ beyondScale: DeadLetterReason
    ) -> ValueFault {
        guard beyondScale == .notAnInteger, text[start...].first.map({ $0 | 0x20 }) == UInt8(ascii: "e") else {
            return ValueFault(.wrongType)
        }
        var exponent = text[(start + 1)...]
        if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") { exponent.removeFirst() }
        let isNumber = !exponent.isEmpty && exponent.allSatisfy { $0 &- UInt8(ascii: "0") <= 9 }
        return ValueFault(isNumber ? .notAnInteger : .wrongType)
    }

    /// Adds at most `limit` digits to a number and returns the index behind them.
    @inline(__always)
    private static func digits(
        _ text: UnsafeRawBufferPointer, from start: Int, upTo limit: Int, into number: inout UInt64,
        _ overflow: inout Bool
    ) -> Int {
        var index = start
        while index < text.count, index - start < limit {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            (number, overflow) = shifted(number, adding: UInt64(digit), overflow)
            index += 1
        }
        return index
    }

    /// Ten times the number plus a digit, and whether it or an earlier step went out of range.
    @inline(__always)
    private static func shifted(_ number: UInt64, adding digit: UInt64, _ overflow: Bool) -> (UInt64, Bool) {
        let (product, overflowed) = number.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(digit)
        return (sum, overflow || overflowed || carried)
    }
}
