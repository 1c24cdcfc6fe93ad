import Engine
import Pipelines
import RampartCore
import Storage

/// The replay of a recorded log: every task of the application that was recorded.
///
/// What the daemon decided is read from the recording and not decided again. The rows of all tasks are held in memory
/// until the last one has run, since their order is that of one file (R35).
struct RecordedReplay {
    /// The logs, as the summary names them: each partition of the recording that was an input.
    let names: [String]

    private let recording: RecordedLogReader
    private let pipeline: Pipeline
    private let topics: DaemonTopics
    private let tasks: Int
    private let bounds: Intake.Bounds
    private let flushes: Bool
    private let scores: [Int: ScoreRow.Detail]

    init(folder: String, pipeline: Pipeline, options: ReplayOptions) throws {
        recording = try RecordedLogReader(folder: folder)
        self.pipeline = pipeline
        bounds = options.bounds
        flushes = options.flushes
        scores = options.scores
        let manifest = recording.manifest
        guard manifest.pipeline == pipeline.topology.family else {
            throw Failure.unusable(
                "\(folder): this was recorded for the pipeline \(manifest.pipeline), and the file is "
                    + pipeline.topology.family)
        }
        do throws(DaemonError) {
            topics = try DaemonTopics(pipeline, application: manifest.application)
        } catch {
            throw Failure.unusable("\(pipeline.file): \(error.message)")
        }
        let lead = topics.lead
        tasks = manifest.partitions.count { $0.role == .input && $0.partition.topic == lead }
        let partitions = (0..<tasks).flatMap { [topics] task in topics.inputPartitions(of: task) }
        names = partitions.map(\.description)
        guard tasks > 0, partitions.allSatisfy({ manifest[$0] != nil }) else {
            throw Failure.unusable("\(folder): the recording lacks input topics that the pipeline reads")
        }
    }

    /// The partitions of all tasks, for the rows of records that were set aside.
    var partitions: [TopicPartition] { (0..<tasks).flatMap { topics.inputPartitions(of: $0) } }

    /// Replays all tasks into a sink.
    func run(
        into sink: inout FolderSink, isStopped: @escaping () -> Bool, progress: (ReplayProgress) -> Void
    ) throws -> ReplayReport {
        var outputs = Outputs()
        var intake = IntakeCounters(pipeline.topology, partitions: 0)
        var groups = GroupCounters(pipeline.topology)
        var failures: [ReplayReport.Failure] = []
        let count = RecordCount()
        for together in shifts where !isStopped() {
            var replay = LogReplay(try together.map(taskReplay), topology: pipeline.topology)
            var source = RecordedSource(recording, count: count, isStopped: isStopped)
            do {
                try replay.run(&source, flushes: flushes) { index, rows in
                    outputs.append(rows.outputs)
                    let first = together[index] * topics.inputs.count
                    try sink.write(
                        deadLetters: rows.setAside.deadLetters.map { $0.moved(by: first) },
                        lateEvents: rows.setAside.lateEvents.map { $0.moved(by: first) })
                    progress(ReplayProgress(records: count.records, watermark: .distantPast))
                }
            } catch let error as RecordedSource.Failed {
                failures.append(ReplayReport.Failure(log: error.partition.description, error: error.error))
            }
            for counters in replay.counters {
                intake.add(counters.intake)
                groups.add(counters.groups)
            }
        }
        outputs.sort()
        try sink.write(outputs)
        return ReplayReport(
            intake: intake, groups: groups, failures: failures, wasStopped: isStopped())
    }

    /// The tasks that are replayed together, shift by shift: all where exchanges join them, else one by one.
    private var shifts: [[Int]] { topics.exchanges.isEmpty ? (0..<tasks).map { [$0] } : [Array(0..<tasks)] }

    private func taskReplay(_ task: Int) throws -> TaskReplay {
        let control = try controlRecords(of: task)
        do throws(DaemonError) {
            return try TaskReplay(
                task: task, of: tasks, topics: topics, control: control, fallback: pipeline, bounds: bounds,
                scores: scores)
        } catch {
            throw Failure.running("\(recording.folder): \(error.message)")
        }
    }

