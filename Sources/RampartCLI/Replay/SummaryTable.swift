import RampartCore

/// What a replay found, for a person to read.
struct SummaryTable {
    private let summary: Summary
    private let folder: String

    init(_ summary: Summary, folder: String) {
        self.summary = summary
        self.folder = folder
    }

    /// The lines of the table.
    var lines: [String] {
        var lines = ["Pipeline \(summary.family), revision \(summary.revision)", ""]
        lines += ["Records"] + fates + [""]
        lines += ["Alerts"] + alerts + [""]
        if !incidents.isEmpty { lines += ["Incidents"] + incidents + [""] }
        lines += ["Credits"] + credits + [""]
        lines += notes
        let seconds = Int((summary.run.wallSeconds * 10).rounded())
        lines.append(
            "\(summary.fates.read.grouped) records in \(seconds / 10).\(seconds % 10) s, "
                + "\(Int(summary.eventsPerSecond).grouped)/s, \(summary.run.peakResidentBytes >> 20) MiB at most. "
                + (summary.isComplete ? "Results are in \(folder)/" : "Incomplete results are in \(folder)/*.partial"))
        return lines
    }

    private var fates: [String] {
        var table = Table(.left, .right, .left)
        let counts = summary.fates
        table.add("read", counts.read.grouped, "")
        table.add("accepted", counts.accepted.grouped, "")
        table.add("duplicate", counts.duplicate.grouped, "")
        table.add("conflict", counts.conflict.grouped, "same id, other content")
        table.add("late", counts.late.grouped, "in late.ndjson")
        table.add("filtered", counts.filtered.grouped, "no source takes them, or outside --from and --to")
        table.add("dead-lettered", counts.deadLettered.grouped, deadLetters)
        if counts.staged > 0 { table.add("staged", counts.staged.grouped, "their panes were not complete") }
        return table.lines
    }

    private var deadLetters: String {
        let reasons = summary.deadLetters.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        return reasons.isEmpty
            ? "" : reasons.map { "\($0.value.grouped) \($0.key.rawValue)" }.joined(separator: ", ")
    }

    private var alerts: [String] {
        var table = Table(.left, .left, .right, .left)
        for stage in summary.stages {
            guard let severity = stage.severity else { continue }
            let errors =
                stage.conditionErrors > 0 ? ", \(stage.conditionErrors.grouped) expressions without a value" : ""
            let modes = [(stage.alerts, Stage.Mode.live, ""), (stage.shadow, .shadow, "in shadow, ")]
            for (counts, mode, words) in modes where mode == stage.mode || counts.revisions > 0 {
                table.add(
                    stage.name, severity.rawValue, counts.opened.grouped,
                    "\(words)with \(counts.revisions.grouped) revisions\(errors)")
            }
        }
        return table.lines.isEmpty ? ["  no stage raises alerts"] : table.lines
    }

    private var incidents: [String] {
        var table = Table(.left, .right, .left)
        for stage in summary.stages where stage.kind == "incident" {
            table.add(
                stage.name, stage.incidents.opened.grouped,
                "with \(stage.incidents.revisions.grouped) revisions")
        }
        return table.lines
    }

    private var credits: [String] {
        var table = Table(.left, .left, .right, .right)
        for (key, sum) in summary.credits.sorted(by: { $0.key < $1.key }) {
            table.add(
                key.component, key.state.rawValue, "\(sum.lines.grouped) lines",
                "\(MajorText.text(units: sum.amount, scale: key.scale)) \(key.currency.text)")
        }
        return table.lines.isEmpty ? ["  none"] : table.lines
    }

    private var notes: [String] {
        var notes: [String] = []
        for source in summary.sources where source.identity == .none && source.fates.read > 0 {
            notes.append(
                "Source \(source.name) maps no event_id: copies of its events cannot be told apart, and all are counted."
            )
        }
        notes += saturation
        if summary.ledger.refused > 0 {
            notes.append(
                "\(summary.ledger.refused.grouped) charges were refused: the ledger holds as many claims as it can.")
        }
        if summary.ledger.voided > 0 {
            notes.append("\(summary.ledger.voided.grouped) charges were passed over because billing had voided them.")
        }
        if !summary.ledger.unjustified.isEmpty {
            notes.append(
                "\(summary.ledger.unjustified.count.grouped) earlier lines are not justified any longer; summary.json lists them."
            )
        }
        return notes.isEmpty ? [] : notes + [""]
    }

    /// What did not fit, and what follows from that.
    private var saturation: [String] {
        guard summary.saturatedKeyGroups > 0 else { return [] }
        var notes = summary.stages.filter { $0.refused > 0 }.map {
            "Stage \($0.name) had no room for \($0.refused.grouped) events; max_keys and max_bytes are its ceiling."
        }
        notes += summary.sources.filter { $0.unremembered > 0 }.map {
            "Source \($0.name) had no room to remember \($0.unremembered.grouped) events, whose copies would be counted; "
                + "raise max_keys of its dedupe."
        }
        return notes + [
            "Credits of \(summary.saturatedKeyGroups.grouped) of \(Ceiling.groupCount) key groups were held while these could be missing."
        ]
    }
}

/// Integer units as an exact decimal in the major unit.
enum MajorText {
    static func text(units: Int128, scale: Int) -> String {
        guard scale > 0 else { return units.grouped }
        var divisor = Int128(1)
        for _ in 0..<scale { divisor *= 10 }
        let fraction = String(units.magnitude % divisor.magnitude)
        let padding = String(repeating: "0", count: scale - fraction.count)
        return "\((units / divisor).grouped).\(padding)\(fraction)"
    }
}
