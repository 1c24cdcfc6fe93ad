internal import Pipelines
internal import RampartCore

/// What a task has to say in its next commit, as records of topics.
///
/// It is emptied only by a commit that succeeded, so that an aborted one loses nothing.
struct Outbox {
    private let topics: DaemonTopics
    private let task: Int
    private let encoder: OutputEncoder
    private var json = JSONWriter()
    private(set) var records: [OutboundRecord] = []
    private var recordBytes = 0
    private var exchange: ExchangeOutbox

    /// `tasks` is how many tasks there are.
    init(topology: Topology, topics: DaemonTopics, task: Int, tasks: Int) {
        self.topics = topics
        self.task = task
        encoder = OutputEncoder(
            topology: topology, masks: topics.masks,
            partitions: topics.inputPartitions(of: task).map { (topic: $0.topic, partition: $0.partition) })
        exchange = ExchangeOutbox(topology: topology, topics: topics, task: task, tasks: tasks)
    }

    var byteCount: Int { recordBytes + exchange.byteCount }

    var isEmpty: Bool { records.isEmpty && exchange.byteCount == 0 }

    /// Adds rows, each under the key of its merchant, or that of the alert where there is none; and what exchanges carry on.
    mutating func append(_ outputs: Outputs) {
        for alert in outputs.alerts { appendRow(.alerts, key: alert.recordKey) { $0.write(alert, to: &$1) } }
        for alert in outputs.shadow { appendRow(.shadow, key: alert.recordKey) { $0.write(alert, to: &$1) } }
        for incident in outputs.incidents {
            appendRow(.incidents, key: Array(incident.merchantID.utf8)) { $0.write(incident, to: &$1) }
        }
        for line in outputs.lines {
            appendRow(.creditLines, key: Array(line.merchantID.utf8)) { $0.write(line, to: &$1) }
        }
        for credit in outputs.credits {
            appendRow(.credits, key: Array(credit.merchantID.utf8)) { $0.write(credit, to: &$1) }
        }
        guard !outputs.departed.isEmpty else { return }
        for record in exchange.append(outputs.departed) { append(record) }
    }

    /// Adds what is left for exchanges, and how far the task has come.
    mutating func appendRest(of state: TaskState) {
        for record in exchange.takeRest(of: state) { append(record) }
    }

    /// Adds records that were set aside, each under the key that it came with, or as much of it as is kept.
    mutating func append(_ setAside: TaskState.SetAside) {
        for letter in setAside.deadLetters {
            appendRow(.deadLetters, key: letter.origin?.key?.prefix) { $0.write(letter, to: &$1) }
        }
        for late in setAside.lateEvents { appendRow(.late, key: late.origin?.key?.prefix) { $0.write(late, to: &$1) } }
    }

    /// Adds changes of promises.
    mutating func append(_ changes: [PromiseChange]) {
        for change in changes {
            append(OutboundRecord(topic: topics.changelog, partition: task, key: change.key, value: change.value))
        }
    }

    /// Adds what the task has decided.
    mutating func append(_ record: ControlRecord) {
        append(OutboundRecord(topic: topics.control, partition: task, key: nil, value: record.bytes))
    }

    mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        recordBytes = 0
    }

    private mutating func appendRow(
        _ sink: Sink.Kind, key: [UInt8]?, _ write: (OutputEncoder, inout JSONWriter) -> Void
    ) {
        guard let topic = topics.outputs[sink] else { preconditionFailure("Every kind of output has a topic.") }
        json.removeAll()
        write(encoder, &json)
        // A row ends in a newline, which files need and messages do not.
        append(OutboundRecord(topic: topic, key: key, value: Array(json.bytes.dropLast())))
    }

    private mutating func append(_ record: OutboundRecord) {
        recordBytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        records.append(record)
    }
}

extension Alert {
    /// The key of its records: the merchant, so that whoever reads them finds all of one together.
    fileprivate var recordKey: [UInt8] { merchantID.map { Array($0.utf8) } ?? keyBytes }
}
