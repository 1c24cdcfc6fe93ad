import RampartCore

/// Makes a failing case small before a person has to read it.
struct Shrinker {
    /// Whether a case still fails.
    let fails: (ModelCase) async -> Bool

    /// A case that fails and from which nothing that this tries can be taken away.
    func shrink(_ model: ModelCase) async -> ModelCase {
        var smallest = model
        var size = -1
        while size != measure(smallest) {
            size = measure(smallest)
            await dropRecords(&smallest)
            await dropStages(&smallest)
            await tryChange(&smallest) { $0.options.prior = [] }
            await tryChange(&smallest) {
                $0.options.from = nil
                $0.options.to = nil
            }
            await tryChange(&smallest) { $0.pipeline.data.mutes = [] }
            await tryChange(&smallest) { $0.pipeline.data.overrides = [] }
            await tryChange(&smallest) { $0.pipeline.ledger.caps = [:] }
            await tryChange(&smallest) { $0.pipeline.ledger.reviewAbove = [:] }
        }
        return smallest
    }

    private func measure(_ model: ModelCase) -> Int { model.log.count + model.pipeline.stages.count }

    @discardableResult
    private func tryChange(_ model: inout ModelCase, _ change: (inout ModelCase) -> Void) async -> Bool {
        var changed = model
        change(&changed)
        guard await fails(changed) else { return false }
        model = changed
        return true
    }

    private func dropRecords(_ model: inout ModelCase) async {
        for partition in model.log.partitions.indices {
            var length = max(1, model.log.partitions[partition].records.count / 2)
            while true {
                var start = 0
                while start < model.log.partitions[partition].records.count {
                    let end = min(start + length, model.log.partitions[partition].records.count)
                    let dropped = await tryChange(&model) {
                        $0.log.partitions[partition].records.removeSubrange(start..<end)
                    }
                    if !dropped { start = end }
                }
                if length == 1 { break }
                length /= 2
            }
        }
    }

    private func dropStages(_ model: inout ModelCase) async {
        for stage in model.pipeline.stages.indices.reversed() {
            let isRead = model.pipeline.stages.contains { other in
                if case .join(let join) = other.kind, join.with.contains(.stage(stage)) { return true }
                if case .table(let table) = other.kind, table.of == stage { return true }
                return other.inputs.contains(.stage(stage))
            }
            guard !isRead, model.pipeline.stages.count > 1 else { continue }
            await tryChange(&model) { model in
                model.pipeline.stages.remove(at: stage)
                model.pipeline.data.forget(stage: stage)
                let scores = model.options.scores.filter { $0.key != stage }
                    .map { ($0.key > stage ? $0.key - 1 : $0.key, $0.value) }
                model.options.scores = Dictionary(uniqueKeysWithValues: scores)
                func moved(_ inputs: [Stage.Input]) -> [Stage.Input] {
                    inputs.map { input in
                        if case .stage(let index) = input, index > stage { .stage(index - 1) } else { input }
                    }
                }
                for other in model.pipeline.stages.indices {
                    model.pipeline.stages[other].inputs = moved(model.pipeline.stages[other].inputs)
                    model.pipeline.stages[other].moveSides(moved)
                }
            }
        }
    }
}
