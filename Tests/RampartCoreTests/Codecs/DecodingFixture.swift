import RampartCore

/// Decodes records with small topologies, and shows what came of them.
struct DecodingFixture {
    var topology: Topology
    var binding = PartitionBinding.source(0)
    var latest = EventTime.year2100

    /// A topology of one JSON source of clicks with an identity, unless told otherwise.
    init(
        sources: [Source] = [DecodingFixture.clicks()],
        layout: [Field] = [.merchantID, .adID, .cost, .currency, .rating],
        binding: PartitionBinding = .source(0)
    ) {
        topology = Topology(
            family: "test", revision: "0", layout: EventLayout(fields: layout), sources: sources, stages: [],
            evaluationOrder: [], basePane: .minutes(1), ledger: LedgerPolicy())
        self.binding = binding
    }

    /// A source of clicks with the fields of the layout.
    static func clicks(
        _ fields: [FieldMapping]? = nil, name: String = "clicks", format: Source.Format = .json,
        selector: Source.Selector = .constant(.click), typePath: Path? = nil,
        time: TimestampFormat = .epochMilliseconds, identity: Path? = Path(["event_id"]), scale: Int = 2
    ) -> Source {
        let fields =
            fields ?? [
                FieldMapping(field: .merchantID, path: Path(["merchant_id"]), reading: .string(prefix: nil)),
                FieldMapping(field: .adID, path: Path(["ad_id"]), reading: .string(prefix: nil)),
                FieldMapping(field: .cost, path: Path(["cost"]), reading: .units),
                FieldMapping(field: .currency, path: Path(["currency"]), reading: .currency),
            ]
        let mapping = Mapping(time: Path(["ts"]), timeFormat: time, identity: identity, fields: fields)
        var types: Set<EventType> = []
        switch selector {
        case .constant(let type): types = [type]
        case .match(_, let cases, let otherwise):
            types = Set(cases.map(\.type)).union(otherwise.map { [$0] } ?? [])
        }
        return Source(
            name: name, format: format, selector: selector, typePath: typePath,
            mappings: Dictionary(uniqueKeysWithValues: types.map { ($0, mapping) }), partitionedBy: .merchantID,
            lateness: .zero, dedupe: .off, scale: scale)
    }

    /// Decodes all records of a partition, read in chunks of `chunk` bytes.
    func decode(_ bytes: [UInt8], chunk: Int = .max) -> (
        records: RecordBatch, outcomes: [DecodedRecord], events: EventBatch
    ) {
        var format = Source.Format.json
        if case .source(let index) = binding { format = topology.sources[index].format }
        let records = split(bytes, format: format) { _ in chunk }
        var decoder = RecordDecoder(topology: topology, binding: binding, latest: latest)
        var events = EventBatch(slotCount: topology.layout.slotCount)
        let outcomes = records.records.map { decoder.decode($0, in: records, into: &events) }
        return (records, outcomes, events)
    }

    /// Decodes the one record that the text is.
    func decode(one text: String) -> (outcome: DecodedRecord, events: EventBatch) { decode(one: Array(text.utf8)) }

    /// Decodes the one record that the bytes are.
    func decode(one bytes: [UInt8]) -> (outcome: DecodedRecord, events: EventBatch) {
        let (_, outcomes, events) = decode(bytes)
        precondition(outcomes.count == 1, "The text is one record.")
        return (outcomes[0], events)
    }
}

/// Splits a partition whose chunks have the lengths that `length` gives.
func split(_ bytes: [UInt8], format: Source.Format, _ length: (Int) -> Int) -> RecordBatch {
    var splitter = RecordSplitter(format: format)
    var batch = RecordBatch()
    var offset = 0
    while offset < bytes.count {
        let end = offset + min(max(length(offset), 1), bytes.count - offset)
        bytes.withUnsafeBytes { splitter.split(UnsafeRawBufferPointer(rebasing: $0[offset..<end]), into: &batch) }
        offset = end
    }
    splitter.finish(into: &batch)
    return batch
}

extension DecodedRecord {
    /// Why the record was set aside, if it was.
    var reason: DeadLetterReason? {
        if case .deadLetter(let reason, _) = result { reason } else { nil }
    }

    /// What a person is told about it; empty unless it was set aside.
    var detail: String {
        if case .deadLetter(_, let detail) = result { detail } else { "" }
    }
}

extension EventBatch {
    /// The text in a string slot.
    func text(_ slot: Int, row: Int = 0) -> String { String(decoding: string(slot, row: row), as: UTF8.self) }

    /// The text of `event_id`.
    func identity(row: Int = 0) -> String { String(decoding: bytes[headers[row].identity.indices], as: UTF8.self) }
}
