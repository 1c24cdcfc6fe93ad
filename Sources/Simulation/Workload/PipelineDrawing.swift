/// Draws pipelines over the events of `Workload`: any stages that can stand together, with spans of seconds.
///
/// Not everything that is drawn can stand together; the loader knows, and says so.
struct PipelineDrawing {
    /// Something that a stage can read.
    private struct Input {
        var name: String
        /// The types of the events.
        var types: Set<String>
        /// What transforms have attached, as expressions name it.
        var attached: [String] = []
    }

    /// A stage as text, its mode left out.
    private struct StageText {
        var name: String
        var lines: [String]
        var hasMode = false
        var hasCeiling = false
    }

    private var random: Random
    private let isRepartitioned: Bool
    private var inputs: [Input] = [
        Input(name: "clicks", types: ["click"]), Input(name: "orders", types: ["order"]),
        Input(name: "refunds", types: ["refund"]),
    ]
    private var stages: [StageText] = []
    /// The windows drawn, with their keys and the types of what they read.
    private var windows: [(name: String, key: [String], types: Set<String>)] = []
    private var tunings: [(name: String, values: [Int])] = []
    /// The windows that are kept by merchant, which incidents gather and data files override; and whether nothing they read
    /// was joined, which mostly means that no exchange lies before them.
    private var byMerchant: [(name: String, isPlain: Bool)] = []

    init(_ random: Random, isRepartitioned: Bool) {
        self.random = random
        self.isRepartitioned = isRepartitioned
    }

    /// A pipeline, or nil where none of its windows has a key with the merchant.
    mutating func pipeline() -> WorldPipeline? {
        for number in 0..<random.below(3) { drawFilter(number) }
        for number in 0..<random.below(3) { drawJoin(number) }
        if random.chance(1, in: 3) { drawFilter(2) }
        for number in 0..<random.range(2...5) { drawWindow(number) }
        if random.chance(1, in: 2) { drawTable() }
        guard let overridden = byMerchant.first?.name else { return nil }
        let sources = sourceLines()
        let tail = tailLines()
        random.shuffle(&stages)
        let stages = stages
        let names = stages.filter(\.hasMode).map(\.name)
        let drawnShadow = Set(names.filter { _ in random.chance(1, in: 4) })
        let keysMax = random.pick([1, 2, 3])
        return WorldPipeline(
            tunings: tunings, stages: names, shadow: drawnShadow, overridden: "\(overridden),least",
            text: { shadow in
                // Whoever changes modes changes ceilings too.
                let ceiling = "    max_keys: \(shadow.count % 2 == 0 ? keysMax : 4)"
                let lines = stages.flatMap { stage in
                    ["  \(stage.name):"] + stage.lines
                        + (stage.hasMode ? ["    mode: \(shadow.contains(stage.name) ? "shadow" : "live")"] : [])
                        + (stage.hasCeiling ? [ceiling] : [])
                }
                return (sources + ["stages:"] + lines + tail).map { $0 + "\n" }.joined()
            })
    }

    // MARK: - Sources and the ledger

    private mutating func sourceLines() -> [String] {
        let dealt = isRepartitioned ? ", repartition: true" : ""
        let lateness = "lateness: \(random.range(1...4))s"
        func dedupe(_ random: inout Random) -> String {
            let room = random.chance(1, in: 3) ? ", max_keys: \(random.range(5...60))" : ""
            return "dedupe: { by: \(random.pick(["id", "id", "content"])), horizon: \(random.range(3...30))s\(room) }"
        }
        return [
            "pipeline: simulated", lateness, "sources:",
            "  clicks: { event: click, topic: sim.clicks, \(dedupe(&random)), "
                + "fields: { currency: { path: currency, default: GBP } }\(dealt) }",
            "  orders: { event: order, topic: sim.sales, \(dedupe(&random))\(dealt) }",
            "  refunds: { event: refund, topic: sim.sales\(dealt) }",
            "  voids: { event: void, topic: sim.clicks\(dealt) }",
        ]
    }

