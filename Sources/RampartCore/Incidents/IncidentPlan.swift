/// What an incident stage does with rows of alerts and lines, worked out once from the topology.
struct IncidentPlan: Sendable {
    let incident: Incident
    /// Index of the stage.
    let stage: Int
    /// The names of all stages, by their index.
    private let names: [String]
    /// The stages whose alerts it gathers, as bits of their indices.
    private let gathered: UInt64
    /// The revision of the pipeline, for rows.
    let revision: String

    init(_ incident: Incident, stage: Int, topology: Topology) {
        self.incident = incident
        self.stage = stage
        names = topology.stages.map(\.name)
        revision = topology.revision
        gathered = topology.stages[stage].inputs.reduce(into: UInt64(0)) { bits, input in
            if case .stage(let window) = input { bits |= 1 << UInt64(window) }
        }
    }

    /// Whether it gathers the alerts and lines of a stage.
    func gathers(_ stage: Int) -> Bool { stage >= 0 && gathered & (1 << UInt64(stage)) != 0 }

    /// The name of a stage.
    func name(of stage: Int) -> String { names[stage] }

    /// How urgent an incident is at least, by the number of stages whose alerts are part of it.
    func severity(members: Int) -> AlertPolicy.Severity {
        guard let escalation = incident.escalation, members >= escalation.stages else { return .low }
        return escalation.severity
    }
}
