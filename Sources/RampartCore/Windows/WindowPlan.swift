/// What a window stage does to each event, worked out once from the topology and the layout.
struct WindowPlan: Sendable {
    /// A measure with one value for each field value or event: where its running numbers are kept.
    enum Accumulator: Sendable {
        /// Counts events; the index is into a slot's counters.
        case count(counter: Int)
        /// Counts the distinct values of a field.
        case distinct(counter: Int, slot: Int)
        /// Adds up a field; the index is into a lane's totals.
        case total(Int, slot: Int)
        /// Keeps the extremes of a field; the indices are into a lane's totals and extremes.
        case extreme(Int, extreme: Int, slot: Int)
    }

    let window: Window
    /// Whether the stage's findings are told to the world.
    let mode: Stage.Mode
    /// What alerts say about the settings in force.
    let settings: Alert.Settings
    let thresholds: [Threshold]
    /// What may be kept in each key group.
    let ceiling: Ceiling
    /// What counts for single merchants.
    let exceptions: StageExceptions
    /// Whether anything does.
    let hasExceptions: Bool
    /// The stage's pane ends at which exceptions have just ended, in order.
    let turns: [EventTime]
    /// The slots that allow-lists look up, and in what.
    let allowLists: [(slot: Int, keys: TableKeys)]
    /// The slots of the key's fields.
    let keySlots: [Int]
    /// Which slots hold strings.
    let stringSlots: UInt64
    /// Which slots hold texts that count towards the ceiling.
    let textSlots: UInt64
    /// How each measure is kept.
    let accumulators: [Accumulator]
    /// Numbers per slot, totals and extremes per lane.
    let counterCount: Int
    let totalCount: Int
    let extremeCount: Int
    /// The totals of the money measures that `when` names: the currencies of these are evaluated (R18).
    let conditionTotals: [Int]
    /// The slot of `currency`, where money is measured.
    let currencySlot: Int?
    /// Where evidence finds accounts: `account_id` first.
    let accountSlots: [Int]

    init(_ window: Window, stage: Stage, topology: Topology) {
        let layout = topology.layout
        self.window = window
        mode = stage.mode
        settings = Alert.Settings(
            revision: topology.revision, severity: window.alert.severity, thresholds: stage.thresholds,
            message: window.alert.message)
        thresholds = stage.thresholds
        ceiling = stage.ceiling
        exceptions = stage.exceptions
        hasExceptions = !stage.exceptions.isEmpty
        // Times are far from the end of 64 bits; the last pane may still be that of the latest.
        turns = Set(stage.exceptions.ends.map { ($0 - EventSpan(milliseconds: 1)).sliceEnd(of: window.every) }).sorted()
        allowLists = stage.allowLists.map { (Self.required($0.field, in: layout), $0.keys) }
        keySlots = window.key.map { Self.required($0, in: layout) }
        stringSlots = layout.stringSlots
        textSlots = layout.textSlots
        var counters = 0
        var totals = 0
        var extremes = 0
        func next(_ index: inout Int) -> Int {
            defer { index += 1 }
            return index
        }
        accumulators = window.measures.map { measure in
            guard measure.function != .count, let field = measure.field else { return .count(counter: next(&counters)) }
            let slot = Self.required(field, in: layout)
            return switch measure.function {
            case .count: .count(counter: next(&counters))
            case .distinct: .distinct(counter: next(&counters), slot: slot)
            case .sum, .avg: .total(next(&totals), slot: slot)
            case .min, .max: .extreme(next(&totals), extreme: next(&extremes), slot: slot)
            }
        }
        counterCount = counters
        totalCount = totals
        extremeCount = extremes
        let plans = accumulators
        conditionTotals = window.conditionMeasures.filter { window.measures[$0].isMoney }.compactMap {
            switch plans[$0] {
            case .total(let total, _), .extreme(let total, _, _): total
            case .count, .distinct: nil
            }
        }
        currencySlot = window.measures.contains(where: \.isMoney) ? layout.slot(of: .currency) : nil
        accountSlots = [Field.accountID, .buyerID].compactMap { layout.slot(of: $0) }
    }

    private static func required(_ field: Field, in layout: EventLayout) -> Int {
        guard let slot = layout.slot(of: field) else {
            preconditionFailure("The layout keeps every field that the graph reads.")
        }
        return slot
    }
}
