internal import RampartCore

/// What `fields:` says about one name.
struct FieldSetting {
    /// Where the name stands.
    var position: Position
    /// What is said.
    var node: YamlNode

    /// Whether the field is switched off.
    var isNone: Bool { node.plainText == "none" }
}

/// Reads the mapping of a source's records to fields.
struct FieldReader {
    /// The layout of records, which decides what a path is.
    let format: Source.Format
    /// Decimal places of the source's money.
    let scale: Int
    /// What expressions can read; nil where that holds a mistake.
    let columns: [ColumnSpec]?
    /// Where mistakes go.
    let report: Report
    /// The text of the file, to find places inside values.
    let text: SourceText

    /// The settings of `fields:` by name, those of unknown names left out.
    func settings(_ node: YamlNode?, types: [EventType]) -> [String: FieldSetting] {
        guard let entries = node?.entries(of: "fields", report) else { return [:] }
        let envelope = ["type", "event_id", "ts"]
        let names =
            envelope
            + Field.allCases.filter { field in types.contains { $0.mappable.contains(field) } }
            .map(\.name)
        let present = Set(entries.map(\.key))
        var settings: [String: FieldSetting] = [:]
        for entry in entries {
            if names.contains(entry.key) {
                settings[entry.key] = FieldSetting(position: entry.position, node: entry.value)
            } else {
                let events = alternatives(types.map(\.name)) + " events"
                let meant = Suggestion.closest(to: entry.key, among: names)
                report.error(
                    entry.position, "\(quoted(entry.key)) is not a field of \(events)",
                    meant.map { "did you mean `\($0)`?" } ?? "they have \(names.joined(separator: ", "))")
                if let meant, !present.contains(meant) {
                    settings[meant] = FieldSetting(position: entry.position, node: entry.value)
                }
            }
        }
        return settings
    }

    /// Where the record's own type stands; nil where it is switched off.
    func typePath(_ setting: FieldSetting?) -> Path? {
        guard let setting else { return Path(["type"]) }
        return setting.isNone ? nil : pathOnly(setting, "type")
    }

    /// How records of one type become events; a field without a setting comes from the member of its own name.
    func mapping(of type: EventType, _ settings: [String: FieldSetting]) -> Mapping {
        let time = time(settings["ts"])
        var identity: Path? = Path(["event_id"])
        if let setting = settings["event_id"] {
            identity = setting.isNone ? nil : pathOnly(setting, "event_id")
        }
        var fields: [FieldMapping] = []
        for field in Field.allCases where type.mappable.contains(field) {
            let setting = settings[field.name]
            if setting?.isNone == true { continue }
            // A field whose setting holds a mistake is still there, or every stage that reads it would be told.
            let standard = FieldMapping(field: field, path: Path([field.name]), reading: field.reading)
            fields.append(setting.flatMap { read(field, $0) } ?? standard)
        }
        if let money = fields.first(where: { $0.field.kind == .money }),
            let setting = settings[Field.currency.name], setting.isNone
        {
            report.error(
                setting.position, "\(money.field.name) is money, and money needs a currency",
                "write currency: { constant: GBP }, or \(money.field.name): none")
        }
        return Mapping(time: time.path, timeFormat: time.format, identity: identity, fields: fields)
    }

    // MARK: - Envelope

    private func pathOnly(_ setting: FieldSetting, _ name: String) -> Path? {
        guard case .mapping = setting.node.content else {
            return setting.node.path(name, format: format, report)
        }
        let mapping = MappingReader(setting.node, PipelineKeys.pathField, at: setting.position, report)
        return mapping?["path"]?.path(name, format: format, report) ?? Path([name])
    }

    private func time(_ setting: FieldSetting?) -> (path: Path, format: TimestampFormat) {
        let standard = (path: Path(["ts"]), format: TimestampFormat.epochMilliseconds)
        guard let setting else { return standard }
        if setting.isNone {
            report.error(setting.position, "ts is switched off, but every event happens at a time", "map ts")
            return standard
        }
        guard case .mapping = setting.node.content else {
            return (setting.node.path("ts", format: format, report) ?? standard.path, standard.format)
        }
        guard let mapping = MappingReader(setting.node, PipelineKeys.timeField, at: setting.position, report) else {
            return standard
        }
        let path = mapping["path"]?.path("ts", format: format, report) ?? standard.path
        return (path, timeFormat(mapping) ?? standard.format)
    }

