import Engine
import Pipelines
import RampartCore

/// A model pipeline, loaded from its text as a user's file is, and replayed by the core.
///
/// This is the only file of the oracle that knows the core beyond its value types.
struct CoreReplay {
    private let topology: Topology

    /// Loads the text of a model pipeline.
    init(_ pipeline: ModelPipeline) throws {
        topology = try Self.load(pipeline)
    }

    /// The graph of a model pipeline and its data files.
    static func load(_ pipeline: ModelPipeline) throws -> Topology {
        let files = pipeline.files.map { DataFile(path: $0.path, text: $0.text) }
        return try PipelineLoader.load(text: pipeline.text, file: "model.yaml", data: DataFiles(files)).get().topology
    }

    private static func settings(_ settings: Alert.Settings) -> [String] {
        var words = settings.thresholds.map { "\($0.name)=\(ModelPipeline.text($0.value))" }
        for override in settings.overrides {
            let scope = if case .segment(let name) = override.scope { name } else { "merchant" }
            words.append(
                "\(settings.thresholds[override.threshold].name) for \(scope) until "
                    + "\(override.until.map { "\($0.milliseconds)" } ?? "ever")")
        }
        if let mute = settings.mute { words.append("muted until \(mute.until.milliseconds)") }
        return words
    }

    /// Replays a log from memory, and says what came out in the oracle's words.
    func run(_ log: ModelLog, _ options: OracleOptions, _ core: CoreOptions) async throws -> OracleResult {
        var replayOptions = ReplayOptions()
        replayOptions.shards = core.shards
        replayOptions.bounds = Intake.Bounds(
            from: options.from.map { EventTime(milliseconds: $0) }, to: options.to.map { EventTime(milliseconds: $0) },
            latest: EventTime(milliseconds: options.latest))
        replayOptions.flushes = options.flushes
        replayOptions.polling = core.pollingSeed.map { .seeded($0) } ?? .lowestWatermark
        replayOptions.prior = options.prior.map(Self.priorLine)
        replayOptions.scores = options.scores
        replayOptions.hashSeed = core.hashSeed
        let logs = log.partitions.map { partition in
            ReplayLog(
                name: partition.name, source: partition.source.map { topology.sources[$0].name },
                reader: MemoryReader(partition.bytes, chunkBytes: core.chunkBytes))
        }
        var replay = try Replay(topology, logs: logs, options: replayOptions)
        var sink = MemorySink()
        let report = try await replay.run(into: &sink)
        var result = OracleResult()
        result.fates = Self.fates(report.intake, report.groups)
        result.late = sink.lateEvents.map { "\(log.partitions[$0.place.partition].name):\($0.place.position)" }
        result.alerts = sink.outputs.alerts.map(Self.alert)
        result.shadow = sink.outputs.shadow.map(Self.alert)
        result.incidents = sink.outputs.incidents.map { Self.incident($0) }
        result.scores = sink.outputs.scores.map(Self.score)
        result.lines = sink.outputs.lines.map(Self.line)
        result.credits = sink.outputs.credits.map(Self.credit)
        result.unjustified = report.unjustified.map(\.lineID)
        result.unkeyed = report.groups.stages.map(\.unkeyed)
        result.unmatched = report.groups.stages.map(\.unmatched)
        result.conditionErrors = report.groups.stages.map(\.conditionErrors)
        result.findings = report.groups.stages.map(\.findings)
        result.allowed = report.groups.stages.map(\.allowed)
        result.refused = report.groups.stages.map(\.refused)
        result.unremembered = report.groups.sources.map(\.unremembered)
        result.muted = report.groups.stages.map(\.muted)
        return result
    }

    /// The core's digest of a record that can be decoded; the rules fix its order and equality, not its bytes.
    func digest(_ record: ModelRecord, _ source: Int) -> Digest {
        var intake = Intake(topology: topology, partitions: [.source(source)], bounds: Intake.Bounds())
        let chunk = intake.read(RecordBatch(json: [Array(record.text.utf8)]), of: 0)
        return chunk.events.headers[0].digest
    }

    /// What the oracle is told: the rules say which key group is whose, and not which number it has.
    var facts: OracleCore {
        OracleCore(
            digest: { record, source, _ in digest(record, source) },
            subgraph: { topology.stages[$0].subgraph },
            group: { subgraph, event in
                let key = subgraph == Subgraph.main ? [] : topology.subgraphs[subgraph].key
                return subgraph * 128 + Int(Self.hash(of: key, event) & 127)
            }, keeps: { topology.layout.slot(of: $0) != nil })
    }

    private static func hash(of key: [Field], _ event: OracleEvent) -> UInt64 {
        guard !key.isEmpty else { return KeyedHash.stable.hash(Array(event.merchant.utf8)) }
        var fingerprint = Fingerprint(key: .stable)
        for field in key {
            guard let text = event.text(field) else {
                fingerprint.combine(0, 2)
                continue
            }
            Array(text.utf8).withUnsafeBytes { fingerprint.combine($0, tag: 1) }
        }
        return fingerprint.digest.low
    }

