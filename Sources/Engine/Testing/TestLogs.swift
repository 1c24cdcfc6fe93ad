import Pipelines
import RampartCore

/// The logs that a test's feeds make: one for each source that is named, and one for the records that go by type.
struct TestLogs {
    /// A feed that cannot be part of a log.
    struct FeedError: Error {
        /// The feed's line in the pipeline file.
        var line: Int
        /// What is wrong and how to mend it.
        var message: String
    }

    /// What a log holds so far.
    private enum Content {
        /// JSON, a record a line, or the text of a CSV log with its header.
        case lines([String])
        /// Records that become CSV when all their columns are known.
        case rows([[RecordValue.Member]])
    }

    private struct Log {
        var source: String?
        var content: Content
    }

    private let topology: Topology
    private var logs: [Log] = []

    init(_ feeds: [PipelineTest.Feed], topology: Topology) throws(FeedError) {
        self.topology = topology
        for feed in feeds { try add(feed) }
    }

    /// The logs for a replay.
    var replayLogs: [ReplayLog] {
        logs.map { log in
            let lines =
                switch log.content {
                case .lines(let lines): lines
                case .rows(let rows): Self.csv(rows)
                }
            // The last byte, because a Character can be a whole line end of two bytes.
            let text = lines.map { $0.utf8.last == UInt8(ascii: "\n") ? $0 : $0 + "\n" }.joined()
            let name = log.source.map { "the log of \($0)" } ?? "the log"
            return ReplayLog(name: name, source: log.source, reader: MemoryReader(Array(text.utf8)))
        }
    }

    private mutating func add(_ feed: PipelineTest.Feed) throws(FeedError) {
        let binding: LogBinding
        do {
            binding = try LogBinding(log: "the record", source: feed.source, in: topology)
        } catch {
            throw FeedError(line: feed.line, message: "\(error.message); in a test, with `source:`")
        }
        switch feed.content {
        case .lines(let text):
            try add(text, of: feed, isCSV: binding.format == .csv)
        case .record(let template):
            let records = (0..<template.count).map { index in
                var members = template.members(ofRepetition: index + 1)
                if let time = template.time(ofRepetition: index + 1) { stamp(&members, time, binding.partition) }
                return members
            }
            try add(records, of: feed, isCSV: binding.format == .csv)
        }
    }

    private mutating func add(_ text: String, of feed: PipelineTest.Feed, isCSV: Bool) throws(FeedError) {
        guard let index = logs.firstIndex(where: { $0.source == feed.source }) else {
            logs.append(Log(source: feed.source, content: .lines([text])))
            return
        }
        guard case .lines(var lines) = logs[index].content else { throw Self.mixed(feed) }
        if isCSV {
            // Lines with the header of those before go on in their log, without it.
            guard Self.header(text) == lines.first.map(Self.header) else {
                throw FeedError(
                    line: feed.line, message: "the lines have another header than those before; one source has one log")
            }
            lines.append(String(text[Self.header(text).endIndex...].dropFirst()))
        } else {
            lines.append(text)
        }
        logs[index].content = .lines(lines)
    }

    private mutating func add(
        _ records: [[RecordValue.Member]], of feed: PipelineTest.Feed, isCSV: Bool
    ) throws(FeedError) {
        let known = logs.firstIndex { $0.source == feed.source }
        if known == nil { logs.append(Log(source: feed.source, content: isCSV ? .rows([]) : .lines([]))) }
        let index = known ?? logs.count - 1
        switch logs[index].content {
        case .lines(let lines):
            guard !isCSV else { throw Self.mixed(feed) }
            logs[index].content = .lines(lines + records.map { Self.json(.object($0)) })
        case .rows(let rows): logs[index].content = .rows(rows + records)
        }
    }

    private static func mixed(_ feed: PipelineTest.Feed) -> FeedError {
        FeedError(
            line: feed.line,
            message: "a CSV log is given by `lines` or by records; one source has one log, so a test cannot use both")
    }

    private static func header(_ text: String) -> Substring { text.prefix { !$0.isNewline } }

    private static func csv(_ rows: [[RecordValue.Member]]) -> [String] {
        var columns: [String] = []
        var known = Set<String>()
        for member in rows.joined() where known.insert(member.name).inserted { columns.append(member.name) }
        let records = rows.map { row in
            columns.map { column in row.first { $0.name == column }.map { cell(text($0.value)) } ?? "" }
        }
        return ([columns.map(cell)] + records).map { $0.joined(separator: ",") }
    }

    // MARK: - Time

