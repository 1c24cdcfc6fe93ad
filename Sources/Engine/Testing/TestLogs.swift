import Pipelines
import RampartCore

/// The logs that a test's feeds make: one for each source that is named, and one for the records that go by type.
struct TestLogs {
    private struct Log {
        var source: String?
        var lines: [String] = []
        var isCSV: Bool
        /// The columns of generated CSV records, from the first of them.
        var columns: [String]?
    }

    private let topology: Topology
    private var logs: [Log] = []

    init(_ feeds: [PipelineTest.Feed], topology: Topology) throws(BindingError) {
        self.topology = topology
        for feed in feeds { try add(feed) }
    }

    /// The logs for a replay.
    var replayLogs: [ReplayLog] {
        logs.enumerated().map { index, log in
            let text = log.lines.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" }.joined()
            return ReplayLog(
                name: "log \(index + 1) of the test", source: log.source, reader: MemoryReader(Array(text.utf8)))
        }
    }

    private mutating func add(_ feed: PipelineTest.Feed) throws(BindingError) {
        let binding = try LogBinding(log: "the test's records", source: feed.source, in: topology)
        let isCSV = binding.format == .csv
        switch feed.content {
        case .lines(let text):
            // The text of a CSV log begins with its own header.
            let log = isCSV ? newLog(feed.source, isCSV: true) : log(of: feed.source, isCSV: false)
            logs[log].lines.append(text)
        case .record(let template):
            let log = log(of: feed.source, isCSV: isCSV)
            for number in stride(from: 1, through: template.count, by: 1) {
                var members = template.members(ofRepetition: number)
                if let time = template.time(ofRepetition: number) { stamp(&members, time, binding.partition) }
                add(members, to: log)
            }
        }
    }

    private mutating func newLog(_ source: String?, isCSV: Bool) -> Int {
        logs.append(Log(source: source, isCSV: isCSV))
        return logs.count - 1
    }

    private mutating func log(of source: String?, isCSV: Bool) -> Int {
        logs.firstIndex { $0.source == source && (!isCSV || $0.columns != nil) } ?? newLog(source, isCSV: isCSV)
    }

    private mutating func add(_ members: [RecordValue.Member], to log: Int) {
        guard logs[log].isCSV else {
            logs[log].lines.append(Self.json(.object(members)))
            return
        }
        let columns = logs[log].columns ?? members.map(\.name)
        if logs[log].columns == nil { logs[log].lines.append(columns.map(Self.cell).joined(separator: ",")) }
        logs[log].columns = columns
        let cells = columns.map { column in
            members.first { $0.name == column }.map { Self.cell(Self.text($0.value)) } ?? ""
        }
        logs[log].lines.append(cells.joined(separator: ","))
    }

    // MARK: - Time

    /// Gives a record its event time, where its source looks for it and as its source writes it.
    private func stamp(_ members: inout [RecordValue.Member], _ time: EventTime, _ partition: PartitionBinding) {
        guard let mapping = mapping(of: members, partition) else { return }
        let names = mapping.time.names.map { String(decoding: $0, as: UTF8.self) }
        Self.insert(Self.written(time, as: mapping.timeFormat), at: names[...], into: &members)
    }

    private func mapping(of members: [RecordValue.Member], _ partition: PartitionBinding) -> Mapping? {
        switch partition {
        case .source(let index):
            // All types of a source share where its time stands, unless a case of its switch moves it.
            let mappings = topology.sources[index].mappings
            return mappings.min { $0.key.rawValue < $1.key.rawValue }?.value
        case .byType:
            guard case .string(let name)? = members.first(where: { $0.name == "type" })?.value,
                let type = EventType(name: name)
            else { return nil }
            return topology.sources.lazy.compactMap { $0.mappings[type] }.first
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
        }
    }

    private static func insert(
        _ value: RecordValue, at names: ArraySlice<String>, into members: inout [RecordValue.Member]
    ) {
        guard let name = names.first else { return }
        let known = members.firstIndex { $0.name == name }
        if names.count == 1 {
            if known == nil { members.append(RecordValue.Member(name: name, value: value)) }
            return
        }
        var inner: [RecordValue.Member] = []
        if let known {
            guard case .object(let present) = members[known].value else { return }
            inner = present
        }
        insert(value, at: names.dropFirst(), into: &inner)
        let member = RecordValue.Member(name: name, value: .object(inner))
        if let known { members[known] = member } else { members.append(member) }
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
