public import RampartCore

/// The replay shell: carries chunks of logs to the core and its rows to a sink.
///
/// One thread reads and decodes; the shards work on the chunk before it at the same time. Chunks are applied in the
/// order in which they were read, and within one the shards share nothing, so that the threads change no result.
public struct Replay {
    private struct Partition {
        var log: ReplayLog
        var splitter: RecordSplitter
        var records = RecordBatch()
        var hasEnded = false

        /// Replaces `records` by those that the next bytes of the log complete.
        mutating func readRecords(with bytes: inout [UInt8]) throws {
            records.removeAll()
            if try log.reader.read(into: &bytes) {
                bytes.withUnsafeBytes { splitter.split($0, into: &records) }
            } else {
                splitter.finish(into: &records)
                hasEnded = true
            }
        }
    }

    /// Events for the shards, with the watermark that they bring.
    private struct Chunk: Sendable {
        var events: EventBatch
        var watermark: EventTime
    }

    private let topology: Topology
    private let options: ReplayOptions
    private let workers: [ShardWorker]
    private var intake: Intake
    private var partitions: [Partition]
    private var polling: PollingOrder
    private var bytes: [UInt8] = []
    private var failures: [ReplayReport.Failure] = []

    /// Prepares the replay of some logs; nothing is read yet.
    public init(_ topology: Topology, logs: [ReplayLog], options: ReplayOptions) throws(BindingError) {
        var bindings: [PartitionBinding] = []
        var partitions: [Partition] = []
        for log in logs {
            let binding = try LogBinding(log: log.name, source: log.source, in: topology)
            bindings.append(binding.partition)
            partitions.append(Partition(log: log, splitter: RecordSplitter(format: binding.format)))
        }
        self.topology = topology
        self.options = options
        self.partitions = partitions
        intake = Intake(topology: topology, partitions: bindings, bounds: options.bounds)
        polling = PollingOrder(options.polling)
        let prior = options.prior
        let seed = options.hashSeed
        let shards = options.shards
        let scores = options.scores
        workers = (0..<shards).map { index in
            var shard = Shard(topology: topology, index: index, of: shards, hashSeed: seed, scores: scores)
            shard.adopt(prior)
            return ShardWorker(shard)
        }
    }

    /// Replays the logs; `isStopped` is asked between chunks, `progress` told.
    ///
    /// A log that cannot be read ends there and is reported; an error of the sink ends the run.
    public mutating func run(
        into sink: inout some ReplaySink, isStopped: () -> Bool = { false },
        progress: (ReplayProgress) -> Void = { _ in }
    ) async throws -> ReplayReport {
        let workers = workers
        let subgraphs = topology.subgraphs.count
        var wasStopped = false
        var next = try readChunk(into: &sink)
        while let chunk = next {
            async let outputs = Self.apply(chunk, on: workers, subgraphs: subgraphs)
            wasStopped = isStopped()
            next = wasStopped ? nil : try readChunk(into: &sink)
            try sink.write(await outputs)
            progress(ReplayProgress(records: intake.counters.read, watermark: chunk.watermark))
        }
        if !wasStopped {
            let end = options.flushes ? EventTime.distantFuture : intake.watermark
            let rest = Chunk(events: EventBatch(slotCount: topology.layout.slotCount), watermark: end)
            try sink.write(await Self.apply(rest, on: workers, subgraphs: subgraphs))
        }
        return await report(wasStopped: wasStopped)
    }

