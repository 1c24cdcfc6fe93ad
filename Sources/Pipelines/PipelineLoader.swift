internal import RampartCore

/// Makes a pipeline from the text of its file, or says everything that is wrong with it.
public enum PipelineLoader {
    /// Loads a file that was read into memory; `file` is its name in diagnostics.
    public static func load(
        bytes: some Collection<UInt8>, file: String, overrides: [ThresholdOverride] = [], data: DataFiles = .none
    ) -> Result<Pipeline, Diagnostics> {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let report = Report(file: file)
            report.error(.start, "the file is not UTF-8", "save it as UTF-8")
            return .failure(Diagnostics(report.diagnostics))
        }
        return load(text: text, file: file, overrides: overrides, data: data)
    }

    /// Loads the text of a file; thresholds given beside it take the place of its defaults, and `data` has the data
    /// files that it names.
    public static func load(
        text: String, file: String, overrides: [ThresholdOverride] = [], data: DataFiles = .none
    ) -> Result<Pipeline, Diagnostics> {
        let report = Report(file: file)
        let pipeline = YamlDocument.read(text, report: report).flatMap {
            PipelineReader(report: report, text: text, overrides: overrides, data: DataFileReader(data, report: report))
                .read($0)
        }
        guard var pipeline, !report.hasErrors else { return .failure(Diagnostics(report.diagnostics)) }
        pipeline.warnings = report.diagnostics
        return .success(pipeline)
    }
}

/// Reads one file from its root.
private struct PipelineReader {
    let report: Report
    let text: String
    let overrides: [ThresholdOverride]
    let data: DataFileReader

    func read(_ root: YamlNode) -> Pipeline? {
        guard let file = MappingReader(root, PipelineKeys.file, report) else { return nil }
        let family = file["pipeline"]?.name("pipeline", hyphens: true, report)
        let lateness = file["lateness"]?.duration("lateness", allowsZero: true, report) ?? .zero
        let maxAhead = file["max_ahead"]?.duration("max_ahead", report) ?? Pipeline.standardMaxAhead
        let sourceEntries = entries(file, "sources", atMost: Limits.sources)
        let stageEntries = entries(file, "stages", atMost: Limits.stages)
        let sourceText = SourceText(text)
        let sources = sourceEntries.compactMap {
            SourceReader(report: report, text: sourceText, lateness: lateness).read($0)
        }
        guard !sourceEntries.isEmpty, !stageEntries.isEmpty else { return nil }
        var stages = stageEntries.compactMap { StageReader(report: report).read($0) }
        let unreadable = Set((sourceEntries + stageEntries).map(\.key))
            .subtracting(sources.map(\.source.name)).subtracting(stages.map(\.name))
        ThresholdReader(report: report).apply(overrides, to: &stages, unreadable: unreadable)
        let ledger = LedgerReader(report: report)
        let policy = ledger.read(file["ledger"], at: file.position(of: "ledger"), stages: stages)
        let sinks = ledger.readSinks(file["sinks"], at: file.position(of: "sinks"))
        let tests = TestReader(report: report, sources: sources, stages: stages, unreadable: unreadable)
            .read(file["tests"])
        checkSources(sources)
        let tables = TableReader(report: report, data: data).read(file["tables"])
        let graph = Graph(sources: sources, stages: stages, unreadable: unreadable, report: report)
        let expressions = ExpressionReader(report: report, text: sourceText, tables: tables.map(\.keys))
        let drafts = stages.indices.compactMap { index in
            StageBuilder(
                report: report, expressions: expressions, spec: stages[index], index: index,
                sources: graph.sources[index].map { sources[$0] },
                sideSources: graph.sideSources[index].map { sources[$0] }, columns: graph.columns[index],
                tables: tables, lookedUp: graph.lookedUp[index].map { ($0, stages[$0]) }, isWhole: graph.isWhole[index]
            ).build(inputs: graph.inputs[index], sideInputs: graph.sideInputs[index])
        }
        let partitioning = Partitioning(sources: sources, stages: stages, graph: graph, report: report)
        let exceptions = exceptions(file, tables, stages, drafts, unreadable)
        // Only whole graphs are put together: with a part missing, the indices of the others would be wrong.
        guard let family, !report.hasErrors else { return nil }
        var topology = TopologyBuilder(
            family: family, sources: sources, stages: drafts, order: graph.order, partitioning: partitioning,
            ledger: policy, exceptions: exceptions
        ).build()
        let topics = sources.map(\.topic)
        let settings = CanonicalSettings(
            topology: topology, sinks: sinks, topics: topics, maxAhead: maxAhead, tables: tables)
        topology.revision = settings.hash(.all)
        topology.graph = settings.hash(.graph)
        return Pipeline(
            topology: topology, topics: topics, maxAhead: maxAhead, sinks: sinks, tests: tests, warnings: [],
            file: report.file, text: text, files: data.found)
    }

