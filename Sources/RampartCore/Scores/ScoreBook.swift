/// The scores of one key group that were asked for: it holds those of one hour, and hands them out at its end (R36).
struct ScoreBook: Sendable {
    /// The length of an hour, aligned to UTC.
    static let hour = EventSpan.hours(1)

    private struct Key: Hashable {
        var stage: Int
        var keyBytes: [UInt8]
    }

    private let details: [Int: ScoreRow.Detail]
    private var rows: [Key: ScoreRow] = [:]
    /// When the hour of the rows ends; nil where there are none.
    private(set) var end: EventTime?

    /// Keeps the scores of the stages that are named by their index.
    init(_ details: [Int: ScoreRow.Detail]) { self.details = details }

    /// What was asked for of a stage.
    func detail(of stage: Int) -> ScoreRow.Detail? { details[stage] }

    /// Takes an evaluation, in the order of pane ends.
    mutating func note(_ row: ScoreRow, into outputs: inout Outputs) {
        switch row.detail {
        case .pane: outputs.scores.append(row)
        case .hour:
            let key = Key(stage: row.stage, keyBytes: row.keyBytes)
            if rows[key]?.add(row) == nil { rows[key] = row }
            end = row.completed
        }
    }

    /// Hands out the rows of an hour that ends at or before a moment.
    mutating func close(at time: EventTime, into outputs: inout Outputs) {
        guard let end, end <= time else { return }
        outputs.scores.append(contentsOf: rows.values)
        rows.removeAll(keepingCapacity: true)
        self.end = nil
    }
}
