/// What every key group of a subgraph shares: which of its stages each source's events reach, and how they are read.
struct GroupPlan: Sendable {
    /// A stage that an event may reach.
    struct Step: Sendable {
        enum Kind: Sendable {
            /// A filter's condition and thresholds.
            case filter(Program, [Threshold])
            /// A transform with a state, by its place in `transforms`.
            case transform(Int)
            /// A window, by its place in `windows`.
            case window(Int)
            /// A stage of another subgraph.
            case elsewhere
        }

        let stage: Int
        let kind: Kind
        /// Whether the source itself feeds the stage.
        let readsSource: Bool
        /// The transforms that feed it, as bits of stage indices.
        let reads: UInt64

        /// Whether an event enters that has passed some transforms, as bits of stage indices.
        func takes(_ passed: UInt64) -> Bool { readsSource || reads & passed != 0 }
    }

    /// A way out: an exchange that carries events on to another subgraph.
    struct Departure: Sendable {
        /// The other subgraph.
        let subgraph: Int
        /// The slots of its key.
        let keySlots: [Int]
        /// Its stages that read what leaves here, in whatever way.
        let readers: [Step]
        /// Whether one of them passes on even what lacks a field of the key.
        let takesUnkeyed: Bool
        /// Those of them that are windows with allow-lists, by stage.
        let sparing: [Int: WindowPlan]

        /// Whether an event leaves that has passed some transforms.
        func takes(_ passed: UInt64) -> Bool { readers.contains { $0.takes(passed) } }
    }

    /// What a source's events meet; in evaluation order, transforms before windows.
    struct Route: Sendable {
        /// The transforms.
        var transforms: [Step] = []
        /// The windows.
        var windows: [Step] = []
        /// The filters on the way to side inputs, and the transforms whose side inputs these are.
        var sides: [Step] = []
        /// The exchanges that carry them on.
        var departures: [Departure] = []
        /// Whether a transform may attach something, for which the event is copied.
        var isChanged: Bool { transforms.contains { if case .transform = $0.kind { true } else { false } } }
    }

    let topology: Topology
    /// The index of the subgraph.
    let subgraph: Int
    /// What each source's events meet.
    let routes: [Route]
    /// Whether some stage has side inputs, which enter before anything passes (R21).
    let hasSides: Bool
    /// The window stages in file order.
    let windows: [WindowPlan]
    /// The stage of each window.
    let windowStages: [Int]
    /// The log that keeps each window's events: windows share one where they let go of an event at the same time, so that
    /// none keeps what only another still needs, which its own ceiling does not count.
    let logs: [Int]
    /// The number of logs.
    let logCount: Int
    /// The incident stages in file order.
    let incidents: [IncidentPlan]
    /// The transforms with a state in file order.
    let transforms: [any StatefulTransform]
    /// The stage of each of these.
    let transformStages: [Int]
    /// The transforms that are told what each window finds, by their places.
    let tables: [[Int]]
    let charges: ChargeReader
    let moneySlots: [Int]
    /// Where each source's `partitioned_by` field lies, if it is a string that the layout keeps.
    let partitionSlots: [Int?]
    let currencySlot: Int?
    /// How long after an event its absence from a stage can change a finding, by stage (R22).
    let memories: [EventSpan]
    /// The same of what a transform attaches.
    let memoriesBehind: [EventSpan]
    /// The longest of `memories`.
    let memoryMax: EventSpan

    init(_ topology: Topology, subgraph: Int) {
        self.topology = topology
        self.subgraph = subgraph
        var windows: [WindowPlan] = []
        var windowStages: [Int] = []
        var incidents: [IncidentPlan] = []
        var transforms: [any StatefulTransform] = []
        var transformStages: [Int] = []
        for (index, stage) in topology.stages.enumerated() where stage.subgraph == subgraph {
            switch stage.kind {
            case .window(let window):
                windows.append(WindowPlan(window, stage: stage, topology: topology))
                windowStages.append(index)
            case .incident(let incident):
                incidents.append(IncidentPlan(incident, stage: index, topology: topology))
            case .transform(let transform):
                guard let transform = transform as? any StatefulTransform else { continue }
                transforms.append(transform)
                transformStages.append(index)
            }
        }
        self.windows = windows
        let spans = windows.map { [$0.window.size, $0.window.every] }
        let kinds = spans.indices.filter { spans.firstIndex(of: spans[$0]) == $0 }.map { spans[$0] }
        logs = spans.map { kinds.firstIndex(of: $0) ?? 0 }
        logCount = kinds.count
        self.windowStages = windowStages
        self.incidents = incidents
        self.transforms = transforms
        self.transformStages = transformStages
        var places: [Int: Int] = [:]
        for stages in [windowStages, transformStages] {
            for (place, stage) in stages.enumerated() { places[stage] = place }
        }
        let logs = logs
        routes = topology.sources.indices.map { source in
            var route = Self.route(from: source, in: subgraph, topology, places)
            func log(_ step: Step) -> Int { if case .window(let place) = step.kind { logs[place] } else { 0 } }
            route.windows.sort { (log($0), $0.stage) < (log($1), $1.stage) }
            return route
        }
        hasSides = routes.contains { !$0.sides.isEmpty }
        tables = windowStages.map { window in transforms.indices.filter { transforms[$0].values.window == window } }
        charges = ChargeReader(topology)
        moneySlots = topology.layout.fields.indices.filter { topology.layout.fields[$0].kind == .money }
        partitionSlots = topology.sources.map { source in
            source.partitionedBy.isString ? topology.layout.slot(of: source.partitionedBy) : nil
        }
        currencySlot = topology.layout.slot(of: .currency)
        memories = Self.memories(in: subgraph, topology)
        let memories = memories
        memoriesBehind = memories.indices.map { index in
            guard case .transform(let transform) = topology.stages[index].kind,
                let stateful = transform as? any StatefulTransform
            else { return .zero }
            return EventSpan(milliseconds: max(0, memories[index].milliseconds - stateful.memory.milliseconds))
        }
        memoryMax = memories.max() ?? .zero
    }

