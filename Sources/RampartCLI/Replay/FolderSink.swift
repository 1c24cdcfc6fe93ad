import Engine
import RampartCore
import Storage

/// Writes the rows of a replay into its output folder, and counts them for the summary.
struct FolderSink: ReplaySink {
    private let folder: OutputFolder
    private let encoder: OutputEncoder
    private var json = JSONWriter()
    /// What was counted of the rows; the fates are added at the end.
    private(set) var summary: Summary

    init(folder: OutputFolder, topology: Topology, masks: SinkMasks, partitions: [TopicPartition] = []) {
        self.folder = folder
        encoder = OutputEncoder(
            topology: topology, masks: masks,
            partitions: partitions.map { (topic: $0.topic, partition: $0.partition) })
        summary = Summary(topology: topology)
    }

    mutating func write(_ outputs: Outputs) throws {
        for (alerts, file) in [(outputs.alerts, OutputFile.alerts), (outputs.shadow, .shadow)] {
            try write(alerts, to: file) { encoder, json, summary, alert in
                encoder.write(alert, to: &json)
                summary.count(alert)
            }
        }
        try write(outputs.incidents, to: .incidents) { encoder, json, summary, incident in
            encoder.write(incident, to: &json)
            summary.count(incident)
        }
        try write(outputs.scores, to: .scores) { encoder, json, _, score in encoder.write(score, to: &json) }
        try write(outputs.lines, to: .creditLines) { encoder, json, summary, line in
            encoder.write(line, to: &json)
            summary.count(line)
        }
        try write(outputs.credits, to: .credits) { encoder, json, _, credit in encoder.write(credit, to: &json) }
    }

    mutating func write(deadLetters: [DeadLetter], lateEvents: [LateEvent]) throws {
        for letter in deadLetters {
            json.removeAll()
            encoder.write(letter, to: &json)
            try folder.append(json.bytes, at: letter.place, to: .deadLetters)
        }
        for late in lateEvents {
            json.removeAll()
            encoder.write(late, to: &json)
            try folder.append(json.bytes, at: late.place, to: .late)
        }
    }

    private mutating func write<Row>(
        _ rows: [Row], to file: OutputFile,
        _ encode: (OutputEncoder, inout JSONWriter, inout Summary, Row) -> Void
    ) throws {
        guard !rows.isEmpty else { return }
        json.removeAll()
        for row in rows { encode(encoder, &json, &summary, row) }
        try folder.append(json.bytes, to: file)
    }
}
