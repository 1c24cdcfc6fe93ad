/// How close a key came to its stage's thresholds, at one evaluation or in an hour (R36): a row of `scores.ndjson`.
public struct ScoreRow: Hashable, Sendable {
    /// What each row of a stage is about.
    public enum Detail: String, CaseIterable, Hashable, Sendable {
        /// All evaluations of a key in an hour.
        case hour
        /// One evaluation.
        case pane
    }

    /// What the row is about.
    public var detail: Detail
    /// Index of the stage in the topology.
    public var stage: Int
    /// The mode of the stage at that evaluation.
    public var mode: Stage.Mode
    /// The merchant of the key; nil where it names none.
    public var merchantID: String?
    /// The values of the stage's key, in the order of its fields.
    public var key: [String]
    /// The key as bytes, each value behind its length: the order of rows (R35).
    public var keyBytes: [UInt8]
    /// The pane end of the evaluation; of an hour that of the highest score, the first of equals.
    public var paneEnd: EventTime
    /// How far past its thresholds (R20).
    public var score: Double
    /// Evaluations that the row is about.
    public var evaluations: Int
    /// Those of them at which the condition held.
    public var findings: Int

    /// When the row is complete: at its pane end, or at the end of its hour.
    var completed: EventTime {
        switch detail {
        case .hour: paneEnd.sliceEnd(of: ScoreBook.hour)
        case .pane: paneEnd
        }
    }

    /// Adds a later evaluation of the same key and hour.
    mutating func add(_ later: ScoreRow) {
        evaluations += later.evaluations
        findings += later.findings
        guard later.score > score else { return }
        score = later.score
        paneEnd = later.paneEnd
        mode = later.mode
    }
}