    /// Gives a record its event time, where its source looks for it and as its source writes it.
    private func stamp(_ members: inout [RecordValue.Member], _ time: EventTime, _ partition: PartitionBinding) {
        guard let mapping = mapping(of: members, partition) else { return }
        let written = Self.written(time, as: mapping.timeFormat)
        var record = RecordValue.object(members)
        Self.insert(written, at: mapping.time.steps[...], into: &record)
        if case .object(let stamped) = record { members = stamped }
    }

    private func mapping(of members: [RecordValue.Member], _ partition: PartitionBinding) -> Mapping? {
        switch partition {
        case .source(let index):
            let source = topology.sources[index]
            let type = Self.type(of: members, source.selector)
            // A record that no case takes is filtered, whatever its time.
            return type.flatMap { source.mappings[$0] }
        case .byType:
            guard case .string(let name)? = members.first(where: { $0.name == "type" })?.value,
                let type = EventType(name: name)
            else { return nil }
            return topology.sources.lazy.compactMap { $0.mappings[type] }.first
        case .exchange: return nil
        }
    }

    private static func type(of members: [RecordValue.Member], _ selector: Source.Selector) -> EventType? {
        switch selector {
        case .constant(let type): return type
        case .match(let path, let cases, let otherwise):
            // Without the value that decides, the record is set aside, whatever its time.
            guard let value = value(at: path.steps[...], in: .object(members)).map({ Array(text($0).utf8) }) else {
                return nil
            }
            let found = cases.first { candidate in
                switch candidate.pattern {
                case .equals(let bytes): value == bytes
                case .startsWith(let bytes): value.starts(with: bytes)
                }
            }
            return found?.type ?? otherwise
        }
    }

    private static func value(at steps: ArraySlice<Path.Step>, in value: RecordValue) -> RecordValue? {
        guard let step = steps.first else { return value }
        switch (step, value) {
        case (.name(let name), .object(let members)):
            let member = members.first { $0.name.utf8.elementsEqual(name) }
            return member.flatMap { self.value(at: steps.dropFirst(), in: $0.value) }
        case (.index(let index), .list(let elements)) where index < elements.count:
            return self.value(at: steps.dropFirst(), in: elements[index])
        default: return nil
        }
    }

    private static func written(_ time: EventTime, as format: TimestampFormat) -> RecordValue {
        switch format {
        case .epochMilliseconds: return .number("\(time.milliseconds)")
        case .epochSeconds: return .number("\(time.milliseconds / 1000)")
        case .epochMicroseconds: return .number("\(time.milliseconds)000")
        case .iso8601: return .string(time.text)
        case .local(let zone):
            let offset = zone.transitions.last { $0.start <= time }?.offset ?? zone.initialOffset
            return .string(String((time + offset).text.prefix(19)).replacing("T", with: " "))
        case .pattern(let pattern, let zone): return .string(pattern.text(of: time, in: zone ?? .utc))
        }
    }

    /// Puts a value where the steps lead, unless something else stands there or in the way.
    private static func insert(
        _ new: RecordValue, at steps: ArraySlice<Path.Step>, into value: inout RecordValue
    ) {
        guard let step = steps.first else { return }
        let isLast = steps.count == 1
        var inner = steps.dropFirst().first?.container ?? new
        switch (step, value) {
        case (.name(let name), .object(var members)):
            let known = members.firstIndex { $0.name.utf8.elementsEqual(name) }
            if isLast, known != nil { return }
            if let known { inner = members[known].value }
            insert(new, at: steps.dropFirst(), into: &inner)
            let member = RecordValue.Member(name: String(decoding: name, as: UTF8.self), value: inner)
            if let known { members[known] = member } else { members.append(member) }
            value = .object(members)
        case (.index(let index), .list(var elements)) where index <= elements.count:
            if isLast, index < elements.count { return }
            if index < elements.count { inner = elements[index] }
            insert(new, at: steps.dropFirst(), into: &inner)
            if index < elements.count { elements[index] = inner } else { elements.append(inner) }
            value = .list(elements)
        default: return
        }
    }

    // MARK: - Text

    private static func json(_ value: RecordValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .number(let text): text
        case .boolean(let truth): truth ? "true" : "false"
        case .null: "null"
        case .list(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(quoted($0.name)):\(json($0.value))" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func text(_ value: RecordValue) -> String {
        switch value {
        case .string(let text), .number(let text): text
        case .null: ""
        case .boolean, .list, .object: json(value)
        }
    }

    private static func cell(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Path.Step {
    /// An empty value that the step leads into.
    fileprivate var container: RecordValue {
        switch self {
        case .name: .object([])
        case .index: .list([])
        }
    }
}
