import RampartCore

extension Oracle {
    /// Attaches to every accepted event what the joins on its way find (R21), each join after those before it.
    mutating func joinEvents() {
        var done: Set<Int> = []
        let joins = pipeline.stages.indices.filter { if case .join = pipeline.stages[$0].kind { true } else { false } }
        while let next = joins.first(where: { !done.contains($0) && isReady($0, done) }) {
            if case .join(let join) = pipeline.stages[next].kind { attach(join, of: next) }
            done.insert(next)
        }
    }

    private func isReady(_ stage: Int, _ done: Set<Int>) -> Bool {
        pipeline.stages[stage].inputs.allSatisfy { input in
            guard case .stage(let other) = input else { return true }
            if case .join = pipeline.stages[other].kind { return done.contains(other) }
            return isReady(other, done)
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
