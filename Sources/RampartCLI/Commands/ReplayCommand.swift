import ArgumentParser
import Engine
import Glibc
import Pipelines
import RampartCore
import Storage

/// `rampart replay`: recorded logs in, alerts and credits out.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a pipeline over recorded logs, with no effect on the outside.",
        discussion: """
            The same logs give the same alerts, lines and credits, byte for byte,
            whatever the shards.

            A LOG is a file, a folder of files or - for standard input: NDJSON, or
            CSV with a header, plain, gzip or zstd. It belongs to the only source, or
            each of its records goes by its `type`; source=LOG names the source. A folder that
            `rampart record` has written is replayed as the daemon ran it: all its tasks,
            under the settings that were in force.

              rampart replay pipelines/marketplace.yaml day.ndjson.gz --out found

            DIR gets alerts.ndjson, shadow.ndjson, incidents.ndjson, credit-lines.ndjson, credits.ndjson,
            late.ndjson, dead-letters.ndjson and summary.json, and scores.ndjson where
            --scores asks for it. Until the run is complete their names end in .partial.
            """)

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Argument(help: ArgumentHelp("Logs to replay, each LOG or source=LOG.", valueName: "log"))
    var logs: [String]

    @Option(help: ArgumentHelp("The folder to write; it must not hold results yet.", valueName: "dir"))
    var out: String

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Set a threshold for this run.", valueName: "stage.name=value"))
    var settings: [String] = []

    @Option(help: "Threads that share the merchants out, 1 to \(Shard.countMax).")
    var shards = 1

    @Option(help: ArgumentHelp("Take events from this time on, in ISO 8601.", valueName: "time"))
    var from: Timestamp?

    @Option(help: ArgumentHelp("Take events before this time, in ISO 8601.", valueName: "time"))
    var to: Timestamp?

    @Option(help: ArgumentHelp("Dead-letter events after this time.", valueName: "time"))
    var maxTs: Timestamp = Timestamp(time: .year2100)

    @Flag(help: "Stop at the last watermark: leave windows, alerts and credits open at the end of the logs.")
    var noFlush = false

    @Option(
        help: ArgumentHelp("The output folder of an earlier run, whose lines are claimed already.", valueName: "prior"))
    var ledger: [String] = []

    @Option(
        help: ArgumentHelp(
            "Write how close each key of a stage came to its thresholds: the most of each hour, or each evaluation.",
            valueName: "stage[=panes]"))
    var scores: [String] = []

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Print the summary as JSON instead of a table.")
    var json = false

    func validate() throws {
        guard (1...Shard.countMax).contains(shards) else {
            throw ValidationError("--shards is \(shards); it can be 1 to \(Shard.countMax)")
        }
        if let from, let to, from.time >= to.time { throw ValidationError("--from must be before --to") }
        if logs.isEmpty { throw ValidationError("name at least one log") }
    }

    func run() async throws {
        let pipeline = try PipelineFile.load(path: pipeline, settings: settings, isQuiet: quiet)
        if let recording = logs.first, RecordedLogReader.isRecordedLog(recording) {
            return try await run(pipeline, recording: recording)
        }
        let logs = try Self.usable { try LogArguments(self.logs, topology: pipeline.topology) }
        let prior = try Self.usable { try PriorLedger.read(folders: ledger, family: pipeline.topology.family) }
        let options = try options(pipeline, prior: prior)
        var replay = try Self.usable { try Replay(pipeline.topology, logs: logs.logs, options: options) }
        let folder = try Self.usable { try OutputFolder(path: out, hasScores: !scores.isEmpty) }
        let run = ReplayRun(command: self, pipeline: pipeline, logs: logs.logs.map(\.name), folder: folder)
        try await run.run(
            fraction: { logs.fraction },
            replay: { sink, progress in
                try await replay.run(into: &sink, isStopped: { Interruption.isRequested }, progress: progress)
            })
    }

    /// Replays all tasks of a recorded log, under the settings that were in force.
    private func run(_ pipeline: Pipeline, recording: String) async throws {
        guard logs.count == 1, ledger.isEmpty else {
            throw Failure.unusable("\(recording) is a recorded log, which is replayed alone and without --ledger")
        }
        if !settings.isEmpty, !quiet {
            Console.error("warning: the settings in the recording hold; --set is used only where it names none")
        }
        let options = try options(pipeline, prior: [])
        let replay = try Self.usable { try RecordedReplay(folder: recording, pipeline: pipeline, options: options) }
        let folder = try Self.usable { try OutputFolder(path: out, hasScores: !scores.isEmpty) }
        let run = ReplayRun(
            command: self, pipeline: pipeline, logs: replay.names, partitions: replay.partitions, folder: folder)
        try await run.run(
            fraction: { nil },
            replay: { sink, progress in
                try replay.run(into: &sink, isStopped: { Interruption.isRequested }, progress: progress)
            })
    }

    private func options(_ pipeline: Pipeline, prior: [PriorLine]) throws -> ReplayOptions {
        var options = ReplayOptions()
        options.shards = shards
        options.bounds = Intake.Bounds(from: from?.time, to: to?.time, latest: maxTs.time)
        options.flushes = !noFlush
        options.prior = prior
        options.scores = try ScoreArguments.read(scores, topology: pipeline.topology)
        options.hashSeed = UInt64.random(in: .min ... .max)
        return options
    }

    /// Does what only the arguments can make fail.
    private static func usable<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as StorageError {
            throw Failure.unusable(error.description)
        } catch let error as BindingError {
            throw Failure.unusable(error.message)
        }
    }
}

/// A time on the command line, in ISO 8601.
struct Timestamp: ExpressibleByArgument {
    let time: EventTime

    init(time: EventTime) { self.time = time }

    init?(argument: String) {
        guard let time = EventTime(text: argument) else { return nil }
        self.time = time
    }

    var defaultValueDescription: String { time.text }
}
