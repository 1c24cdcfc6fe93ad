import RampartCore

/// Something that turns a log into alerts and credits.
enum Runner: CaseIterable {
    /// The slow one.
    case oracle

    /// Replays a log.
    func run(_ pipeline: ModelPipeline, _ log: ModelLog, _ options: OracleOptions = OracleOptions()) throws
        -> OracleResult
    {
        switch self {
        case .oracle: Oracle.run(pipeline, log, options)
        }
    }
}
