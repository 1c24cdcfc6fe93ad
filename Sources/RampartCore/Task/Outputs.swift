/// The rows that the core has produced since they were last taken.
public struct Outputs: Sendable {
    /// Revisions of live alerts.
    public var alerts: [Alert] = []
    /// Revisions of alerts of stages in shadow.
    public var shadow: [Alert] = []
    /// Lines claimed.
    public var lines: [CreditLine] = []
    /// Credits stated, and those whose state a person changed.
    public var credits: [Credit] = []
    /// Revisions of incidents.
    public var incidents: [IncidentRevision] = []
    /// Scores that were asked for.
    public var scores: [ScoreRow] = []
    /// Commands that changed nothing.
    public var refusals: [CommandRefusal] = []
    /// Events that exchanges carry on, by the index of the subgraph that receives them.
    public var departed: [Int: [EventBatch]] = [:]

    /// Creates empty outputs.
    public init() {}

    /// Whether there is nothing at all.
    public var isEmpty: Bool {
        alerts.isEmpty && shadow.isEmpty && incidents.isEmpty && lines.isEmpty && credits.isEmpty && scores.isEmpty
            && refusals.isEmpty
            && departed.isEmpty
    }

    /// Adds the rows of another shard.
    public mutating func append(_ other: Outputs) {
        alerts.append(contentsOf: other.alerts)
        shadow.append(contentsOf: other.shadow)
        lines.append(contentsOf: other.lines)
        credits.append(contentsOf: other.credits)
        incidents.append(contentsOf: other.incidents)
        scores.append(contentsOf: other.scores)
        refusals.append(contentsOf: other.refusals)
        departed.merge(other.departed, uniquingKeysWith: +)
    }

    /// Adds a revision of an alert to the rows of its mode.
    mutating func append(_ alert: Alert) {
        switch alert.mode {
        case .live: alerts.append(alert)
        case .shadow: shadow.append(alert)
        }
    }

    /// Puts the rows into the order of files (R35).
    ///
    /// Rows of one watermark come after those of the watermarks before, so that sorting what came since then is enough.
    public mutating func sort() {
        alerts.sort { Self.precedes($0, $1) }
        shadow.sort { Self.precedes($0, $1) }
        lines.sort { Self.precedes($0, $1) }
        credits.sort { Self.precedes($0, $1) }
        incidents.sort { Self.precedes($0, $1) }
        scores.sort { Self.precedes($0, $1) }
        refusals.sort { Self.precedes($0, $1) }
    }

    private static func precedes(_ left: Alert, _ right: Alert) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        if left.stage != right.stage { return left.stage < right.stage }
        if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
        return left.revision < right.revision
    }

    private static func precedes(_ left: CreditLine, _ right: CreditLine) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        if left.stage != right.stage { return left.stage < right.stage }
        if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
        if left.chargeTime != right.chargeTime { return left.chargeTime < right.chargeTime }
        if left.chargeID != right.chargeID { return left.chargeID.precedesInBytes(right.chargeID) }
        return left.id.precedesInBytes(right.id)
    }

    private static func precedes(_ left: IncidentRevision, _ right: IncidentRevision) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        if left.stage != right.stage { return left.stage < right.stage }
        if left.keyBytes != right.keyBytes { return left.keyBytes.lexicographicallyPrecedes(right.keyBytes) }
        return left.revision < right.revision
    }

    private static func precedes(_ left: ScoreRow, _ right: ScoreRow) -> Bool {
        if left.completed != right.completed { return left.completed < right.completed }
        if left.stage != right.stage { return left.stage < right.stage }
        return left.keyBytes.lexicographicallyPrecedes(right.keyBytes)
    }

    private static func precedes(_ left: CommandRefusal, _ right: CommandRefusal) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        return left.command.id.precedesInBytes(right.command.id)
    }

    private static func precedes(_ left: Credit, _ right: Credit) -> Bool {
        if left.paneEnd != right.paneEnd { return left.paneEnd < right.paneEnd }
        if left.merchantID != right.merchantID { return left.merchantID.precedesInBytes(right.merchantID) }
        if left.currency != right.currency { return left.currency < right.currency }
        if left.component != right.component { return left.component.precedesInBytes(right.component) }
        if left.reason != right.reason { return left.reason.precedesInBytes(right.reason) }
        if left.revision != right.revision { return left.revision < right.revision }
        if left.state != right.state { return left.state.rawValue.precedesInBytes(right.state.rawValue) }
        if left.scale != right.scale { return left.scale < right.scale }
        if left.periodEnd != right.periodEnd { return left.periodEnd < right.periodEnd }
        return left.id.precedesInBytes(right.id)
    }
}

extension String {
    /// Byte order, which unlike the order of characters is the same for every version of Unicode.
    func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
