import RampartCore

extension Oracle {
    /// A time for which a table holds a key.
    private struct Holding {
        /// The pane end at which the findings began.
        var since: Int64
        /// The pane end of the last of them, and the one at which there was none; nil while there are.
        var last: Int64?
        var rests: Int64?
    }

    /// Attaches to every accepted event what a table holds of its key at the start of its pane.
    mutating func lookUp(_ table: ModelTable, of stage: Int) {
        let holdings = holdings(of: table, stage)
        for index in accepted.indices where reaches(stage, accepted[index]) {
            let start = sliceStart(accepted[index].time, of: pipeline.basePane)
            let known = key(table.key, of: accepted[index]).flatMap { holdings[$0] } ?? []
            let found = known.last { $0.since <= start }.flatMap { holding -> Holding? in
                guard let rests = holding.rests, rests <= start, let last = holding.last else { return holding }
                return start <= last + table.hold ? holding : nil
            }
            if let found {
                let time = accepted[index].time
                let doubt = OracleRefusal(
                    paneEnd: sliceEnd(time, of: pipeline.basePane), until: time + longestMemory(behind: stage), count: 0
                )
                lookups.append((core.group(core.subgraph(stage), accepted[index]), found.since, doubt))
                accepted[index].attached[table.columns.name(nil)] = .integer(found.since)
                result.hits.add(found.rests.map { $0 <= start } == true ? .heldAfterFindings : .foundInTable)
            } else {
                result.unmatched[stage] += 1
                result.hits.add(known.isEmpty ? .notInTable : .outOfTable)
            }
        }
    }

    /// Has key groups lack something where an event was told of findings that began while the group lacked something: they
    /// may have begun before. What begins later can follow from that.
    mutating func noteDoubts() {
        for lookup in lookups.sorted(by: { $0.since < $1.since })
        where lookup.doubt.paneEnd <= lookup.doubt.until && lacking(lookup.group, at: lookup.since) != nil {
            refusals[lookup.group, default: []].append(lookup.doubt)
            result.hits.add(.foundInDoubt)
        }
    }

    /// The times for which a table holds each key: pane end by pane end, as its window is evaluated.
    private mutating func holdings(of table: ModelTable, _ stage: Int) -> [[String]: [Holding]] {
        var holdings: [[String]: [Holding]] = [:]
        let every = pipeline.stages[table.of].window!.every
        let told = histories.filter { $0.stage == table.of }.flatMap { history in
            history.evaluations.map { (history, $0) }
        }
        for paneEnd in Set(told.map(\.1.paneEnd)).sorted() {
            let now = told.filter { $0.1.paneEnd == paneEnd }
            for (history, evaluation) in now where !evaluation.fires {
                guard let holding = holdings[history.key]?.last, holding.rests == nil else { continue }
                holdings[history.key]![holdings[history.key]!.count - 1].last = paneEnd - every
                holdings[history.key]![holdings[history.key]!.count - 1].rests = paneEnd
            }
            let firing = now.filter(\.1.fires).map(\.0).sorted {
                keyBytes($0.key).lexicographicallyPrecedes(keyBytes($1.key))
            }
            for history in firing {
                let last = holdings[history.key]?.last
                if let last, last.rests == nil { continue }
                // A key that is still held has its place.
                let isHeld = last?.last.map { $0 + table.hold >= paneEnd } ?? false
                guard isHeld || hasRoom(for: history, in: table, stage, holdings, at: paneEnd) else { continue }
                holdings[history.key, default: []].append(Holding(since: paneEnd))
            }
        }
        return holdings
    }

    private mutating func hasRoom(
        for history: History, in table: ModelTable, _ stage: Int, _ holdings: [[String]: [Holding]], at paneEnd: Int64
    ) -> Bool {
        guard let ceiling = pipeline.stages[stage].ceiling else { return true }
        func group(_ key: [String]) -> Int {
            let event = histories.first { $0.stage == table.of && $0.key == key }!.evaluations.flatMap(\.events)[0]
            return core.group(core.subgraph(stage), event)
        }
        let there = holdings.filter { key, times in
            group(key) == group(history.key) && times.last!.last.map { $0 + table.hold >= paneEnd } ?? true
        }.keys
        let bytes = (there + [history.key]).reduce(0) { $0 + 512 + keyBytes($1).count }
        if there.count < ceiling.keys, bytes <= ceiling.bytes { return true }
        result.refused[stage] += 1
        result.hits.add(.refusedFinding)
        refusals[group(history.key), default: []].append(
            OracleRefusal(paneEnd: paneEnd + pipeline.basePane, until: paneEnd + memory(of: table.of)))
        return false
    }
}
