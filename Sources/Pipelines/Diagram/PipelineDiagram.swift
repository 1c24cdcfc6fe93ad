internal import RampartCore

/// A pipeline as boxes and arrows, for people: sources, stages, the ledger and where outputs go.
public struct PipelineDiagram: Hashable, Sendable {
    /// How it can be written.
    public enum Format: String, CaseIterable, Sendable {
        /// Lines for a terminal.
        case text
        /// Mermaid's flowchart, which code hosts draw inside Markdown.
        case mermaid
        /// The language of Graphviz.
        case dot
        /// A picture, with colours for light and dark surroundings.
        case svg
    }

    /// What a box stands for.
    enum Role: String, CaseIterable, Hashable, Sendable {
        case source, transform, window, incident, ledger, output
    }

    /// A box.
    struct Node: Hashable, Sendable {
        var role: Role
        var name: String
        /// What there is to say of it, a line each.
        var details: [String]
        /// Its column: one more than the last of those that lead to it.
        var column = 0
    }

    /// An arrow, by the indices of its boxes.
    struct Edge: Hashable, Sendable {
        var from: Int
        var to: Int
    }

    /// The pipeline's name and revision.
    let title: String
    /// Sources and stages in file order, then the ledger, then outputs.
    private(set) var nodes: [Node] = []
    private(set) var edges: [Edge] = []

    /// Draws up the diagram of a checked pipeline.
    public init(_ pipeline: Pipeline) {
        let topology = pipeline.topology
        title = "\(topology.family), revision \(topology.revision)"
        for (source, topic) in zip(topology.sources, pipeline.topics) {
            nodes.append(Node(role: .source, name: source.name, details: Self.details(of: source, topic: topic)))
        }
        for stage in topology.stages {
            let role: Role =
                switch stage.kind {
                case .transform: .transform
                case .window: .window
                case .incident: .incident
                }
            nodes.append(Node(role: role, name: stage.name, details: Self.details(of: stage, in: topology)))
        }
        for (index, stage) in topology.stages.enumerated() {
            for input in stage.inputs + stage.sideInputs {
                switch input {
                case .source(let source): connect(source, topology.sources.count + index)
                case .stage(let other): connect(topology.sources.count + other, topology.sources.count + index)
                }
            }
            if case .transform(let transform) = stage.kind, let window = transform.values.window {
                connect(topology.sources.count + window, topology.sources.count + index)
            }
        }
        addOutputs(of: pipeline)
        placeInColumns()
    }

    /// The diagram in a format, without a last line feed.
    public func text(as format: Format) -> String {
        switch format {
        case .text: plainText
        case .mermaid: mermaid
        case .dot: dot
        case .svg: svg
        }
    }

    // MARK: - Boxes and arrows

    private mutating func connect(_ from: Int, _ to: Int) { edges.append(Edge(from: from, to: to)) }

    /// Windows give alerts; those with a credit put charges into the ledger, which gives lines and credits. Those in shadow
    /// give alerts of their own and nothing else.
    private mutating func addOutputs(of pipeline: Pipeline) {
        let stages = pipeline.topology.stages
        let first = pipeline.topology.sources.count
        var finding: [Sink.Kind: [Int]] = [:]
        var paying: [Int] = []
        for (index, stage) in stages.enumerated() {
            guard case .window(let window) = stage.kind else { continue }
            let isLive = stage.mode == .live
            finding[isLive ? .alerts : .shadow, default: []].append(first + index)
            if isLive, window.credit != nil { paying.append(first + index) }
        }
        if !paying.isEmpty {
            let ledger = nodes.count
            nodes.append(
                Node(
                    role: .ledger, name: "ledger",
                    details: ["statement every \(pipeline.topology.ledger.statement.text)"]))
            for stage in paying { connect(stage, ledger) }
            for kind in [Sink.Kind.creditLines, .credits] { connect(ledger, addOutput(kind, pipeline)) }
        }
        for kind in [Sink.Kind.alerts, .shadow] {
            guard let stages = finding[kind] else { continue }
            let output = addOutput(kind, pipeline)
            for stage in stages { connect(stage, output) }
        }
        let gathering = stages.indices.filter { if case .incident = stages[$0].kind { true } else { false } }
        guard !gathering.isEmpty else { return }
        let output = addOutput(.incidents, pipeline)
        for stage in gathering { connect(first + stage, output) }
    }

