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
    private(set) var byteCount = 0

    init(topology: Topology, topics: DaemonTopics, task: Int) {
        self.topics = topics
        self.task = task
        encoder = OutputEncoder(
            topology: topology, masks: topics.masks,
            partitions: topics.partitions(of: task).map { (topic: $0.topic, partition: $0.partition) })
    }

    var isEmpty: Bool { records.isEmpty }

    /// Adds rows, each under the key of its merchant.
    mutating func append(_ outputs: Outputs) {
        for alert in outputs.alerts { appendRow(.alerts, key: alert.merchantID) { $0.write(alert, to: &$1) } }
        for alert in outputs.shadow { appendRow(.shadow, key: alert.merchantID) { $0.write(alert, to: &$1) } }
        for incident in outputs.incidents {
            appendRow(.incidents, key: incident.merchantID) { $0.write(incident, to: &$1) }
        }
        for line in outputs.lines { appendRow(.creditLines, key: line.merchantID) { $0.write(line, to: &$1) } }
        for credit in outputs.credits { appendRow(.credits, key: credit.merchantID) { $0.write(credit, to: &$1) } }
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
        byteCount = 0
    }

    private mutating func appendRow(
        _ sink: Sink.Kind, key: String, _ write: (OutputEncoder, inout JSONWriter) -> Void
    ) {
        appendRow(sink, key: Array(key.utf8), write)
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
        byteCount += (record.key?.count ?? 0) + (record.value?.count ?? 0)
        records.append(record)
    }
}
