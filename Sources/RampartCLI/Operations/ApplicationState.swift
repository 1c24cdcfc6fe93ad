import Engine
import Kafka
import RampartCore
import Storage

/// What Kafka knows of an application's tasks.
struct ApplicationState {
    /// An input partition of a task.
    struct Partition {
        var task: Int
        var partition: TopicPartition
        var kept: Range<Int64>
        var committed: CommittedOffset?

        /// What the daemon noted beside its offset.
        var note: OffsetNote? { committed.flatMap { OffsetNote(text: $0.metadata) } }
        /// Offsets that are not committed yet, those of records and of markers.
        var lag: Int64 { max(0, kept.upperBound - (committed?.offsetNext ?? kept.lowerBound)) }
    }

    let application: String
    let group: String
    let partitions: [Partition]

    init(_ application: Application) throws {
        self.application = application.topics.application
        group = application.kafka.group
        var partitions: [Partition] = []
        for task in 0..<(try application.taskCount()) {
            let inputs = application.topics.partitions(of: task)
            let committed = try application.committed(inputs)
            for input in inputs {
                partitions.append(
                    Partition(
                        task: task, partition: input, kept: try application.logRange(of: input),
                        committed: committed[input]))
            }
        }
        self.partitions = partitions
    }

    /// The table for people.
    var table: [String] {
        var table = Table(.left, .left, .right, .right, .left, .left)
        table.add("", "partition", "committed", "lag", "watermark of the task", "revision")
        var last: Int?
        for partition in partitions {
            table.add(
                partition.task == last ? "" : "task \(partition.task)", partition.partition.description,
                partition.committed.map { $0.offsetNext.grouped } ?? "nothing", partition.lag.grouped,
                watermark(of: partition), partition.note?.revision ?? "")
            last = partition.task
        }
        return ["Application \(application), group \(group)"] + table.lines
    }

    private func watermark(of partition: Partition) -> String {
        guard partition.committed != nil else { return "" }
        guard let note = partition.note else { return "committed by another program" }
        return note.watermark == .distantPast ? "nothing read" : note.watermark.text
    }

    /// One object for programs.
    func json(checkpoints: [(folder: String, entries: [CheckpointListing.Entry])]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("application", application)
            json.member("group", group)
            json.array("partitions", of: partitions) { json, partition in
                json.object { json in
                    json.member("task", partition.task)
                    json.member("topic", partition.partition.topic)
                    json.member("partition", partition.partition.partition)
                    json.member("log_start", partition.kept.lowerBound)
                    json.member("log_end", partition.kept.upperBound)
                    json.member("committed", partition.committed?.offsetNext)
                    json.member("lag", partition.lag)
                    json.member("watermark", partition.note?.watermark)
                    json.member("revision", partition.note?.revision)
                }
            }
            json.array("checkpoints", of: checkpoints.flatMap { folder, all in all.map { (folder, $0) } }) {
                json, entry in
                json.object { json in
                    json.member("folder", entry.0)
                    json.member("task", entry.1.task)
                    json.member("generation", entry.1.generation)
                    json.member("bytes", entry.1.byteCount)
                    json.member("written", EventTime(milliseconds: entry.1.modified))
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
