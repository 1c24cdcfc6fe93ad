import RampartCore

/// Adds incident stages to random pipelines, with chances of its own, so that everything else of a seed stays.
struct IncidentGenerator {
    private var random: SplitMix64

    /// Starts from the seed of a case.
    init(seed: UInt64) { random = SplitMix64(seed: seed ^ 0x1C1D) }

    /// Adds up to two incidents, and gives windows severities to gather.
    mutating func add(to pipeline: inout ModelPipeline) {
        for stage in pipeline.stages.indices {
            guard var window = pipeline.stages[stage].window else { continue }
            window.severity = random.pick(AlertPolicy.Severity.allCases)
            pipeline.stages[stage].kind = .window(window)
        }
        for number in 0..<random.pick([0, 1, 1, 2]) { add(number, to: &pipeline) }
    }

    private mutating func add(_ number: Int, to pipeline: inout ModelPipeline) {
        let places = pipeline.stages.indices.map { pipeline.incidentPlace([.stage($0)]) }
        // Most merchants' alerts are where the merchants are.
        let place = places.contains([]) ? [] : places.compactMap(\.self).first
        let windows = places.indices.filter { places[$0] != nil && places[$0] == place }
        guard !windows.isEmpty else { return }
        var from = windows.filter { _ in random.chance(75) }
        if from.isEmpty { from = [random.pick(windows)] }
        if random.chance(30) { from.reverse() }
        var incident = ModelIncident(quiet: random.pick([1, 1000, 3000, 7000, 20_000, 60_000, 21_600_000]))
        if from.count > 1, random.chance(60) {
            incident.stages = 2
            incident.severity = random.pick(AlertPolicy.Severity.allCases)
        }
        let stage = ModelStage(
            name: "incident-\(number)", inputs: from.map(Stage.Input.stage), kind: .incident(incident))
        guard random.chance(30) else {
            pipeline.stages.append(stage)
            return
        }
        // It may stand before what it gathers.
        pipeline.stages.insert(stage, at: 0)
        func moved(_ inputs: [Stage.Input]) -> [Stage.Input] {
            inputs.map { if case .stage(let other) = $0 { .stage(other + 1) } else { $0 } }
        }
        for index in pipeline.stages.indices {
            pipeline.stages[index].inputs = moved(pipeline.stages[index].inputs)
            pipeline.stages[index].moveSides(moved)
        }
    }
}
