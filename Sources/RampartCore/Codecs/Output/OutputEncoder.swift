/// Turns what the core puts out into rows: one JSON object a line, members in a fixed order.
///
/// A row is a function of its value and the graph, so that equal answers are equal bytes; what a reload can change is
/// in the value.
public struct OutputEncoder: Sendable {
    /// The version of every row's shape; it grows when a member changes its meaning or goes.
    public static let schemaVersion = 1

    let topology: Topology
    let masks: SinkMasks
    let words: MessageWords
    let partitions: [(topic: String, partition: Int)]

    /// Creates an encoder; `masks` says where the personal values of keys and accounts are masked too (R38).
    ///
    /// `partitions` names those of a task, so that messages that were set aside can be found in their topics.
    public init(
        topology: Topology, masks: SinkMasks = SinkMasks(), partitions: [(topic: String, partition: Int)] = []
    ) {
        self.topology = topology
        self.partitions = partitions
        self.masks = masks
        self.words = MessageWords(topology: topology)
    }

    // MARK: Alerts

    /// Writes a row of `alerts.ndjson` or `shadow.ndjson`.
    public func write(_ alert: Alert, to json: inout JSONWriter) {
        let stage = topology.stages[alert.stage]
        guard case .window(let window) = stage.kind else { preconditionFailure("Only a window stage has alerts.") }
        let isMasked = masks[alert.mode]
        row(to: &json) { json in
            json.member("alert_id", alert.id)
            json.member("revision", alert.revision)
            json.member("state", alert.state.rawValue)
            json.member("stage", stage.name)
            json.member("mode", alert.mode.rawValue)
            json.member("severity", alert.settings.severity.rawValue)
            json.member("merchant_id", alert.merchantID)
            json.object("key") { write(alert.key, of: window, isMasked: isMasked, to: &$0) }
            json.member("window_start", alert.windowStart)
            json.member("window_end", alert.windowEnd)
            json.member("pane_end", alert.paneEnd)
            json.member("score", alert.score)
            json.object("measures") { json in
                for (measure, value) in zip(window.measures, alert.measures) { json.member(measure.name, value) }
            }
            json.object("thresholds") { json in
                for threshold in alert.settings.thresholds { json.member(threshold.name, threshold.value) }
            }
            writeExceptions(alert.settings, to: &json)
            if alert.isSaturated { json.member("saturated", true) }
            json.member("pipeline_revision", alert.settings.revision)
            json.object("evidence") { write(alert.evidence, isMasked: isMasked, to: &$0) }
            json.member("message", words.message(of: alert))
        }
    }

    /// What data files changed for the merchant; nothing where they did not.
    private func writeExceptions(_ settings: Alert.Settings, to json: inout JSONWriter) {
        if !settings.overrides.isEmpty {
            json.object("overridden") { json in
                for override in settings.overrides {
                    json.object(settings.thresholds[override.threshold].name) { json in
                        switch override.scope {
                        case .merchant: json.member("for", "merchant")
                        case .segment(let name):
                            json.member("for", "segment")
                            json.member("segment", name)
                        }
                        if let until = override.until { json.member("until", until) }
                    }
                }
            }
        }
        if let mute = settings.mute {
            json.object("muted") { json in
                json.member("until", mute.until)
                json.member("reason", mute.reason)
            }
        }
    }

    /// Writes a row of `scores.ndjson`.
    public func write(_ score: ScoreRow, to json: inout JSONWriter) {
        let stage = topology.stages[score.stage]
        guard case .window(let window) = stage.kind else { preconditionFailure("Only a window stage has scores.") }
        row(to: &json) { json in
            json.member("stage", stage.name)
            json.member("mode", score.mode.rawValue)
            json.member("per", score.detail.rawValue)
            json.member("hour", score.paneEnd.floored(to: ScoreBook.hour))
            json.member("merchant_id", score.merchantID)
            json.object("key") { write(score.key, of: window, isMasked: masks[score.mode], to: &$0) }
            json.member("pane_end", score.paneEnd)
            json.member("score", score.score)
            json.member("evaluations", score.evaluations)
            json.member("findings", score.findings)
        }
    }

    private func write(_ key: [String], of window: Window, isMasked: Bool, to json: inout JSONWriter) {
        for (field, value) in zip(window.key, key) {
            json.member(field.name, isMasked ? Mask.personal(value, of: field) : value)
        }
    }

