import RampartCore

/// Makes data files for a random pipeline: tables, overrides and mutes that matter within the log.
struct DataGenerator {
    private var random: SplitMix64
    private let times: [Int64]

    /// Starts with chances of its own; `times` are those of the log.
    init(seed: UInt64, times: [Int64]) {
        random = SplitMix64(seed: seed ^ 0xDA7A)
        self.times = times
    }

    /// Adds data files to a pipeline, or none.
    mutating func add(to pipeline: inout ModelPipeline) {
        guard random.chance(60) else { return }
        for number in 0..<random.number(0...2) { addTable(number, to: &pipeline) }
        addRows(to: &pipeline)
    }

    /// Makes other rows, with the same tables in the same places: what a reload can change.
    ///
    /// The oracle's conditions keep the keys that they were made with, so what has changed is no case for it.
    mutating func changeRows(of pipeline: inout ModelPipeline) {
        for index in pipeline.data.tables.indices {
            pipeline.data.tables[index].keys = keys(of: pipeline.data.tables[index].field)
        }
        addRows(to: &pipeline)
    }

    /// Makes segments, overrides and mutes anew.
    private mutating func addRows(to pipeline: inout ModelPipeline) {
        pipeline.data.segments = random.chance(50) ? ["m1": random.pick(["big", "small"]), "m2": "small"] : [:]
        pipeline.data.overrides = []
        for stage in pipeline.stages.indices { addOverrides(of: stage, to: &pipeline) }
        let windows = pipeline.stages.indices.filter {
            pipeline.stages[$0].window?.key.contains(.merchantID) == true
        }
        pipeline.data.mutes = []
        for merchant in ["m1", "m2"] {
            for stage in [nil] + windows.map(Optional.some) where random.chance(stage == nil ? 15 : 20) {
                pipeline.data.mutes.append(.init(merchant: merchant, stage: stage, until: end()))
            }
        }
    }

    private mutating func addTable(_ number: Int, to pipeline: inout ModelPipeline) {
        let field = random.pick([.merchantID, .buyerID, .deviceID, .ip] as [Field])
        let table = ModelData.Table(name: "office\(number)", field: field, keys: keys(of: field))
        pipeline.data.tables.append(table)
        for index in pipeline.stages.indices where random.chance(50) {
            let types = pipeline.sources(reaching: index).map { pipeline.sources[$0].type }
            guard types.contains(where: { $0.fields.contains(field) }) else { continue }
            let condition = ModelExpression.not(.isInTable(.field(field), table.name, table.keys))
            switch pipeline.stages[index].kind {
            case .filter(let keep): pipeline.stages[index].kind = .filter(.or(keep, condition))
            case .join, .table, .incident: break
            case .window(var window):
                guard random.chance(40) else {
                    pipeline.stages[index].allow.append(number)
                    continue
                }
                guard let first = window.measures.firstIndex(where: { $0.condition == nil }) else { continue }
                window.measures[first].condition = condition
                pipeline.stages[index].kind = .window(window)
            }
        }
    }

    private mutating func keys(of field: Field) -> [String] {
        let values =
            switch field {
            case .merchantID: ["m1", "m2", "m3"]
            case .buyerID: ["b1", "b2", "b9"]
            case .deviceID: ["d1", "d2"]
            default: ["10.0.0.1", "10.0.0.3"]
            }
        return values.filter { _ in random.chance(40) }
    }

    private mutating func addOverrides(of stage: Int, to pipeline: inout ModelPipeline) {
        guard let window = pipeline.stages[stage].window, window.key.contains(.merchantID) else { return }
        let thresholds = pipeline.stages[stage].thresholds
        let names = thresholds.map(\.name)
        let texts = window.measures.compactMap { $0.condition?.text(measures: [], thresholds: names) }
        for index in thresholds.indices where !texts.contains(where: { $0.contains(names[index]) }) {
            for (who, isSegment) in [("m1", false), ("m2", false), ("big", true), ("small", true)] {
                if isSegment, !pipeline.data.segments.values.contains(who) { continue }
                guard random.chance(isSegment ? 40 : 25) else { continue }
                let value: Threshold.Value =
                    switch thresholds[index].value {
                    case .integer(let value): .integer(max(0, value + Int64(random.number(-2...2))))
                    case .double(let value): .double(value + Double(random.number(-1...2)) / 4)
                    }
                pipeline.data.overrides.append(
                    .init(
                        stage: stage, threshold: index, who: who, isSegment: isSegment, value: value,
                        until: random.chance(50) ? end() : nil))
            }
        }
    }

    /// A moment within the log, on the edge of a pane or not.
    private mutating func end() -> Int64 {
        guard !times.isEmpty else { return 1_600_000_000_000 }
        let time = random.pick(times) + Int64(random.number(0...6000))
        return random.chance(40) ? time - time % 1000 : time
    }
}
