public import RampartCore

/// Reads one stage.
struct StageReader {
    /// Where mistakes go.
    let report: Report

    /// The stage of an entry of `stages:`, or nil where it cannot be used at all.
    func read(_ entry: YamlNode.Entry) -> StageSpec? {
        _ = isName(entry.key, "a stage", hyphens: true, at: entry.position, report)
        guard let entries = entry.value.entries(of: "a stage", report) else { return nil }
        var kind = StageKind.window
        if let node = (entries.first { $0.key == "kind" } ?? entries.first(where: isKindMisspelt))?.value {
            // The kind decides which keys there are, so a wrong one ends the reading of the stage.
            guard let named = node.choice("kind", among: StageKind.all.map { ($0.name, $0) }, report) else {
                return nil
            }
            kind = named
        }
        guard let mapping = MappingReader(entry.value, kind.keys, at: entry.position, report) else { return nil }
        let from = names(mapping["from"], "from")
        let mode = mapping["mode"]?.choice("mode", Stage.Mode.self, report) ?? .live
        guard let thresholds = ThresholdReader(report: report).read(mapping["tune"]) else { return nil }
        let parts: StageSpec.Kind? =
            switch kind {
            case .window: window(mapping).map { .window($0) }
            case .incident: incident(mapping).map { .incident($0) }
            case .transform(let type): transform(type, mapping).map { .transform($0) }
            }
        return parts.map {
            StageSpec(
                name: entry.key, position: entry.position, from: from,
                isFromWhole: !from.isEmpty && from.count == mapping["from"]?.elementCount, thresholds: thresholds,
                mode: mode, ceiling: ceiling(mapping), kind: $0)
        }
    }

    private func ceiling(_ mapping: MappingReader) -> Ceiling {
        let standard = Ceiling.standard
        let keys = mapping["max_keys"]?.wholeNumber("max_keys", in: Ceiling.keyRange, report)
        let bytes = mapping["max_bytes"]?.wholeNumber("max_bytes", in: Ceiling.byteRange, report)
        return Ceiling(keys: keys.map { Int($0) } ?? standard.keys, bytes: bytes.map { Int($0) } ?? standard.bytes)
    }

    private func isKindMisspelt(_ entry: YamlNode.Entry) -> Bool {
        let names = StageKind.all.flatMap(\.keys.names)
        return !names.contains(entry.key) && Suggestion.closest(to: entry.key, among: names) == "kind"
    }

    private func names(_ node: YamlNode?, _ what: String) -> [PlacedName] {
        (node?.oneOrMore(of: what, report) ?? []).compactMap { node in
            node.string(what, report).map { PlacedName(name: $0, position: node.position) }
        }
    }

    // MARK: - Transforms

    private func transform(_ kind: any Transform.Type, _ mapping: MappingReader) -> TransformSpec? {
        var values: [String: TransformSpec.Value] = [:]
        for setting in kind.settings {
            guard let node = mapping[setting.name] else { continue }
            values[setting.name] = value(setting, node, at: mapping.position(of: setting.name))
        }
        return values.count == kind.settings.count ? TransformSpec(kind: kind, values: values) : nil
    }

    private func value(_ setting: TransformSetting, _ node: YamlNode, at position: Position) -> TransformSpec.Value? {
        switch setting.form {
        case .condition: return .condition(node)
        case .inputs: return .inputs(names(node, setting.name))
        case .window:
            return node.string(setting.name, report).map { .window(PlacedName(name: $0, position: node.position)) }
        case .key: return .key(readKey(node, at: position))
        case .span: return node.duration(setting.name, report).map { .span($0) }
        case .prefix:
            return node.name(setting.name, hyphens: false, report)
                .map { .prefix(PlacedName(name: $0, position: node.position)) }
        case .attached: return attached(node, setting.name).map { .attached($0) }
        }
    }

