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
        /// The highest recorded promise (R11).
        var promised = EventTime.distantPast
        var hasEnded = false

        var watermark: EventTime { max(highest.map { $0 - lateness } ?? .distantPast, promised) }
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
        case .exchange: .zero
        }
    }

    // MARK: - Watermarks

    /// The task's watermark: the lowest of its partitions' that have not ended (R7).
    public var watermark: EventTime { highestWatermark }

    /// The watermark of one partition.
    public func watermark(of partition: Int) -> EventTime { partitions[partition].watermark }

    /// The number of partitions.
    var partitionCount: Int { partitions.count }

    /// How far behind the newest event of its partition an event may be (R7).
    public func lateness(of partition: Int) -> EventSpan { partitions[partition].lateness }

    /// Keeps a recorded promise: the partition's watermark is at least this from its next record on (R7, R11).
    ///
    /// A promise of more than the latest time allowed is one of that.
    public mutating func promise(_ watermark: EventTime, of partition: Int) {
        partitions[partition].promised = max(partitions[partition].promised, min(watermark, bounds.latest))
        raiseWatermark()
    }

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
        for (index, record) in records.records.enumerated() {
            var decoded = partitions[partition].decoder.decode(record, in: records, into: &chunk.events)
            refuseTooFarAhead(&decoded, records, index, &chunk.events)
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
                    DeadLetter(
                        reason: reason, detail: detail, place: place, raw: records.raw(record),
                        origin: records.origin(index)))
            case .event:
                let row = chunk.events.count - 1
                let time = chunk.events.headers[row].time
                if !bounds.contains(time) {
                    chunk.events.removeLast()
                    counters.filter(decoded.source)
                } else if time < watermark {
                    chunk.events.headers[row].lateAt = watermark
                    counters.late(decoded.source)
                    var late = lateEvent(row, of: chunk.events, place, watermark, records.raw(record))
                    late.origin = records.origin(index)
                    chunk.lateEvents.append(late)
                }
            }
        }
        raiseWatermark()
        return chunk
    }

    /// Makes a dead letter of an event that is said to happen long after its record was appended (R8).
    ///
    /// A record that is one already only loses its time, so that it moves nothing either.
    private func refuseTooFarAhead(
        _ decoded: inout DecodedRecord, _ records: RecordBatch, _ index: Int, _ events: inout EventBatch
    ) {
        guard let maxAhead = bounds.maxAhead, let time = decoded.time, index < records.envelopes.count,
            records.envelopes[index].isAppendTime, let appended = records.envelopes[index].timestamp
        else { return }
        let latest = EventTime(milliseconds: appended) + maxAhead
        guard time > latest else { return }
        decoded.time = nil
        guard case .event = decoded.result else { return }
        events.removeLast()
        decoded.result = .deadLetter(
            .tooFarAhead,
            detail: "The event is of \(time.text), but its record was appended at "
                + "\(EventTime(milliseconds: appended).text); at most \(maxAhead.text) between them are allowed.")
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

extension Intake {
    /// Writes the watermarks and the counts.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(partitions.count)
        for partition in partitions {
            snapshot.write(partition.highest)
            snapshot.write(partition.promised > .distantPast ? partition.promised : nil)
            snapshot.write(partition.hasEnded)
        }
        snapshot.write(highestWatermark > .distantPast ? highestWatermark : nil)
        counters.write(to: &snapshot)
    }

    /// Takes up what `write` wrote into an intake that was just created.
    mutating func restore(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let count = try snapshot.readInteger()
        guard count == Int64(partitions.count) else {
            throw snapshot.damage("there are \(partitions.count) partitions, but the state is of \(count)")
        }
        for index in partitions.indices {
            partitions[index].highest = try snapshot.readOptional()
            partitions[index].promised = try snapshot.readOptional() ?? .distantPast
            partitions[index].hasEnded = try snapshot.readFlag()
        }
        highestWatermark = try snapshot.readOptional() ?? .distantPast
        try counters.restore(from: &snapshot)
    }

    /// Adds the watermarks and the counts to a digest.
    func combine(into digest: inout Fingerprint) {
        for (index, partition) in partitions.enumerated() {
            digest.combine(
                UInt64(bitPattern: partition.highest?.milliseconds ?? -1),
                UInt64(bitPattern: partition.promised.milliseconds))
            digest.combine(UInt64(counters.partitions[index]), partition.hasEnded ? 1 : 0)
        }
        digest.combine(UInt64(bitPattern: highestWatermark.milliseconds), UInt64(counters.total.late))
        digest.combine(UInt64(counters.total.filtered), UInt64(counters.total.deadLettered))
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

    /// What a topic kept of a record beside its value; nil where the record is one of a file.
    func origin(_ index: Int) -> RecordOrigin? {
        guard index < envelopes.count else { return nil }
        let envelope = envelopes[index]
        return RecordOrigin(
            timestamp: envelope.timestamp.map { EventTime(milliseconds: $0) },
            key: envelope.key.map { RecordOrigin.Content(bytes[$0]) },
            headers: envelope.headers.prefix(Limits.headers).map {
                RecordOrigin.Header(
                    name: RecordOrigin.Content($0.name.utf8), value: $0.value.map { RecordOrigin.Content($0) })
            }, headerCount: envelope.headers.count)
    }
}
