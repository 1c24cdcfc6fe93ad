/// An expression of a mapping with every path looked up.
struct CompiledExpression: Sendable {
    /// A column that it reads; see `RecordExpression.Column`.
    struct Column: Sendable {
        var node: Int
        /// What stands for a missing value, in the scratch memory.
        var fallback: RawValue?
        var kind: RecordExpression.Column.Kind
    }

    var program: Program
    var columns: ContiguousArray<Column>
    /// Where its value is put, for the field to be read from.
    var node: Int
    /// The field that is computed.
    var field: Field
    /// Whether the field has another value where the record lacks a column.
    var hasFallback: Bool
    /// Decimal places of money.
    var scale: Int
}

extension CompiledExpression.Column {
    /// What stands in the record for the column, or its fallback.
    func found(in view: RecordView) -> RawValue {
        let value = view.values[node]
        if value.isAbsent, let fallback { return fallback }
        return value
    }

    /// The value that an expression reads; the text of a string is left where it is.
    func value(in view: RecordView, scale: Int) throws(ValueFault) -> Value {
        let found = found(in: view)
        if found.kind == .duplicate { throw ValueFault(.duplicateKey) }
        if found.isAbsent { throw ValueFault(.missingField) }
        switch kind {
        case .string:
            _ = try view.string(found, prefix: nil, byteLimit: .max)
            let range = EventBatch.ByteRange(offset: found.start, count: found.count)
            return .string(Value.StringReference(range: range, storage: .batch))
        case .integer: return .integer(try view.integer(found, minimum: .min, maximum: .max))
        case .money:
            let (negative, magnitude) = try view.decimal(found, scale: scale, beyondScale: .tooManyDecimals)
            let amount = Int64(truncatingIfNeeded: magnitude)
            return .integer(negative ? -amount : amount)
        case .boolean:
            guard found.kind == .boolean || found.kind == .cell else { throw ValueFault(.wrongType) }
            let text = view.text(found)
            if text.elementsEqual("true".utf8) { return .boolean(true) }
            guard text.elementsEqual("false".utf8) else { throw ValueFault(.wrongType) }
            return .boolean(false)
        }
    }
}

extension CompiledExpression {
    /// Why the expression has no value: the first column that has none itself, or what went wrong with those there are.
    func fault(_ failure: EvaluationFailure, in view: RecordView) -> RecordFault {
        guard failure == .absent || failure == .typeMismatch else {
            return RecordFault(.notComputable, field: field, isComputed: true)
        }
        for column in columns {
            do throws(ValueFault) {
                _ = try column.value(in: view, scale: scale)
            } catch {
                guard (error.reason == .missingField) == (failure == .absent) else { continue }
                return RecordFault(
                    error.reason, node: column.node, field: field, value: column.found(in: view), isComputed: true)
            }
        }
        return RecordFault(.wrongType, field: field, isComputed: true)
    }
}
