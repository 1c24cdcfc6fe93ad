import RampartCore

/// Makes small random pipelines whose thresholds are low enough for things to happen.
struct PipelineGenerator {
    /// Where chance comes from.
    var random: SplitMix64
    private var pipeline = ModelPipeline(sources: [], stages: [])

    /// Starts with a generator of numbers.
    init(random: SplitMix64) { self.random = random }

    /// Makes one pipeline.
    mutating func make() -> ModelPipeline {
        makeSources()
        let filters = random.number(0...2)
        let windows = random.number(1...3)
        for number in 0..<filters {
            makeFilter(number)
            if number == 0 { makeJoins() }
        }
        if filters == 0 { makeJoins() }
        let creditable = random.chance(85)
        for number in 0..<windows { makeWindow(number, mayCredit: creditable) }
        makeExchanges()
        makeTwin()
        makeToggle()
        makeTables()
        makeCeilings()
        makeLedger()
        if random.chance(50) { shuffleStages() }
        return pipeline
    }

    private mutating func makeSources() {
        let count = random.number(1...3)
        var types: [EventType] = [random.chance(70) ? .click : .order]
        while types.count < count {
            types.append(random.pick([.click, .order, .refund, .review, .void, .void] as [EventType]))
        }
        if random.chance(50) { types.shuffle(using: &random) }
        let lateness = random.pick([0, 0, 1000, 2000, 5000] as [Int64])
        for (number, type) in types.enumerated() {
            var source = ModelSource(name: "s\(number)", type: type)
            source.lateness = random.chance(70) ? lateness : random.pick([0, 500, 3000] as [Int64])
            source.scale = random.pick([2, 2, 6])
            source.mapsIdentity = random.chance(92)
            let horizon = random.pick([3000, 20_000, 3_600_000] as [Int64])
            switch random.number(0...9) {
            case 0: source.dedupe = .off
            case 1: source.dedupe = .byContent(horizon)
            default: source.dedupe = source.mapsIdentity ? .byID(horizon) : .off
            }
            if type.fields.contains(.currency), random.chance(25) { source.defaultCurrency = "GBP" }
            pipeline.sources.append(source)
        }
    }

    private mutating func inputs() -> [Stage.Input] {
        let sources = pipeline.sources.indices.map(Stage.Input.source)
        let filters = pipeline.stages.indices.filter { pipeline.stages[$0].window == nil }.map(Stage.Input.stage)
        var chosen = [random.chance(50) && !filters.isEmpty ? random.pick(filters) : random.pick(sources)]
        while random.chance(35) {
            let next = random.pick(sources + filters)
            if !chosen.contains(next) { chosen.append(next) }
        }
        return chosen
    }

    /// With chances of its own, so that pipelines without joins are what they were.
    private mutating func makeJoins() {
        let others = random
        random = SplitMix64(seed: random.next() ^ 0x10B5)
        defer { random = others }
        guard random.chance(40) else { return }
        for number in 0..<random.number(1...2) { makeJoin(number) }
    }

    private mutating func makeJoin(_ number: Int) {
        let inputs = inputs()
        let plain = pipeline.stages.indices.filter {
            if case .filter = pipeline.stages[$0].kind { pipeline.joins(reaching: $0).isEmpty } else { false }
        }
        let sides = pipeline.sources.indices.map(Stage.Input.source) + plain.map(Stage.Input.stage)
        var with = [random.pick(sides)]
        if random.chance(20), let more = sides.first(where: { !with.contains($0) }) { with.append(more) }
        let (probes, builds) = (types(reaching: inputs), types(reaching: with))
        func haveBoth(_ field: Field) -> Bool {
            probes.contains { $0.fields.contains(field) } && builds.contains { $0.fields.contains(field) }
        }
        var key: [Field] = [.merchantID]
        for field in [Field.buyerID, .deviceID, .adID] where haveBoth(field) && random.chance(40) { key.append(field) }
        let isOneScale = hasOneScale(sources(reaching: inputs).union(sources(reaching: with)))
        let fields = [Field.amount, .cost, .buyerID, .deviceID, .ip].filter { field in
            builds.contains { $0.fields.contains(field) } && (isOneScale || field.kind != .money)
        }
        var attached: [Field?] = [nil]
        for field in fields where random.chance(60) { attached.append(field) }
        if random.chance(20), attached.count > 1 { attached.removeFirst() }
        let join = ModelJoin(
            with: with, key: key, horizon: random.pick([1, 1000, 7000, 30_000, 3_600_000]), prefix: "j\(number)",
            attached: attached)
        pipeline.stages.append(ModelStage(name: "join-\(number)", inputs: inputs, kind: .join(join)))
    }