    /// What a task decided about the records that were recorded.
    ///
    /// A promise behind the end of a partition was made about records that are not here, and would let panes close
    /// without them.
    private func controlRecords(of task: Int) throws -> [StoredRecord] {
        let partition = TopicPartition(topics.control, task)
        guard recording.manifest[partition] != nil else { return [] }
        let cursor = try recording.records(of: partition)
        var control: [StoredRecord] = []
        while let records = try cursor.next() {
            for record in records where try isWanted(record, of: task) { control.append(record) }
        }
        return control
    }

    private func isWanted(_ record: StoredRecord, of task: Int) throws -> Bool {
        guard let value = record.value, let entry = ControlRecord(bytes: value) else { return true }
        switch entry.decision {
        case .promise(let promise):
            let end = recording.manifest[TopicPartition(promise.topic, task)]?.covered.upperBound ?? 0
            return promise.offset <= end
        case .effect(let effect):
            guard case .reload(let settings) = effect.command.body else { return true }
            guard settings.graph == pipeline.topology.graph, Self.isWhole(settings) else {
                throw Failure.unusable(
                    "\(recording.folder): revision \(settings.revision) was in force, whose graph is not that of "
                        + "\(pipeline.file); use the file that was run")
            }
            return true
        }
    }

    /// Whether settings are what they say of themselves, since anyone may have written the recording.
    private static func isWhole(_ settings: PipelineSettings) -> Bool {
        guard let pipeline = try? settings.load() else { return false }
        return pipeline.topology.graph == settings.graph
    }
}

/// Records handed out, which are told while the source that counts them is in use.
private final class RecordCount {
    var records = 0
}

/// The records of a recorded log, partition by partition.
private struct RecordedSource: RecordSource {
    /// A partition that could not be read to its end.
    struct Failed: Error {
        var partition: TopicPartition
        var error: StorageError
    }

    private let recording: RecordedLogReader
    private let isStopped: () -> Bool
    private var cursors: [TopicPartition: RecordedLogCursor] = [:]
    private let count: RecordCount

    init(_ recording: RecordedLogReader, count: RecordCount, isStopped: @escaping () -> Bool) {
        self.recording = recording
        self.count = count
        self.isStopped = isStopped
    }

    mutating func next(of partition: TopicPartition) throws -> [StoredRecord] {
        do throws(StorageError) {
            let cursor = try cursor(of: partition)
            while !isStopped(), let records = try cursor.next() {
                count.records += records.count
                if !records.isEmpty { return records }
            }
            return []
        } catch {
            throw Failed(partition: partition, error: error)
        }
    }

    private mutating func cursor(of partition: TopicPartition) throws(StorageError) -> RecordedLogCursor {
        if let cursor = cursors[partition] { return cursor }
        let cursor = try recording.records(of: partition)
        cursors[partition] = cursor
        return cursor
    }
}

extension DeadLetter {
    /// The same of a partition counted over all tasks.
    fileprivate func moved(by partitions: Int) -> DeadLetter {
        var moved = self
        moved.place.partition += partitions
        return moved
    }
}

extension LateEvent {
    /// The same of a partition counted over all tasks.
    fileprivate func moved(by partitions: Int) -> LateEvent {
        var moved = self
        moved.place.partition += partitions
        return moved
    }
}

extension IntakeCounters {
    /// Adds what another task has counted, its partitions behind ours.
    fileprivate mutating func add(_ other: IntakeCounters) {
        partitions += other.partitions
        for index in sources.indices { sources[index].add(other.sources[index]) }
        unbound.add(other.unbound)
        reasons.merge(other.reasons, uniquingKeysWith: +)
    }
}

extension IntakeCounters.Source {
    fileprivate mutating func add(_ other: IntakeCounters.Source) {
        filtered += other.filtered
        deadLettered += other.deadLettered
        late += other.late
    }
}
