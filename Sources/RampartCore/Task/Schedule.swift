/// Settings and commands that wait for their panes.
struct Schedule: Sendable {
    /// Settings that take effect at a pane end.
    private var settings: [(pane: EventTime, plan: GroupPlan)] = []
    private var commands: [(pane: EventTime, command: LedgerCommand)] = []
    /// The ids of the commands whose credits were found.
    var decided: [String] = []

    /// The pane end at which something takes effect next.
    var next: EventTime? {
        guard let first = settings.first?.pane else { return commands.first?.pane }
        return commands.first.map { min($0.pane, first) } ?? first
    }

    /// Adds settings; of one pane the last added count.
    mutating func add(_ plan: GroupPlan, at pane: EventTime) {
        settings.insert((pane, plan), at: settings.firstIndex { $0.pane > pane } ?? settings.count)
    }

    /// Adds a command; those of one pane keep their order.
    mutating func add(_ command: LedgerCommand, at pane: EventTime) {
        commands.insert((pane, command), at: commands.firstIndex { $0.pane > pane } ?? commands.count)
    }

    /// Takes out the next settings that take effect until a moment.
    mutating func takeSettings(at time: EventTime) -> (pane: EventTime, plan: GroupPlan)? {
        guard let first = settings.first, first.pane <= time else { return nil }
        return settings.removeFirst()
    }

    /// Takes out the commands that take effect until a moment.
    mutating func takeCommands(at time: EventTime) -> [LedgerCommand] {
        let count = commands.prefix { $0.pane <= time }.count
        defer { commands.removeFirst(count) }
        return commands.prefix(count).map(\.command)
    }
}

extension KeyGroup {
    /// Puts other settings of the same graph in force; live keys are evaluated at the first pane end from `pane` on.
    mutating func adopt(_ plan: GroupPlan, from pane: EventTime) {
        put(plan)
        for index in windows.indices { windows[index].reevaluate(from: pane) }
        for index in incidents.indices { incidents[index].reevaluate() }
    }

    /// Puts other settings of the same graph in force.
    mutating func put(_ plan: GroupPlan) {
        self.plan = plan
        for index in windows.indices {
            windows[index].adopt(plan.windows[index])
            books[index].adopt(plan.windows[index])
        }
        for (index, stage) in plan.transformStages.enumerated() {
            transforms[index].adopt(plan.topology.stages[stage].ceiling)
        }
        for index in incidents.indices { incidents[index].adopt(plan.incidents[index]) }
        ledger.adopt(plan.topology.ledger)
    }
}
