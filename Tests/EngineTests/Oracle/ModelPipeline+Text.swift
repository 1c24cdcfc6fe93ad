import RampartCore

extension ModelPipeline {
    /// The text of the pipeline file that says the same.
    var text: String {
        var lines = ["pipeline: \(family)", "sources:"]
        for source in sources { lines += source.lines }
        lines.append("stages:")
        for stage in stages { lines += self.lines(of: stage) }
        lines += dataLines
        lines.append(
            "ledger: { statement: \(Self.duration(ledger.statement)), "
                + "late_horizon: \(Self.duration(ledger.lateHorizon)), "
                + "claim_horizon: \(Self.duration(ledger.claimHorizon)), "
                + "late_credit: \(ledger.postsLate ? "post" : "hold")"
                + Self.bounds("caps", ledger.caps) + Self.bounds("review_above", ledger.reviewAbove) + " }")
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of stage: ModelStage) -> [String] {
        let inputs = names(stage.inputs)
        var lines = ["  \(stage.name):"]
        let thresholds = stage.thresholds.map(\.name)
        if stage.mode != .live { lines.append("    mode: \(stage.mode.rawValue)") }
        switch stage.kind {
        case .filter(let condition):
            lines += [
                "    kind: filter", "    from: [\(inputs.joined(separator: ", "))]",
                "    keep: '\(condition.text(measures: [], thresholds: thresholds))'",
            ]
        case .join(let join):
            lines += [
                "    kind: join", "    from: [\(inputs.joined(separator: ", "))]",
                "    with: [\(names(join.with).joined(separator: ", "))]",
                "    key: [\(join.key.map(\.name).joined(separator: ", "))]",
                "    horizon: \(Self.duration(join.horizon))", "    as: \(join.prefix)",
                "    attach: [\(join.attached.map { $0?.name ?? "ts" }.joined(separator: ", "))]",
            ]
        case .table(let table):
            lines += [
                "    kind: table", "    from: [\(inputs.joined(separator: ", "))]",
                "    of: \(stages[table.of].name)", "    key: [\(table.key.map(\.name).joined(separator: ", "))]",
                "    hold: \(Self.duration(table.hold))", "    as: \(table.prefix)",
            ]
        case .incident(let incident):
            lines += [
                "    kind: incident", "    from: [\(inputs.joined(separator: ", "))]",
                "    quiet: \(Self.duration(incident.quiet))",
            ]
            if let stages = incident.stages {
                lines.append("    escalate: { stages: \(stages), severity: \(incident.severity.rawValue) }")
            }
        case .window(let window):
            lines += [
                "    kind: window", "    from: [\(inputs.joined(separator: ", "))]",
                "    key: [\(window.key.map(\.name).joined(separator: ", "))]",
                "    window: { size: \(Self.duration(window.size)), every: \(Self.duration(window.every)) }",
                "    measure:",
            ]
            lines += window.measures.map { "      \($0.name): '\($0.text(thresholds: thresholds))'" }
            let condition = window.condition.text(measures: window.measures.map(\.name), thresholds: thresholds)
            lines.append("    when: '\(condition)'")
            let allowed = stage.allow.map { data.tables[$0].name }.joined(separator: ", ")
            if !allowed.isEmpty { lines.append("    allow: [\(allowed)]") }
            let closeAfter = window.closeAfter.map { ", close_after: \(Self.duration($0))" } ?? ""
            lines.append("    alert: { severity: \(window.severity.rawValue)\(closeAfter) }")
            if let credit = window.credit {
                lines.append(
                    "    credit: { component: \(credit.component), reason: \(credit.reason), "
                        + "amount: \(credit.amount.name), event: \(credit.type.name) }")
            }
        }
        if let ceiling = stage.ceiling {
            lines += ["    max_keys: \(ceiling.keys)", "    max_bytes: \(ceiling.bytes)"]
        }
        if !stage.thresholds.isEmpty {
            let entries = stage.thresholds.map { threshold in
                switch threshold.value {
                case .integer(let value): "\(threshold.name): \(value)"
                case .double(let value): "\(threshold.name): \(value)"
                }
            }
            lines.append("    tune: { \(entries.joined(separator: ", ")) }")
        }
        return lines
    }

    private func names(_ inputs: [Stage.Input]) -> [String] {
        inputs.map { input in
            switch input {
            case .source(let index): sources[index].name
            case .stage(let index): stages[index].name
            }
        }
    }

    /// A duration in the largest unit that divides it.
    static func duration(_ milliseconds: Int64) -> String {
        for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")] as [(Int64, String)] {
            if milliseconds % unit == 0, milliseconds > 0 || name == "s" { return "\(milliseconds / unit)\(name)" }
        }
        return "\(milliseconds)ms"
    }

    private static func bounds(_ name: String, _ bounds: [String: Int64]) -> String {
        guard !bounds.isEmpty else { return "" }
        let entries = bounds.sorted { $0.key < $1.key }.map { currency, hundredths in
            "\(currency): \(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
        }
        return ", \(name): { \(entries.joined(separator: ", ")) }"
    }
}

extension ModelSource {
    /// The lines of the source in the pipeline file.
    fileprivate var lines: [String] {
        var lines = [
            "  \(name):", "    event: \(type.name)", "    format: json", "    partitioned_by: merchant_id",
            "    lateness: \(ModelPipeline.duration(lateness))", "    scale: \(scale)",
        ]
        let keysMax = dedupeKeysMax.map { ", max_keys: \($0)" } ?? ""
        if isRepartitioned { lines.append("    repartition: true") }
        switch dedupe {
        case .off: lines.append("    dedupe: off")
        case .byID(let horizon):
            lines.append("    dedupe: { by: id, horizon: \(ModelPipeline.duration(horizon))\(keysMax) }")
        case .byContent(let horizon):
            lines.append("    dedupe: { by: content, horizon: \(ModelPipeline.duration(horizon))\(keysMax) }")
        }
        var fields: [String] = []
        if !mapsIdentity { fields.append("event_id: none") }
        if let defaultCurrency { fields.append("currency: { path: currency, default: \(defaultCurrency) }") }
        if !fields.isEmpty { lines.append("    fields: { \(fields.joined(separator: ", ")) }") }
        return lines
    }
}

extension ModelMeasure {
    /// The measure as it stands under `measure:`.
    fileprivate func text(thresholds: [String]) -> String {
        var arguments: [String] = []
        if let field { arguments.append(field.name) }
        if let condition { arguments.append(condition.text(measures: [], thresholds: thresholds)) }
        return "\(function.rawValue)(\(arguments.joined(separator: ", ")))"
    }
}
