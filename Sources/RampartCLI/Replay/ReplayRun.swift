import Engine
import Glibc
import Pipelines
import RampartCore
import Storage

/// One run of `rampart replay`, from the first chunk to the table at its end.
struct ReplayRun {
    let command: ReplayCommand
    let pipeline: Pipeline
    /// The logs, as the summary names them.
    let logs: [String]
    /// The partitions of topics, where the logs are such.
    var partitions: [TopicPartition] = []
    let folder: OutputFolder

    /// Replays into the folder; throws a `Failure` where the run is not complete.
    ///
    /// `fraction` tells which part of the logs was read, where that is known.
    func run(
        fraction: @escaping () -> Double?,
        replay: (inout FolderSink, (ReplayProgress) -> Void) async throws -> ReplayReport
    ) async throws {
        let start = ContinuousClock.now
        var sink = FolderSink(
            folder: folder, topology: pipeline.topology, masks: pipeline.masks, partitions: partitions)
        var bar = ProgressBar()
        let showsBar = Console.isTerminal && !command.quiet && !command.json
        Interruption.watch()
        let report: ReplayReport
        do {
            report = try await replay(&sink) { progress in
                if showsBar { bar.update(records: progress.records, fraction: fraction()) }
            }
        } catch {
            bar.clear()
            throw Failure.running(
                "\(Self.describe(error)); the outputs in \(folder.path) are incomplete and stay .partial")
        }
        bar.clear()
        var summary = sink.summary
        summary.add(report, logs: logs)
        summary.isFlushed = !command.noFlush && !report.wasStopped
        summary.run.shards = command.shards
        summary.run.wallSeconds = Self.seconds(since: start)
        summary.run.peakResidentBytes = Self.peakResidentBytes
        summary.interruption = Self.interruption(of: report)
        try save(summary)
        say(summary)
        if let interruption = summary.interruption {
            throw Failure.running(
                "\(interruption); what was read is in \(folder.path), whose files stay .partial because the run is incomplete"
            )
        }
    }

    private func save(_ summary: Summary) throws {
        var json = JSONWriter()
        summary.write(to: &json)
        do {
            if summary.isComplete {
                try folder.complete(summary: json.bytes)
            } else {
                try folder.abandon(summary: json.bytes)
            }
        } catch {
            throw Failure.running(
                "\(Self.describe(error)); the outputs in \(folder.path) are incomplete and stay .partial")
        }
    }

    private func say(_ summary: Summary) {
        if command.json {
            var json = JSONWriter()
            summary.write(to: &json)
            json.bytes.withUnsafeBytes { Console.output(String(decoding: $0.dropLast(), as: UTF8.self)) }
        } else if !command.quiet {
            for line in SummaryTable(summary, folder: folder.path).lines { Console.output(line) }
        }
    }

    /// Why a run is not complete; nil where it is.
    private static func interruption(of report: ReplayReport) -> String? {
        if report.wasStopped { return "stopped by a signal before the end of the logs" }
        guard !report.failures.isEmpty else { return nil }
        return report.failures.map { describe($0.error, in: $0.log) }.joined(separator: "; ")
    }

    private static func describe(_ error: any Error, in log: String? = nil) -> String {
        if let error = error as? StorageError { return error.description }
        if let failure = error as? Failure { return failure.message }
        return log.map { "\($0): \(error)" } ?? "\(error)"
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds / 1_000_000_000_000_000) / 1000
    }

    /// The most memory that the process has held, as the system counts it.
    private static var peakResidentBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1024
    }
}
