/// Values as fields: what each reading of a mapping accepts.
extension RecordView {
    /// The text of a string, of a whole number or of a cell, or its first characters.
    @inline(__always)
    func string(_ value: RawValue, prefix: Int?, byteLimit: Int) throws(ValueFault) -> UnsafeRawBufferPointer {
        guard value.kind == .string || value.kind == .cell || value.kind == .integer else {
            throw ValueFault(.wrongType)
        }
        var text = text(value)
        if let prefix, text.count > prefix {
            text = UnsafeRawBufferPointer(rebasing: text[..<UTF8Check.prefixLength(text, scalars: prefix)])
        }
        guard text.count <= byteLimit else { throw ValueFault(.fieldTooLong) }
        return text
    }

    /// A whole number within bounds; a JSON string is none, whatever it spells.
    @inline(__always)
    func integer(_ value: RawValue, minimum: Int64, maximum: Int64) throws(ValueFault) -> Int64 {
        guard value.kind == .integer || value.kind == .cell else {
            throw ValueFault(value.kind == .number ? .notAnInteger : .wrongType)
        }
        let number = try NumberText.integer(text(value))
        guard number >= minimum, number <= maximum else { throw ValueFault(.numberOutOfRange) }
        return number
    }

    /// Money as a whole number of the smallest units.
    @inline(__always)
    func units(_ value: RawValue) throws(ValueFault) -> Int64 {
        let units = try integer(value, minimum: .min, maximum: .max)
        guard units >= 0 else { throw ValueFault(.negativeMoney) }
        return units
    }

    /// A number in plain notation as its sign and its size times 10 to the power of `scale`.
    func decimal(
        _ value: RawValue, scale: Int, beyondScale: DeadLetterReason
    ) throws(ValueFault) -> (negative: Bool, magnitude: UInt64) {
        switch value.kind {
        case .integer, .number, .string, .cell:
            let number = try NumberText.decimal(text(value), scale: scale, beyondScale: beyondScale)
            guard number.magnitude <= UInt64(Int64.max) else { throw ValueFault(.numberOutOfRange) }
            return number
        default: throw ValueFault(.wrongType)
        }
    }

    /// The packed code of a currency (R34).
    @inline(__always)
    func currency(_ value: RawValue) throws(ValueFault) -> Int64 {
        guard value.kind == .string || value.kind == .cell else { throw ValueFault(.wrongType) }
        guard let currency = Currency(text(value)) else { throw ValueFault(.unknownCurrency) }
        return Int64(currency.code)
    }
}
