extension CompiledRoute {
    /// The event type of a record, or nil where it is filtered (R2).
    func type(of view: RecordView) throws(RecordFault) -> EventType? {
        if let typeNode {
            let own = view.values[typeNode]
            try view.refuseDuplicate(typeNode)
            if !own.isAbsent, own.kind == .string || own.kind == .cell {
                guard let type = type(named: view.text(own), in: view), mappingByType[Int(type.rawValue)] != nil else {
                    return nil
                }
            }
        }
        switch selector {
        case .constant(let type): return type
        case .match(let node, let cases, let otherwise):
            let value = try view.required(node)
            guard value.kind == .string || value.kind == .cell || value.kind == .integer else {
                throw RecordFault(.wrongType, node: node, value: value)
            }
            let text = view.text(value)
            for candidate in cases {
                let pattern = view.text(candidate.text)
                let isMatch = candidate.isPrefix ? text.starts(with: pattern) : text.elementsEqual(pattern)
                if isMatch { return candidate.type }
            }
            return otherwise
        case .ownType(let node):
            let value = try view.required(node)
            guard value.kind == .string || value.kind == .cell else {
                throw RecordFault(.wrongType, node: node, value: value)
            }
            return type(named: view.text(value), in: view)
        }
    }

    private func type(named text: UnsafeRawBufferPointer, in view: RecordView) -> EventType? {
        var index = 0
        while index < typeNames.count {
            if Int(typeNames[index].count) == text.count, view.text(typeNames[index]).elementsEqual(text) {
                return EventType(rawValue: UInt8(index))
            }
            index += 1
        }
        return nil
    }
}

extension CompiledMapping {
    /// Reads a record's fields, and appends the event if all of them are good; `time` is set as soon as it is known.
    func appendEvent(
        from view: RecordView, latest: EventTime, time: inout EventTime?, to batch: inout EventBatch
    ) throws(RecordFault) {
        let moment = try self.moment(of: view, latest: latest)
        time = moment
        let (byteCount, slotCount) = (batch.bytes.count, batch.slots.count)
        for _ in 0..<batch.slotCount { batch.slots.append(0) }
        do throws(RecordFault) {
            let header = try header(of: view, time: moment, slotStart: slotCount, in: &batch)
            batch.headers.append(header)
        } catch {
            batch.bytes.removeLast(batch.bytes.count - byteCount)
            batch.slots.removeLast(batch.slots.count - slotCount)
            throw error
        }
    }

    /// When the event happened.
    func moment(of view: RecordView, latest: EventTime) throws(RecordFault) -> EventTime {
        let value = try view.required(time)
        do throws(ValueFault) {
            return try timeFormat.moment(value, in: view, latest: latest)
        } catch {
            throw RecordFault(error.reason, node: time, value: value)
        }
    }

    /// Reads identity and fields; slots and strings are put into the batch on the way.
    private func header(
        of view: RecordView, time: EventTime, slotStart: Int, in batch: inout EventBatch
    ) throws(RecordFault) -> EventBatch.Header {
        let identity = try identity(of: view, in: &batch)
        var digest = Fingerprint(key: .stable)
        var present: UInt64 = 0
        var partitionHash: UInt64?
        var (hasMoney, hasCurrency) = (false, false)
        for field in fields {
            let tag = UInt64(field.field.rawValue) << 1
            let (value, node) = try field.value(in: view)
            guard !value.isAbsent else {
                if field.field == partitionedBy { throw RecordFault(.missingField, node: node, field: field.field) }
                digest.combine(0, tag)
                continue
            }
            let word: Int64
            if case .string(let prefix, let byteLimit) = field.reading {
                let text = try field.string(value, in: view, prefix: prefix, byteLimit: byteLimit)
                digest.combine(text, tag: tag | 1)
                if field.field == partitionedBy { partitionHash = KeyedHash.stable.hash(text) }
                guard field.slot != nil else { continue }
                word = batch.append(text).word
            } else {
                word = try field.number(value, in: view, scale: scale)
                digest.combine(UInt64(bitPattern: word), tag | 1)
                if field.field == partitionedBy { partitionHash = KeyedHash.stable.hash(UInt64(bitPattern: word), 0) }
                hasMoney = hasMoney || field.field.kind == .money
                hasCurrency = hasCurrency || field.field == .currency
            }
            if let slot = field.slot {
                // A currency is checked as a packed code, and kept as the string that expressions compare.
                batch.slots[slotStart + slot] = field.field == .currency ? batch.append(currencyCode: word).word : word
                present |= 1 << UInt64(slot)
            }
        }
        guard let partitionHash else { throw RecordFault(.missingField, field: partitionedBy) }
        if hasMoney, !hasCurrency { throw missingCurrency }
        return EventBatch.Header(
            time: time, digest: digest.digest, partitionHash: partitionHash, identity: identity, present: present,
            source: source, type: type)
    }

