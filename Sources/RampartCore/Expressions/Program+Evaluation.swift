extension Program {
    /// Whether an event meets a condition of a filter or a measure.
    public func verdict(event row: Int, of batch: EventBatch, thresholds: [Threshold]) -> Verdict {
        Verdict(value(event: row, of: batch, thresholds: thresholds))
    }

    /// Whether a window meets its `when`; a measure without a value is a failure in `measures`.
    public func verdict(measures: [Value], thresholds: [Threshold]) -> Verdict {
        Verdict(value(measures: measures, thresholds: thresholds))
    }

    /// The value of an expression over an event's fields.
    public func value(event row: Int, of batch: EventBatch, thresholds: [Threshold]) -> Value {
        evaluate(bytes: batch.bytes, thresholds: thresholds) { instruction in
            switch instruction {
            case .integerField(let slot):
                batch.has(slot, row: row) ? .integer(batch.integer(slot, row: row)) : .failure(.absent)
            case .stringField(let slot):
                batch.has(slot, row: row)
                    ? .string(Value.StringReference(range: batch.range(slot, row: row), storage: .batch))
                    : .failure(.absent)
            case .timeField(let slot):
                batch.has(slot, row: row)
                    ? .timestamp(EventTime(milliseconds: batch.integer(slot, row: row))) : .failure(.absent)
            case .eventTime: .timestamp(batch.headers[row].time)
            case .has(let slot): .boolean(batch.has(slot, row: row))
            case .typeIs(let type): .boolean(batch.headers[row].type == type)
            default: preconditionFailure("An event's condition reads no measure and no column.")
            }
        }
    }

    /// The value of an expression over a window's measures.
    public func value(measures: [Value], thresholds: [Threshold]) -> Value {
        evaluate(bytes: [], thresholds: thresholds) { instruction in
            guard case .measure(let index) = instruction else {
                preconditionFailure("A window's condition reads no event.")
            }
            return measures[index]
        }
    }

    /// The value of an expression over a record's columns, whose strings lie in `bytes`.
    func value(columns: ContiguousArray<Value>, bytes: ContiguousArray<UInt8>) -> Value {
        evaluate(bytes: bytes, thresholds: []) { instruction in
            switch instruction {
            case .column(let index): columns[index]
            case .hasColumn(let index): .boolean(columns[index] != .failure(.absent))
            default: preconditionFailure("A record's expression reads columns alone.")
            }
        }
    }

    /// Runs the program on a stack that lives as long as this call and, unless it is very deep, on the thread's own.
    ///
    /// Inlined into its callers, so that `load` is no call and the batch that it reads is never retained.
    @inline(__always)
    private func evaluate(
        bytes: ContiguousArray<UInt8>, thresholds: [Threshold], load: (Instruction) -> Value
    ) -> Value {
        withUnsafeTemporaryAllocation(of: Value.self, capacity: stackDepth) { stack in
            var top = -1
            for instruction in instructions {
                let count = instruction.operandCount
                // The operands' places; `init` has made sure that they are there.
                let first = top - count + 1
                let result =
                    switch (instruction, count) {
                    case (.isIn, _), (.exists, _), (.all, _), (.scoreExists, _), (.scoreAll, _), (_, 3):
                        several(instruction, stack[first..<top + 1], bytes: bytes)
                    case (.local(let index), _): stack[index]
                    case (_, 0): operand(instruction, thresholds: thresholds, load: load)
                    case (_, 1): unary(instruction, stack[first], bytes: bytes)
                    default: binary(instruction, stack[first], stack[first + 1], bytes: bytes)
                    }
                top = first
                stack.initializeElement(at: top, to: result)
            }
            return stack[0]
        }
    }

    /// The value of a step that takes nothing from the stack.
    @inline(__always)
    private func operand(
        _ instruction: Instruction, thresholds: [Threshold], load: (Instruction) -> Value
    ) -> Value {
        switch instruction {
        case .integer(let integer): .integer(integer)
        case .double(let double): .double(double)
        case .boolean(let truth): .boolean(truth)
        case .timestamp(let time): .timestamp(time)
        case .duration(let span): .duration(span)
        case .string(let index):
            .string(Value.StringReference(range: constantRanges[index], storage: .constants))
        case .threshold(let index):
            switch thresholds[index].value {
            case .integer(let integer): .integer(integer)
            case .double(let double): .double(double)
            }
        default: load(instruction)
        }
    }

    /// The value of a step that takes one operand.
    private func unary(_ instruction: Instruction, _ operand: Value, bytes: ContiguousArray<UInt8>) -> Value {
        switch instruction {
        case .negate: -operand
        case .not: !operand
        case .scoreTruth: Score.truth(operand)
        case .size: size(of: operand, bytes: bytes)
        case .lowerAscii: operand.lowered
        case .isInTable(let table): isKey(operand, of: tables[table], bytes: bytes)
        case .timePart(let part, let zone): operand.part(part, in: zones[Int(zone)])
        default: preconditionFailure("The step takes one operand.")
        }
    }

    /// The value of a step that takes two operands.
    private func binary(
        _ instruction: Instruction, _ left: Value, _ right: Value, bytes: ContiguousArray<UInt8>
    ) -> Value {
        switch instruction {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .remainder: left % right
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            compare(left, right, bytes: bytes).value(of: instruction)
        case .and: Value.combine(left, right, decisive: false)
        case .or: Value.combine(left, right, decisive: true)
        case .startsWith, .endsWith, .contains: search(instruction, left, right, bytes: bytes)
        case .scoreAtLeast: Score.atLeast(left, right)
        case .scoreAtMost: Score.atMost(left, right)
        case .minimum: Score.minimum(left, right)
        case .maximum: Score.maximum(left, right)
        default: preconditionFailure("The step takes two operands.")
        }
    }

    /// The value of a step that takes a condition and two values, or a list.
    private func several(
        _ instruction: Instruction, _ operands: Slice<UnsafeMutableBufferPointer<Value>>, bytes: ContiguousArray<UInt8>
    ) -> Value {
        let first = operands.startIndex
        switch instruction {
        case .isIn: return isAny(of: operands.dropFirst(), equalTo: operands[first], bytes: bytes)
        case .exists: return Self.fold(operands, decisive: true)
        case .all: return Self.fold(operands, decisive: false)
        case .scoreExists: return Score.fold(operands, with: Score.maximum)
        case .scoreAll: return Score.fold(operands, with: Score.minimum)
        case .conditional: return Value.choose(operands[first], operands[first + 1], operands[first + 2])
        case .scoreConditional: return Score.choose(operands[first], operands[first + 1], operands[first + 2])
        default: preconditionFailure("The step takes one or two operands.")
        }
    }

    /// Joins the truths behind a list by `||` or `&&`; an element without a value leaves the list without one.
    private static func fold(_ operands: Slice<UnsafeMutableBufferPointer<Value>>, decisive: Bool) -> Value {
        let count = operands.count / 2
        for element in operands.prefix(count) {
            if case .failure = element { return element }
        }
        return operands.dropFirst(count).reduce(.boolean(!decisive)) { Value.combine($0, $1, decisive: decisive) }
    }

    /// The value of `in`: an error of the value looked for, or of an element.
    private func isAny(
        of elements: Slice<UnsafeMutableBufferPointer<Value>>, equalTo value: Value, bytes: ContiguousArray<UInt8>
    ) -> Value {
        if case .failure = value { return value }
        for index in elements.indices {
            switch compare(value, elements[index], bytes: bytes) {
            case .equal:
                // Those before it had values, or the comparison would have failed.
                for later in elements[(index + 1)...] {
                    if case .failure = later { return later }
                }
                return .boolean(true)
            case .failed(let failure): return .failure(failure)
            case .less, .greater, .unordered: continue
            }
        }
        return .boolean(false)
    }

    /// Whether a string is a key of a table; an error stays one.
    private func isKey(_ value: Value, of table: TableKeys, bytes: ContiguousArray<UInt8>) -> Value {
        guard case .string(let string) = value else {
            if case .failure = value { return value }
            return .failure(.typeMismatch)
        }
        let storage = string.storage == .batch ? bytes : constantBytes
        return storage.withUnsafeBytes { all in
            let found = UnsafeRawBufferPointer(rebasing: all[string.range.indices])
            guard string.isLowered else { return .boolean(table.contains(found)) }
            let lowered = found.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
            return .boolean(lowered.withUnsafeBytes { table.contains($0) })
        }
    }

    /// How two values lie to each other; false is before true, and strings are in the order of their bytes.
    private func compare(_ left: Value, _ right: Value, bytes: ContiguousArray<UInt8>) -> Comparison {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return Comparison(left, right)
        case (.boolean(let left), .boolean(let right)): return Comparison(left ? 1 : 0, right ? 1 : Int64(0))
        case (.string(let left), .string(let right)): return compare(left, right, bytes: bytes)
        case (.timestamp(let left), .timestamp(let right)): return Comparison(left.milliseconds, right.milliseconds)
        case (.duration(let left), .duration(let right)): return Comparison(left.milliseconds, right.milliseconds)
        default:
            if let left = left.number, let right = right.number { return Comparison(left, right) }
            guard case .failure(let failure) = Value.failure(of: left, right) else { return .failed(.typeMismatch) }
            return .failed(failure)
        }
    }
}
