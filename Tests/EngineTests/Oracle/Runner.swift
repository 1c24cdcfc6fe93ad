import RampartCore

/// Something that turns a log into alerts and credits.
enum Runner: Hashable {
    /// The slow one.
    case oracle
    /// The one that is under test, with what must change nothing.
    case core(CoreOptions)

    /// The ways in which every scenario is run.
    static let all: [Runner] = [.oracle, .core(CoreOptions())]

    /// Replays a log.
    func run(
        _ pipeline: ModelPipeline, _ log: ModelLog, _ options: OracleOptions = OracleOptions()
    ) async throws -> OracleResult {
        switch self {
        case .oracle: try Oracle.run(pipeline, log, options, core: CoreReplay(pipeline).facts)
        case .core(let core): try await CoreReplay(pipeline).run(log, options, core)
        }
    }
}

/// What may differ between two replays of the core without changing a row.
struct CoreOptions: Hashable {
    /// The number of shards.
    var shards = 1
    /// The seed of the order in which partitions are polled; the lowest watermark first where nil.
    var pollingSeed: UInt64?
    /// The bytes read at a time.
    var chunkBytes = 1 << 18
    /// The seed of the in-memory tables.
    var hashSeed: UInt64 = 0
}