    /// The next chunk of the partition whose turn it is; nil when all have ended.
    private mutating func readChunk(into sink: inout some ReplaySink) throws -> Chunk? {
        let open = partitions.indices.filter { !partitions[$0].hasEnded }
        let watermarks = open.map { intake.watermark(of: $0) }
        guard let turn = polling.next(of: open, watermarks: watermarks) else { return nil }
        do {
            try partitions[turn].readRecords(with: &bytes)
            if let error = intake.headerError(in: partitions[turn].records, of: turn) { throw error }
        } catch {
            // What is left in the splitter is the start of a record whose end was never seen.
            partitions[turn].records.removeAll()
            failures.append(ReplayReport.Failure(log: partitions[turn].log.name, error: error))
            partitions[turn].hasEnded = true
        }
        let read = intake.read(partitions[turn].records, of: turn)
        if partitions[turn].hasEnded { intake.end(turn) }
        if !read.deadLetters.isEmpty || !read.lateEvents.isEmpty {
            try sink.write(deadLetters: read.deadLetters, lateEvents: read.lateEvents)
        }
        return Chunk(events: read.events, watermark: intake.watermark)
    }

    /// Has all shards work on a chunk, subgraph by subgraph, and puts their rows into the order of files.
    ///
    /// An exchange is a hand-over between shards: what has departed from a subgraph is there when all of them are through with
    /// it, and so the next one can go as far.
    private static func apply(_ chunk: Chunk, on workers: [ShardWorker], subgraphs: Int) async -> Outputs {
        var outputs = await apply([chunk.events], of: Subgraph.main, watermark: chunk.watermark, on: workers)
        guard subgraphs > 1 else { return outputs }
        for subgraph in 1..<subgraphs {
            let events = outputs.departed.removeValue(forKey: subgraph) ?? []
            outputs.append(await apply(events, of: subgraph, watermark: chunk.watermark, on: workers))
        }
        outputs.sort()
        return outputs
    }

    private static func apply(
        _ events: [EventBatch], of subgraph: Int, watermark: EventTime, on workers: [ShardWorker]
    ) async -> Outputs {
        if workers.count == 1 { return await workers[0].apply(events, of: subgraph, watermark: watermark) }
        return await withTaskGroup(of: Outputs.self) { group in
            for worker in workers {
                group.addTask { await worker.apply(events, of: subgraph, watermark: watermark) }
            }
            var outputs = Outputs()
            for await rows in group { outputs.append(rows) }
            outputs.sort()
            return outputs
        }
    }

    private func report(wasStopped: Bool) async -> ReplayReport {
        var groups = GroupCounters(topology)
        var unjustified: [PriorLine] = []
        for worker in workers {
            groups.add(await worker.counters)
            unjustified.append(contentsOf: await worker.unjustified)
        }
        let first = groups.sources.compactMap(\.firstTime).min()
        let last = groups.sources.compactMap(\.lastTime).max()
        return ReplayReport(
            intake: intake.counters, groups: groups,
            unjustified: unjustified.filter { line in
                guard let first, let last else { return false }
                return first <= line.chargeTime && line.chargeTime <= last
            }.sorted { $0.lineID < $1.lineID },
            failures: failures, wasStopped: wasStopped)
    }
}

/// A shard on whatever thread is free; its batches are applied in the order in which they are handed over.
private actor ShardWorker {
    private var shard: Shard

    init(_ shard: Shard) { self.shard = shard }

    var counters: GroupCounters { shard.counters }
    var unjustified: [PriorLine] { shard.unjustified }

    func apply(_ events: [EventBatch], of subgraph: Int, watermark: EventTime) -> Outputs {
        shard.apply(events, of: subgraph, watermark: watermark)
    }
}

/// Which partition is read next (R10).
private struct PollingOrder {
    private let polling: ReplayOptions.Polling
    private var state: UInt64

    init(_ polling: ReplayOptions.Polling) {
        self.polling = polling
        state = if case .seeded(let seed) = polling { seed } else { 0 }
    }

    /// The partition to read next of those that are open, given their watermarks.
    mutating func next(of open: [Int], watermarks: [EventTime]) -> Int? {
        switch polling {
        case .lowestWatermark:
            return zip(open, watermarks).min { $0.1 < $1.1 }?.0
        case .seeded:
            guard !open.isEmpty else { return nil }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return open[Int(state >> 33) % open.count]
        }
    }
}