    private func attached(
        _ node: YamlNode, _ what: String
    ) -> [(content: AttachedColumn.Content, position: Position)]? {
        var contents: [(content: AttachedColumn.Content, position: Position)] = []
        for element in node.oneOrMore(of: what, report) ?? [] {
            let content: AttachedColumn.Content?
            if element.text == "ts" {
                content = .time
            } else {
                content = element.field(what, kinds: [.identifier, .integer, .money, .currency], report)
                    .map { .field($0) }
            }
            guard let content else { return nil }
            if contents.contains(where: { $0.content == content }) {
                report.error(element.position, "`\(content.name)` stands twice in \(what)", "keep one of them")
            } else {
                contents.append((content, element.position))
            }
        }
        return contents.isEmpty ? nil : contents
    }

    // MARK: - Incidents

    private func incident(_ mapping: MappingReader) -> IncidentSpec? {
        guard mapping["from"] != nil else { return nil }
        let quiet = mapping["quiet"]?.duration("quiet", report) ?? Incident.standardQuiet
        var escalation: Incident.Escalation?
        var position = mapping.position(of: "escalate")
        if let node = mapping["escalate"],
            let settings = MappingReader(node, PipelineKeys.escalation, at: position, report)
        {
            let count = settings["stages"]?.wholeNumber("stages", in: 2...Int64(Limits.stages), report)
            let severity = settings["severity"]?.choice("severity", AlertPolicy.Severity.self, report)
            if let count, let severity {
                escalation = Incident.Escalation(stages: Int(count), severity: severity)
                position = settings["stages"]?.position ?? position
            }
        }
        return IncidentSpec(quiet: quiet, escalation: escalation, escalationPosition: position)
    }

    // MARK: - Windows

    private func window(_ mapping: MappingReader) -> WindowSpec? {
        let key = readKey(mapping["key"], at: mapping.position(of: "key"))
        let measures = mapping["measure"]?.entries(of: "measure", atMost: Limits.measures, report)
        if let node = mapping["measure"], case .mapping(let entries) = node.content, entries.isEmpty {
            report.error(node.position, "the window measures nothing", "write measure: { events: count() }")
        }
        let spans = mapping["window"].flatMap { readSpans($0, at: mapping.position(of: "window")) }
        let alert = mapping["alert"].flatMap {
            MappingReader($0, PipelineKeys.alert, at: mapping.position(of: "alert"), report)
        }
        let severity = alert?["severity"]?.choice("severity", AlertPolicy.Severity.self, report) ?? .medium
        let closeAfter = alert?["close_after"]?.duration("close_after", report)
        let credit = mapping["credit"].flatMap { readCredit($0, at: mapping.position(of: "credit")) }
        guard let spans, let measures, let when = mapping["when"] else { return nil }
        if let closeAfter, spans.size.isMultiple(of: spans.every), !closeAfter.isMultiple(of: spans.every),
            let node = alert?["close_after"]
        {
            refuseRemainder(node.position, "close_after", closeAfter, of: spans.every)
        }
        return WindowSpec(
            key: key, size: spans.size, every: spans.every,
            measures: measures, when: when, allow: names(mapping["allow"], "allow"), severity: severity,
            closeAfter: closeAfter ?? spans.size,
            message: alert?["message"], credit: credit)
    }

    private func readKey(_ node: YamlNode?, at position: Position) -> KeySpec {
        var key: [PlacedField] = []
        var isWhole = true
        for element in node?.oneOrMore(of: "key", report) ?? [] {
            guard let field = element.field("key", kinds: [.identifier, .currency], report) else {
                isWhole = false
                continue
            }
            if key.contains(where: { $0.field == field }) {
                report.error(element.position, "`\(field.name)` stands twice in the key", "keep one of them")
            } else {
                key.append(PlacedField(field: field, position: element.position))
            }
        }
        return KeySpec(fields: key, isWhole: isWhole && !key.isEmpty, position: position)
    }