    private func timeFormat(_ mapping: MappingReader) -> TimestampFormat? {
        let zone = mapping["zone"].flatMap { Zones.rules($0, report) }
        guard let node = mapping["format"] else {
            refuseZone(mapping, format: "epoch_ms")
            return nil
        }
        guard let text = node.text, TimeFormatName(rawValue: text) == nil, TimestampPatternReader.isPattern(text) else {
            return namedFormat(node, mapping, zone)
        }
        guard let pattern = TimestampPatternReader.read(text, at: node, report, self.text) else { return nil }
        if !TimestampPatternReader.hasOffset(pattern) {
            requireZone(node, mapping)
            return .pattern(pattern, zone: zone ?? .utc)
        }
        if mapping["zone"] != nil {
            report.error(
                mapping.position(of: "zone"), "a zone is named, but the format has an offset",
                "remove zone, or the offset if it says nothing")
        }
        return .pattern(pattern, zone: nil)
    }

    private func namedFormat(_ node: YamlNode, _ mapping: MappingReader, _ zone: ZoneRules?) -> TimestampFormat? {
        guard let named = node.text.flatMap(TimeFormatName.init) else {
            let names = TimeFormatName.allCases.filter { $0 != .local }.map(\.rawValue)
            report.error(
                node.position,
                "found \(node.summary) for format; expected "
                    + alternatives(names + ["a pattern such as \(TimeFormatName.local.rawValue)"]),
                node.text.flatMap { Suggestion.didYouMean($0, among: names) })
            return nil
        }
        switch named {
        case .iso8601: return .iso8601(zone: zone)
        case .local:
            requireZone(node, mapping)
            return .local(zone: zone ?? .utc)
        case .epochSeconds, .epochMilliseconds, .epochMicroseconds:
            refuseZone(mapping, format: named.rawValue)
            return named == .epochSeconds
                ? .epochSeconds : named == .epochMilliseconds ? .epochMilliseconds : .epochMicroseconds
        }
    }

    private func requireZone(_ format: YamlNode, _ mapping: MappingReader) {
        guard mapping["zone"] == nil else { return }
        report.error(
            format.position, "local times need a zone", "add zone: Europe/London, or whatever zone they are in")
    }

    private func refuseZone(_ mapping: MappingReader, format: String) {
        guard mapping["zone"] != nil else { return }
        report.error(
            mapping.position(of: "zone"), "a zone is named, but \(format) counts from 1970 in UTC",
            "remove zone, or set format to iso8601 or a pattern such as `yyyy-MM-dd HH:mm:ss`")
    }

    // MARK: - Fields

    private func read(_ field: Field, _ setting: FieldSetting) -> FieldMapping? {
        guard case .mapping = setting.node.content else {
            guard let path = setting.node.path(field.name, format: format, report) else { return nil }
            return FieldMapping(field: field, path: path, reading: field.reading)
        }
        guard let mapping = MappingReader(setting.node, field.keys, at: setting.position, report) else { return nil }
        if let expression = mapping["expr"] { return computed(field, mapping, expression) }
        var path: Path? = mapping["path"]?.path(field.name, format: format, report) ?? Path([field.name])
        let reading = reading(field, mapping)
        var fallback = mapping["default"]
        if let constant = mapping["constant"] {
            for key in ["path", "default"] where mapping[key] != nil {
                report.error(
                    mapping.position(of: key), "\(field.name) has a constant, so `\(key)` has no meaning",
                    "keep one of them")
            }
            path = nil
            fallback = constant
        }
        let text = fallback.flatMap { self.fallback($0, field, reading) }
        if fallback != nil, text == nil { return nil }
        return FieldMapping(field: field, path: path, fallback: text, reading: reading)
    }

