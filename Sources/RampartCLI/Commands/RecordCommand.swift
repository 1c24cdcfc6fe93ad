import ArgumentParser
import Engine
import Pipelines
import RampartCore
import Storage

/// `rampart record`: an application's topics as a recorded log.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Write the topics of an application to a recorded log, to be replayed elsewhere.",
        discussion: """
            Copies the input, control and command topics up to where they end now: records with their offsets, times,
            keys and headers. A second run into the same folder goes on where the first one stopped. Where a partition
            cannot be read up to its end, as before an open transaction, the recording is incomplete, and the exit code 1.

              rampart record pipelines/marketplace.yaml --brokers kafka:9092 --out recorded
              rampart replay pipelines/marketplace.yaml recorded --out found --no-flush

            The recording holds personal data, and only its owner can read it.
            """)

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Option(help: ArgumentHelp("The folder of the recorded log.", valueName: "dir"))
    var out: String

    @Flag(help: "Record the changelog too; a replay does not need it.")
    var changelog = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func run() throws {
        let application = try Application(pipeline, cluster, client: "record")
        Interruption.watch()
        do {
            try record(application)
        } catch let error as StorageError {
            throw Failure.running(error.description)
        }
    }

    private func record(_ application: Application) throws {
        let manifest = RecordedLogManifest(
            pipeline: application.pipeline.topology.family, application: application.topics.application,
            created: EventTime(milliseconds: WallClock.now))
        let parts = try Self.parts(of: application, includesChangelog: changelog)
        let writer = try RecordedLogWriter(folder: out, manifest: manifest)
        var progress = Progress()
        var stalls: [Stall] = []
        for part in parts {
            do {
                try copy(part, of: application, to: writer, &progress)
            } catch let stall as Stall {
                stalls.append(stall)
                // The others wait for nobody's transaction, but they would for a cluster that is away.
                guard stall.isAnswered else { break }
            }
        }
        progress.bar.clear()
        try finish(writer, application, inputs: parts.filter { $0.role == .input }.map(\.partition), stalls)
        if !quiet { Console.output("\(progress.count.grouped) records of \(parts.count) partitions are in \(out)") }
    }

    /// What was recorded so far.
    private struct Progress {
        var bar = ProgressBar()
        var count = 0
    }

    /// Records a partition from where the recording ends up to where it ended when this was begun.
    private func copy(
        _ part: Part, of application: Application, to writer: RecordedLogWriter, _ progress: inout Progress
    ) throws {
        let start = max(writer.end(of: part.partition) ?? part.kept.lowerBound, part.kept.lowerBound)
        guard start <= part.kept.upperBound else {
            throw Failure.running(
                "\(part.partition) ends at offset \(part.kept.upperBound) and was recorded up to \(start): the topic was "
                    + "made anew; record into another folder")
        }
        try writer.append([], of: part.partition, role: part.role, covering: start..<start)
        try application.read(part.partition, start..<part.kept.upperBound) { records, covered in
            try writer.append(records, of: part.partition, role: part.role, covering: covered)
            progress.count += records.count
            if Console.isTerminal, !quiet { progress.bar.update(records: progress.count, fraction: nil) }
        }
    }

    /// Makes what was recorded durable, and fails where that is not all.
    private func finish(
        _ writer: RecordedLogWriter, _ application: Application, inputs: [TopicPartition], _ stalls: [Stall]
    ) throws {
        let canAsk = stalls.allSatisfy(\.isAnswered)
        try writer.finish(committed: canAsk ? try application.committed(inputs).mapValues(\.offsetNext) : [:])
        if Interruption.isRequested {
            throw Failure.running("stopped by a signal; \(out) holds what was recorded, and a second run goes on")
        }
        guard stalls.isEmpty else {
            let lines = ["the recording in \(out) is incomplete; a second run goes on"] + stalls.map(\.message)
            throw Failure.running(lines.joined(separator: "\n"))
        }
    }

    /// A partition to record, and what is kept of it.
    private struct Part {
        var partition: TopicPartition
        var role: RecordedLogManifest.Role
        var kept: Range<Int64>
    }

    /// Note: the ends of the inputs are asked for first, so that the control log has all that was decided about them.
    private static func parts(of application: Application, includesChangelog: Bool) throws -> [Part] {
        let topics = application.topics
        let tasks = 0..<(try application.taskCount())
        let inputs = tasks.flatMap { topics.inputPartitions(of: $0) }
        var others = tasks.map { TopicPartition(topics.control, $0) } + [TopicPartition(topics.commands, 0)]
        if includesChangelog { others += tasks.map { TopicPartition(topics.changelog, $0) } }
        return try inputs.map { Part(partition: $0, role: .input, kept: try application.logRange(of: $0)) }
            + others.map { Part(partition: $0, role: .control, kept: try application.logRange(of: $0)) }
    }
}