    private func columns(in inputs: [Stage.Input]) -> [(name: String, field: Field?)] {
        pipeline.joins(in: inputs).flatMap { join in join.attached.map { (join.name($0), $0) } }
    }

    private func types(reaching inputs: [Stage.Input]) -> [EventType] {
        let sources = sources(reaching: inputs)
        return EventType.allCases.filter { type in sources.contains { pipeline.sources[$0].type == type } }
    }

    private func sources(reaching inputs: [Stage.Input]) -> Set<Int> {
        inputs.reduce(into: []) { reached, input in
            switch input {
            case .source(let source): reached.insert(source)
            case .stage(let other): reached.formUnion(pipeline.sources(reaching: other))
            }
        }
    }

    private mutating func makeFilter(_ number: Int) {
        let inputs = inputs()
        var conditions = ConditionGenerator(
            random: random, types: types(reaching: inputs), columns: columns(in: inputs))
        conditions.allowsMoney = hasOneScale(sources(reaching: inputs))
        let condition = conditions.eventCondition(allowsThresholds: true)
        random = conditions.random
        pipeline.stages.append(
            ModelStage(
                name: "keep-\(number)", inputs: inputs, thresholds: conditions.thresholds, kind: .filter(condition)))
    }

    private mutating func makeWindow(_ number: Int, mayCredit: Bool) {
        var inputs = inputs()
        if sources(reaching: inputs).allSatisfy({ pipeline.sources[$0].type == .void }) { inputs.append(firstCharge()) }
        let sources = sources(reaching: inputs)
        let types = types(reaching: inputs)
        var key: [Field] = [.merchantID]
        let possible = [Field.adID, .deviceID, .buyerID, .ip].filter { field in
            types.contains { $0.fields.contains(field) }
        }
        let narrow = random.pick([0, 15, 35])
        for field in possible where random.chance(narrow) { key.append(field) }
        if random.chance(30) { key.reverse() }
        let every = random.pick([1000, 2000, 5000, 10_000] as [Int64])
        let size = every * Int64(random.pick([1, 2, 3, 6, 12]))
        var conditions = ConditionGenerator(random: random, types: types, columns: columns(in: inputs))
        conditions.allowsMoney = hasOneScale(sources)
        let condition = conditions.windowCondition()
        random = conditions.random
        var window = ModelWindow(
            key: key, size: size, every: every, measures: conditions.measures, condition: condition)
        if conditions.toggles {
            window.key = [.merchantID]
            window.size = every * 12
        }
        if random.chance(70) { window.closeAfter = every * Int64(random.pick([1, 2, 5])) }
        let charged = types.filter { $0 == .click || $0 == .order || $0 == .refund }
        if mayCredit, !charged.isEmpty, sources.allSatisfy({ pipeline.sources[$0].mapsIdentity }), random.chance(90) {
            let type = random.pick(charged)
            window.credit = ModelCredit(
                component: random.chance(80) ? "charge" : "fee",
                reason: random.chance(70) ? "invalid" : "reason_\(number)",
                amount: type == .click ? .cost : .amount, type: type)
        }
        pipeline.stages.append(
            ModelStage(name: "w-\(number)", inputs: inputs, thresholds: conditions.thresholds, kind: .window(window)))
    }

