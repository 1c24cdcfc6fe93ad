internal import RampartCore

/// The names of a file resolved: what every stage reads, directly and in the end.
struct Graph {
    /// The inputs of each stage, those that could not be resolved left out.
    private(set) var inputs: [[Stage.Input]] = []
    /// The side inputs of each stage, likewise.
    private(set) var sideInputs: [[Stage.Input]] = []
    /// The window whose findings each stage reads, if it does.
    private(set) var lookedUp: [Int?] = []
    /// The sources that each stage reads through its inputs, directly or through transforms, in file order.
    private(set) var sources: [[Int]] = []
    /// The sources that each stage reads through its side inputs, likewise.
    private(set) var sideSources: [[Int]] = []
    /// What is attached to the events that each stage reads through its inputs, in the order of the stages.
    private(set) var columns: [[AttachedColumn]] = []
    /// Indices of the stages so that each comes after those it reads.
    private(set) var order: [Int] = []

    /// Whether everything that a stage reads is known; else nothing can be said about its events.
    private(set) var isWhole: [Bool]

    private let stages: [StageSpec]
    private let unreadable: Set<String>
    private let report: Report

    /// Resolves the names of a file; `unreadable` are those of sources and stages of which mistakes were told already.
    init(sources: [SourceSpec], stages: [StageSpec], unreadable: Set<String>, report: Report) {
        self.stages = stages
        self.unreadable = unreadable
        self.report = report
        isWhole = stages.map(\.isFromWhole)
        refuseSharedNames(sources)
        for index in stages.indices {
            inputs.append(resolve(stages[index].from, of: index, sources))
            sideInputs.append(resolve(stages[index].sideInputs, of: index, sources))
            lookedUp.append(resolveLookedUp(of: index, sources))
        }
        order = evaluationOrder()
        let none = [[Int]](repeating: [], count: stages.count)
        (self.sources, sideSources) = (none, none)
        columns = [[AttachedColumn]](repeating: [], count: stages.count)
        for stage in order {
            self.sources[stage] = sourcesRead(through: inputs[stage], by: stage)
            sideSources[stage] = sourcesRead(through: sideInputs[stage], by: stage)
            columns[stage] = columnsRead(by: stage)
        }
        refuseChangedSides()
        warnUnread()
    }

    private func refuseSharedNames(_ sources: [SourceSpec]) {
        for stage in stages where sources.contains(where: { $0.source.name == stage.name }) {
            report.error(
                stage.position, "`\(stage.name)` names a source and a stage; `from` could not tell them apart",
                "rename one of them")
        }
    }

    private mutating func sourcesRead(through inputs: [Stage.Input], by stage: Int) -> [Int] {
        var read: Set<Int> = []
        for input in inputs {
            switch input {
            case .source(let source): read.insert(source)
            case .stage(let other):
                read.formUnion(sources[other])
                if !isWhole[other] { isWhole[stage] = false }
            }
        }
        return read.sorted()
    }

    /// The names of two columns must differ where one expression can read both.
    private func columnsRead(by stage: Int) -> [AttachedColumn] {
        var read: Set<AttachedColumn> = []
        for case .stage(let other) in inputs[stage] {
            read.formUnion(columns[other])
            read.formUnion(stages[other].columns(stage: other))
        }
        let sorted = read.sorted { ($0.stage, $0.name) < ($1.stage, $1.name) }
        let own = stages[stage].columns(stage: stage)
        for column in own where sorted.contains(where: { $0.prefix == column.prefix && $0.stage != stage }) {
            report.error(
                stages[stage].position,
                "`\(stages[stage].name)` attaches `\(column.prefix)` to events that have it from another stage",
                "give one of them another name")
            break
        }
        return sorted
    }

    /// What is attached is there when an event passes, and side inputs enter before.
    private func refuseChangedSides() {
        for (index, stage) in stages.enumerated() {
            for (place, input) in zip(stage.sideInputs, sideInputs[index]) {
                guard case .stage(let other) = input,
                    !(columns[other].isEmpty && stages[other].columns(stage: other).isEmpty)
                else { continue }
                report.error(
                    place.position,
                    "`\(place.name)` reads a stage that attaches something, and is looked at before that",
                    "read a source or a filter of one")
            }
        }
    }

    private mutating func resolve(_ from: [PlacedName], of stage: Int, _ sources: [SourceSpec]) -> [Stage.Input] {
        var inputs: [Stage.Input] = []
        for place in from {
            guard
                let input = stages[stage].isIncident
                    ? resolveWindow(place, sources, "an incident gathers the alerts of windows")
                    : resolve(place, sources)
            else {
                isWhole[stage] = false
                continue
            }
            if inputs.contains(input) {
                report.error(place.position, "`\(place.name)` is read twice", "keep one of them")
            } else {
                inputs.append(input)
            }
        }
        return inputs
    }

