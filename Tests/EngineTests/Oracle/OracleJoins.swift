import RampartCore

extension Oracle {
    /// Runs every stage after those that it reads: attaches what is attached, and evaluates windows (R16–R18, R21).
    mutating func runStages() {
        var done: Set<Int> = []
        while let next = pipeline.stages.indices.first(where: { !done.contains($0) && isReady($0, done) }) {
            switch pipeline.stages[next].kind {
            case .filter(let condition): countFilter(next, condition)
            case .join(let join): attach(join, of: next)
            case .table(let table): lookUp(table, of: next)
            case .window(let window): evaluate(window, of: next)
            case .incident: break
            }
            done.insert(next)
        }
    }

    private func isReady(_ stage: Int, _ done: Set<Int>) -> Bool {
        if case .table(let table) = pipeline.stages[stage].kind, !done.contains(table.of) { return false }
        return pipeline.stages[stage].inputs.allSatisfy { input in
            if case .stage(let other) = input { done.contains(other) } else { true }
        }
    }

    private mutating func attach(_ join: ModelJoin, of stage: Int) {
        let sides = accepted.filter { passes(join.with, $0) }
        result.unkeyed[stage] += sides.filter { key(join.key, of: $0) == nil }.count
        let base = pipeline.basePane
        let builds = admitted(sides.filter { key(join.key, of: $0) != nil }, to: stage, key: join.key) {
            $0.time + join.horizon >= $1.time - ($1.time % base + base) % base
        }
        for index in accepted.indices where reaches(stage, accepted[index]) {
            let probe = accepted[index]
            let alike =
                key(join.key, of: probe).map { key in builds.filter { self.key(join.key, of: $0) == key } } ?? []
            let earlier = alike.filter { $0.time <= probe.time }
            note(probe, alike, earlier, join)
            guard let match = earlier.last, probe.time - match.time <= join.horizon else {
                result.unmatched[stage] += 1
                continue
            }
            for field in join.attached {
                let value = field.map { match.fields[$0] } ?? .integer(match.time)
                if let value { accepted[index].attached[join.name(field)] = value }
            }
        }
    }

    private mutating func note(
        _ probe: OracleEvent, _ alike: [OracleEvent], _ earlier: [OracleEvent], _ join: ModelJoin
    ) {
        guard let match = earlier.last else {
            result.hits.add(alike.isEmpty ? .unmatched : .matchedLater)
            return
        }
        let isInPane = sliceEnd(match.time, of: pipeline.basePane) == sliceEnd(probe.time, of: pipeline.basePane)
        result.hits.add(probe.time - match.time > join.horizon ? .matchedTooOld : isInPane ? .matchedInPane : .matched)
    }
}