    /// A window misses an event for its size; what a transform does not attach is missed by the windows behind it too, and
    /// what a window does not find by the tables that are told.
    private static func memories(in subgraph: Int, _ topology: Topology) -> [EventSpan] {
        var memories = [EventSpan](repeating: .zero, count: topology.stages.count)
        func add(_ span: EventSpan, to stage: Int) {
            memories[stage] = EventSpan(milliseconds: memories[stage].milliseconds + span.milliseconds)
        }
        for index in topology.evaluationOrder.reversed() where topology.stages[index].subgraph == subgraph {
            let stage = topology.stages[index]
            // By now it holds what those behind it miss.
            if case .window(let window) = stage.kind { add(window.size, to: index) }
            for case .stage(let input) in stage.inputs where topology.stages[input].isTransform {
                memories[input] = max(memories[input], memories[index])
            }
            guard case .transform(let transform) = stage.kind, let stateful = transform as? any StatefulTransform else {
                continue
            }
            add(stateful.memory, to: index)
            if let window = transform.values.window { memories[window] = max(memories[window], memories[index]) }
        }
        return memories
    }

    /// `places` says where each stage with a state stands among the windows, or among the transforms.
    private static func route(
        from source: Int, in subgraph: Int, _ topology: Topology, _ places: [Int: Int]
    ) -> Route {
        var reached: UInt64 = 0
        var route = Route()
        var filters: [Step] = []
        var readers: [Int: [Step]] = [:]
        for index in topology.evaluationOrder {
            let stage = topology.stages[index]
            // An incident takes rows of alerts, and no events.
            if case .incident = stage.kind { continue }
            guard stage.subgraph == subgraph else {
                let step = step(index, .elsewhere, reading: stage.inputs + stage.sideInputs, from: source)
                guard step.takes(reached) else { continue }
                if topology.subgraphs[stage.subgraph].upstream == subgraph {
                    readers[stage.subgraph, default: []].append(step)
                }
                if case .transform = stage.kind { reached |= 1 << UInt64(index) }
                continue
            }
            if case .transform(let transform) = stage.kind, let place = places[index] {
                let side = step(
                    index, .transform(place), reading: transform.values.sideInputs, from: source)
                if side.takes(reached) { route.sides.append(side) }
            }
            let step = step(index, kind(of: stage, at: places[index]), reading: stage.inputs, from: source)
            guard step.takes(reached) else { continue }
            switch step.kind {
            case .filter: filters.append(step)
            case .transform, .elsewhere: break
            case .window:
                route.windows.append(step)
                continue
            }
            reached |= 1 << UInt64(index)
            route.transforms.append(step)
        }
        if !route.sides.isEmpty { route.sides = filters + route.sides }
        route.departures = readers.sorted { $0.key < $1.key }.map { other, readers in
            Departure(
                subgraph: other, keySlots: topology.subgraphs[other].key.compactMap(topology.layout.slot),
                readers: readers,
                takesUnkeyed: readers.contains { topology.stages[$0.stage].isTransform },
                sparing: sparing(readers, topology))
        }
        return route
    }

    private static func sparing(_ readers: [Step], _ topology: Topology) -> [Int: WindowPlan] {
        var windows: [Int: WindowPlan] = [:]
        for reader in readers {
            let stage = topology.stages[reader.stage]
            guard case .window(let window) = stage.kind, !stage.allowLists.isEmpty else { continue }
            windows[reader.stage] = WindowPlan(window, stage: stage, topology: topology)
        }
        return windows
    }

    private static func step(_ index: Int, _ kind: Step.Kind, reading inputs: [Stage.Input], from source: Int) -> Step {
        let reads = inputs.reduce(into: UInt64(0)) { bits, input in
            if case .stage(let transform) = input { bits |= 1 << UInt64(transform) }
        }
        return Step(stage: index, kind: kind, readsSource: inputs.contains(.source(source)), reads: reads)
    }

    private static func kind(of stage: Stage, at place: Int?) -> Step.Kind {
        switch (stage.kind, place) {
        case (.window, let place?): .window(place)
        case (.transform, let place?): .transform(place)
        case (.transform(let filter as Filter), nil): .filter(filter.condition, stage.thresholds)
        default: preconditionFailure("A stage is a filter, or has a state.")
        }
    }
}
