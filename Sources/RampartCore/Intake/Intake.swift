/// The front of a task: decodes the records of its partitions, keeps their watermarks and settles every fate that does
/// not need a pane (R2, R3, R7–R9).
public struct Intake: Sendable {
    /// Which event times a run takes.
    public struct Bounds: Sendable {
        /// Events before this are filtered.
        public var from: EventTime?
        /// Events at or after this are filtered.
        public var to: EventTime?
        /// `max_ts`: later timestamps are dead-lettered (R8).
        public var latest: EventTime
        /// `max_ahead`: timestamps this much after the record's append time are dead-lettered, where the topic has
        /// append times (R8).
        public var maxAhead: EventSpan?

        /// Creates bounds.
        public init(
            from: EventTime? = nil, to: EventTime? = nil, latest: EventTime = .year2100, maxAhead: EventSpan? = nil
        ) {
            self.from = from
            self.to = to
            self.latest = latest
            self.maxAhead = maxAhead
        }

        func contains(_ time: EventTime) -> Bool {
            if let from, time < from { return false }
            if let to, time >= to { return false }
            return true
        }
    }

    /// What reading some records came to.
    public struct Chunk: Sendable {
        /// The events to be staged, the late ones marked.
        public var events: EventBatch
        /// The records that could not become events.
        public var deadLetters: [DeadLetter] = []
        /// The late events once more, with their bytes.
        public var lateEvents: [LateEvent] = []
    }

    private struct Partition: Sendable {
        var decoder: RecordDecoder
        var lateness: EventSpan
        var highest: EventTime?
        var hasEnded = false

        var watermark: EventTime { highest.map { $0 - lateness } ?? .distantPast }
    }

    private let topology: Topology
    private let bounds: Bounds
    private let merchantSlot: Int?
    private var partitions: [Partition]
    private var highestWatermark = EventTime.distantPast
    /// What was counted so far.
    public private(set) var counters: IntakeCounters

    /// Creates the intake of a task whose partitions are bound as given (R2).
    public init(topology: Topology, partitions bindings: [PartitionBinding], bounds: Bounds) {
        self.topology = topology
        self.bounds = bounds
        merchantSlot = topology.layout.slot(of: .merchantID)
        counters = IntakeCounters(topology, partitions: bindings.count)
        partitions = bindings.map {
            Partition(
                decoder: RecordDecoder(topology: topology, binding: $0, latest: bounds.latest),
                lateness: Self.lateness(of: $0, in: topology))
        }
    }

    /// The largest lateness of the sources whose records a partition can hold (R7).
    private static func lateness(of binding: PartitionBinding, in topology: Topology) -> EventSpan {
        switch binding {
        case .source(let index): topology.sources[index].lateness
        case .byType: topology.sources.map(\.lateness).max() ?? .zero
        }
    }

    // MARK: - Watermarks

    /// The task's watermark: the lowest of its partitions' that have not ended (R7).
    public var watermark: EventTime { highestWatermark }

    /// The watermark of one partition.
    public func watermark(of partition: Int) -> EventTime { partitions[partition].watermark }

    /// Notes that a partition has no more records.
    public mutating func end(_ partition: Int) {
        partitions[partition].hasEnded = true
        raiseWatermark()
    }

    private mutating func raiseWatermark() {
        let open = partitions.lazy.filter { !$0.hasEnded }.map(\.watermark).min()
        // Once all have ended there is no lowest one, and the log goes as far as the furthest.
        let current = open ?? partitions.lazy.map(\.watermark).max() ?? .distantPast
        highestWatermark = max(highestWatermark, current)
    }

    // MARK: - Records

    /// What makes the header of a CSV partition unusable, if anything does.
    public func headerError(in records: RecordBatch, of partition: Int) -> CSVHeaderError? {
        partitions[partition].decoder.headerError(in: records)
    }

    /// Reads the next records of a partition, in their order.
    public mutating func read(_ records: RecordBatch, of partition: Int) -> Chunk {
        var chunk = Chunk(events: EventBatch(slotCount: topology.layout.slotCount))
        counters.partitions[partition] += records.records.count
        for record in records.records {
            let decoded = partitions[partition].decoder.decode(record, in: records, into: &chunk.events)
            let watermark = partitions[partition].watermark
            if let time = decoded.time {
                partitions[partition].highest = max(partitions[partition].highest ?? time, time)
            }
            let place = RecordPlace(source: decoded.source, partition: partition, position: record.position)
            switch decoded.result {
            case .filtered: counters.filter(decoded.source)
            case .deadLetter(let reason, let detail):
                counters.deadLetter(decoded.source, reason)
                chunk.deadLetters.append(
                    DeadLetter(reason: reason, detail: detail, place: place, raw: records.raw(record)))
            case .event:
                let row = chunk.events.count - 1
                let time = chunk.events.headers[row].time
                if !bounds.contains(time) {
                    chunk.events.removeLast()
                    counters.filter(decoded.source)
                } else if time < watermark {
                    chunk.events.headers[row].lateAt = watermark
                    counters.late(decoded.source)
                    chunk.lateEvents.append(lateEvent(row, of: chunk.events, place, watermark, records.raw(record)))
                }
            }
        }
        raiseWatermark()
        return chunk
    }

    private func lateEvent(
        _ row: Int, of events: EventBatch, _ place: RecordPlace, _ watermark: EventTime, _ raw: RawRecord
    ) -> LateEvent {
        let header = events.headers[row]
        return LateEvent(
            place: place, time: header.time, watermark: watermark,
            eventID: header.identity.count > 0 ? events.identityText(row: row) : nil,
            merchantID: merchantSlot.flatMap { events.text($0, row: row) }, raw: raw)
    }
}

extension RecordBatch {
    /// A record's bytes, or what is left of it where it was too long.
    func raw(_ record: Record) -> RawRecord {
        if case .tooLong(let index)? = record.fault {
            let oversize = oversized[index]
            return RawRecord(prefix: bytes[record.range], byteCount: oversize.byteCount, digest: oversize.digest)
        }
        return RawRecord(bytes[record.range])
    }
}
