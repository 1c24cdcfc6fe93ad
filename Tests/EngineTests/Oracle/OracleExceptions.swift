import RampartCore

/// What data files except for single merchants, read from the rows anew each time.
extension Oracle {
    /// The overrides of a stage for a merchant at a pane end: of each threshold the merchant's own, else the segment's.
    func overrides(_ stage: Int, _ merchant: String?, at paneEnd: Int64) -> [ModelData.Override] {
        let inForce = pipeline.data.overrides.filter { row in
            row.stage == stage && (row.until == nil || paneEnd < row.until!)
        }
        return pipeline.stages[stage].thresholds.indices.compactMap { threshold in
            let rows = inForce.filter { $0.threshold == threshold }
            return rows.first { !$0.isSegment && $0.who == merchant }
                ?? rows.first { $0.isSegment && $0.who == merchant.flatMap { pipeline.data.segments[$0] } }
        }
    }

    /// The thresholds of a stage for a merchant at a pane end.
    func thresholds(_ stage: Int, _ merchant: String?, at paneEnd: Int64) -> [Threshold] {
        var thresholds = pipeline.stages[stage].thresholds
        for row in overrides(stage, merchant, at: paneEnd) { thresholds[row.threshold].value = row.value }
        return thresholds
    }

    /// When the mute ends that keeps a live stage from telling of a merchant at a pane end.
    func mutedUntil(_ stage: Int, _ merchant: String?, at paneEnd: Int64) -> Int64? {
        guard pipeline.stages[stage].mode == .live else { return nil }
        let ends = pipeline.data.mutes.filter {
            $0.merchant == merchant && ($0.stage == nil || $0.stage == stage) && paneEnd < $0.until
        }
        return ends.map(\.until).max()
    }

    /// Where a stage tells of a merchant at a pane end.
    func mode(_ stage: Int, _ merchant: String?, at paneEnd: Int64) -> Stage.Mode {
        mutedUntil(stage, merchant, at: paneEnd) == nil ? pipeline.stages[stage].mode : .shadow
    }

    /// Whether an allow-list of a stage has an event.
    func isAllowed(_ stage: Int, _ event: OracleEvent) -> Bool {
        pipeline.stages[stage].allow.contains { index in
            let table = pipeline.data.tables[index]
            return event.text(table.field).map { table.keys.contains($0) } ?? false
        }
    }

    /// The first pane ends of a stage at or after the ends of its overrides and mutes, whoever they are for.
    ///
    /// A shorter mute beside a longer one of the same merchant and stage says nothing, and ends unnoticed.
    func turns(_ stage: Int, every: Int64) -> Set<Int64> {
        let overrides = pipeline.data.overrides.filter { $0.stage == stage }.compactMap(\.until)
        let mutes = pipeline.data.mutes.filter { $0.stage == nil || $0.stage == stage }
        let longest = Dictionary(grouping: mutes, by: \.merchant).values.compactMap { $0.map(\.until).max() }
        return Set((overrides + longest).map { sliceStart($0, of: every) == $0 ? $0 : sliceEnd($0, of: every) })
    }

    /// What an alert says about the settings in force for a merchant.
    func settings(_ stage: Int, _ merchant: String?, at paneEnd: Int64) -> [String] {
        let thresholds = thresholds(stage, merchant, at: paneEnd)
        var words = thresholds.map { "\($0.name)=\(ModelPipeline.text($0.value))" }
        for row in overrides(stage, merchant, at: paneEnd) {
            words.append(
                "\(thresholds[row.threshold].name) for \(row.isSegment ? row.who : "merchant") until "
                    + "\(row.until.map { "\($0)" } ?? "ever")")
        }
        if let until = mutedUntil(stage, merchant, at: paneEnd) { words.append("muted until \(until)") }
        return words
    }
}
