import RampartCore
import Testing

/// The core against the oracle and against itself, on random small logs.
@Suite(.serialized) struct OracleTests {
    /// Each situation must come up a hundred times in five thousand logs, and in proportion in fewer.
    @Test func oracle_agrees() async {
        let seeds = Campaign.seeds(Campaign.oracleSeeds)
        let tally = await Campaign.run("oracle_agrees", seeds: seeds) { model in
            let core = try CoreReplay(model.pipeline)
            let expected = Oracle.run(model.pipeline, model.log, model.options, core: core.facts)
            var random = SplitMix64(seed: model.seed ^ 0xC0DE)
            let options = CoreOptions(
                shards: random.pick([1, 2, 3, 8]), pollingSeed: random.chance(50) ? random.next() : nil,
                chunkBytes: random.pick([300, 2000, 1 << 18]), hashSeed: random.next())
            let found = try await core.run(model.log, model.options, options)
            return (Comparison.differences(expected, found) + found.violations(model), expected.hits)
        }
        for situation in Situation.allCases {
            #expect(tally.hits.count(situation) >= seeds * 100 / 5000, "\(situation) came up too seldom")
        }
    }

    /// Gate 1: neither shards nor polling nor chunks change a row.
    @Test func differential_shards() async {
        await Campaign.run("differential_shards", seeds: Campaign.seeds(60), first: 1_000_000) { model in
            let core = try CoreReplay(model.pipeline)
            let expected = try await core.run(model.log, model.options, CoreOptions())
            var messages: [String] = []
            for (number, shards) in [1, 2, 3, 8].enumerated() {
                for seed in [nil, 1, 2, 3] as [UInt64?] {
                    let options = CoreOptions(
                        shards: shards, pollingSeed: seed,
                        chunkBytes: [250, 900, 3000, 1 << 18][(number + Int(seed ?? 0)) % 4],
                        hashSeed: seed ?? 0)
                    let found = try await core.run(model.log, model.options, options)
                    messages += Comparison.differences(expected, found).map { "\(options): \($0)" }
                }
            }
            return (messages, Hits())
        }
    }

    /// Gate 1: one file, or seven in any order within the lateness, give the same rows when no event is late.
    @Test func differential_splits() async {
        let tally = await Campaign.run("differential_splits", seeds: Campaign.seeds(120), first: 2_000_000) { model in
            guard let (whole, split) = Self.splits(of: model) else { return nil }
            let core = try CoreReplay(model.pipeline)
            let expected = try await core.run(whole, model.options, CoreOptions())
            let found = try await core.run(split, model.options, CoreOptions(shards: 2, pollingSeed: model.seed))
            var messages = Comparison.differences(expected, found)
            if found.fates[.late] != nil { messages.append("an event is late") }
            return (messages, Hits())
        }
        #expect(tally.skipped * 2 < Campaign.seeds(120))
    }

    /// All records in order of time in one file, and the same records in seven, moved about within the lateness.
    private static func splits(of model: ModelCase) -> (whole: ModelLog, split: ModelLog)? {
        let types = model.pipeline.sources.map(\.type)
        guard Set(types).count == types.count, let lateness = model.pipeline.sources.map(\.lateness).max() else {
            return nil
        }
        var random = SplitMix64(seed: model.seed ^ 0x5EED)
        let records = model.log.partitions.flatMap(\.records).map { record in
            var record = record
            // Without a type a record of several sources goes nowhere.
            if record.type == nil, record.garbage == nil, types.count == 1 { record.type = types[0].name }
            return record
        }
        func arranged(_ moved: Bool) -> [ModelRecord] {
            let arrivals = records.map { record in
                guard let time = record.milliseconds, (0...EventTime.year2100.milliseconds).contains(time) else {
                    return Int64(0)
                }
                return time + (moved ? Int64.random(in: 0...lateness, using: &random) : 0)
            }
            return records.indices.sorted { (arrivals[$0], $0) < (arrivals[$1], $1) }.map { records[$0] }
        }
        let whole = ModelLog(partitions: [ModelPartition(name: "all", source: nil, records: arranged(false))])
        var split = ModelLog(
            partitions: (0..<7).map { ModelPartition(name: "part-\($0)", source: nil, records: []) })
        for record in arranged(true) { split.partitions[random.number(0...6)].records.append(record) }
        return (whole, split)
    }

