internal import RampartCore

/// A stage whose expressions are checked; its programs are made once the layout is known.
struct StageDraft {
    /// What only one kind has.
    enum Kind {
        case transform(TransformDraft)
        case window(WindowDraft)
        case incident(Incident)
    }

    /// The stage as it is written.
    var spec: StageSpec
    /// What it reads.
    var inputs: [Stage.Input]
    /// What it does.
    var kind: Kind
    /// The fields that it reads.
    var fields: Set<Field>
}

/// A transform whose expressions are checked.
struct TransformDraft {
    /// The kind.
    var kind: any Transform.Type
    /// The conditions, whose programs need the layout.
    var conditions: [String: CheckedExpression]
    /// The other settings.
    var values: [String: TransformValues.Value]
    /// What is attached whatever the settings.
    var facts: [AttachedColumn] = []
}

/// A window whose expressions are checked.
struct WindowDraft {
    /// The window as it is written.
    var spec: WindowSpec
    /// The measures, their conditions' programs left out.
    var measures: [Measure]
    /// The conditions of the measures.
    var conditions: [CheckedExpression?]
    /// The condition of a finding.
    var when: CheckedExpression
    /// The tables whose keys are let pass by.
    var allowLists: [AllowList]
    /// The message's parts.
    var message: [MessagePart]?
    /// What findings claim.
    var credit: CreditPolicy?
}

/// Checks one stage against the sources that it reads.
struct StageBuilder {
    /// Where mistakes go.
    let report: Report
    /// Checks expressions.
    let expressions: ExpressionReader
    /// The stage as it is written.
    let spec: StageSpec
    /// The index of the stage.
    let index: Int
    /// The sources that it reads in the end.
    let sources: [SourceSpec]
    /// The sources that its side inputs read in the end.
    let sideSources: [SourceSpec]
    /// What is attached to the events that it reads.
    let columns: [AttachedColumn]
    /// The tables of the file.
    let tables: [TableSpec]
    /// The window whose findings it reads, if it does.
    let lookedUp: (index: Int, spec: StageSpec)?
    /// Whether these are all; else nothing can be said about its events.
    let isWhole: Bool

    /// The events that can reach the stage.
    var events: [Event] { Self.events(of: sources) }

    /// An event type as a source gives it.
    typealias Event = (source: Source, type: EventType, mapping: Mapping)

    private static func events(of sources: [SourceSpec]) -> [Event] {
        sources.flatMap { spec in
            EventType.allCases.compactMap { type in
                spec.source.mappings[type].map { (spec.source, type, $0) }
            }
        }
    }

    /// The checked stage, or nil where it holds a mistake that stops it.
    func build(inputs: [Stage.Input], sideInputs: [Stage.Input]) -> StageDraft? {
        var used: Set<Int> = []
        let draft: StageDraft?
        switch spec.kind {
        case .transform(let transform):
            draft = self.transform(transform, inputs, sideInputs, &used)
        case .window(let window):
            draft = self.window(window, inputs, &used)
        case .incident(let incident): draft = self.incident(incident, inputs)
        }
        checkNames()
        guard let draft else { return nil }
        for (index, threshold) in spec.thresholds.enumerated() where !used.contains(index) {
            report.warning(
                threshold.position, "the threshold `\(threshold.threshold.name)` is not used",
                "remove it, or name it in a condition")
        }
        return draft
    }

    private var thresholds: [Threshold] { spec.thresholds.map(\.threshold) }

    /// Checks an expression over events. Where an input could not be read, nothing is known of what it attaches, and what is
    /// said about that would only follow from the input's mistake.
    private func reader(of node: YamlNode) -> ExpressionReader {
        guard !isWhole, case .scalar(let expression, _) = node.content, expression.contains(/[a-z_]\.[a-z_]/) else {
            return expressions
        }
        return ExpressionReader(report: Report(file: report.file), text: expressions.text, tables: expressions.tables)
    }