    /// A field that an expression over columns gives.
    private func computed(_ field: Field, _ mapping: MappingReader, _ node: YamlNode) -> FieldMapping? {
        for key in ["path", "constant", "format", "times", "negate"] where mapping[key] != nil {
            report.error(
                mapping.position(of: key), "\(field.name) is computed, so `\(key)` has no meaning",
                "keep one of them; columns say where values stand and how they are read")
        }
        var reading = field.reading
        if case .string = reading { reading = self.reading(field, mapping) }
        let text = mapping["default"].flatMap { fallback($0, field, reading) }
        if mapping["default"] != nil, text == nil { return nil }
        guard let columns else { return nil }
        let checked = ExpressionReader(report: report, text: self.text, tables: []).value(
            node, field.name, scope: ExpressionScope(columns: columns), expecting: field.isString ? .string : .integer)
        return checked.map { checked in
            FieldMapping(
                field: field, path: nil, fallback: text, reading: reading,
                expression: RecordExpression(checked, columns: columns))
        }
    }

    private func reading(_ field: Field, _ mapping: MappingReader) -> FieldMapping.Reading {
        switch field.reading {
        case .string:
            let prefix = mapping["prefix"]?.wholeNumber("prefix", in: 1...Int64(Limits.identifierBytes), report)
            return .string(prefix: prefix.map { Int($0) })
        case .units:
            let format = mapping["format"].map { $0.choice("format", MoneyFormat.self, report) } ?? .units
            let factor = mapping["times"]?.path("times", format: self.format, report)
            let negate = mapping["negate"]?.boolean("negate", report) ?? false
            // Of a format that could not be read, nothing follows.
            guard let format else { return .units }
            guard format == .decimal else {
                for key in ["times", "negate"] where mapping[key] != nil {
                    report.error(
                        mapping.position(of: key), "`\(key)` works on decimals only", "add format: decimal")
                }
                return .units
            }
            return .decimal(factor: factor, negate: negate)
        case .integer, .currency, .decimal:
            return field.reading
        }
    }

    /// A default or a constant, which must be readable as a cell of the field would be.
    private func fallback(_ node: YamlNode, _ field: Field, _ reading: FieldMapping.Reading) -> [UInt8]? {
        guard let text = node.string("\(field.name)", report) else { return nil }
        let bytes = Array(text.utf8)
        switch reading {
        case .string:
            guard field.kind == .text || bytes.count <= Limits.identifierBytes else {
                report.error(
                    node.position, "\(field.name) has \(bytes.count) bytes; expected at most \(Limits.identifierBytes)")
                return nil
            }
        case .integer(let minimum, let maximum):
            guard node.wholeNumber(field.name, in: minimum...maximum, report) != nil else { return nil }
        case .units:
            guard node.wholeNumber(field.name, in: 0...Int64.max, report) != nil else { return nil }
        case .decimal:
            guard MajorAmount(text: text, places: scale) != nil else {
                report.error(
                    node.position,
                    "found \(quoted(text)) for \(field.name); expected an amount with at most \(scale) decimal places")
                return nil
            }
        case .currency:
            guard parseCurrency(text, at: node.position, report) != nil else { return nil }
        }
        return bytes
    }
}

/// The words for the ways in which money is written.
enum MoneyFormat: String, CaseIterable {
    case units, decimal
}

/// The words for formats of time.
enum TimeFormatName: String, CaseIterable {
    case epochSeconds = "epoch_s"
    case epochMilliseconds = "epoch_ms"
    case epochMicroseconds = "epoch_us"
    case iso8601
    case local = "yyyy-MM-dd HH:mm:ss"
}

extension EventType {
    /// The fields that a source can map for events of this type.
    var mappable: Set<Field> { Set(fields).union([.chargeID]) }
}

extension Field {
    /// What a rating can be.
    static let ratings: ClosedRange<Int64> = 1...5

    /// How the field is read unless the file says otherwise.
    var reading: FieldMapping.Reading {
        switch kind {
        case .identifier, .text: .string(prefix: nil)
        case .integer: .integer(minimum: Self.ratings.lowerBound, maximum: Self.ratings.upperBound)
        case .money: .units
        case .currency: .currency
        }
    }

    /// What the mapping of the field can say.
    var keys: KeyGroup {
        switch kind {
        case .identifier, .text: PipelineKeys.identifierField
        case .integer: PipelineKeys.integerField
        case .money: PipelineKeys.moneyField
        case .currency: PipelineKeys.currencyField
        }
    }
}