    private func readSpans(_ node: YamlNode, at position: Position) -> (size: EventSpan, every: EventSpan)? {
        guard let mapping = MappingReader(node, PipelineKeys.window, at: position, report),
            let size = mapping["size"]?.duration("size", report)
        else { return nil }
        guard let node = mapping["every"] else { return (size, size) }
        guard let every = node.duration("every", report) else { return nil }
        if !size.isMultiple(of: every) {
            refuseRemainder(mapping.position(of: "size"), "size", size, of: every)
        }
        return (size, every)
    }

    private func refuseRemainder(_ position: Position, _ name: String, _ span: EventSpan, of every: EventSpan) {
        let (quotient, step) = (span.milliseconds / every.milliseconds, every.milliseconds)
        let near = [quotient, quotient + 1].filter { $0 > 0 }.map { EventSpan(milliseconds: $0 &* step).text }
        report.error(
            position, "\(name) is \(span.text), which is not a whole number of panes of \(every.text) (`every`)",
            "write \(alternatives(near)), or change every")
    }

    private func readCredit(_ node: YamlNode, at position: Position) -> CreditSpec? {
        guard let mapping = MappingReader(node, PipelineKeys.credit, at: position, report) else { return nil }
        let component = mapping["component"]?.name("component", hyphens: false, report)
        let reason = mapping["reason"]?.name("reason", hyphens: false, report)
        let amount = mapping["amount"].flatMap { node in
            node.field("amount", kinds: [.money], report).map {
                PlacedField(field: $0, position: node.position)
            }
        }
        let types = mapping["event"]?.oneOrMore(of: "event", report)?.compactMap { node in
            node.choice("an event type", among: EventType.allCases.map { ($0.name, $0) }, report).map {
                CreditSpec.PlacedType(type: $0, position: node.position)
            }
        }
        guard let component, let reason, amount != nil || mapping["amount"] == nil else { return nil }
        return CreditSpec(position: position, component: component, reason: reason, amount: amount, types: types)
    }
}

/// The kinds of stages.
public enum StageKind: Sendable {
    /// Makes findings.
    case window
    /// Gathers alerts.
    case incident
    /// Passes events on.
    case transform(any Transform.Type)

    /// All kinds, in the order of the reference.
    public static let all: [StageKind] = [.window, .incident] + Transforms.all.map { .transform($0) }

    /// The name in the file.
    public var name: String {
        switch self {
        case .window: "window"
        case .incident: "incident"
        case .transform(let type): type.kind
        }
    }

    /// What stages of the kind do, in a few words.
    public var summary: String {
        switch self {
        case .window:
            "measures each key over a sliding or tumbling window; a condition over the measures makes findings"
        case .incident: "gathers the live alerts about one merchant into one incident with a timeline"
        case .transform(let type): type.summary
        }
    }

    /// The keys of such a stage.
    var keys: KeyGroup {
        switch self {
        case .window: PipelineKeys.windowStage
        case .incident: PipelineKeys.incidentStage
        case .transform(let type): PipelineKeys.transformStage(type)
        }
    }
}

extension YamlNode {
    /// A field of certain kinds by its name.
    func field(_ what: String, kinds: [Field.Kind], _ report: Report) -> Field? {
        let fields = Field.allCases.filter { kinds.contains($0.kind) }
        if let text, let field = Field(name: text), !fields.contains(field) {
            let names = alternatives(kinds.map(\.noun))
            report.error(position, "`\(text)` is \(field.kind.noun); expected \(names) for \(what)")
            return nil
        }
        guard let text else {
            report.error(position, "found \(summary) for \(what); expected the name of a field")
            return nil
        }
        guard let field = Field(name: text) else {
            let names = fields.map(\.name)
            report.error(
                position, "\(quoted(text)) is no field; expected one for \(what)",
                Suggestion.didYouMean(text, among: names) ?? "there are \(names.joined(separator: ", "))")
            return nil
        }
        return field
    }
}

extension Field.Kind {
    /// What a message calls a field of this kind.
    var noun: String {
        switch self {
        case .identifier: "an identifier"
        case .text: "a long text"
        case .integer: "a whole number"
        case .money: "money"
        case .currency: "a currency"
        }
    }
}
