import RampartCore

/// A small pipeline as plain values: what the oracle runs, and what the text of a pipeline file is made from.
struct ModelPipeline: Hashable, Sendable {
    /// The value of `pipeline:`.
    var family = "model"
    /// The sources in file order; all are partitioned by `merchant_id`.
    var sources: [ModelSource]
    /// The stages in file order.
    var stages: [ModelStage]
    /// What the ledger does.
    var ledger = ModelLedger()
    /// What the data files beside it say.
    var data = ModelData()

    /// The base pane in milliseconds (R12).
    var basePane: Int64 {
        let everies = stages.compactMap { $0.window?.every }
        guard let first = everies.first else { return 60_000 }
        return everies.dropFirst().reduce(first, Self.greatestCommonDivisor)
    }

    private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }

    /// The sources whose events can reach a stage.
    func sources(reaching stage: Int) -> Set<Int> {
        stages[stage].inputs.reduce(into: []) { reached, input in
            switch input {
            case .source(let source): reached.insert(source)
            case .stage(let transform): reached.formUnion(sources(reaching: transform))
            }
        }
    }

    /// The joins through which events can reach a stage; tables attach as joins do.
    func joins(reaching stage: Int) -> [ModelJoin] { joins(in: stages[stage].inputs) }

    /// The joins among some inputs and before them.
    func joins(in inputs: [Stage.Input]) -> [ModelJoin] {
        inputs.flatMap { input -> [ModelJoin] in
            guard case .stage(let other) = input else { return [] }
            switch stages[other].kind {
            case .join(let join): return joins(reaching: other) + [join]
            case .table(let table): return joins(reaching: other) + [table.columns]
            case .filter, .window, .incident: return joins(reaching: other)
            }
        }
    }
}

/// A source of a model pipeline.
struct ModelSource: Hashable, Sendable {
    /// How copies are told apart; horizons in milliseconds.
    enum Dedupe: Hashable, Sendable {
        case off
        case byID(Int64)
        case byContent(Int64)
    }

    /// The name in the file.
    var name: String
    /// The one type of its events.
    var type: EventType
    /// Milliseconds that an event may be behind.
    var lateness: Int64 = 0
    /// How copies are told apart.
    var dedupe = Dedupe.byID(3_600_000)
    /// Decimal places of money.
    var scale = 2
    /// Whether `event_id` is mapped.
    var mapsIdentity = true
    /// The currency of records that name none.
    var defaultCurrency: String?
    /// Whether events are dealt out by merchant first.
    var isRepartitioned = false
    /// The most events remembered per key group, if few.
    var dedupeKeysMax: Int?
}

/// A stage of a model pipeline.
struct ModelStage: Hashable, Sendable {
    /// What a stage does.
    enum Kind: Hashable, Sendable {
        case filter(ModelExpression)
        case join(ModelJoin)
        case table(ModelTable)
        case window(ModelWindow)
        case incident(ModelIncident)
    }

    /// The name in the file.
    var name: String
    /// Sources, filters and joins by index; windows of an incident.
    var inputs: [Stage.Input]
    /// The thresholds in file order.
    var thresholds: [Threshold] = []
    /// What it does.
    var kind: Kind
    /// Whether it is in shadow.
    var mode = Stage.Mode.live
    /// What it may keep per key group, if little.
    var ceiling: Ceiling?
    /// The tables, by index, whose keys a window lets pass by.
    var allow: [Int] = []

    /// The incident, if the stage is one.
    var incident: ModelIncident? {
        if case .incident(let incident) = kind { incident } else { nil }
    }

    /// The window, if the stage is one.
    var window: ModelWindow? {
        if case .window(let window) = kind { window } else { nil }
    }
}

extension ModelStage {
    /// Applies a renumbering of stages to what is read beside the inputs.
    mutating func moveSides(_ moved: ([Stage.Input]) -> [Stage.Input]) {
        switch kind {
        case .join(var join):
            join.with = moved(join.with)
            kind = .join(join)
        case .table(var table):
            if case .stage(let index)? = moved([.stage(table.of)]).first { table.of = index }
            kind = .table(table)
        case .filter, .window, .incident: break
        }
    }
}

/// A join of a model pipeline.
struct ModelJoin: Hashable, Sendable {
    /// The side inputs: sources and filters of sources.
    var with: [Stage.Input]
    /// The fields of the key.
    var key: [Field]
    /// Milliseconds that the other event may be earlier.
    var horizon: Int64
    /// The name of the other event in expressions.
    var prefix: String
    /// The fields attached; nil for the time.
    var attached: [Field?]

    /// The name of an attached value in expressions.
    func name(_ field: Field?) -> String { "\(prefix).\(field?.name ?? "ts")" }
}

/// A table of a model pipeline.
struct ModelTable: Hashable, Sendable {
    /// The window whose findings it keeps.
    var of: Int
    /// The fields of the window's key.
    var key: [Field]
    /// Milliseconds that a key stays after its last finding.
    var hold: Int64
    /// The name of what is found in expressions.
    var prefix: String

    /// What it attaches, as a join would.
    var columns: ModelJoin { ModelJoin(with: [], key: key, horizon: hold, prefix: prefix, attached: [nil]) }
}

/// A window of a model pipeline; lengths in milliseconds.
struct ModelWindow: Hashable, Sendable {
    /// The fields of the key.
    var key: [Field]
    /// The window's length.
    var size: Int64
    /// The length between evaluations.
    var every: Int64
    /// What is measured.
    var measures: [ModelMeasure]
    /// The condition of a finding.
    var condition: ModelExpression
    /// The time without a finding until an alert closes; the size where nil.
    var closeAfter: Int64?
    /// What a finding claims.
    var credit: ModelCredit?
    /// How urgent alerts are.
    var severity = AlertPolicy.Severity.medium

    /// The money measures that the condition names (R18).
    var moneyMeasuresNamed: [Int] {
        condition.measuresNamed.filter { measures[$0].isMoney }.sorted()
    }
}

/// What an incident stage of a model pipeline does; milliseconds.
struct ModelIncident: Hashable, Sendable {
    /// How long no alert must be open until it closes.
    var quiet: Int64
    /// The number of stages from which on it is more urgent; never where nil.
    var stages: Int?
    /// How urgent it then is at least.
    var severity = AlertPolicy.Severity.critical
}

/// A measure of a model window.
struct ModelMeasure: Hashable, Sendable {
    /// The name in the file.
    var name: String
    /// How values are combined.
    var function: Measure.Function
    /// The field measured.
    var field: Field?
    /// Which events are measured.
    var condition: ModelExpression?

    /// Whether the measure has one value per currency.
    var isMoney: Bool { field?.kind == .money && function != .count && function != .distinct }
}

/// What a finding of a model window claims.
struct ModelCredit: Hashable, Sendable {
    /// The component given back.
    var component: String
    /// Why.
    var reason: String
    /// The money field.
    var amount: Field
    /// The type of the charges.
    var type: EventType
}

/// The ledger's policy; lengths in milliseconds, bounds in hundredths of the major unit.
struct ModelLedger: Hashable, Sendable {
    /// The length of a slot.
    var statement: Int64 = 3_600_000
    /// The cap per currency.
    var caps: [String: Int64] = [:]
    /// The review bound per currency.
    var reviewAbove: [String: Int64] = [:]
    /// How long a fired interval can claim.
    var lateHorizon: Int64 = 86_400_000
    /// Whether late charges may be posted.
    var postsLate = false
    /// The age from which a charge is only held.
    var claimHorizon: Int64 = 30 * 86_400_000
}
