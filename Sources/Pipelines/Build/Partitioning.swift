internal import RampartCore

/// Deals the stages out to subgraphs: those whose state can be kept together, by one key (R22).
///
/// A stage stays with what it reads where its key holds all fields by which that is dealt out; then all events of a key lie in
/// one task already. Else they must be dealt out anew, by the stage's own key, through an exchange.
struct Partitioning {
    /// The subgraphs, the main one first.
    private(set) var subgraphs = [Subgraph.mainOne]
    /// The subgraph of each stage.
    private(set) var places: [Int]

    private let sources: [SourceSpec]
    private let stages: [StageSpec]
    private let graph: Graph
    private let report: Report

    /// Deals the stages of a graph out, or says which cannot be.
    init(sources: [SourceSpec], stages: [StageSpec], graph: Graph, report: Report) {
        self.sources = sources
        self.stages = stages
        self.graph = graph
        self.report = report
        places = Array(repeating: Subgraph.main, count: stages.count)
        for stage in graph.order where graph.isWhole[stage] { place(stage) }
    }

    private mutating func place(_ stage: Int) {
        guard !graph.inputs[stage].isEmpty else { return }
        if stages[stage].isIncident, refuseScatteredAlerts(of: stage) { return }
        let upstream = upstream(of: stage)
        places[stage] = upstream
        guard let key = stages[stage].key, key.isWhole else { return }
        let fields = Set(key.fields.map(\.field))
        if dealt(upstream, stage)?.isSubset(of: fields) != true {
            places[stage] = exchange(from: upstream, by: Field.allCases.filter(fields.contains))
        }
        if places[stage] != Subgraph.main { refuseCredit(of: stage) }
        refuseLookup(by: stage)
    }

    /// The subgraph of all that a stage reads.
    private func upstream(of stage: Int) -> Int {
        let spec = stages[stage]
        let names = spec.from + spec.sideInputs
        let read = zip(names, graph.inputs[stage] + graph.sideInputs[stage]).map { name, input in
            switch input {
            case .source: (name: name, subgraph: Subgraph.main)
            case .stage(let other): (name: name, subgraph: places[other])
            }
        }
        guard let first = read.first else { return Subgraph.main }
        if let other = read.first(where: { $0.subgraph != first.subgraph }) {
            report.error(
                other.name.position,
                "`\(spec.name)` reads `\(first.name.name)`, which is kept \(words(for: first.subgraph)), and "
                    + "`\(other.name.name)`, which is kept \(words(for: other.subgraph))",
                "let it read what is kept by one key")
        }
        return first.subgraph
    }

    private func words(for subgraph: Int) -> String {
        guard subgraph != Subgraph.main else { return "where its source puts it" }
        let (key, upstream) = (subgraphs[subgraph].key, subgraphs[subgraph].upstream)
        let words = "by \(key.map(\.name).joined(separator: ", "))"
        // Only where the key alone does not tell it from another.
        return subgraphs.count { $0.key == key } == 1
            ? words : "\(words), behind what is kept \(self.words(for: upstream))"
    }

    /// The fields by which the events that a stage reads are dealt out already; nil where they are dealt out by several.
    private func dealt(_ upstream: Int, _ stage: Int) -> Set<Field>? {
        guard upstream == Subgraph.main else { return Set(subgraphs[upstream].key) }
        let fields = Set((graph.sources[stage] + graph.sideSources[stage]).map { sources[$0].source.partitionedBy })
        return fields.count == 1 ? fields : nil
    }

    private mutating func exchange(from upstream: Int, by key: [Field]) -> Int {
        if let known = subgraphs.indices.dropFirst().first(where: {
            subgraphs[$0].upstream == upstream && subgraphs[$0].key == key
        }) {
            return known
        }
        let name = key.map(\.name).joined(separator: "-")
        let taken = subgraphs.count { $0.key == key }
        subgraphs.append(Subgraph(name: taken == 0 ? name : "\(name)-\(taken + 1)", key: key, upstream: upstream))
        return subgraphs.count - 1
    }

    /// A table lies where the window is whose findings it keeps; where their keys differ, that was told.
    private func refuseLookup(by stage: Int) {
        guard let window = graph.lookedUp[stage], graph.isWhole[window], let place = stages[stage].lookedUp,
            let key = stages[stage].key, let other = stages[window].key, other.isWhole,
            Set(key.fields.map(\.field)) == Set(other.fields.map(\.field))
        else { return }
        let fields = [stage, window].map { stage in
            Set(graph.sources[stage].map { sources[$0].source.partitionedBy.name }).sorted().joined(separator: ", ")
        }
        if places[window] != places[stage] {
            report.error(
                place.position,
                "`\(place.name)` is kept \(words(for: places[window])), and `\(stages[stage].name)` "
                    + words(for: places[stage]),
                "let both read the same sources and transforms")
        } else if places[stage] == Subgraph.main, fields[0] != fields[1] {
            report.error(
                place.position,
                "`\(place.name)` reads what is partitioned by \(fields[1]), and `\(stages[stage].name)` what is partitioned "
                    + "by \(fields[0]), so that a key lies in two places",
                "let both read sources that are partitioned by one field")
        }
    }

    /// An incident is about one merchant, all of whose alerts it must find where it is kept itself; true where it cannot.
    private func refuseScatteredAlerts(of stage: Int) -> Bool {
        var isRefused = false
        for (place, input) in zip(stages[stage].from, graph.inputs[stage]) {
            guard case .stage(let window) = input, let key = stages[window].key, key.isWhole else { continue }
            let subgraph = subgraphs[places[window]]
            guard subgraph != .mainOne, subgraph.key != [.merchantID] else { continue }
            isRefused = true
            if stages[window].hasCredit { continue }
            let namesMerchant = key.fields.contains { $0.field == .merchantID }
            report.error(
                place.position,
                namesMerchant
                    ? "`\(place.name)` is kept \(words(for: places[window])), so that a merchant's alerts lie apart"
                    : "the alerts of `\(place.name)` name no merchant, and an incident is about one",
                namesMerchant ? "leave it out" : "add merchant_id to its key, or leave it out")
        }
        return isRefused
    }

    /// A merchant's charges are claimed by one task in one order, and that is where the merchant's own events are.
    private func refuseCredit(of stage: Int) {
        guard case .window(let window) = stages[stage].kind, window.credit != nil,
            graph.sources[stage].allSatisfy({ sources[$0].source.partitionedBy == .merchantID })
        else { return }
        guard window.key.fields.contains(where: { $0.field == .merchantID }) else {
            report.error(
                window.key.position,
                "the key of `\(stages[stage].name)` lacks merchant_id, by whom what it credits is claimed",
                "add merchant_id to the key, or remove credit")
            return
        }
        report.error(
            stages[stage].from.first?.position ?? stages[stage].position,
            "`\(stages[stage].name)` credits what comes out of stages that are kept apart from the merchant",
            "let it read sources and stages with merchant_id in their keys, or remove credit")
    }
}

extension StageSpec {
    /// Whether its findings claim money; where it is kept apart from the merchant, that was told already.
    fileprivate var hasCredit: Bool {
        if case .window(let window) = kind { window.credit != nil } else { false }
    }

    /// The key by which its state is kept; nil where it has none.
    var key: KeySpec? {
        switch kind {
        case .window(let window): return window.key
        case .transform(let transform):
            for case .key(let key) in transform.values.values { return key }
            return nil
        case .incident: return nil
        }
    }
}
