import RampartCore

/// An event as the oracle sees it: a record with its meaning spelt out.
struct OracleEvent {
    /// Index of the source.
    var source: Int
    /// What happened.
    var type: EventType
    /// When, in milliseconds.
    var time: Int64
    /// The bytes of the id; empty where there is none.
    var identity: [UInt8]
    /// The mapped fields that it has.
    var fields: [Field: OracleValue]
    /// What joins have attached, by its name in expressions.
    var attached: [String: OracleValue] = [:]
    /// The digest of the mapped fields, of which only order and equality matter.
    var digest: Digest
    /// The watermark at which a late event takes effect.
    var lateAt: Int64?
    /// Where the record stood.
    var place: String

    /// The text of a field.
    func text(_ field: Field) -> String? {
        if case .string(let text) = fields[field] { text } else { nil }
    }

    /// The integer of a field.
    func integer(_ field: Field) -> Int64? {
        if case .integer(let number) = fields[field] { number } else { nil }
    }

    /// The merchant; every event has one, since all sources are partitioned by it.
    var merchant: String { text(.merchantID) ?? "" }
    /// The charge that the event makes or voids (R26).
    var chargeID: String { text(.chargeID) ?? String(decoding: identity, as: UTF8.self) }

    /// The canonical order (R6).
    static func canonical(_ left: OracleEvent, _ right: OracleEvent) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.identity != right.identity { return left.identity.lexicographicallyPrecedes(right.identity) }
        if left.digest != right.digest { return left.digest < right.digest }
        if left.source != right.source { return left.source < right.source }
        return left.type.rawValue < right.type.rawValue
    }
}

extension Oracle {
    /// Routes, decodes and times every record, and gives it its fate as far as arrival decides it (R2, R3, R7–R9).
    mutating func takeIn() {
        var watermarks: [Int64] = []
        for partition in log.partitions {
            let lateness =
                partition.source.map { pipeline.sources[$0].lateness } ?? pipeline.sources.map(\.lateness).max()!
            var highest: Int64?
            for (position, record) in partition.records.enumerated() {
                guard let source = route(record, in: partition) else {
                    fate(.filtered)
                    continue
                }
                let watermark = highest.map { $0 - lateness }
                let valid = record.milliseconds.flatMap { $0 >= 0 && $0 <= options.latest ? $0 : nil }
                if let valid { highest = max(highest ?? valid, valid) }
                guard let time = valid, let event = decode(record, source: source, time: time) else {
                    fate(.deadLettered)
                    if let valid, let watermark, valid - lateness > watermark {
                        result.hits.add(.watermarkMovedByDeadLetter)
                    }
                    continue
                }
                if let from = options.from, time < from {
                    fate(.filtered)
                    result.hits.add(.filteredByTime)
                } else if let to = options.to, time >= to {
                    fate(.filtered)
                    result.hits.add(.filteredByTime)
                } else if let watermark, time < watermark {
                    fate(.late)
                    result.late.append("\(partition.name):\(position + 1)")
                    var event = event
                    event.lateAt = watermark
                    late.append(event)
                } else {
                    arrived.append(event)
                }
            }
            if let highest { watermarks.append(highest - lateness) }
        }
        finalWatermark = options.flushes ? .max : watermarks.max() ?? .min
    }

    /// Dedupes in canonical order what was released (R5, R13).
    mutating func accept() {
        var lastAccepted: [String: OracleEvent] = [:]
        let longest =
            pipeline.stages.indices.filter { core.subgraph($0) == 0 && pipeline.stages[$0].incident == nil }
            .map { memory(of: $0) }.max() ?? 0
        var conflicted: Set<String> = []
        var previous: OracleEvent?
        for event in arrived.sorted(by: OracleEvent.canonical) {
            guard sliceEnd(event.time, of: pipeline.basePane) <= finalWatermark else {
                fate(.staged)
                continue
            }
            if let previous, previous.time == event.time { result.hits.add(.tieInTime) }
            if event.time % pipeline.basePane == 0 { result.hits.add(.eventOnPaneEdge) }
            previous = event
            var key: String?
            var horizon: Int64 = 0
            switch pipeline.sources[event.source].dedupe {
            case .off: break
            case .byID(let span):
                key = "\(event.source)|\(event.merchant)|\(event.identity)"
                horizon = span
            case .byContent(let span):
                key = "\(event.source)|\(event.merchant)|\(Self.content(event.fields))"
                horizon = span
            }
            if let key, let last = lastAccepted[key] {
                if event.time - last.time <= horizon {
                    let same = Self.content(event.fields) == Self.content(last.fields)
                    fate(same ? .duplicate : .conflict)
                    if same, conflicted.contains(key) { result.hits.add(.duplicateAfterConflict) }
                    if !same { conflicted.insert(key) }
                    continue
                }
                result.hits.add(.acceptedBeyondHorizon)
            }
            if let key {
                let remembered = lastAccepted.values.filter {
                    $0.source == event.source && core.group(0, $0) == core.group(0, event)
                        && event.time - $0.time <= horizon
                }
                lastAccepted[key] = nil
                if remembered.count < pipeline.sources[event.source].dedupeKeysMax ?? .max {
                    lastAccepted[key] = event
                } else {
                    result.unremembered[event.source] += 1
                    result.hits.add(.unremembered)
                    note(event, in: 0, until: event.time + horizon + longest)
                }
            }
            if event.integer(.cost) == 0 || event.integer(.amount) == 0 { result.hits.add(.amountZero) }
            fate(.accepted)
            accepted.append(event)
        }
    }

    private mutating func fate(_ fate: OracleFate) {
        result.fates[fate, default: 0] += 1
        result.hits.add(Situation(rawValue: fate.rawValue)!)
    }

    private func route(_ record: ModelRecord, in partition: ModelPartition) -> Int? {
        guard record.garbage == nil, let type = record.type else { return partition.source ?? 0 }
        if let source = partition.source ?? (pipeline.sources.count == 1 ? 0 : nil) {
            return pipeline.sources[source].type.name == type ? source : nil
        }
        return pipeline.sources.firstIndex { $0.type.name == type }
    }

    private func decode(_ record: ModelRecord, source index: Int, time: Int64) -> OracleEvent? {
        let source = pipeline.sources[index]
        if source.mapsIdentity, record.identity == nil { return nil }
        var fields: [Field: OracleValue] = [:]
        for field in source.type.fields + [.chargeID] {
            switch record.fields[field] {
            case nil: break
            case .unreadable: return nil
            case .string(let text):
                if field.kind == .money || field.kind == .integer { return nil }
                fields[field] = .string(text)
            case .integer(let number):
                if field.kind != .money && field.kind != .integer { return nil }
                if field.kind == .money && number < 0 { return nil }
                fields[field] = .integer(number)
            }
        }
        if fields[.currency] == nil, source.type.fields.contains(.currency), let currency = source.defaultCurrency {
            fields[.currency] = .string(currency)
        }
        guard fields[.merchantID] != nil else { return nil }
        if fields.keys.contains(where: { $0.kind == .money }) {
            guard case .string(let currency) = fields[.currency], Currency(currency) != nil else { return nil }
        }
        return OracleEvent(
            source: index, type: source.type, time: time,
            identity: source.mapsIdentity ? Array((record.identity ?? "").utf8) : [], fields: fields,
            digest: core.digest(record, index, Self.content(fields)), lateAt: nil, place: record.text)
    }

    /// Two events have equal digests exactly when this text is equal: `ts`, `event_id` and type are not in it.
    static func content(_ fields: [Field: OracleValue]) -> String {
        fields.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
    }
}