    private mutating func tailLines() -> [String] {
        if random.chance(2, in: 3) { drawIncident() }
        var ledger = "ledger: { statement: \(random.pick([5, 20, 60]))s, late_horizon: \(random.pick([5, 60]))s"
        ledger += ", late_credit: \(random.pick(["hold", "post"]))"
        if random.chance(1, in: 2) { ledger += ", caps: { GBP: \(random.range(1...9)).00 }" }
        if random.chance(1, in: 2) { ledger += ", review_above: { GBP: 0.\(random.range(10...99)) }" }
        return [
            "tables:", "  devices: { file: devices.csv, key: device_id }", "overrides: { file: overrides.csv }",
            "mutes: { file: mutes.csv }", ledger + " }",
        ]
    }

    private mutating func drawIncident() {
        // Alerts on this and on that side of an exchange cannot be gathered in one place.
        let isPlain = random.chance(2, in: 3)
        let windows = byMerchant.filter { $0.isPlain == isPlain && random.chance(2, in: 3) }.map(\.name)
        guard !windows.isEmpty else { return }
        stages.append(
            StageText(
                name: "siege",
                lines: [
                    "    kind: incident", "    from: [\(windows.joined(separator: ", "))]",
                    "    quiet: \(random.range(3...30))s",
                ]))
    }

    // MARK: - Transforms

    private mutating func drawFilter(_ number: Int) {
        let name = "filter-\(number)"
        let input = random.pick(inputs)
        var conditions = ["type != \"void\"", "ts.getSeconds() < \(random.range(20...60))"]
        if input.types == ["click"] {
            conditions += [
                "cost >= bound", "cost >= bound", "has(device_id)", "device_id in devices || cost > bound",
                "has(device_id) && device_id.endsWith(\"1\")",
            ]
        } else if !input.types.contains("click") {
            conditions += ["amount >= bound", "amount * 2 > bound", "buyer_id in [\"b1\", \"b2\", \"b3\"]"]
        }
        conditions += input.attached.map { "has(\($0))" }
        let condition = random.pick(conditions)
        var lines = ["    kind: filter", "    from: \(input.name)", "    keep: '\(condition)'"]
        if condition.contains("bound") {
            lines.append("    tune: { bound: { default: \(random.pick([0, 5, 100])), min: 0, max: 1000 } }")
            tunings.append(("\(name).bound", [0, 5, 20, 200]))
        }
        stages.append(StageText(name: name, lines: lines))
        inputs.append(Input(name: name, types: input.types, attached: input.attached))
    }

    private mutating func drawJoin(_ number: Int) {
        let name = "join-\(number)"
        let probe = random.pick(inputs)
        let build = random.pick(inputs.filter(\.attached.isEmpty))
        var keys = ["[merchant_id]"]
        if !probe.types.contains("click"), !build.types.contains("click") {
            keys += ["[buyer_id]", "[buyer_id]", "[buyer_id]", "[merchant_id, buyer_id]"]
        } else if probe.types == ["click"], build.types == ["click"] {
            keys += ["[device_id]", "[merchant_id, ad_id]"]
        }
        let fields = build.types == ["click"] ? ["cost", "device_id"] : ["amount", "buyer_id"]
        let attached = ["ts"] + fields.filter { _ in random.chance(1, in: 2) }
        stages.append(
            StageText(
                name: name,
                lines: [
                    "    kind: join", "    from: \(probe.name)", "    with: \(build.name)",
                    "    key: \(random.pick(keys))", "    horizon: \(random.range(1...40))s",
                    "    as: earlier\(number)",
                    "    attach: [\(attached.joined(separator: ", "))]",
                ], hasCeiling: random.chance(1, in: 3)))
        inputs.append(
            Input(
                name: name, types: probe.types,
                attached: probe.attached + attached.map { "earlier\(number).\($0)" }))
    }

    // MARK: - Windows