    private func write(_ evidence: Alert.Evidence, isMasked: Bool, to json: inout JSONWriter) {
        json.member("event_ids", evidence.eventIDs)
        json.member("accounts", isMasked ? evidence.accounts.map { Mask.personal($0) } : evidence.accounts)
        json.object("counts") { json in
            for count in evidence.counts { json.member(count.name, count.count) }
        }
    }

    // MARK: The ledger

    /// Writes a row of `credit-lines.ndjson`.
    public func write(_ line: CreditLine, to json: inout JSONWriter) {
        row(to: &json) { json in
            json.member("line_id", line.id)
            json.member("charge_id", line.chargeID)
            json.member("component", line.component)
            json.member("reason", line.reason)
            json.member("state", line.state.rawValue)
            json.member("merchant_id", line.merchantID)
            json.member("ad_id", line.adID)
            json.member("amount_minor", line.amount)
            json.member("currency", line.currency)
            json.member("scale", line.scale)
            json.member("ts", line.chargeTime)
            json.member("alert_id", line.alertID)
            json.member("stage", topology.stages[line.stage].name)
            json.member("pane_end", line.paneEnd)
        }
    }

    /// Writes a row of `credits.ndjson`.
    public func write(_ credit: Credit, to json: inout JSONWriter) {
        row(to: &json) { json in
            json.member("credit_id", credit.id)
            json.member("revision", credit.revision)
            json.member("state", credit.state.rawValue)
            json.member("component", credit.component)
            json.member("reason", credit.reason)
            json.member("merchant_id", credit.merchantID)
            json.member("amount_minor", credit.amount)
            json.member("currency", credit.currency)
            json.member("scale", credit.scale)
            json.member("period_start", credit.periodStart)
            json.member("period_end", credit.periodEnd)
            json.member("lines", credit.lines)
            json.member("alerts", credit.alerts)
            json.member("alert_ids", credit.alertIDs)
            guard let decision = credit.decision else { return }
            json.object("decision") { json in
                json.member("command_id", decision.commandID)
                json.member("action", decision.action.rawValue)
                json.member("who", decision.who)
                json.member("why", decision.why)
                json.member("pane_end", decision.paneEnd)
            }
        }
    }

    // MARK: Records set aside

    /// Writes a row of `dead-letters.ndjson`.
    public func write(_ letter: DeadLetter, to json: inout JSONWriter) {
        row(to: &json) { json in
            json.member("reason", letter.reason.rawValue)
            json.member("detail", letter.detail)
            write(letter.place, letter.origin, to: &json)
            letter.raw.writeMembers(to: &json)
        }
    }

    /// Writes a row of `late.ndjson`.
    public func write(_ late: LateEvent, to json: inout JSONWriter) {
        row(to: &json) { json in
            write(late.place, late.origin, to: &json)
            json.member("ts", late.time)
            json.member("watermark", late.watermark)
            json.member("event_id", late.eventID)
            json.member("merchant_id", late.merchantID)
            late.raw.writeMembers(to: &json)
        }
    }

    private func write(_ place: RecordPlace, _ origin: RecordOrigin?, to json: inout JSONWriter) {
        json.member("source", place.source.map { topology.sources[$0].name })
        guard let origin, partitions.indices.contains(place.partition) else {
            json.member("partition", place.partition)
            json.member("position", place.position)
            return
        }
        json.member("topic", partitions[place.partition].topic)
        json.member("partition", partitions[place.partition].partition)
        json.member("offset", place.position)
        origin.writeMembers(to: &json)
    }

    // MARK: -

    func row(to json: inout JSONWriter, _ members: (inout JSONWriter) -> Void) {
        json.object { json in
            json.member("schema_version", Self.schemaVersion)
            members(&json)
        }
        json.endRow()
    }
}

/// Which sinks of alerts ask for masks (R38).
public struct SinkMasks: Hashable, Sendable {
    /// Whether the sink of live alerts does.
    public var live: Bool
    /// Whether that of alerts in shadow does.
    public var shadow: Bool

    /// Creates masks.
    public init(live: Bool = false, shadow: Bool = false) {
        self.live = live
        self.shadow = shadow
    }

    /// Whether rows of a mode are masked.
    subscript(_ mode: Stage.Mode) -> Bool {
        switch mode {
        case .live: live
        case .shadow: shadow
        }
    }
}
