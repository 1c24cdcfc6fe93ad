internal import RampartCore

/// Reads `tests:`.
struct TestReader {
    /// Where mistakes go.
    let report: Report
    /// The sources that records can be fed to.
    let sources: [SourceSpec]
    /// The stages that can be tested.
    let stages: [StageSpec]
    /// Sources and stages of which mistakes were told already.
    let unreadable: Set<String>

    /// The tests in file order.
    func read(_ node: YamlNode?) -> [PipelineTest] {
        (node?.elements(of: "tests", report) ?? []).compactMap(read)
    }

    private func read(_ node: YamlNode) -> PipelineTest? {
        guard let mapping = MappingReader(node, PipelineKeys.test, report) else { return nil }
        let feeds = (mapping["records"]?.elements(of: "records", report) ?? []).compactMap(readFeed)
        let overrides = readOverrides(mapping["set"])
        let expectation = mapping["expect"].flatMap { readExpectation($0, at: mapping.position(of: "expect")) }
        guard let name = mapping["name"]?.string("name", report), let expectation else { return nil }
        return PipelineTest(
            name: name, line: node.position.line, feeds: feeds, overrides: overrides, expectation: expectation)
    }

    private func readOverrides(_ node: YamlNode?) -> [ThresholdOverride] {
        (node?.entries(of: "set", report) ?? []).compactMap { entry in
            guard let path = ThresholdOverride.path(entry.key) else {
                report.error(entry.position, "found \(quoted(entry.key)); expected stage.threshold: value")
                return nil
            }
            guard let text = entry.value.text else {
                report.error(entry.value.position, "found \(entry.value.summary); expected a number such as 10 or 0.5")
                return nil
            }
            let override = ThresholdOverride(stage: path.stage, threshold: path.threshold, text: text)
            if !unreadable.contains(path.stage), case .failure(let mistake) = ThresholdReader.check(override, stages) {
                report.error(entry.position, mistake.message, mistake.suggestion)
                return nil
            }
            return override
        }
    }

    // MARK: - Records

    private func readFeed(_ node: YamlNode) -> PipelineTest.Feed? {
        guard let entries = node.entries(of: "a record of a test", report) else { return nil }
        let names = PipelineKeys.recordFeed.names + PipelineKeys.lineFeed.names
        let isLines = entries.contains { $0.key == "lines" || Suggestion.closest(to: $0.key, among: names) == "lines" }
        let group = isLines ? PipelineKeys.lineFeed : PipelineKeys.recordFeed
        guard let mapping = MappingReader(node, group, report) else { return nil }
        let sources = (sources.map(\.source.name) + unreadable.sorted()).map { (name: $0, value: $0) }
        let source = mapping["source"]?.choice("source", among: sources, report)
        let content: PipelineTest.Feed.Content? =
            isLines ? mapping["lines"]?.string("lines", report).map { .lines($0) } : readTemplate(mapping)
        return content.map { PipelineTest.Feed(source: source, content: $0, line: node.position.line) }
    }

    private func readTemplate(_ mapping: MappingReader) -> PipelineTest.Feed.Content? {
        let count = mapping["repeat"]?.wholeNumber("repeat", in: 1...FileLimits.repetitions, report) ?? 1
        let start = mapping["at"]?.moment("at", report)
        let step = mapping["every"]?.duration("every", report) ?? .zero
        if mapping["every"] != nil, mapping["at"] == nil {
            report.error(
                mapping.position(of: "every"), "`every` has no meaning without `at`", "add at: 2011-11-14T12:00:00Z")
        }
        guard let entries = mapping["record"]?.entries(of: "record", report) else { return nil }
        let members = entries.map { RecordValue.Member(name: $0.key, value: RecordValue($0.value)) }
        return .record(PipelineTest.RecordTemplate(count: Int(count), start: start, step: step, members: members))
    }

    // MARK: - Expectations

    private func readExpectation(_ node: YamlNode, at position: Position) -> Expectation? {
        guard let mapping = MappingReader(node, PipelineKeys.expectation, at: position, report) else { return nil }
        let fates = Fate.allCases.compactMap { fate in
            mapping[fate.rawValue]?.wholeNumber(fate.rawValue, in: 0...Int64.max, report).map {
                Expectation.FateCount(fate: fate, count: Int($0))
            }
        }
        return Expectation(
            fates: fates,
            alerts: mapping["alerts"]?.elements(of: "alerts", report)?.compactMap(readAlert),
            shadow: mapping["shadow"]?.elements(of: "shadow", report)?.compactMap(readAlert),
            credits: mapping["credits"]?.elements(of: "credits", report)?.compactMap(readCredit),
            incidents: mapping["incidents"]?.elements(of: "incidents", report)?.compactMap(readIncident))
    }

    private func readAlert(_ node: YamlNode) -> Expectation.ExpectedAlert? {
        let windows = stages.compactMap { spec -> (name: String, value: WindowStage)? in
            guard case .window(let window) = spec.kind else { return nil }
            return (spec.name, WindowStage(name: spec.name, window: window))
        }
        guard let mapping = MappingReader(node, PipelineKeys.expectedAlert, report),
            !unreadable.contains(mapping["stage"]?.text ?? ""),
            let stage = mapping["stage"]?.choice("a window stage", among: windows, report)
        else { return nil }
        return Expectation.ExpectedAlert(
            stage: stage.name,
            severity: mapping["severity"]?.choice("severity", AlertPolicy.Severity.self, report),
            merchantID: mapping["merchant_id"]?.string("merchant_id", report),
            key: (mapping["key"]?.entries(of: "key", report) ?? []).compactMap { readKeyValue($0, stage) },
            opened: mapping["opened"]?.moment("opened", report),
            measures: (mapping["measures"]?.entries(of: "measures", report) ?? []).flatMap { readMeasure($0, stage) },
            line: node.position.line)
    }