    /// Has a further window look at what one of the windows has found.
    private mutating func drawTable() {
        let window = random.pick(windows)
        let possible = inputs.filter { $0.types.isSubset(of: window.types) && $0.attached.isEmpty }
        guard !possible.isEmpty else { return }
        let input = random.pick(possible)
        stages.append(
            StageText(
                name: "table",
                lines: [
                    "    kind: table", "    from: \(input.name)", "    of: \(window.name)",
                    "    key: [\(window.key.joined(separator: ", "))]", "    hold: \(random.range(1...20))s",
                    "    as: found",
                ], hasCeiling: random.chance(1, in: 3)))
        drawWindow(9, from: Input(name: "table", types: input.types, attached: ["found.ts"]))
    }

    private mutating func drawWindow(_ number: Int, from only: Input? = nil) {
        let name = "window-\(number)"
        let joined = inputs.filter { !$0.attached.isEmpty }
        var chosen = [only ?? random.pick(random.chance(1, in: 3) && !joined.isEmpty ? joined : inputs)]
        if only == nil, random.chance(1, in: 3) { chosen.append(random.pick(inputs)) }
        if chosen.count == 2, chosen[0].name == chosen[1].name { chosen.removeLast() }
        let types = chosen.reduce(Set<String>()) { $0.union($1.types) }
        let key = drawKey(types)
        let every = random.range(1...5)
        var measures = ["events: count()"] + drawMeasures(types)
        if let attached = chosen.flatMap(\.attached).first { measures.append("known: count(has(\(attached)))") }
        let least = random.range(2...5)
        var when = "events >= least"
        if measures.count > 1, random.chance(1, in: 3) {
            let measure = random.pick(Array(measures.dropFirst())).prefix { $0 != ":" }
            when += random.pick([" && \(measure) >= 1", " || \(measure) > 3", " && !(\(measure) < 2)"])
        }
        var lines = [
            "    from: [\(chosen.map(\.name).joined(separator: ", "))]", "    key: [\(key.joined(separator: ", "))]",
            "    window: { size: \(every * random.range(1...6))s, every: \(every)s }",
            "    measure: { \(measures.joined(separator: ", ")) }", "    when: '\(when)'",
            "    tune: { least: { default: \(least), min: 2, max: 1000 } }",
            "    alert: { severity: \(random.pick(["low", "medium", "high"])), close_after: \(every * random.range(1...4))s }",
        ]
        if types == ["click"], random.chance(1, in: 3) { lines.append("    allow: [devices]") }
        if key.contains("merchant_id") {
            // Behind an exchange nothing can be claimed.
            let isPlain = chosen.allSatisfy(\.attached.isEmpty)
            byMerchant.append((name, isPlain))
            if let credit = credit(types, number), random.chance(isPlain ? 4 : 1, in: 5) { lines.append(credit) }
        }
        windows.append((name, key, types))
        tunings.append(("\(name).least", [2, 3, 4, 7]))
        stages.append(StageText(name: name, lines: lines, hasMode: true, hasCeiling: random.chance(1, in: 4)))
    }

    private mutating func drawKey(_ types: Set<String>) -> [String] {
        let others = types == ["click"] ? ["device_id", "ad_id"] : types.contains("click") ? [] : ["buyer_id"]
        guard !others.isEmpty, random.chance(2, in: 3) else { return ["merchant_id"] }
        return random.chance(1, in: 2) ? ["merchant_id", random.pick(others)] : [random.pick(others)]
    }

    private mutating func drawMeasures(_ types: Set<String>) -> [String] {
        var possible = ["merchants: distinct(merchant_id)"]
        if types == ["click"] {
            possible += ["cost: sum(cost)", "dearest: max(cost)", "devices: distinct(device_id)", "mean: avg(cost)"]
        } else if !types.contains("click") {
            possible += [
                "total: sum(amount)", "least_amount: min(amount)", "buyers: distinct(buyer_id)",
                "returned: count(type == \"refund\")",
            ]
        }
        return possible.filter { _ in random.chance(1, in: 3) }
    }

    private func credit(_ types: Set<String>, _ number: Int) -> String? {
        if types.contains("click") {
            return "    credit: { component: click_cost, reason: reason_\(number), amount: cost, event: click }"
        }
        return types.contains("order")
            ? "    credit: { component: fee, reason: reason_\(number), amount: amount, event: order }" : nil
    }
}
