/// Fields that are computed from columns.
extension RecordDecoder {
    /// Computes the fields of a mapping and appends the event; `ts` counts whatever comes of the expressions (R7).
    mutating func computeAndAppend(
        _ index: Int, _ record: UnsafeRawBufferPointer, into batch: inout EventBatch, _ decoded: inout DecodedRecord
    ) {
        var fault: RecordFault?
        withView(of: record) { view in
            do throws(RecordFault) {
                decoded.time = try mappings[index].moment(of: view, latest: latest)
            } catch {
                fault = error
            }
        }
        for expression in mappings[index].expressions where fault == nil {
            fault = compute(expression, record)
        }
        withView(of: record) { view in
            do throws(RecordFault) {
                if let fault { throw fault }
                try mappings[index].appendEvent(from: view, latest: latest, time: &decoded.time, to: &batch)
            } catch {
                decoded.result = deadLetter(error, in: view)
            }
        }
    }

    /// Puts the value of an expression where its field is read from, as the text that a CSV cell would have.
    private mutating func compute(_ expression: CompiledExpression, _ record: UnsafeRawBufferPointer) -> RecordFault? {
        columnValues.removeAll(keepingCapacity: true)
        for column in expression.columns { readColumn(column, scale: expression.scale, record) }
        switch expression.program.value(columns: columnValues, bytes: scratch) {
        case .integer(let integer): values[expression.node] = write(integer)
        case .string(let string): values[expression.node] = write(string, expression.program)
        case .failure(.absent) where expression.hasFallback: break
        case .failure(let failure):
            var fault: RecordFault?
            withView(of: record) { fault = expression.fault(failure, in: $0) }
            return fault
        case .double, .boolean, .timestamp, .duration:
            return RecordFault(.wrongType, field: expression.field, isComputed: true)
        }
        return nil
    }

    /// Appends the value of a column; a string is copied to the scratch memory unless it is there.
    private mutating func readColumn(_ column: CompiledExpression.Column, scale: Int, _ record: UnsafeRawBufferPointer)
    {
        var value = Value.failure(.absent)
        var isInScratch = true
        withView(of: record) { view in
            do throws(ValueFault) {
                value = try column.value(in: view, scale: scale)
                isInScratch = column.found(in: view).isInScratch
            } catch {
                value = .failure(error.reason == .missingField ? .absent : .typeMismatch)
            }
        }
        if case .string(var string) = value, !isInScratch {
            let start = Int(string.range.offset)
            string.range.offset = UInt32(scratch.count)
            scratch.append(contentsOf: record[start..<start + Int(string.range.count)])
            value = .string(string)
        }
        columnValues.append(value)
    }

    private mutating func write(_ integer: Int64) -> RawValue {
        let start = scratch.count
        if integer < 0 { scratch.append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        while integer.magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            scratch.append(UInt8(ascii: "0") + UInt8(integer.magnitude / divisor % 10))
            divisor /= 10
        }
        return result(from: start)
    }

    private mutating func write(_ string: Value.StringReference, _ program: Program) -> RawValue {
        let start = scratch.count
        for index in 0..<Int(string.range.count) {
            scratch.append(program.byte(index, of: string, bytes: scratch))
        }
        return result(from: start)
    }

    private func result(from start: Int) -> RawValue {
        var value = RawValue(kind: .cell, from: start, to: scratch.count)
        value.isInScratch = true
        return value
    }
}
