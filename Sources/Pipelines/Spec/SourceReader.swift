internal import RampartCore

/// A source of the file, with the places that later checks point at.
struct SourceSpec {
    /// The source.
    var source: Source
    /// Where its name stands.
    var position: Position
    /// The topic that the daemon reads.
    var topic: String?
}

/// Reads one source.
struct SourceReader {
    /// Where mistakes go.
    let report: Report
    /// The text of the file, to find places inside values.
    let text: SourceText
    /// The lateness of sources that name none.
    let lateness: EventSpan

    /// The source of an entry of `sources:`, or nil where it cannot be used at all.
    func read(_ entry: YamlNode.Entry) -> SourceSpec? {
        _ = isName(entry.key, "a source", hyphens: true, at: entry.position, report)
        guard let mapping = MappingReader(entry.value, PipelineKeys.source, at: entry.position, report) else {
            return nil
        }
        let format = mapping["format"]?.choice("format", Source.Format.self, report) ?? .json
        let scale = Int(mapping["scale"]?.wholeNumber("scale", in: 0...Int64(MajorAmount.placesMax), report) ?? 2)
        let lateness = mapping["lateness"]?.duration("lateness", allowsZero: true, report) ?? self.lateness
        let topic = mapping["topic"]?.string("topic", report)
        let columns = ColumnReader(format: format, scale: scale, report: report).read(mapping["columns"])
        // All that does not depend on the event type is read before this, so that it is told at once.
        let events = mapping["event"].flatMap {
            readEvents($0, at: mapping.position(of: "event"), format: format)
        }
        guard let events else { return nil }
        let fields = FieldReader(format: format, scale: scale, columns: columns, report: report, text: text)
        let types = EventType.allCases.filter { events.types.contains($0) }
        var settings = fields.settings(mapping["fields"], types: types)
        var typePath: Path?
        if case .constant = events.selector {
            typePath = fields.typePath(settings["type"])
        } else if let setting = settings["type"] {
            report.error(setting.position, "`type` is mapped, but the switch decides the type", "remove it")
        }
        settings["type"] = nil
        let mappings = readMappings(types, fields, settings, events)
        let partitionedBy = readPartition(mapping, types: types, mappings: mappings)
        let dedupe = readDedupe(mapping, mappings: mappings)
        var source = Source(
            name: entry.key, format: format, selector: events.selector, typePath: typePath,
            mappings: mappings, partitionedBy: partitionedBy,
            lateness: lateness,
            dedupe: dedupe.kind, scale: scale,
            isRepartitioned: mapping["repartition"]?.boolean("repartition", report) ?? false)
        if let keysMax = dedupe.keysMax { source.dedupeKeysMax = keysMax }
        return SourceSpec(
            source: source, position: entry.position, topic: topic)
    }

    private func readMappings(
        _ types: [EventType], _ fields: FieldReader, _ settings: [String: FieldSetting], _ events: Events
    ) -> [EventType: Mapping] {
        var mappings: [EventType: Mapping] = [:]
        for type in types {
            let own = fields.settings(events.overlays[type], types: [type])
            if let setting = own["type"] {
                report.error(setting.position, "`type` is mapped, but the switch decides the type", "remove it")
            }
            mappings[type] = fields.mapping(of: type, settings.merging(own) { $1 })
        }
        return mappings
    }

    // MARK: - Event type

    private struct Events {
        var selector: Source.Selector
        var types: Set<EventType>
        var overlays: [EventType: YamlNode] = [:]
    }

