import RampartCore

/// What the oracle makes of a record (R3).
enum OracleFate: String, CaseIterable {
    case accepted, duplicate, conflict, late, filtered, deadLettered, staged
}

/// A revision of an alert as the oracle computes it (R24).
struct OracleAlert: Hashable {
    /// The id of the alert.
    var id: String
    /// The number of the revision.
    var revision: Int
    /// Whether the attack goes on.
    var isOpen: Bool
    /// The mode of its stage.
    var mode: Stage.Mode
    /// Index of the stage.
    var stage: Int
    /// The merchant attacked.
    var merchant: String?
    /// The values of the key.
    var key: [String]
    /// The key as bytes.
    var keyBytes: [UInt8]
    /// Start of the window reported.
    var windowStart: Int64
    /// End of the window reported.
    var windowEnd: Int64
    /// When the revision was written.
    var paneEnd: Int64
    /// The score (R20).
    var score: Double
    /// The measures.
    var measures: [Alert.MeasureValue]
    /// Whether its key group was saturated at one of its findings so far (R22).
    var isSaturated: Bool
    /// The evidence (R23).
    var evidence: OracleEvidence
    /// The thresholds in force, what overrides them for whom, and the mute.
    var settings: [String]
}

/// The evidence of a finding (R23).
struct OracleEvidence: Hashable {
    /// The first events.
    var events: [String]
    /// The first accounts.
    var accounts: [String]
    /// `name=count` of the event types in the window, then of the accounts.
    var counts: [String]
}

/// A score of a key at a pane end, or the highest of an hour (R36).
struct OracleScore: Hashable {
    /// Whether it is of an hour.
    var isOfHour: Bool
    /// Index of the stage.
    var stage: Int
    /// The mode of the stage.
    var mode: Stage.Mode
    /// The merchant.
    var merchant: String?
    /// The values of the key.
    var key: [String]
    /// The key as bytes.
    var keyBytes: [UInt8]
    /// The pane end of the evaluation.
    var paneEnd: Int64
    /// The score.
    var score: Double
    /// Evaluations that it stands for.
    var evaluations: Int
    /// Those of them that were findings.
    var findings: Int

    /// When it is complete.
    var completed: Int64 { isOfHour ? Oracle.start(of: paneEnd, length: 3_600_000) + 3_600_000 : paneEnd }
}

/// A revision of an incident as the oracle computes it (R25).
struct OracleIncident: Hashable {
    /// The id of the incident.
    var id: String
    /// The number of the revision.
    var revision: Int
    /// Whether it goes on.
    var isOpen: Bool
    /// Index of the stage.
    var stage: Int
    /// The highest severity so far.
    var severity: AlertPolicy.Severity
    /// The merchant.
    var merchant: String
    /// When the first alert opened.
    var opened: Int64
    /// Since when no alert is open.
    var quietSince: Int64?
    /// When the revision was written.
    var paneEnd: Int64
    /// `stage alerts/open peak` in the order in which the stages joined.
    var members: [String]
    /// `stage alert opened-closed peak` of the sample.
    var timeline: [String]
    /// `currency scale at-stake posted held`.
    var money: [String]
}

/// A line of the ledger (R26).
struct OracleLine: Hashable {
    /// The line's id.
    var id: String
    /// The charge.
    var chargeID: String
    /// The component of it.
    var component: String
    /// Why.
    var reason: String
    /// Whether it is posted or held.
    var state: CreditLine.State
    /// The merchant charged.
    var merchant: String
    /// The advertisement.
    var ad: String?
    /// The amount in units.
    var amount: Int64
    /// The currency.
    var currency: String
    /// Decimal places.
    var scale: Int
    /// When the charge was made.
    var chargeTime: Int64
    /// The alert that claimed it.
    var alert: String
    /// The stage that owns it.
    var stage: Int
    /// The key of the owning finding.
    var keyBytes: [UInt8]
    /// When it was claimed.
    var paneEnd: Int64

    /// The amount in billionths of the major unit.
    var major: MajorAmount { MajorAmount(units: amount, scale: scale) }
}

/// A statement over lines (R28).
struct OracleCredit: Hashable {
    /// Hash of its lines.
    var id: String
    /// The state of its lines.
    var state: CreditLine.State
    /// The component of the charges.
    var component: String
    /// Why.
    var reason: String
    /// The merchant.
    var merchant: String
    /// The sum in units.
    var amount: Int128
    /// The currency.
    var currency: String
    /// Decimal places.
    var scale: Int
    /// Start of the slot.
    var periodStart: Int64
    /// End of the slot.
    var periodEnd: Int64
    /// Number of lines.
    var lines: Int
    /// Number of alerts of its lines.
    var alerts: Int
    /// The first hundred of them.
    var alertIDs: [String]
}

/// A line of an earlier run (R33).
struct OraclePriorLine: Hashable, Sendable {
    /// The line's id.
    var id: String
    /// Whether it was posted or held.
    var state: CreditLine.State
    /// The merchant charged.
    var merchant: String
    /// The amount in units.
    var amount: Int64
    /// The currency.
    var currency: String
    /// Decimal places.
    var scale: Int
    /// When the charge was made.
    var chargeTime: Int64