    private mutating func addOutput(_ kind: Sink.Kind, _ pipeline: Pipeline) -> Int {
        let topic = pipeline.sinks.first { $0.kind == kind }?.topic
        nodes.append(Node(role: .output, name: kind.rawValue, details: topic.map { ["topic \($0)"] } ?? []))
        return nodes.count - 1
    }

    /// The graph has no cycles, so that as many rounds as there are boxes are enough.
    private mutating func placeInColumns() {
        for _ in nodes.indices {
            for edge in edges { nodes[edge.to].column = max(nodes[edge.to].column, nodes[edge.from].column + 1) }
        }
    }

    /// A text in which some characters are written otherwise.
    static func escaped(_ text: String, _ replacements: [Character: String]) -> String {
        text.reduce(into: "") { $0 += replacements[$1] ?? String($1) }
    }

    // MARK: - Words

    private static func details(of source: Source, topic: String?) -> [String] {
        let types = source.mappings.keys.map(\.name).sorted().joined(separator: ", ")
        let dealing = source.isRepartitioned ? "through an exchange by" : "by"
        return [types, "\(dealing) \(source.partitionedBy.name)"] + (topic.map { ["topic \($0)"] } ?? [])
    }

    private static func words(for value: Threshold.Value) -> String {
        switch value {
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        }
    }

    private static func details(of stage: Stage, in topology: Topology) -> [String] {
        let thresholds = stage.thresholds.map { "\($0.name) = \(words(for: $0.value))" }
        let exchange = topology.isExchanged(stage) ? ["through an exchange"] : []
        let window: Window
        switch stage.kind {
        case .transform(let transform): return details(of: transform) + exchange + thresholds
        case .incident(let incident): return details(of: incident)
        case .window(let found): window = found
        }
        var details = stage.mode == .shadow ? ["in shadow"] : []
        details.append("by \(window.key.map(\.name).joined(separator: ", "))")
        details += exchange
        details.append("\(window.size.text) every \(window.every.text)")
        details += thresholds
        if !stage.allowLists.isEmpty {
            details.append("lets pass \(stage.allowLists.map(\.keys.name).joined(separator: ", "))")
        }
        let rows = stage.exceptions
        let overridden = rows.merchants.count + rows.segments.count
        if overridden > 0 { details.append("\(overridden) merchants or segments overridden") }
        if !rows.mutes.isEmpty { details.append("\(rows.mutes.count) merchants muted") }
        details.append("severity \(window.alert.severity.rawValue)")
        if let credit = window.credit { details.append("credits \(credit.component)") }
        return details
    }

    private static func details(of incident: Incident) -> [String] {
        ["by merchant_id", "quiet \(incident.quiet.text)"]
            + (incident.escalation.map { ["severity \($0.severity.rawValue) from \($0.stages) stages on"] } ?? [])
    }

    /// A filter's name says what it keeps; of other kinds, what they are and what is set.
    private static func details(of transform: any Transform) -> [String] {
        let kind = type(of: transform)
        let settings = kind.settings.compactMap { setting -> String? in
            switch transform.values[setting.name] {
            case .condition, .inputs, .window, .prefix: nil
            case .key(let fields): "by \(fields.map(\.name).joined(separator: ", "))"
            case .span(let span): "\(setting.name) \(span.text)"
            case .attached(let columns): "\(setting.name) \(columns.map(\.name).joined(separator: ", "))"
            }
        }
        return settings.isEmpty ? [] : [kind.kind] + settings
    }
}