    /// Takes the merchant out of some keys, with chances of its own.
    private mutating func makeExchanges() {
        let others = random
        random = SplitMix64(seed: random.next() ^ 0xE8C4)
        defer { random = others }
        guard random.chance(35) else { return }
        for stage in pipeline.stages.indices.shuffled(using: &random) where random.chance(50) {
            let before = pipeline
            let fields = [Field.buyerID, .deviceID, .adID, .ip].filter { canBeKey($0, of: stage) }
            guard let first = fields.randomElement(using: &random) else { continue }
            let key = fields.filter { $0 == first || random.chance(20) }.shuffled(using: &random)
            switch pipeline.stages[stage].kind {
            case .filter, .table, .incident: continue
            case .join(var join):
                join.key = key
                pipeline.stages[stage].kind = .join(join)
            case .window(var window):
                guard window.credit == nil || random.chance(25) else { continue }
                window.key = key
                pipeline.stages[stage].kind = .window(window)
            }
            pipeline.removeForeignCredits()
            if !pipeline.isDealtOut { pipeline = before }
        }
    }

    /// Has a second stage find and claim what a first does, with chances of its own.
    private mutating func makeTwin() {
        let others = random
        var chance = SplitMix64(seed: random.next() ^ 0x7217)
        random = others
        let credited = pipeline.stages.filter { $0.window?.credit != nil }
        guard chance.chance(20), var twin = credited.first, case .window(var window) = twin.kind else { return }
        twin.name = "twin"
        window.credit?.reason = "twin"
        twin.kind = .window(window)
        pipeline.stages.append(twin)
    }

    /// Adds a stage that fires and rests with every event of a merchant, so that late charges meet several fired intervals;
    /// with chances of its own.
    private mutating func makeToggle() {
        let others = random
        var chance = SplitMix64(seed: random.next() ^ 0x7066)
        random = others
        let credited = pipeline.stages.first { $0.window?.credit != nil }
        guard chance.chance(30), var toggle = credited, case .window(var window) = toggle.kind else { return }
        toggle.name = "toggle"
        toggle.thresholds = []
        window.key = [.merchantID]
        window.measures = [ModelMeasure(name: "count", function: .count)]
        window.condition = .compare(
            .notEqual, .arithmetic(.remainder, .measure(0), .integer(2)), .integer(0))
        window.size = window.every * 12
        window.credit?.reason = "toggle"
        toggle.kind = .window(window)
        pipeline.stages.append(toggle)
    }

    /// Has a window look at whether another has findings for its events' keys, with chances of its own.
    private mutating func makeTables() {
        let others = random
        random = SplitMix64(seed: random.next() ^ 0x7AB1)
        defer { random = others }
        let windows = pipeline.stages.indices.filter { pipeline.stages[$0].window != nil }
        guard windows.count > 1, random.chance(35) else { return }
        for number in 0..<random.number(1...2) {
            let of = random.pick(windows)
            let reader = random.pick(windows)
            let before = pipeline
            guard of != reader, !reads(of, reader), let found = pipeline.stages[of].window,
                var window = pipeline.stages[reader].window,
                let place = pipeline.stages[reader].inputs.indices.randomElement(using: &random)
            else { continue }
            let table = ModelTable(
                of: of, key: found.key, hold: random.pick([1, 1000, 7000, 30_000]), prefix: "t\(number)")
            let input = pipeline.stages[reader].inputs[place]
            guard found.key.allSatisfy({ field in types(reaching: [input]).contains { $0.fields.contains(field) } })
            else { continue }
            var stage = ModelStage(name: "table-\(number)", inputs: [input], kind: .table(table))
            if random.chance(40) {
                stage.ceiling =
                    random.chance(50)
                    ? Ceiling(keys: 1, bytes: 1 << 20) : Ceiling(keys: 9, bytes: random.number(500...1100))
            }
            pipeline.stages.append(stage)
            pipeline.stages[reader].inputs[place] = .stage(pipeline.stages.count - 1)
            window.measures[0].condition = .hasAttached(table.columns.name(nil))
            pipeline.stages[reader].kind = .window(window)
            pipeline.removeForeignCredits()
            if !pipeline.isDealtOut { pipeline = before }
        }
    }

