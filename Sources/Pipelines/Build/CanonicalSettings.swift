internal import RampartCore

/// Settings in one form, whatever the layout, comments and order of keys in the file.
///
/// Every text is written behind its length, so that different settings never have the same form.
indirect enum CanonicalValue {
    case text(String)
    case list([CanonicalValue])
    case map([String: CanonicalValue])

    /// Appends the form; maps are in the order of their keys.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text):
            Self.write(Array(text.utf8), to: &bytes)
        case .list(let values):
            bytes.append(UInt8(ascii: "["))
            for value in values { value.write(to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .map(let values):
            bytes.append(UInt8(ascii: "{"))
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                Self.write(Array(key.utf8), to: &bytes)
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: Array("\(text.count):".utf8))
        bytes.append(contentsOf: text)
    }

    /// A text, or an empty list for none, which no text is equal to.
    static func optional(_ text: String?) -> CanonicalValue { text.map { .text($0) } ?? .list([]) }

    /// A list of texts.
    static func texts(_ texts: [String]) -> CanonicalValue { .list(texts.map { .text($0) }) }

    /// A span in milliseconds.
    static func span(_ span: EventSpan) -> CanonicalValue { .text("\(span.milliseconds)") }
}

/// Makes a topology's settings canonical, from which its revision and the hash of its graph are made.
///
/// The graph is everything that gives state its shape or records their meaning. A reload can change the rest:
/// thresholds, modes, ceilings, what an alert is called, when an incident closes or escalates, caps and review bounds, whether late charges are posted, and masks.
struct CanonicalSettings {
    /// Which settings are written.
    enum Scope {
        case all, graph
    }

    /// The topology; its revision is not looked at.
    let topology: Topology
    /// What the file says beside the graph.
    let sinks: [Sink]
    /// The topics of the sources.
    let topics: [String?]
    /// How far a timestamp may be ahead of its record's append time.
    let maxAhead: EventSpan
    /// The tables.
    let tables: [TableSpec]

    /// The first 16 hexadecimal digits of the SHA-256 of the settings in a scope.
    func hash(_ scope: Scope) -> String {
        var bytes: [UInt8] = []
        value(scope).write(to: &bytes)
        return Hexadecimal.text(SHA256.digest(bytes).prefix(8))
    }

    private func value(_ scope: Scope) -> CanonicalValue {
        var values: [String: CanonicalValue] = [
            "form": .text("1"),
            "family": .text(topology.family),
            "sources": .list(zip(topology.sources, topics).map { source($0, topic: $1, scope) }),
            "stages": .list(topology.stages.map { stage($0, scope) }),
            "ledger": ledger(scope),
            "sinks": .list(
                sinks.map { sink in
                    let place: [CanonicalValue] = [.text(sink.kind.rawValue), .optional(sink.topic)]
                    return .list(scope == .graph ? place : place + [.text("\(sink.mask)")])
                }),
        ]
        // Files that are older than the setting keep their revision.
        if maxAhead != Pipeline.standardMaxAhead { values["max_ahead"] = .span(maxAhead) }
        if scope == .all, !tables.isEmpty {
            let contents = tables.map { ($0.keys.name, CanonicalValue.texts([$0.field?.name ?? ""] + $0.keys.keys)) }
            values["tables"] = .map(Dictionary(contents) { first, _ in first })
        }
        return .map(values)
    }

    // MARK: - Sources

    private func source(_ source: Source, topic: String?, _ scope: Scope) -> CanonicalValue {
        var mappings: [String: CanonicalValue] = [:]
        for (type, mapping) in source.mappings { mappings[type.name] = self.mapping(mapping) }
        var values: [String: CanonicalValue] = [
            "name": .text(source.name), "format": .text(source.format.rawValue), "topic": .optional(topic),
            "event": selector(source.selector), "type": path(source.typePath), "mappings": .map(mappings),
            "partitioned_by": .text(source.partitionedBy.name), "lateness": .span(source.lateness),
            "dedupe": dedupe(source.dedupe), "scale": .text("\(source.scale)"),
        ]
        // Files that are older than the key keep their revision.
        if source.isRepartitioned { values["repartition"] = .text("true") }
        if scope == .all, source.dedupe != .off, source.dedupeKeysMax != Ceiling.standardDedupeKeys {
            values["dedupe_max_keys"] = .text("\(source.dedupeKeysMax)")
        }
        return .map(values)
    }

