import RampartCore

extension Oracle {
    /// Reads the scores that were asked for off the evaluations (R36).
    mutating func writeScores() {
        for history in histories {
            guard let detail = options.scores[history.stage] else { continue }
            let rows = history.evaluations.filter { !$0.events.isEmpty }.map { row(of: $0, history, detail) }
            switch detail {
            case .pane:
                result.hits.add(.scoredPane, rows.count)
                result.scores += rows
            case .hour: writeHours(rows)
            }
        }
        result.scores.sort { left, right in
            if left.completed != right.completed { return left.completed < right.completed }
            if left.stage != right.stage { return left.stage < right.stage }
            return left.keyBytes.lexicographicallyPrecedes(right.keyBytes)
        }
    }

    private mutating func writeHours(_ rows: [OracleScore]) {
        for (end, rows) in Dictionary(grouping: rows, by: \.completed) {
            guard end <= finalWatermark else {
                result.hits.add(.hourNotYetWritten)
                continue
            }
            result.hits.add(rows.count > 1 ? .scoredSeveralInHour : .scoredHour)
            var best = rows.dropFirst().reduce(rows[0]) { $1.score > $0.score ? $1 : $0 }
            best.evaluations = rows.count
            best.findings = rows.reduce(0) { $0 + $1.findings }
            result.scores.append(best)
        }
    }

    private func row(of evaluation: Evaluation, _ history: History, _ detail: ScoreRow.Detail) -> OracleScore {
        let stage = pipeline.stages[history.stage]
        return OracleScore(
            isOfHour: detail == .hour, stage: history.stage, mode: stage.mode,
            merchant: stage.window!.key.firstIndex(of: .merchantID).map { history.key[$0] }, key: history.key,
            keyBytes: keyBytes(history.key), paneEnd: evaluation.paneEnd,
            score: evaluation.fires ? evaluation.score : evaluation.highest, evaluations: 1,
            findings: evaluation.fires ? 1 : 0)
    }
}