    private func resolve(_ place: PlacedName, _ sources: [SourceSpec]) -> Stage.Input? {
        if let source = sources.firstIndex(where: { $0.source.name == place.name }) { return .source(source) }
        guard let stage = stages.firstIndex(where: { $0.name == place.name }) else {
            if unreadable.contains(place.name) { return nil }
            let names = sources.map(\.source.name) + stages.filter(\.isTransform).map(\.name)
            report.error(
                place.position, "there is no source or transform \(quoted(place.name))",
                Suggestion.didYouMean(place.name, among: names) ?? "there is \(alternatives(names))")
            return nil
        }
        guard stages[stage].isTransform else {
            let gives = stages[stage].isIncident ? "an incident, which gives" : "a window, which gives findings and"
            report.error(
                place.position, "`\(place.name)` is \(gives) no events", "read a source or a transform")
            return nil
        }
        return .stage(stage)
    }

    /// A window that is named where findings or alerts are read.
    private func resolveWindow(_ place: PlacedName, _ sources: [SourceSpec], _ use: String) -> Stage.Input? {
        if let stage = stages.firstIndex(where: { $0.name == place.name }), case .window = stages[stage].kind {
            return .stage(stage)
        }
        if unreadable.contains(place.name) { return nil }
        let windows = stages.filter { if case .window = $0.kind { true } else { false } }.map(\.name)
        let mend = windows.isEmpty ? "add a window stage" : "there is \(alternatives(windows))"
        let isKnown =
            sources.contains { $0.source.name == place.name } || stages.contains { $0.name == place.name }
        report.error(
            place.position,
            isKnown
                ? "`\(place.name)` is no window, and \(use)"
                : "there is no window \(quoted(place.name))",
            (isKnown ? nil : Suggestion.didYouMean(place.name, among: windows)) ?? mend)
        return nil
    }

    /// The window whose findings a stage reads.
    private mutating func resolveLookedUp(of stage: Int, _ sources: [SourceSpec]) -> Int? {
        guard let place = stages[stage].lookedUp else { return nil }
        guard case .stage(let window)? = resolveWindow(place, sources, "a table keeps the findings of windows") else {
            isWhole[stage] = false
            return nil
        }
        return window
    }

    /// Depth first, so that the stage that closes a cycle is the one that is told; a cycle's input is then dropped.
    private mutating func evaluationOrder() -> [Int] {
        var order: [Int] = []
        var isDone = [Bool](repeating: false, count: stages.count)
        for root in stages.indices where !isDone[root] {
            var path: [(stage: Int, next: Int)] = [(root, 0)]
            while let (stage, next) = path.last {
                let reads = inputs[stage] + sideInputs[stage] + (lookedUp[stage].map { [.stage($0)] } ?? [])
                guard next < reads.count else {
                    isDone[stage] = true
                    order.append(stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                guard case .stage(let other) = reads[next], !isDone[other] else { continue }
                if let start = path.firstIndex(where: { $0.stage == other }) {
                    refuseCycle(path[start...].map(\.stage), closing: stage, reading: other)
                    inputs[stage].removeAll { $0 == reads[next] }
                    sideInputs[stage].removeAll { $0 == reads[next] }
                    if lookedUp[stage] == other { lookedUp[stage] = nil }
                    isWhole[stage] = false
                    path[path.count - 1].next -= 1
                } else {
                    path.append((other, 0))
                }
            }
        }
        return order
    }

    private func refuseCycle(_ cycle: [Int], closing stage: Int, reading other: Int) {
        let names = cycle.map { stages[$0].name } + [stages[other].name]
        let named = stages[stage].from + stages[stage].sideInputs + (stages[stage].lookedUp.map { [$0] } ?? [])
        let place = named.first { $0.name == stages[other].name }
        report.error(
            place?.position ?? stages[stage].position,
            "these stages read each other: \(names.joined(separator: " reads "))",
            "let one of them read a source instead")
    }

    private func warnUnread() {
        let read = Set(inputs.joined()).union(sideInputs.joined())
        for (index, stage) in stages.enumerated() {
            guard case .transform(let transform) = stage.kind, !read.contains(.stage(index)) else { continue }
            report.warning(
                stage.position, "no stage reads the \(transform.kind.kind) `\(stage.name)`", "remove it, or read it")
        }
    }
}

extension StageSpec {
    /// Whether the stage passes events on.
    var isTransform: Bool {
        if case .transform = kind { true } else { false }
    }

    /// Whether the stage gathers alerts.
    var isIncident: Bool {
        if case .incident = kind { true } else { false }
    }

    /// What it reads beside `from`.
    var sideInputs: [PlacedName] {
        if case .transform(let transform) = kind { transform.sideInputs } else { [] }
    }

    /// The window whose findings it reads.
    var lookedUp: PlacedName? {
        if case .transform(let transform) = kind { transform.window } else { nil }
    }

    /// What it attaches as the stage with an index.
    func columns(stage: Int) -> [AttachedColumn] {
        if case .transform(let transform) = kind { transform.columns(stage: stage) } else { [] }
    }
}
