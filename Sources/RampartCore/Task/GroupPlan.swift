/// What every key group of a topology shares: which stages each source's events reach, and how they are read.
struct GroupPlan: Sendable {
    /// A stage that an event may reach, in evaluation order.
    struct Step: Sendable {
        enum Kind: Sendable {
            /// A filter's condition and thresholds.
            case filter(Program, [Threshold])
            /// A window, by its place in `windows`.
            case window(Int)
        }

        let stage: Int
        let kind: Kind
        /// Whether the source itself feeds the stage.
        let readsSource: Bool
        /// The filters that feed it, as bits of stage indices.
        let reads: UInt64
    }

    let topology: Topology
    let steps: [[Step]]
    /// The window stages in file order.
    let windows: [WindowPlan]
    /// The stage of each window.
    let windowStages: [Int]
    let charges: ChargeReader
    let moneySlots: [Int]
    /// Where each source's `partitioned_by` field lies, if it is a string that the layout keeps.
    let partitionSlots: [Int?]
    let currencySlot: Int?

    init(_ topology: Topology) {
        self.topology = topology
        var windows: [WindowPlan] = []
        var windowStages: [Int] = []
        for (index, stage) in topology.stages.enumerated() {
            guard case .window(let window) = stage.kind else { continue }
            windows.append(WindowPlan(window, stage: stage, topology: topology))
            windowStages.append(index)
        }
        self.windows = windows
        self.windowStages = windowStages
        steps = topology.sources.indices.map { Self.steps(from: $0, topology, windowStages) }
        charges = ChargeReader(topology)
        moneySlots = topology.layout.fields.indices.filter { topology.layout.fields[$0].kind == .money }
        partitionSlots = topology.sources.map { source in
            source.partitionedBy.isString ? topology.layout.slot(of: source.partitionedBy) : nil
        }
        currencySlot = topology.layout.slot(of: .currency)
    }

    private static func steps(from source: Int, _ topology: Topology, _ windowStages: [Int]) -> [Step] {
        var reached: UInt64 = 0
        var steps: [Step] = []
        for index in topology.evaluationOrder {
            let stage = topology.stages[index]
            let readsSource = stage.inputs.contains(.source(source))
            let reads = stage.inputs.reduce(into: UInt64(0)) { bits, input in
                if case .stage(let filter) = input { bits |= 1 << UInt64(filter) }
            }
            guard readsSource || reads & reached != 0 else { continue }
            reached |= 1 << UInt64(index)
            let kind: Step.Kind =
                switch stage.kind {
                case .filter(let filter): .filter(filter.condition, stage.thresholds)
                case .window: .window(windowStages.firstIndex(of: index) ?? 0)
                }
            steps.append(Step(stage: index, kind: kind, readsSource: readsSource, reads: reads))
        }
        return steps
    }
}