    private func selector(_ selector: Source.Selector) -> CanonicalValue {
        switch selector {
        case .constant(let type): return .text(type.name)
        case .match(let path, let cases, let otherwise):
            let patterns: [CanonicalValue] = cases.map { one in
                switch one.pattern {
                case .equals(let bytes): .texts(["equals", String(decoding: bytes, as: UTF8.self), one.type.name])
                case .startsWith(let bytes):
                    .texts(["starts_with", String(decoding: bytes, as: UTF8.self), one.type.name])
                }
            }
            return .list([self.path(path), .list(patterns), .optional(otherwise?.name)])
        }
    }

    private func dedupe(_ dedupe: Source.Dedupe) -> CanonicalValue {
        switch dedupe {
        case .off: .text("off")
        case .byID(let horizon): .list([.text("id"), .span(horizon)])
        case .byContent(let horizon): .list([.text("content"), .span(horizon)])
        }
    }

    private func path(_ path: Path?) -> CanonicalValue {
        .list(
            path?.steps.map { step in
                switch step {
                case .name(let name): .text(String(decoding: name, as: UTF8.self))
                // A list, which no name is equal to.
                case .index(let index): .texts(["\(index)"])
                }
            } ?? [])
    }

    private func mapping(_ mapping: Mapping) -> CanonicalValue {
        var values: [String: CanonicalValue] = [
            "ts": .list([path(mapping.time), timeFormat(mapping.timeFormat)]), "event_id": path(mapping.identity),
        ]
        for field in mapping.fields {
            let fallback = field.fallback.map { String(decoding: $0, as: UTF8.self) }
            var setting = [path(field.path), .optional(fallback), reading(field.reading)]
            if let expression = field.expression { setting.append(self.expression(expression)) }
            values[field.field.name] = .list(setting)
        }
        return .map(values)
    }

    private func expression(_ expression: RecordExpression) -> CanonicalValue {
        let columns = expression.columns.map { column in
            let fallback = column.fallback.map { String(decoding: $0, as: UTF8.self) }
            return CanonicalValue.list([path(column.path), .optional(fallback), .text(column.kind.rawValue)])
        }
        let program = CanonicalProgram(layout: topology.layout, stage: nil)
        return .list([program.value(expression.program), .list(columns)])
    }

    private func timeFormat(_ format: TimestampFormat) -> CanonicalValue {
        // The rules of a zone are data of the machine; its name is the setting.
        switch format {
        case .epochSeconds: .text("epoch_s")
        case .epochMilliseconds: .text("epoch_ms")
        case .epochMicroseconds: .text("epoch_us")
        case .iso8601(let zone): .list([.text("iso8601"), .optional(zone?.name)])
        case .local(let zone): .list([.text("local"), .text(zone.name)])
        case .pattern(let pattern, let zone): .list([.text("pattern"), .text(pattern.text), .optional(zone?.name)])
        }
    }

    private func reading(_ reading: FieldMapping.Reading) -> CanonicalValue {
        switch reading {
        case .string(let prefix): .list([.text("string"), .optional(prefix.map { "\($0)" })])
        case .integer(let minimum, let maximum): .texts(["integer", "\(minimum)", "\(maximum)"])
        case .units: .text("units")
        case .decimal(let factor, let negate): .list([.text("decimal"), path(factor), .text("\(negate)")])
        case .currency: .text("currency")
        }
    }

    // MARK: - Stages

    private func stage(_ stage: Stage, _ scope: Scope) -> CanonicalValue {
        var thresholds: [String: CanonicalValue] = [:]
        for threshold in stage.thresholds {
            let values = [threshold.value, threshold.minimum, threshold.maximum].map {
                CanonicalValue.optional($0?.text)
            }
            thresholds[threshold.name] = .list(scope == .graph ? [] : values)
        }
        var values: [String: CanonicalValue] = [
            "name": .text(stage.name), "from": inputs(stage.inputs), "tune": .map(thresholds),
        ]
        // Files that are older than modes keep their revision.
        if scope == .all, stage.mode != .live { values["mode"] = .text(stage.mode.rawValue) }
        if scope == .all, stage.ceiling != .standard {
            values["ceiling"] = .texts(["\(stage.ceiling.keys)", "\(stage.ceiling.bytes)"])
        }
        write(stage, scope, to: &values)
        let program = CanonicalProgram(layout: topology.layout, stage: stage)
        switch stage.kind {
        case .transform(let transform): values[type(of: transform).kind] = settings(transform, program)
        case .window(let window): values["window"] = self.window(window, program, scope)
        case .incident(let incident): values["incident"] = self.incident(incident, scope)
        }
        return .map(values)
    }