    private func transform(
        _ transform: TransformSpec, _ inputs: [Stage.Input], _ sideInputs: [Stage.Input], _ used: inout Set<Int>
    ) -> StageDraft? {
        var draft = TransformDraft(kind: transform.kind, conditions: [:], values: [:])
        var fields: Set<Field> = []
        for setting in transform.kind.settings {
            guard let value = transform.values[setting.name] else { return nil }
            switch value {
            case .condition(let node):
                let scope = ExpressionScope(
                    subject: .event, thresholds: thresholds, columns: columns, tables: expressions.tables)
                guard let checked = reader(of: node).condition(node, setting.name, scope: scope) else { return nil }
                used.formUnion(checked.thresholds)
                fields.formUnion(checked.fields)
                check(checked.fields, in: node)
                draft.conditions[setting.name] = checked
            case .inputs: draft.values[setting.name] = .inputs(sideInputs)
            case .window(let place):
                guard let lookedUp else { return nil }
                checkLookup(in: lookedUp.spec, place)
                draft.values[setting.name] = .window(lookedUp.index)
            case .key(let key):
                checkKey(key)
                fields.formUnion(key.fields.map(\.field))
                // Of a table the order of the window's key, under which findings are kept.
                let order = lookedUp?.spec.key?.fields.map(\.field) ?? key.fields.map(\.field)
                draft.values[setting.name] = .key(order)
            case .span(let span): draft.values[setting.name] = .span(span)
            case .prefix(let prefix):
                checkPrefix(prefix)
                draft.values[setting.name] = .prefix(prefix.name)
            case .attached(let contents):
                for case (.field(let field), let position) in contents {
                    fields.insert(field)
                    checkAttached(field, at: position)
                }
                draft.values[setting.name] = .attached(transform.columns(stage: index))
            }
        }
        draft.facts = transform.kind.facts.isEmpty ? [] : transform.columns(stage: index)
        return StageDraft(spec: spec, inputs: inputs, kind: .transform(draft), fields: fields)
    }

    private func window(_ window: WindowSpec, _ inputs: [Stage.Input], _ used: inout Set<Int>) -> StageDraft? {
        checkKey(window.key)
        var fields = Set(window.key.fields.map(\.field))
        var measures: [Measure] = []
        var conditions: [CheckedExpression?] = []
        for entry in window.measures {
            guard
                let read = reader(of: entry.value).measure(entry, thresholds: thresholds, columns: columns)
            else { continue }
            measures.append(read.measure)
            conditions.append(read.condition)
            if let field = read.measure.field {
                fields.insert(field)
                check(field, at: expressions.position(of: field.name, in: entry.value))
            }
            guard let condition = read.condition else { continue }
            fields.formUnion(condition.fields)
            used.formUnion(condition.thresholds)
            check(condition.fields, in: entry.value)
        }
        // Where a field of the key could not be read, the message may name it.
        let message = (window.key.isWhole ? window.message : nil).flatMap {
            MessageReader(report: report, text: expressions.text).read(
                $0, measures: window.measures.map(\.key), thresholds: thresholds, key: window.key.fields.map(\.field),
                used: &used)
        }
        let credit = isWhole ? window.credit.flatMap { CreditBuilder(report: report, events: events).build($0) } : nil
        if let credit { fields.insert(credit.amount) }
        // A condition over measures that hold mistakes would only repeat them.
        guard measures.count == window.measures.count else { return nil }
        let scope = ExpressionScope(subject: .window(measures), thresholds: thresholds)
        guard let when = expressions.condition(window.when, "when", scope: scope) else { return nil }
        used.formUnion(when.thresholds)
        if when.holdsOnZeros {
            report.warning(
                window.when.position, "`when` would hold for a key of which nothing was measured",
                "add a bound such as events >= 1")
        }
        let allowLists = self.allowLists(window.allow)
        fields.formUnion(allowLists.map(\.field))
        let draft = WindowDraft(
            spec: window, measures: measures, conditions: conditions, when: when, allowLists: allowLists,
            message: message, credit: credit)
        return StageDraft(spec: spec, inputs: inputs, kind: .window(draft), fields: fields)
    }

    /// A merchant's alerts lie together only where the events behind them are partitioned by the merchant.
    private func incident(_ incident: IncidentSpec, _ inputs: [Stage.Input]) -> StageDraft? {
        for source in sources where source.source.partitionedBy != .merchantID {
            report.error(
                spec.from.first?.position ?? spec.position,
                "`\(spec.name)` gathers alerts over the source `\(source.source.name)`, which is partitioned by "
                    + "\(source.source.partitionedBy.name), so that a merchant's alerts lie apart",
                "set partitioned_by: merchant_id, or leave these windows out")
            return nil
        }
        if let escalation = incident.escalation, isWhole, escalation.stages > inputs.count {
            report.error(
                incident.escalationPosition,
                "escalate waits for \(escalation.stages) stages, but `\(spec.name)` gathers alerts of \(inputs.count)",
                inputs.count > 1 ? "write stages: \(inputs.count), or gather more" : "gather more, or remove escalate")
            return nil
        }
        let kind = Incident(quiet: incident.quiet, escalation: incident.escalation)
        return StageDraft(spec: spec, inputs: inputs, kind: .incident(kind), fields: [])
    }

    /// The allow-lists that a stage names, without those that hold a mistake.
    private func allowLists(_ names: [PlacedName]) -> [AllowList] {
        var lists: [AllowList] = []
        for place in names {
            guard let table = tables.first(where: { $0.keys.name == place.name }) else {
                let known = tables.map(\.keys.name)
                report.error(
                    place.position, "there is no table \(quoted(place.name))",
                    Suggestion.didYouMean(place.name, among: known)
                        ?? (known.isEmpty ? "declare it under tables:" : "there is \(alternatives(known))"))
                continue
            }
            if lists.contains(where: { $0.keys.name == place.name }) {
                report.error(place.position, "`\(place.name)` stands twice in allow", "keep one of them")
            } else if let field = table.field {
                check(field, at: place.position)
                lists.append(AllowList(field: field, keys: table.keys))
            }
        }
        return lists
    }