    private func readEvents(_ node: YamlNode, at position: Position, format: Source.Format) -> Events? {
        guard case .mapping = node.content else {
            return readType(node).map { Events(selector: .constant($0), types: [$0]) }
        }
        guard let mapping = MappingReader(node, PipelineKeys.typeSwitch, at: position, report),
            let path = mapping["switch"]?.path("switch", format: format, report)
        else { return nil }
        var cases: [Source.Case] = []
        var isWhole = true
        var overlays: [EventType: YamlNode] = [:]
        let elements = mapping["cases"]?.elements(of: "cases", report)
        for element in elements ?? [] {
            guard let mapping = MappingReader(element, PipelineKeys.typeCase, report),
                let type = mapping["event"].flatMap(readType)
            else {
                isWhole = false
                continue
            }
            if let pattern = readPattern(mapping) {
                cases.append(Source.Case(pattern: pattern, type: type))
            } else {
                isWhole = false
            }
            guard let fields = mapping["fields"] else { continue }
            if overlays[type] != nil {
                report.error(
                    mapping.position(of: "fields"), "two cases map fields of \(type.name) events",
                    "keep one of them, or use another event type")
            }
            overlays[type] = fields
        }
        if let elements, elements.isEmpty {
            report.error(mapping.position(of: "cases"), "the switch has no case; expected at least one")
        }
        let otherwise = mapping["default"].flatMap(readType)
        // With a type missing, nothing can be said about the fields.
        guard isWhole, otherwise != nil || mapping["default"] == nil else { return nil }
        let types = Set(cases.map(\.type) + [otherwise].compactMap(\.self))
        guard !types.isEmpty else { return nil }
        return Events(
            selector: .match(path: path, cases: cases, otherwise: otherwise), types: types, overlays: overlays)
    }

    private func readType(_ node: YamlNode) -> EventType? {
        node.choice("an event type", among: EventType.allCases.map { ($0.name, $0) }, report)
    }

    private func readPattern(_ mapping: MappingReader) -> Source.Case.Pattern? {
        switch (mapping["equals"], mapping["starts_with"]) {
        case (let value?, nil): value.string("equals", report).map { .equals(Array($0.utf8)) }
        case (nil, let value?): value.string("starts_with", report).map { .startsWith(Array($0.utf8)) }
        default: refusePattern(mapping)
        }
    }

    private func refusePattern(_ mapping: MappingReader) -> Source.Case.Pattern? {
        report.error(mapping.position, "a case has one of `equals` and `starts_with`", "keep one of them")
        return nil
    }

    // MARK: - Partition and copies

    private func readPartition(
        _ mapping: MappingReader, types: [EventType], mappings: [EventType: Mapping]
    ) -> Field {
        let names = Field.allCases.filter { $0.kind == .identifier }.map { (name: $0.name, value: $0) }
        var field = Field.merchantID
        if let node = mapping["partitioned_by"] {
            guard let named = node.choice("partitioned_by", among: names, report) else { return field }
            field = named
        }
        for type in types where mappings[type]?.maps(field) == false {
            let others = names.map(\.value).filter { mappings[type]?.maps($0) == true }.map(\.name)
            report.error(
                mapping["partitioned_by"]?.position ?? mapping.position,
                "the source is partitioned by \(field.name), which its \(type.name) events do not have",
                "set partitioned_by to a field they have: \(alternatives(others))")
            // The stages that read the source are not told as well.
            field = .merchantID
        }
        return field
    }

    private func readDedupe(
        _ mapping: MappingReader, mappings: [EventType: Mapping]
    ) -> (kind: Source.Dedupe, keysMax: Int?) {
        let hasIdentity = mappings.values.allSatisfy { $0.identity != nil }
        let standard = EventSpan.hours(1)
        guard let node = mapping["dedupe"] else { return (hasIdentity ? .byID(horizon: standard) : .off, nil) }
        guard case .mapping = node.content else {
            _ = node.choice("dedupe", among: [("off", ())], report)
            return (.off, nil)
        }
        guard let settings = MappingReader(node, PipelineKeys.dedupe, at: mapping.position(of: "dedupe"), report)
        else { return (.off, nil) }
        let horizon = settings["horizon"]?.duration("horizon", report) ?? standard
        let keysMax = settings["max_keys"]?.wholeNumber("max_keys", in: Ceiling.keyRange, report).map { Int($0) }
        guard let identity = settings["by"]?.choice("by", CopyIdentity.self, report) else { return (.off, nil) }
        guard identity == .id else { return (.byContent(horizon: horizon), keysMax) }
        if !hasIdentity {
            report.error(
                settings["by"]?.position ?? settings.position,
                "copies are told apart by id, but event_id is not mapped",
                "map event_id, or write by: content")
        }
        return (.byID(horizon: horizon), keysMax)
    }
}

/// The words for what copies are known by (R5).
enum CopyIdentity: String, CaseIterable {
    case id, content
}

extension Mapping {
    /// Whether events get a value for the field from somewhere.
    func maps(_ field: Field) -> Bool { fields.contains { $0.field == field } }
}
