import RampartCore

/// The rules of `docs/SEMANTICS.md`, done slowly over whole sorted lists, to compare the core with.
///
/// Nothing is kept from one pane end to the next: each evaluation filters the list of all accepted events anew, and
/// runs, alerts and lines are read off the list of evaluations afterwards. It shares value types with the core only.
struct Oracle {
    /// The pipeline.
    let pipeline: ModelPipeline
    /// The log.
    let log: ModelLog
    /// How to replay.
    let options: OracleOptions
    /// Whether windows are evaluated at every pane end there is, not only where one changes.
    let everyPane: Bool
    /// What the core says.
    let core: OracleCore

    /// Events that were on time, in the order in which they arrived.
    var arrived: [OracleEvent] = []
    /// Events that were late.
    var late: [OracleEvent] = []
    /// Events that were accepted, in canonical order.
    var accepted: [OracleEvent] = []
    /// What did not fit under a ceiling, by key group.
    var refusals: [Int: [OracleRefusal]] = [:]
    /// What events found in tables: the key group, when the findings began, and what is missing if that is doubtful.
    var lookups: [(group: Int, since: Int64, doubt: OracleRefusal)] = []
    /// The watermark at which everything stops.
    var finalWatermark = Int64.min
    /// The evaluations of every live key of every window.
    var histories: [History] = []
    /// Lines that late charges made, by id and pane end.
    var lateLines: Set<String> = []
    /// What has been found so far.
    var result = OracleResult()

    /// Says what must come out of a log.
    static func run(
        _ pipeline: ModelPipeline, _ log: ModelLog, _ options: OracleOptions = OracleOptions(),
        everyPane: Bool = false, core: OracleCore = OracleCore()
    ) -> OracleResult {
        var oracle = Oracle(
            pipeline: pipeline, log: log, options: options, everyPane: everyPane, core: core)
        oracle.result.unkeyed = pipeline.stages.map { _ in 0 }
        oracle.result.unmatched = pipeline.stages.map { _ in 0 }
        oracle.result.conditionErrors = pipeline.stages.map { _ in 0 }
        oracle.result.refused = pipeline.stages.map { _ in 0 }
        oracle.result.unremembered = pipeline.sources.map { _ in 0 }
        oracle.result.allowed = pipeline.stages.map { _ in 0 }
        oracle.result.muted = pipeline.stages.map { _ in 0 }
        oracle.result.findings = pipeline.stages.map { _ in 0 }
        oracle.takeIn()
        oracle.accept()
        oracle.runStages()
        oracle.noteDoubts()
        oracle.raiseAlerts()
        oracle.writeScores()
        oracle.keepLedger()
        oracle.gatherIncidents()
        return oracle.result
    }

    /// The end of the slice of a length that holds a moment.
    func sliceEnd(_ time: Int64, of length: Int64) -> Int64 {
        let start = sliceStart(time, of: length)
        return start > .max - length ? .max : start + length
    }

    /// The start of the slice of a length that holds a moment.
    func sliceStart(_ time: Int64, of length: Int64) -> Int64 {
        let remainder = time % length
        return time - (remainder < 0 ? remainder + length : remainder)
    }

    /// Whether an event passes everything between the sources and a stage.
    func reaches(_ stage: Int, _ event: OracleEvent) -> Bool { passes(pipeline.stages[stage].inputs, event) }

    /// Whether an event comes out of one of some inputs.
    func passes(_ inputs: [Stage.Input], _ event: OracleEvent) -> Bool {
        inputs.contains { input in
            switch input {
            case .source(let source): return source == event.source
            case .stage(let other):
                guard reaches(other, event) else { return false }
                switch pipeline.stages[other].kind {
                case .filter(let condition):
                    let scope = OracleScope(event: event, thresholds: pipeline.stages[other].thresholds)
                    return scope.value(condition) == .boolean(true)
                case .join, .table: return true
                case .window, .incident: return false
                }
            }
        }
    }

    /// The values of a key, or nil where the event lacks one.
    func key(_ fields: [Field], of event: OracleEvent) -> [String]? {
        let values = fields.compactMap { event.text($0) }
        return values.count == fields.count ? values : nil
    }

    /// The bytes of a key.
    func keyBytes(_ key: [String]) -> [UInt8] { key.flatMap { OracleHash.lengthPrefixed(Array($0.utf8)) } }
}