    /// State knows no setting of an incident: a reload can change all of them but `from`.
    private func incident(_ incident: Incident, _ scope: Scope) -> CanonicalValue {
        guard scope == .all else { return .map([:]) }
        var values: [String: CanonicalValue] = ["quiet": .span(incident.quiet)]
        if let escalation = incident.escalation {
            values["escalate"] = .texts(["\(escalation.stages)", escalation.severity.rawValue])
        }
        return .map(values)
    }

    /// What data files add to a stage. The fields that allow-lists look up are of the graph, for events must keep them.
    private func write(_ stage: Stage, _ scope: Scope, to values: inout [String: CanonicalValue]) {
        if !stage.allowLists.isEmpty {
            let lists = stage.allowLists
            values["allow"] = .texts(
                (scope == .graph ? Array(Set(lists.map(\.field.name))) : lists.map(\.keys.name)).sorted())
        }
        guard scope == .all, !stage.exceptions.isEmpty else { return }
        func overrides(_ overrides: [String: [StageExceptions.Override]]) -> CanonicalValue {
            .map(
                overrides.mapValues { overrides in
                    .list(
                        overrides.sorted { $0.threshold < $1.threshold }.map { override in
                            .texts([
                                stage.thresholds[override.threshold].name, override.value.text,
                                override.until?.text ?? "",
                            ])
                        })
                })
        }
        values["overrides"] = .list([
            overrides(stage.exceptions.merchants), overrides(stage.exceptions.segments),
            .map(stage.exceptions.segmentOf.mapValues { .text($0) }),
        ])
        values["mutes"] = .map(stage.exceptions.mutes.mapValues { .texts([$0.until.text, $0.reason]) })
    }

    private func inputs(_ inputs: [Stage.Input]) -> CanonicalValue {
        let names = inputs.map { input in
            switch input {
            case .source(let index): topology.sources[index].name
            case .stage(let index): topology.stages[index].name
            }
        }
        return .texts(names.sorted())
    }

    private func settings(_ transform: any Transform, _ program: CanonicalProgram) -> CanonicalValue {
        var values: [String: CanonicalValue] = [:]
        for setting in type(of: transform).settings {
            values[setting.name] =
                switch transform.values[setting.name] {
                case .condition(let condition): program.value(condition)
                case .inputs(let inputs): self.inputs(inputs)
                case .window(let index): .text(topology.stages[index].name)
                case .key(let fields): .texts(fields.map(\.name))
                case .span(let span): .span(span)
                case .prefix(let name): .text(name)
                case .attached(let columns): .texts(columns.map(\.content.name))
                }
        }
        return .map(values)
    }

    private func window(_ window: Window, _ program: CanonicalProgram, _ scope: Scope) -> CanonicalValue {
        var measures: [String: CanonicalValue] = [:]
        for measure in window.measures {
            let condition = measure.condition.map { program.value($0) } ?? .list([])
            measures[measure.name] = .list(
                [.text(measure.function.rawValue), .optional(measure.field?.name), condition])
        }
        var values: [String: CanonicalValue] = [
            "key": .texts(window.key.map(\.name)), "size": .span(window.size), "every": .span(window.every),
            "measure": .map(measures), "when": program.value(window.condition),
            "close_after": .span(window.alert.closeAfter),
        ]
        switch scope {
        case .graph:
            // State and alerts name measures by their place.
            values["measure_order"] = .texts(window.measures.map(\.name))
        case .all:
            values["severity"] = .text(window.alert.severity.rawValue)
            values["message"] = .list((window.alert.message ?? []).map { program.part($0) })
        }
        if let credit = window.credit {
            values["credit"] = .list([
                .text(credit.component), .text(credit.reason), .text(credit.amount.name),
                .texts(credit.types.map(\.name)),
            ])
        }
        return .map(values)
    }

    private func ledger(_ scope: Scope) -> CanonicalValue {
        let policy = topology.ledger
        func amounts(_ amounts: [Currency: MajorAmount]) -> CanonicalValue {
            .map(Dictionary(uniqueKeysWithValues: amounts.map { ($0.key.text, .text("\($0.value.billionths)")) }))
        }
        var values: [String: CanonicalValue] = [
            "statement": .span(policy.statement), "late_horizon": .span(policy.lateHorizon),
            "claim_horizon": .span(policy.claimHorizon),
        ]
        if scope == .all {
            values["caps"] = amounts(policy.caps)
            values["review_above"] = amounts(policy.reviewAbove)
            values["late_credit"] = .text("\(policy.postsLateCharges)")
        }
        return .map(values)
    }
}