    private struct WindowStage {
        var name: String
        var window: WindowSpec
    }

    private func readKeyValue(_ entry: YamlNode.Entry, _ stage: WindowStage) -> Expectation.ExpectedAlert.KeyValue? {
        let names = stage.window.key.fields.map(\.field.name)
        // Where a field of the key could not be read, this may be it.
        if !stage.window.key.isWhole, !names.contains(entry.key) { return nil }
        guard let field = Field(name: entry.key), names.contains(entry.key) else {
            report.error(
                entry.position, "\(quoted(entry.key)) is no field of the key of `\(stage.name)`",
                Suggestion.didYouMean(entry.key, among: names) ?? "the key is \(names.joined(separator: ", "))")
            return nil
        }
        return entry.value.string(entry.key, report).map { .init(field: field, value: $0) }
    }

    private func readMeasure(
        _ entry: YamlNode.Entry, _ stage: WindowStage
    ) -> [Expectation.ExpectedAlert.MeasureValue] {
        let names = stage.window.measures.map(\.key)
        guard names.contains(entry.key) else {
            report.error(
                entry.position, "\(quoted(entry.key)) is no measure of `\(stage.name)`",
                Suggestion.didYouMean(entry.key, among: names) ?? "it measures \(names.joined(separator: ", "))")
            return []
        }
        guard case .mapping(let entries) = entry.value.content else {
            return entry.value.number("measure `\(entry.key)`", report).map {
                [.init(name: entry.key, value: $0, currency: nil)]
            } ?? []
        }
        return entries.compactMap { amount in
            guard let currency = parseCurrency(amount.key, at: amount.position, report),
                let value = amount.value.number("measure `\(entry.key)`", report)
            else { return nil }
            return .init(name: entry.key, value: value, currency: currency)
        }
    }

    private func readIncident(_ node: YamlNode) -> Expectation.ExpectedIncident? {
        let incidents = stages.filter(\.isIncident).map { (name: $0.name, value: $0) }
        guard let mapping = MappingReader(node, PipelineKeys.expectedIncident, report),
            !unreadable.contains(mapping["stage"]?.text ?? ""),
            let stage = mapping["stage"]?.choice("an incident stage", among: incidents, report)
        else { return nil }
        return Expectation.ExpectedIncident(
            stage: stage.name,
            severity: mapping["severity"]?.choice("severity", AlertPolicy.Severity.self, report),
            merchantID: mapping["merchant_id"]?.string("merchant_id", report),
            opened: mapping["opened"]?.moment("opened", report),
            closed: mapping["closed"]?.moment("closed", report),
            alerts: (mapping["alerts"]?.entries(of: "alerts", report) ?? []).compactMap { readCount($0, stage) },
            line: node.position.line)
    }

    private func readCount(_ entry: YamlNode.Entry, _ stage: StageSpec) -> Expectation.ExpectedIncident.StageCount? {
        let names = stage.from.map(\.name)
        let windows = stages.filter { if case .window = $0.kind { true } else { false } }.map(\.name)
        // Where `from` holds a mistake, which was told, this may be what it should be.
        guard names.contains(entry.key) || stage.isFromWhole && windows.filter(names.contains).count == names.count
        else { return nil }
        guard names.contains(entry.key) else {
            report.error(
                entry.position, "`\(stage.name)` gathers no alerts of \(quoted(entry.key))",
                Suggestion.didYouMean(entry.key, among: names) ?? "it gathers those of \(names.joined(separator: ", "))"
            )
            return nil
        }
        return entry.value.wholeNumber("alerts of \(entry.key)", in: 0...Int64.max, report).map {
            .init(stage: entry.key, count: Int($0))
        }
    }

    private func readCredit(_ node: YamlNode) -> Expectation.ExpectedCredit? {
        guard let mapping = MappingReader(node, PipelineKeys.expectedCredit, report) else { return nil }
        return Expectation.ExpectedCredit(
            component: mapping["component"]?.string("component", report),
            reason: mapping["reason"]?.string("reason", report),
            state: mapping["state"]?.choice("state", CreditLine.State.self, report),
            merchantID: mapping["merchant_id"]?.string("merchant_id", report),
            currency: mapping["currency"]?.currency("currency", report),
            amountMinor: mapping["amount_minor"]?.wholeNumber("amount_minor", in: 0...Int64.max, report),
            lines: mapping["lines"]?.wholeNumber("lines", in: 0...Int64.max, report).map { Int($0) },
            line: node.position.line)
    }
}

extension RecordValue {
    /// The value that a node has in JSON: plain numbers, `true`, `false` and `null` are themselves, the rest is text.
    init(_ node: YamlNode) {
        switch node.content {
        case .scalar(let text, let isPlain):
            if node.isNull {
                self = .null
            } else if isPlain, text == "true" || text == "false" {
                self = .boolean(text == "true")
            } else {
                self = isPlain && JSONNumber.isNumber(text) ? .number(text) : .string(text)
            }
        case .sequence(let elements): self = .list(elements.map { RecordValue($0) })
        case .mapping(let entries):
            self = .object(entries.map { Member(name: $0.key, value: RecordValue($0.value)) })
        }
    }
}