    /// R33: after a change of thresholds, both runs together have every line once, and caps count both.
    @Test func backfill_has_every_line_once() async {
        await Campaign.run("backfill", seeds: Campaign.seeds(150), first: 3_000_000) { model in
            var first = model
            first.options.prior = []
            var random = SplitMix64(seed: model.seed ^ 0xBACF)
            var second = first
            for stage in second.pipeline.stages.indices {
                for threshold in second.pipeline.stages[stage].thresholds.indices {
                    let change = Int64(random.number(-1...1))
                    guard case .integer(let value) = second.pipeline.stages[stage].thresholds[threshold].value else {
                        continue
                    }
                    second.pipeline.stages[stage].thresholds[threshold].value = .integer(max(0, value + change))
                }
            }
            let before = try await CoreReplay(first.pipeline).run(first.log, first.options, CoreOptions())
            let core = try CoreReplay(second.pipeline)
            let alone = try await core.run(second.log, second.options, CoreOptions())
            second.options.prior = before.lines.map(OraclePriorLine.init)
            let after = try await core.run(second.log, second.options, CoreOptions(shards: 3))
            let old = Set(before.lines.map(\.id))
            let new = Set(after.lines.map(\.id))
            var messages = after.violations(second)
            if !old.isDisjoint(with: new) { messages.append("a line was credited again") }
            if new != Set(alone.lines.map(\.id)).subtracting(old) {
                messages.append("the difference is not what is new")
            }
            return (messages, Hits())
        }
    }

    /// A stage in shadow says what it would say live, elsewhere, and takes nothing but its own lines from the others.
    @Test func a_stage_in_shadow_changes_no_other() async {
        let seeds = Campaign.seeds(200)
        let tally = await Campaign.run("shadow", seeds: seeds, first: 4_000_000) { model in
            var live = model
            // Room under a bound that one stage leaves goes to the lines of others.
            live.pipeline.ledger.caps = [:]
            live.pipeline.ledger.reviewAbove = [:]
            live.options.prior = []
            live.pipeline.data.mutes = []
            let windows = live.pipeline.stages.indices.filter { live.pipeline.stages[$0].window != nil }
            let stage = windows[Int(model.seed) % windows.count]
            live.pipeline.stages[stage].mode = .live
            var shadow = live
            shadow.pipeline.stages[stage].mode = .shadow
            let before = try await CoreReplay(live.pipeline).run(live.log, live.options, CoreOptions())
            let after = try await CoreReplay(shadow.pipeline).run(live.log, live.options, CoreOptions(shards: 3))
            var hits = Hits()
            hits.add(.openedInShadow, after.shadow.count { $0.stage == stage && $0.revision == 1 })
            hits.add(.sparedInShadow, before.lines.count { $0.stage == stage })
            return (Self.changes(of: stage, before, after), hits)
        }
        #expect(tally.hits.count(.openedInShadow) > seeds && tally.hits.count(.sparedInShadow) > seeds)
    }

    /// What a stage's going into shadow has changed that it should not have.
    private static func changes(of stage: Int, _ before: OracleResult, _ after: OracleResult) -> [String] {
        var messages: [String] = []
        func spoken(_ alerts: [OracleAlert]) -> [OracleAlert] { alerts.filter { $0.stage == stage } }
        func others(_ alerts: [OracleAlert]) -> [OracleAlert] { alerts.filter { $0.stage != stage } }
        var expected = spoken(before.alerts)
        for index in expected.indices { expected[index].mode = .shadow }
        if spoken(after.shadow) != expected { messages.append("the stage says something else in shadow") }
        if others(before.alerts) != after.alerts || before.shadow != others(after.shadow) {
            messages.append("another stage says something else")
        }
        if before.fates != after.fates || before.findings != after.findings { messages.append("other counts") }
        // A charge that comes again after its line was forgotten is claimed by whoever finds it first.
        let repeated = Set(
            Dictionary(grouping: before.lines + after.lines, by: \.id).filter { $0.value.count > 2 }.keys)
        let kept = before.lines.filter { $0.stage != stage && !repeated.contains($0.id) }
        let own = Set(before.lines.filter { $0.stage == stage }.map(\.id))
        let found = after.lines.filter { !repeated.contains($0.id) }
        if found.filter({ !own.contains($0.id) }) != kept { messages.append("another stage's lines change") }
        if found.contains(where: { $0.stage == stage }) { messages.append("a stage in shadow has a line") }
        return messages
    }
}