    /// Whether what a stage is told comes from another in any way.
    private func reads(_ stage: Int, _ other: Int) -> Bool {
        var read = pipeline.stages[stage].inputs
        if case .table(let table) = pipeline.stages[stage].kind { read.append(.stage(table.of)) }
        return read.contains { input in
            guard case .stage(let next) = input else { return false }
            return next == other || reads(next, other)
        }
    }

    /// Gives some stages and sources little room, with chances of its own.
    private mutating func makeCeilings() {
        let others = random
        var chance = SplitMix64(seed: random.next() ^ 0xCE11)
        random = others
        guard chance.chance(25) else { return }
        for stage in pipeline.stages.indices where chance.chance(60) {
            switch pipeline.stages[stage].kind {
            case .filter, .incident: continue
            case .join, .table, .window: break
            }
            pipeline.stages[stage].ceiling =
                chance.chance(50)
                ? Ceiling(keys: chance.number(1...3), bytes: 1 << 20)
                : Ceiling(keys: 1000, bytes: 600 * chance.number(1...8))
        }
        for source in pipeline.sources.indices where pipeline.sources[source].dedupe != .off && chance.chance(30) {
            pipeline.sources[source].dedupeKeysMax = chance.number(1...4)
        }
    }

    private func canBeKey(_ field: Field, of stage: Int) -> Bool {
        let types = types(reaching: pipeline.stages[stage].inputs)
        guard types.contains(where: { $0.fields.contains(field) }) else { return false }
        guard case .join(let join) = pipeline.stages[stage].kind else { return true }
        return field != .ip && self.types(reaching: join.with).contains { $0.fields.contains(field) }
    }

    /// Whether the money of some sources can be compared and added up.
    private func hasOneScale(_ sources: Set<Int>) -> Bool {
        Set(sources.map { pipeline.sources[$0].scale }).count == 1
    }

    private func firstCharge() -> Stage.Input {
        .source(pipeline.sources.firstIndex { $0.type != .void }!)
    }

    private mutating func makeLedger() {
        pipeline.ledger.statement = random.pick([10_000, 60_000, 3_600_000])
        if random.chance(45) {
            pipeline.ledger.caps["GBP"] = Int64(random.pick([5, 10, 20, 50, 100]))
            if random.chance(50) { pipeline.ledger.caps["EUR"] = 20 }
        }
        if random.chance(35) {
            pipeline.ledger.reviewAbove["GBP"] = Int64(random.pick([5, 10, 20, 50]))
            if random.chance(50) { pipeline.ledger.reviewAbove["EUR"] = 10 }
        }
        pipeline.ledger.lateHorizon = random.pick([1000, 5000, 30_000, 86_400_000, 86_400_000])
        pipeline.ledger.postsLate = random.chance(50)
        let size = pipeline.stages.compactMap(\.window).filter { $0.credit != nil }.map(\.size).max() ?? 0
        // As short as the loader takes it, so that lines are forgotten and charges grow too old.
        pipeline.ledger.claimHorizon =
            random.chance(55) ? pipeline.ledger.lateHorizon + size + random.pick([0, 1000]) : 30 * 86_400_000
    }

    /// Puts the stages into another order; what reads what stays.
    private mutating func shuffleStages() {
        let order = pipeline.stages.indices.shuffled(using: &random)
        let stages = order.map { old -> ModelStage in
            var stage = pipeline.stages[old]
            func moved(_ inputs: [Stage.Input]) -> [Stage.Input] {
                inputs.map { input in
                    if case .stage(let other) = input { .stage(order.firstIndex(of: other)!) } else { input }
                }
            }
            stage.inputs = moved(stage.inputs)
            stage.moveSides(moved)
            return stage
        }
        pipeline.stages = stages
    }
}
