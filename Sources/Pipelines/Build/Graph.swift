internal import RampartCore

/// The names of a file resolved: what every stage reads, directly and in the end.
struct Graph {
    /// The inputs of each stage, those that could not be resolved left out.
    private(set) var inputs: [[Stage.Input]] = []
    /// The sources that each stage reads, directly or through filters, in file order.
    private(set) var sources: [[Int]] = []
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
        isWhole = [Bool](repeating: true, count: stages.count)
        refuseSharedNames(sources)
        inputs = []
        for index in stages.indices { inputs.append(resolve(index, sources)) }
        order = evaluationOrder()
        self.sources = [[Int]](repeating: [], count: stages.count)
        for stage in order {
            var read: Set<Int> = []
            for input in inputs[stage] {
                switch input {
                case .source(let source): read.insert(source)
                case .stage(let other):
                    read.formUnion(self.sources[other])
                    if !isWhole[other] { isWhole[stage] = false }
                }
            }
            self.sources[stage] = read.sorted()
        }
        warnUnread()
    }

    private func refuseSharedNames(_ sources: [SourceSpec]) {
        for stage in stages where sources.contains(where: { $0.source.name == stage.name }) {
            report.error(
                stage.position, "`\(stage.name)` names a source and a stage; `from` could not tell them apart",
                "rename one of them")
        }
    }

    private mutating func resolve(_ stage: Int, _ sources: [SourceSpec]) -> [Stage.Input] {
        var inputs: [Stage.Input] = []
        for place in stages[stage].from {
            guard let input = resolve(place, sources) else {
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
            let names = sources.map(\.source.name) + stages.filter(\.isFilter).map(\.name)
            report.error(
                place.position, "there is no source or filter \(quoted(place.name))",
                Suggestion.didYouMean(place.name, among: names) ?? "there is \(alternatives(names))")
            return nil
        }
        guard stages[stage].isFilter else {
            report.error(
                place.position, "`\(place.name)` is a window, which gives findings and no events",
                "read a source or a filter")
            return nil
        }
        return .stage(stage)
    }

    /// Depth first, so that the stage that closes a cycle is the one that is told; a cycle's input is then dropped.
    private mutating func evaluationOrder() -> [Int] {
        var order: [Int] = []
        var isDone = [Bool](repeating: false, count: stages.count)
        for root in stages.indices where !isDone[root] {
            var path: [(stage: Int, next: Int)] = [(root, 0)]
            while let (stage, next) = path.last {
                guard next < inputs[stage].count else {
                    isDone[stage] = true
                    order.append(stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                guard case .stage(let other) = inputs[stage][next], !isDone[other] else { continue }
                if let start = path.firstIndex(where: { $0.stage == other }) {
                    refuseCycle(path[start...].map(\.stage), closing: stage, reading: other)
                    inputs[stage].remove(at: next)
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
        let place = stages[stage].from.first { $0.name == stages[other].name }
        report.error(
            place?.position ?? stages[stage].position,
            "these stages read each other: \(names.joined(separator: " reads "))",
            "let one of them read a source instead")
    }

    private func warnUnread() {
        let read = Set(inputs.joined())
        for (index, stage) in stages.enumerated() where stage.isFilter && !read.contains(.stage(index)) {
            report.warning(stage.position, "no stage reads the filter `\(stage.name)`", "remove it, or read it")
        }
    }
}

extension StageSpec {
    /// Whether the stage passes events on.
    var isFilter: Bool {
        if case .filter = kind { true } else { false }
    }
}