    private var missingCurrency: RecordFault {
        RecordFault(.missingCurrency, node: fields.first { $0.field == .currency }?.node, field: .currency)
    }

    private func identity(of view: RecordView, in batch: inout EventBatch) throws(RecordFault) -> EventBatch.ByteRange {
        guard let identity else { return EventBatch.ByteRange(offset: 0, count: 0) }
        let value = try view.required(identity)
        do throws(ValueFault) {
            return batch.append(try view.string(value, prefix: nil, byteLimit: Limits.identifierBytes))
        } catch {
            throw RecordFault(error.reason, node: identity, value: value)
        }
    }
}

extension CompiledMapping.Field {
    /// What stands in the record for the field, or its fallback, and the node it stands at.
    @inline(__always)
    fileprivate func value(in view: RecordView) throws(RecordFault) -> (RawValue, node: Int?) {
        guard let node else { return (fallback ?? .unseen, nil) }
        let value = view.values[node]
        if value.kind == .duplicate { throw RecordFault(.duplicateKey, node: node) }
        if value.isAbsent, let fallback { return (fallback, node) }
        return (value, node)
    }

    @inline(__always)
    fileprivate func string(
        _ value: RawValue, in view: RecordView, prefix: Int?, byteLimit: Int
    ) throws(RecordFault) -> UnsafeRawBufferPointer {
        do throws(ValueFault) {
            return try view.string(value, prefix: prefix, byteLimit: byteLimit)
        } catch {
            throw RecordFault(error.reason, node: node, field: field, value: value)
        }
    }

    /// The integer of any reading that is not a string.
    @inline(__always)
    fileprivate func number(_ value: RawValue, in view: RecordView, scale: Int) throws(RecordFault) -> Int64 {
        do throws(ValueFault) {
            switch reading {
            case .integer(let minimum, let maximum):
                return try view.integer(value, minimum: minimum, maximum: maximum)
            case .units: return try view.units(value)
            case .currency: return try view.currency(value)
            case .decimal(nil, let negate):
                let (negative, amount) = try view.decimal(value, scale: scale, beyondScale: .tooManyDecimals)
                if amount != 0, negative != negate { throw ValueFault(.negativeMoney) }
                return Int64(truncatingIfNeeded: amount)
            case .decimal: break
            case .string: throw ValueFault(.wrongType)
            }
        } catch {
            throw RecordFault(error.reason, node: node, field: field, value: value)
        }
        return try product(value, in: view, scale: scale)
    }

    /// A decimal amount times the whole number at the factor's path.
    private func product(_ value: RawValue, in view: RecordView, scale: Int) throws(RecordFault) -> Int64 {
        guard case .decimal(let factorNode?, let negate) = reading else {
            throw RecordFault(.wrongType, node: node, field: field, value: value)
        }
        let amount: (negative: Bool, magnitude: UInt64)
        do throws(ValueFault) {
            amount = try view.decimal(value, scale: scale, beyondScale: .tooManyDecimals)
            if amount.negative { throw ValueFault(.negativeMoney) }
        } catch {
            throw RecordFault(error.reason, node: node, field: field, value: value)
        }
        let factorValue = try view.required(factorNode)
        do throws(ValueFault) {
            let factor = try view.decimal(factorValue, scale: 0, beyondScale: .notAnInteger)
            if factor.magnitude != 0, factor.negative != negate { throw ValueFault(.negativeMoney) }
            let (product, overflow) = amount.magnitude.multipliedReportingOverflow(by: factor.magnitude)
            guard !overflow, product <= UInt64(Int64.max) else { throw ValueFault(.numberOutOfRange) }
            return Int64(truncatingIfNeeded: product)
        } catch {
            throw RecordFault(error.reason, node: factorNode, value: factorValue)
        }
    }
}

extension RecordView {
    /// The value at a node, which must be there.
    @inline(__always)
    fileprivate func required(_ node: Int) throws(RecordFault) -> RawValue {
        try refuseDuplicate(node)
        let value = values[node]
        if value.isAbsent { throw RecordFault(.missingField, node: node) }
        return value
    }

    @inline(__always)
    fileprivate func refuseDuplicate(_ node: Int) throws(RecordFault) {
        if values[node].kind == .duplicate { throw RecordFault(.duplicateKey, node: node) }
    }
}

extension EventBatch {
    /// Copies a string to the end of the batch's bytes.
    @inline(__always)
    fileprivate mutating func append(_ text: UnsafeRawBufferPointer) -> ByteRange {
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: text)
        return ByteRange(offset: offset, count: UInt32(text.count))
    }
    /// Writes the letters of a packed currency code to the end of the batch's bytes.
    fileprivate mutating func append(currencyCode code: Int64) -> ByteRange {
        let offset = UInt32(bytes.count)
        for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: code >> Int64(shift))) }
        return ByteRange(offset: offset, count: 3)
    }
}