    /// What data files say about single merchants, by stage.
    private func exceptions(
        _ file: MappingReader, _ tables: [TableSpec], _ stages: [StageSpec], _ drafts: [StageDraft],
        _ unreadable: Set<String>
    ) -> [StageExceptions] {
        func mapping(_ key: String, _ group: KeyGroup) -> MappingReader? {
            file[key].flatMap { MappingReader($0, group, at: file.position(of: key), report) }
        }
        var eventThresholds: Set<String> = []
        for draft in drafts {
            guard case .window(let window) = draft.kind else { continue }
            for index in Set(window.conditions.compactMap { $0?.thresholds }.joined()) {
                eventThresholds.insert("\(draft.spec.name).\(draft.spec.thresholds[index].threshold.name)")
            }
        }
        return ExceptionReader(
            report: report, data: data, tables: tables, stages: stages, unreadable: unreadable,
            eventThresholds: eventThresholds
        ).read(overrides: mapping("overrides", PipelineKeys.overrides), mutes: mapping("mutes", PipelineKeys.mutes))
    }

    private func entries(_ file: MappingReader, _ key: String, atMost limit: Int) -> [YamlNode.Entry] {
        guard let node = file[key], let entries = node.entries(of: key, atMost: limit, report) else { return [] }
        if entries.isEmpty {
            report.error(node.position, "there are no \(key); expected at least one")
        }
        return entries
    }

    /// A merchant's events of all sources must meet in one task.
    private func checkPartitions(_ sources: [SourceSpec]) {
        guard let dealt = sources.first(where: \.source.isRepartitioned),
            let other = sources.first(where: { !$0.source.isRepartitioned })
        else { return }
        report.error(
            other.position,
            "the source `\(dealt.source.name)` is repartitioned and `\(other.source.name)` is not, so that their events would "
                + "not meet",
            "write repartition: true for all sources")
    }

    private func checkSources(_ sources: [SourceSpec]) {
        checkPartitions(sources)
        for (index, spec) in sources.enumerated() {
            let source = spec.source
            if source.types.contains(.void), source.partitionedBy != .merchantID {
                report.error(
                    spec.position,
                    "the source `\(source.name)` gives voids, but is partitioned by \(source.partitionedBy.name)",
                    "set partitioned_by: merchant_id, where the charges that they void are")
            }
            guard case .constant(let type) = source.selector,
                let other = sources[..<index].first(where: { $0.source.isConstant(type) })
            else { continue }
            report.warning(
                spec.position,
                "the sources `\(other.source.name)` and `\(source.name)` both give \(type.name) events; "
                    + "no log can go by type then",
                "name the source of each log: \(source.name)=LOG")
        }
    }
}

extension Source {
    /// Whether every record is of this type.
    fileprivate func isConstant(_ other: EventType) -> Bool {
        if case .constant(let type) = selector { type == other } else { false }
    }
}
