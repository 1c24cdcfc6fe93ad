import RampartCore

/// What the oracle is told of the core: what the rules leave open, and what follows from the file's whole graph.
struct OracleCore {
    /// The digest of a record of a source, whose mapped content is given; only equality and order matter.
    var digest: (_ record: ModelRecord, _ source: Int, _ content: String) -> Digest = Self.plainDigest
    /// The subgraph of a stage.
    var subgraph: (_ stage: Int) -> Int = { _ in 0 }
    /// The key group of an event in a subgraph, a number that no other subgraph has.
    var group: (_ subgraph: Int, OracleEvent) -> Int = { _, _ in 0 }
    /// Whether events keep a field.
    var keeps: (Field) -> Bool = { _ in true }

    /// A digest of the oracle's own, for runs without the core.
    static func plainDigest(_ record: ModelRecord, _ source: Int, _ content: String) -> Digest {
        let bytes = OracleHash.sha256(Array(content.utf8))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return Digest(high: word(bytes[0..<8]), low: word(bytes[8..<16]))
    }
}

/// Something that did not fit under a ceiling (R22).
struct OracleRefusal {
    /// The end of its pane.
    var paneEnd: Int64
    /// The last pane end at which it can be missing.
    var until: Int64
    /// 0 where nothing was refused, but an event was told what may be wrong.
    var count = 1
}

extension Oracle {
    /// Those of a stage's events, in canonical order, for which there is room; `isThere` says whether an earlier one still
    /// takes room when a later one comes (R22).
    mutating func admitted(
        _ events: [OracleEvent], to stage: Int, key: [Field],
        isThere: (_ earlier: OracleEvent, _ later: OracleEvent) -> Bool
    ) -> [OracleEvent] {
        guard let ceiling = pipeline.stages[stage].ceiling else { return events }
        var admitted: [OracleEvent] = []
        for event in events {
            let group = core.group(core.subgraph(stage), event)
            let there = admitted.filter { core.group(core.subgraph(stage), $0) == group && isThere($0, event) }
            let keys = Set(there.map { self.key(key, of: $0)! })
            let isNew = !keys.contains(self.key(key, of: event)!)
            let bytes = (there + [event]).reduce(0) { $0 + weight($1) } + 256 * (keys.count + (isNew ? 1 : 0))
            if isNew, keys.count + 1 > ceiling.keys {
                result.hits.add(.refusedKey)
            } else if bytes > ceiling.bytes {
                result.hits.add(.refusedBytes)
            } else {
                admitted.append(event)
                continue
            }
            result.refused[stage] += 1
            if case .join = pipeline.stages[stage].kind { result.hits.add(.refusedSide) }
            note(event, in: core.subgraph(stage), until: event.time + memory(of: stage))
        }
        return admitted
    }

    /// Notes that a key group lacks something.
    mutating func note(_ event: OracleEvent, in subgraph: Int, until: Int64) {
        let paneEnd = sliceEnd(event.time, of: pipeline.basePane)
        guard paneEnd <= until else { return }
        refusals[core.group(subgraph, event), default: []].append(OracleRefusal(paneEnd: paneEnd, until: until))
    }

    /// What an event counts.
    private func weight(_ event: OracleEvent) -> Int {
        let texts = event.fields.filter { core.keeps($0.key) }.map { _, value in
            if case .string(let text) = value { text.utf8.count } else { 0 }
        }
        return 256 + event.identity.count + texts.reduce(0, +)
    }

    /// How long an event can be missed that a stage refused.
    func memory(of stage: Int) -> Int64 {
        switch pipeline.stages[stage].kind {
        case .window(let window): window.size + longestMemory(behind: stage)
        case .join(let join): join.horizon + longestMemory(behind: stage)
        case .table(let table): table.hold + longestMemory(behind: stage)
        case .filter, .incident: longestMemory(behind: stage)
        }
    }

    /// The longest memory of the stages of the same subgraph that read a transform, or are told what a window finds.
    func longestMemory(behind stage: Int) -> Int64 {
        pipeline.stages.indices.filter { other in
            guard core.subgraph(other) == core.subgraph(stage) else { return false }
            if case .table(let table) = pipeline.stages[other].kind, table.of == stage { return true }
            return pipeline.stages[other].incident == nil && pipeline.stages[other].inputs.contains(.stage(stage))
        }.map { memory(of: $0) }.max() ?? 0
    }

    /// What a key group has lacked at a pane end since it was last whole; nil where it lacks nothing.
    func lacking(_ group: Int, at paneEnd: Int64) -> Int? {
        var count = 0
        var until = Int64.min
        for refusal in (refusals[group] ?? []).sorted(by: { $0.paneEnd < $1.paneEnd }) where refusal.paneEnd <= paneEnd
        {
            count = refusal.paneEnd > until ? refusal.count : count + refusal.count
            until = max(until, refusal.until)
        }
        return paneEnd <= until ? count : nil
    }
}
