/// Which sources the records of a partition can belong to (R2).
public enum PartitionBinding: Hashable, Sendable {
    /// The source with this index.
    case source(Int)
    /// The source that takes the record's own `type`.
    case byType
    /// The exchange that feeds the subgraph with this index, and the number of tasks that write there.
    case exchange(Int, upstreamTasks: Int)
}

/// What became of one record.
public struct DecodedRecord: Hashable, Sendable {
    /// The index of the source, if the record could be given to one.
    public var source: Int?
    /// Its `ts`, if that could be read and is in range: it moves the watermark whatever else is wrong (R7).
    public var time: EventTime?
    /// What decoding came to.
    public var result: DecodeResult

    /// Creates the outcome of a record.
    public init(source: Int?, time: EventTime?, result: DecodeResult) {
        self.source = source
        self.time = time
        self.result = result
    }
}

/// Turns the records of one partition into events, or into dead letters that say what is wrong with them.
///
/// A record is read in two steps: a scanner checks all of it and notes where the values at mapped paths lie, then
/// its mapping reads them, `ts` first. Nothing is allocated per event.
public struct RecordDecoder: Sendable {
    let latest: EventTime
    private let boundSource: Int?
    private let route: CompiledRoute
    let mappings: ContiguousArray<CompiledMapping>
    private let paths: PathTable
    private let pathTexts: [String]
    private let constantCount: Int
    /// The value at each node for the record at hand.
    var values: ContiguousArray<RawValue>
    /// The constants of the mappings, then the decoded strings of the record at hand and what was computed.
    var scratch: ContiguousArray<UInt8>
    /// What the expression at hand reads.
    var columnValues: ContiguousArray<Value> = []
    /// The node of each column, once a header was seen; -1 for those that no mapping reads.
    private var columns: ContiguousArray<Int>?

    /// Creates the decoder of a partition; a `ts` after `latest` is out of range (R8).
    public init(topology: Topology, binding: PartitionBinding, latest: EventTime) {
        var compiler = MappingCompiler(layout: topology.layout)
        switch binding {
        case .source(let index):
            route = compiler.route(to: topology.sources[index], at: index)
            boundSource = index
        case .byType:
            route = compiler.routeByType(topology.sources)
            boundSource = nil
        case .exchange: preconditionFailure("What an exchange brings was decoded before.")
        }
        self.latest = latest
        mappings = compiler.mappings
        paths = PathTable(compiler.paths)
        pathTexts = compiler.paths.texts
        constantCount = compiler.constants.count
        scratch = compiler.constants
        values = ContiguousArray(repeating: .unseen, count: paths.count)
    }

    /// Decodes one record; an event is appended to `batch`, and nothing otherwise.
    public mutating func decode(
        _ record: RecordBatch.Record, in records: RecordBatch, into batch: inout EventBatch
    ) -> DecodedRecord {
        var decoded = DecodedRecord(source: boundSource, time: nil, result: .event)
        if let fault = record.fault {
            decoded.result = Self.deadLetter(fault, in: records)
            return decoded
        }
        records.bytes.withUnsafeBytes { bytes in
            let record = UnsafeRawBufferPointer(rebasing: bytes[record.range])
            if let refusal = find(record, records) {
                decoded.result = refusal
            } else {
                var computed: Int?
                withView(of: record) { view in computed = decode(view, into: &batch, &decoded) }
                if let computed { computeAndAppend(computed, record, into: &batch, &decoded) }
            }
        }
        return decoded
    }

    /// What makes the header of a CSV partition unusable, if anything does.
    public func headerError(in records: RecordBatch) -> CSVHeaderError? {
        guard let header = records.header else { return nil }
        guard !header.columns.isEmpty else { return .unreadable }
        var seen: Set<Int> = []
        for (name, node) in zip(header.columns, nodes(of: header)) where node >= 0 && !seen.insert(node).inserted {
            return .duplicateColumn(String(decoding: name, as: UTF8.self))
        }
        return nil
    }

    /// Calls `body` with what reading fields needs.
    func withView(of record: UnsafeRawBufferPointer, _ body: (RecordView) -> Void) {
        scratch.withUnsafeBytes { scratch in
            values.withUnsafeBufferPointer { values in
                body(RecordView(record: record, scratch: scratch, values: values))
            }
        }
    }

    /// Reads the fields of a record; returns the index of its mapping where some of them must be computed first.
    private func decode(
        _ view: RecordView, into batch: inout EventBatch, _ decoded: inout DecodedRecord
    ) -> Int? {
        do throws(RecordFault) {
            guard let type = try route.type(of: view), let index = route.mappingByType[Int(type.rawValue)] else {
                decoded.result = .filtered
                return nil
            }
            decoded.source = mappings[index].source
            guard mappings[index].expressions.isEmpty else { return index }
            try mappings[index].appendEvent(from: view, latest: latest, time: &decoded.time, to: &batch)
        } catch {
            decoded.result = deadLetter(error, in: view)
        }
        return nil
    }