    // MARK: - Names

    private func checkNames() {
        var names: [String: String] = [:]
        for threshold in spec.thresholds {
            let name = threshold.threshold.name
            names[name] = "a threshold"
            checkReserved(name, threshold.position)
            if Field(name: name) != nil {
                report.error(
                    threshold.position, "the threshold `\(name)` has the name of a field",
                    "rename it, for example min_\(name)")
            }
        }
        guard case .window(let window) = spec.kind else { return }
        for measure in window.measures {
            guard isName(measure.key, "a measure", hyphens: false, at: measure.position, report) else { continue }
            checkReserved(measure.key, measure.position)
            if names[measure.key] != nil {
                report.error(
                    measure.position, "`\(measure.key)` names a threshold and a measure of one stage",
                    "rename one of them")
            }
            if window.key.fields.contains(where: { $0.field.name == measure.key }) {
                report.error(
                    measure.position, "the measure `\(measure.key)` has the name of a field of the key",
                    "rename it, for example \(measure.key)_count")
            }
        }
    }

    private func checkReserved(_ name: String, _ position: Position) {
        guard ReservedNames.all.contains(name) else { return }
        report.error(position, "`\(name)` is a word of the expression language", "use another name")
    }

    // MARK: - Fields

    private func checkKey(_ key: KeySpec) {
        for part in key.fields {
            check(part.field, at: part.position, in: events)
            check(part.field, at: part.position, in: Self.events(of: sideSources))
        }
    }

    /// What is looked up are the keys of the window.
    private func checkLookup(in window: StageSpec, _ place: PlacedName) {
        guard let key = spec.key, let other = window.key, key.isWhole, other.isWhole else { return }
        let fields = Set(key.fields.map(\.field))
        let others = other.fields.map(\.field)
        guard fields != Set(others) else { return }
        report.error(
            key.position,
            "`\(spec.name)` looks up what `\(window.name)` finds, whose key is \(others.map(\.name).joined(separator: ", "))",
            "write key: [\(others.map(\.name).joined(separator: ", "))]")
    }

    private func checkPrefix(_ prefix: PlacedName) {
        checkReserved(prefix.name, prefix.position)
        if Field(name: prefix.name) != nil || thresholds.contains(where: { $0.name == prefix.name }) {
            report.error(
                prefix.position, "`\(prefix.name)` is the name of a field or a threshold", "use another name")
        }
    }

    /// What is attached comes from the side inputs, and is compared with what the events themselves have.
    private func checkAttached(_ field: Field, at position: Position) {
        check(field, at: position, in: Self.events(of: sideSources))
        let scales = Set((sources + sideSources).map(\.source.scale)).sorted()
        if isWhole, field.kind == .money, scales.count > 1 {
            report.error(
                position,
                "`\(spec.name)` attaches money between sources of different scales "
                    + "(\(alternatives(scales.map { "\($0)" })))",
                "give these sources one scale")
        }
    }

    private func check(_ fields: Set<Field>, in node: YamlNode) {
        for field in Field.allCases where fields.contains(field) {
            check(field, at: expressions.position(of: field.name, in: node))
        }
    }

    private func check(_ field: Field, at position: Position) { check(field, at: position, in: events) }

    /// A field must come from somewhere, and money must be of one scale wherever it comes from.
    private func check(_ field: Field, at position: Position, in events: [Event]) {
        guard isWhole, !events.isEmpty else { return }
        let readers = events.filter { $0.mapping.maps(field) }
        if readers.isEmpty {
            let types = alternatives(Set(events.map(\.type.name)).sorted())
            let names = Field.allCases.filter { other in events.contains { $0.mapping.maps(other) } }.map(\.name)
            report.error(
                position, "no event that `\(spec.name)` reads (\(types)) has \(field.name)",
                Suggestion.didYouMean(field.name, among: names) ?? "they have \(names.joined(separator: ", "))")
        }
        let scales = Set(readers.map(\.source.scale)).sorted()
        if field.kind == .money, scales.count > 1 {
            report.error(
                position,
                "\(field.name) comes from sources of different scales (\(alternatives(scales.map { "\($0)" })))",
                "give these sources one scale")
        }
    }
}

/// Names that measures and thresholds cannot have.
enum ReservedNames {
    /// The reserved words of CEL, and the names that Rampart gives to an event.
    static let all: Set<String> = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while", "has", "type", "ts",
    ]
}
