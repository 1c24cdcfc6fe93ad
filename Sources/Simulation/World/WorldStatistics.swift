internal import Engine

/// How often the things happened that a simulation is made for; campaigns see to it that each did.
public struct WorldStatistics: Hashable, Sendable {
    /// Workers that had to be replaced.
    public var restarts = 0
    /// Facts by the name of their case.
    public private(set) var facts: [String: Int] = [:]
    /// Rows committed, by topic.
    public var rows: [String: Int] = [:]

    /// Alerts committed that say that their key group was saturated.
    public var saturatedAlerts = 0

    /// Starts at zero.
    public init() {}

    mutating func count(_ fact: WorkerFact) {
        let name =
            switch fact {
            case .assigned: "assigned"
            case .revoked(_, let isLost): isLost ? "lost" : "revoked"
            case .restored(_, let hadCheckpoint, let again, _):
                hadCheckpoint
                    ? (again > 0 ? "restored from checkpoint and log" : "restored from checkpoint")
                    : (again > 0 ? "restored from the log alone" : "started")
            case .resumed: "resumed"
            case .committed: "committed"
            case .aborted: "aborted"
            case .retried: "retried"
            case .setAside: "set aside"
            case .checkpointed: "checkpointed"
            case .checkpointFailed: "checkpoint failed"
            case .commandSent: "command sent"
            case .decisionRefused: "decision refused"
            case .settingsDiffer: "settings differ"
            case .stuck: "stuck"
            case .commandTook: "command took"
            case .commandsDeleted: "commands deleted"
            case .commandRefused: "command refused"
            case .promised: "promised"
            case .merchantsSplit: "merchants split"
            case .paused: "paused"
            case .unpaused: "unpaused"
            case .left: "left"
            }
        facts[name, default: 0] += 1
    }

    /// Adds what another world has counted.
    public mutating func add(_ other: WorldStatistics) {
        restarts += other.restarts
        facts.merge(other.facts, uniquingKeysWith: +)
        saturatedAlerts += other.saturatedAlerts
        rows.merge(other.rows, uniquingKeysWith: +)
    }
}