    /// What a task has said, in the oracle's words.
    static func result(_ said: Said, _ task: TaskState) -> OracleResult {
        var result = OracleResult()
        let groups = task.counters
        result.fates = fates(task.intakeCounters, groups)
        result.alerts = said.outputs.alerts.map(alert)
        result.shadow = said.outputs.shadow.map(alert)
        result.incidents = said.outputs.incidents.map { incident($0) }
        result.scores = said.outputs.scores.map(score)
        result.lines = said.outputs.lines.map(line)
        result.credits = said.outputs.credits.map(credit)
        result.unkeyed = groups.stages.map(\.unkeyed)
        result.unmatched = groups.stages.map(\.unmatched)
        result.conditionErrors = groups.stages.map(\.conditionErrors)
        result.findings = groups.stages.map(\.findings)
        result.allowed = groups.stages.map(\.allowed)
        result.refused = groups.stages.map(\.refused)
        result.unremembered = groups.sources.map(\.unremembered)
        result.muted = groups.stages.map(\.muted)
        return result
    }

    private static func fates(_ intake: IntakeCounters, _ groups: GroupCounters) -> [OracleFate: Int] {
        let read = intake.total
        let sources = groups.sources
        let fates: [OracleFate: Int] = [
            .filtered: read.filtered, .deadLettered: read.deadLettered, .late: read.late,
            .accepted: sources.reduce(0) { $0 + $1.accepted }, .duplicate: sources.reduce(0) { $0 + $1.duplicate },
            .conflict: sources.reduce(0) { $0 + $1.conflict }, .staged: sources.reduce(0) { $0 + $1.staged },
        ]
        return fates.filter { $0.value != 0 }
    }

    private static func priorLine(_ line: OraclePriorLine) -> PriorLine {
        PriorLine(
            lineID: line.id, merchantID: line.merchant, state: line.state, amount: line.amount,
            currency: Currency(line.currency)!, scale: line.scale,
            chargeTime: EventTime(milliseconds: line.chargeTime), component: "charge")
    }

    private static func alert(_ alert: Alert) -> OracleAlert {
        OracleAlert(
            id: alert.id, revision: alert.revision, isOpen: alert.state == .open, mode: alert.mode, stage: alert.stage,
            merchant: alert.merchantID, key: alert.key, keyBytes: alert.keyBytes,
            windowStart: alert.windowStart.milliseconds, windowEnd: alert.windowEnd.milliseconds,
            paneEnd: alert.paneEnd.milliseconds, score: alert.score, measures: alert.measures,
            isSaturated: alert.isSaturated,
            evidence: OracleEvidence(
                events: alert.evidence.eventIDs, accounts: alert.evidence.accounts,
                counts: alert.evidence.counts.map { "\($0.name)=\($0.count)" }),
            settings: settings(alert.settings))
    }

    private static func incident(_ incident: IncidentRevision) -> OracleIncident {
        func words(_ time: EventTime?) -> String { time.map { "\($0.milliseconds)" } ?? "" }
        return OracleIncident(
            id: incident.id, revision: incident.revision, isOpen: incident.state == .open, stage: incident.stage,
            severity: incident.severity, merchant: incident.merchantID, opened: incident.opened.milliseconds,
            quietSince: incident.quietSince?.milliseconds, paneEnd: incident.paneEnd.milliseconds,
            members: incident.members.map { "\($0.stage) \($0.alerts)/\($0.open) \($0.peakScore)" },
            timeline: incident.timeline.map {
                "\($0.stage) \($0.alertID) \(words($0.opened))-\(words($0.closed)) \($0.peakScore)"
            },
            money: incident.money.map { "\($0.currency.text) \($0.scale) \($0.atStake) \($0.posted) \($0.held)" })
    }

    private static func score(_ row: ScoreRow) -> OracleScore {
        OracleScore(
            isOfHour: row.detail == .hour, stage: row.stage, mode: row.mode, merchant: row.merchantID, key: row.key,
            keyBytes: row.keyBytes, paneEnd: row.paneEnd.milliseconds, score: row.score,
            evaluations: row.evaluations, findings: row.findings)
    }

    private static func line(_ line: CreditLine) -> OracleLine {
        OracleLine(
            id: line.id, chargeID: line.chargeID, component: line.component, reason: line.reason, state: line.state,
            merchant: line.merchantID, ad: line.adID, amount: line.amount, currency: line.currency.text,
            scale: line.scale, chargeTime: line.chargeTime.milliseconds, alert: line.alertID, stage: line.stage,
            keyBytes: line.keyBytes, paneEnd: line.paneEnd.milliseconds)
    }

    private static func credit(_ credit: Credit) -> OracleCredit {
        OracleCredit(
            id: credit.id, state: credit.state, component: credit.component, reason: credit.reason,
            merchant: credit.merchantID, amount: credit.amount, currency: credit.currency.text, scale: credit.scale,
            periodStart: credit.periodStart.milliseconds, periodEnd: credit.periodEnd.milliseconds,
            lines: credit.lines, alerts: credit.alerts, alertIDs: credit.alertIDs)
    }
}