    /// Creates a prior line by hand.
    init(
        id: String, state: CreditLine.State, merchant: String, amount: Int64, currency: String, scale: Int,
        chargeTime: Int64
    ) {
        self.id = id
        self.state = state
        self.merchant = merchant
        self.amount = amount
        self.currency = currency
        self.scale = scale
        self.chargeTime = chargeTime
    }

    /// A line of a run as the next run sees it.
    init(_ line: OracleLine) {
        self.init(
            id: line.id, state: line.state, merchant: line.merchant, amount: line.amount, currency: line.currency,
            scale: line.scale, chargeTime: line.chargeTime)
    }
}

/// How a replay is done.
struct OracleOptions: Hashable, Sendable {
    /// Records before it are filtered.
    var from: Int64?
    /// Records at or after it are filtered.
    var to: Int64?
    /// The latest `ts` allowed (R8).
    var latest: Int64 = EventTime.year2100.milliseconds
    /// Whether the end flushes (R15).
    var flushes = true
    /// The lines of earlier runs (R33).
    var prior: [OraclePriorLine] = []
    /// The stages whose scores are wanted, by index.
    var scores: [Int: ScoreRow.Detail] = [:]
}

/// Everything that the oracle says about a log.
struct OracleResult {
    /// Records by fate.
    var fates: [OracleFate: Int] = [:]
    /// The late records, as `partition:position`.
    var late: [String] = []
    /// The revisions of alerts in the order of their rows.
    var alerts: [OracleAlert] = []
    /// The revisions of alerts in shadow in the order of their rows.
    var shadow: [OracleAlert] = []
    /// The revisions of incidents in the order of their rows.
    var incidents: [OracleIncident] = []
    /// The lines in the order of their rows.
    var lines: [OracleLine] = []
    /// The credits in the order of their rows.
    var credits: [OracleCredit] = []
    /// The scores in the order of their rows.
    var scores: [OracleScore] = []
    /// Prior lines that nothing justifies, sorted.
    var unjustified: [String] = []
    /// Events that a stage did not take for want of a key field, by stage.
    var unkeyed: [Int] = []
    /// Events that each stage passed on with nothing attached.
    var unmatched: [Int] = []
    /// Events for which each stage had no room.
    var refused: [Int] = []
    /// Accepted events that each source had no room to remember.
    var unremembered: [Int] = []
    /// Events that allow-lists kept out of each stage.
    var allowed: [Int] = []
    /// Findings of each stage that a mute had told in shadow.
    var muted: [Int] = []
    /// Conditions whose value was an error, by stage: of filters, of measures on entering, of findings by currency.
    var conditionErrors: [Int] = []
    /// Evaluations of changed keys at which the condition held, by stage.
    var findings: [Int] = []
    /// How often each kind of situation came up.
    var hits = Hits()
}

/// The kinds of situation that the random logs must bring up, each often enough to mean something.
enum Situation: String, CaseIterable, Sendable {
    case accepted, duplicate, conflict, late, filtered, deadLettered, staged
    case acceptedBeyondHorizon, duplicateAfterConflict, filteredByTime, watermarkMovedByDeadLetter
    case tieInTime, eventOnPaneEdge, unkeyed, filterError, filterRejects, matched, unmatched, matchedInPane,
        matchedTooOld, matchedLater
    case conditionError, absentMeasure, twoCurrencies, noCurrency, moneyFires
    case carried, expiryFires, expiryStops
    case opened, doubled, closed, continued, reopened, leftOpen, closedWithEarlierPeak
    case incidentOpened, incidentClosed, incidentLeftOpen, incidentReopened, incidentGrew, incidentEscalated
    case incidentDoubled, incidentToldCredit, incidentOutlivedAlerts
    case scoredPane, scoredHour, scoredSeveralInHour, hourNotYetWritten
    case openedInShadow, sparedInShadow
    case allowed, overridden, overriddenBySegment, overrideEnded, muted, muteEnded, sparedByMute
    case foundInTable, foundInDoubt, heldAfterFindings, notInTable, outOfTable
    case refusedKey, refusedBytes, refusedSide, refusedFinding, unremembered, openedSaturated, becameSaturated,
        openedAfterSaturation
    case heldSaturated
    case posted, heldByCap, heldByReview, heldLate, triedNext, capReachedExactly, reviewReachedExactly
    case lineForgotten
    case overlapWithinStage, overlapOfStages, chargeBeforeThreshold
    case lateInInterval, lateOutsideInterval, lateBeyondHorizon, lateOngoing, lateOfSeveral, latePosted
    case lateLineExists
    case voidBlocks, lateVoid, voidAfterLine
    case priorClaimed, priorUnjustified, capWithPrior
    case creditOfSeveral, creditHeld, creditNotYetWritten, micros, amountZero
}

/// A tally of situations.
struct Hits: Sendable {
    /// How often each came up.
    private(set) var counts: [Situation: Int] = [:]

    /// Counts a situation.
    mutating func add(_ situation: Situation, _ count: Int = 1) { counts[situation, default: 0] += count }

    /// Adds another tally.
    mutating func add(_ other: Hits) { for (situation, count) in other.counts { add(situation, count) } }

    /// How often a situation came up.
    func count(_ situation: Situation) -> Int { counts[situation] ?? 0 }
}
