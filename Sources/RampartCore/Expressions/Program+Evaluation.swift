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
            case .eventTime: .integer(batch.headers[row].time.milliseconds)
            case .has(let slot): .boolean(batch.has(slot, row: row))
            case .typeIs(let type): .boolean(batch.headers[row].type == type)
            default: preconditionFailure("An event's condition reads no measure.")
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

    /// Runs the program on a stack that lives as long as this call and, unless it is very deep, on the thread's own.
    ///
    /// Inlined into both callers, so that `load` is no call and the batch that it reads is never retained.
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
                    case (.isIn, _): isAny(of: stack[first + 1..<top + 1], equalTo: stack[first], bytes: bytes)
                    case (_, 0): operand(instruction, thresholds: thresholds, load: load)
                    case (_, 1): unary(instruction, stack[first])
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
    private func unary(_ instruction: Instruction, _ operand: Value) -> Value {
        switch instruction {
        case .negate: -operand
        case .not: !operand
        case .scoreTruth: Score.truth(operand)
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
        case .scoreAtLeast: Score.atLeast(left, right)
        case .scoreAtMost: Score.atMost(left, right)
        case .minimum: Score.minimum(left, right)
        case .maximum: Score.maximum(left, right)
        default: preconditionFailure("The step takes two operands.")
        }
    }

    /// The value of `in`: an error of the value looked for, or of an element compared before a match.
    private func isAny(
        of elements: Slice<UnsafeMutableBufferPointer<Value>>, equalTo value: Value, bytes: ContiguousArray<UInt8>
    ) -> Value {
        for element in elements {
            switch compare(value, element, bytes: bytes) {
            case .equal: return .boolean(true)
            case .failed(let failure): return .failure(failure)
            case .less, .greater, .unordered: continue
            }
        }
        if case .failure = value { return value }
        return .boolean(false)
    }

    /// How two values lie to each other; false is before true, and strings are in the order of their bytes.
    private func compare(_ left: Value, _ right: Value, bytes: ContiguousArray<UInt8>) -> Comparison {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return Comparison(left, right)
        case (.boolean(let left), .boolean(let right)): return Comparison(left ? 1 : 0, right ? 1 : Int64(0))
        case (.string(let left), .string(let right)): return compare(left, right, bytes: bytes)
        default:
            if let left = left.number, let right = right.number { return Comparison(left, right) }
            guard case .failure(let failure) = Value.failure(of: left, right) else { return .failed(.typeMismatch) }
            return .failed(failure)
        }
    }

    private func compare(
        _ left: Value.StringReference, _ right: Value.StringReference, bytes: ContiguousArray<UInt8>
    ) -> Comparison {
        let leftStart = Int(left.range.offset)
        let rightStart = Int(right.range.offset)
        for index in 0..<Int(min(left.range.count, right.range.count)) {
            let a = left.storage == .batch ? bytes[leftStart + index] : constantBytes[leftStart + index]
            let b = right.storage == .batch ? bytes[rightStart + index] : constantBytes[rightStart + index]
            if a != b { return a < b ? .less : .greater }
        }
        return Comparison(Int64(left.range.count), Int64(right.range.count))
    }
}