    /// The dead letter of a fault.
    func deadLetter(_ fault: RecordFault, in view: RecordView) -> DecodeResult {
        let name = fault.node.map { pathTexts[$0] } ?? fault.field?.name ?? "record"
        return .deadLetter(fault.reason, detail: fault.detail(name: name, in: view))
    }
}

// MARK: - Finding the values

extension RecordDecoder {
    /// Checks a record and notes its values; returns why it is no record at all, if that is so.
    private mutating func find(_ record: UnsafeRawBufferPointer, _ records: RecordBatch) -> DecodeResult? {
        for index in values.indices { values[index] = .unseen }
        scratch.removeLast(scratch.count - constantCount)
        switch records.format {
        case .json: return findJSON(record)
        case .csv: return findCSV(record, header: records.header)
        }
    }

    private mutating func findJSON(_ record: UnsafeRawBufferPointer) -> DecodeResult? {
        let paths = paths
        let outcome = values.withUnsafeMutableBufferPointer { values -> Result<Bool, JSONFault> in
            var scanner = JSONScanner(record, values: values)
            do throws(JSONFault) {
                try scanner.scan(paths)
                return .success(scanner.hasEscapedValues)
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let hasEscapes):
            if hasEscapes { unescape(record) }
            return nil
        case .failure(let fault): return Self.deadLetter(fault, record)
        }
    }

    private mutating func findCSV(_ record: UnsafeRawBufferPointer, header: CSVHeader?) -> DecodeResult? {
        guard UTF8Check.isValid(record) else { return Self.notUTF8 }
        let columns = columns ?? header.map { nodes(of: $0) } ?? []
        if header != nil { self.columns = columns }
        var cells = CSVCells()
        var hasDoubledQuotes = false
        _ = cells.read(record) { column, range, isDoubled in
            guard column < columns.count, columns[column] >= 0 else { return }
            let kind: RawValue.Kind =
                values[columns[column]].kind != .unseen ? .duplicate : isDoubled ? .quotedCell : .cell
            hasDoubledQuotes = hasDoubledQuotes || isDoubled
            values[columns[column]] = RawValue(kind: kind, from: range.lowerBound, to: range.upperBound)
        }
        if hasDoubledQuotes { unescape(record) }
        return nil
    }

    /// The node of each column, or -1.
    private func nodes(of header: CSVHeader) -> ContiguousArray<Int> {
        ContiguousArray(
            header.columns.map { name in
                name.withUnsafeBytes { paths.child(of: PathTable.root, in: $0, start: 0, count: $0.count) }
            })
    }

    /// Decodes the values with escapes into the scratch memory.
    private mutating func unescape(_ record: UnsafeRawBufferPointer) {
        for index in values.indices {
            let value = values[index]
            let end = Int(value.start) + Int(value.count)
            let content = UnsafeRawBufferPointer(rebasing: record[Int(value.start)..<end])
            let start = scratch.count
            switch value.kind {
            case .escapedString:
                var unescaper = JSONUnescaper(content)
                while let byte = unescaper.next() { scratch.append(byte) }
                values[index] = RawValue(kind: .string, from: start, to: scratch.count)
            case .quotedCell:
                CSVCells.appendUnquoted(content, to: &scratch)
                values[index] = RawValue(kind: .cell, from: start, to: scratch.count)
            default: continue
            }
            values[index].isInScratch = true
        }
    }
}

// MARK: - Records that are none

extension RecordDecoder {
    private static let notUTF8 = DecodeResult.deadLetter(.invalidUTF8, detail: "The record is not UTF-8.")

    private static func deadLetter(_ fault: RecordBatch.Fault, in records: RecordBatch) -> DecodeResult {
        switch fault {
        case .tooLong(let index):
            let count = records.oversized[index].byteCount
            return .deadLetter(
                .recordTooLong, detail: "The record has \(count) bytes; at most \(Limits.recordBytes) are allowed.")
        case .columnCount(let found):
            let expected = records.header?.columns.count ?? 0
            return .deadLetter(
                .columnCount, detail: "The record has \(found) cells, but the header has \(expected) columns.")
        case .noValue: return .deadLetter(.noValue, detail: "The message has no value.")
        case .invalidCSV:
            return .deadLetter(
                .invalidCSV, detail: "The record has a quoted cell that does not end, or goes on after its end.")
        }
    }

    private static func deadLetter(_ fault: JSONFault, _ record: UnsafeRawBufferPointer) -> DecodeResult {
        guard UTF8Check.isValid(record) else { return notUTF8 }
        switch fault {
        case .invalid(let index):
            return .deadLetter(.invalidJSON, detail: "The record is not one JSON object: see byte \(index + 1).")
        case .nestingTooDeep:
            return .deadLetter(
                .nestingTooDeep, detail: "Objects and arrays are nested deeper than \(Limits.nesting) levels.")
        }
    }
}
