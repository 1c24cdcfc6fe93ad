internal import RampartCore

/// Reads `overrides:` and `mutes:`: what data files say about single merchants, stage by stage.
struct ExceptionReader {
    /// Where mistakes of the pipeline file go.
    let report: Report
    /// Fetches data files.
    let data: DataFileReader
    /// The tables of the file.
    let tables: [TableSpec]
    /// The stages in file order.
    let stages: [StageSpec]
    /// The names of stages of which mistakes were told already.
    let unreadable: Set<String>
    /// The thresholds, as `stage.name`, that decide about single events, which know no merchant's pane end.
    let eventThresholds: Set<String>

    /// The exceptions of each stage.
    func read(overrides: MappingReader?, mutes: MappingReader?) -> [StageExceptions] {
        var exceptions = stages.map { _ in StageExceptions() }
        if let overrides { readOverrides(overrides, &exceptions) }
        if let mutes { readMutes(mutes, &exceptions) }
        return exceptions
    }

    // MARK: - Overrides

    private func readOverrides(_ mapping: MappingReader, _ exceptions: inout [StageExceptions]) {
        let segments = mapping["segments"].flatMap(segmentTable)
        guard let (table, fileReport) = data.read(mapping["file"]),
            table.hasColumns(
                ["stage", "threshold", "value"], orElse: ["merchant_id", "segment", "until", "reason"], fileReport)
        else { return }
        guard table.column("merchant_id") != nil || table.column("segment") != nil else {
            fileReport.error(
                table.header[0].position, "found neither merchant_id nor segment; an override is for one of them",
                "add merchant_id to the header")
            return
        }
        var lines: [String: Int] = [:]
        for row in table.rows {
            guard let scope = scope(of: row, table, mapping["segments"] != nil, segments, fileReport),
                let place = place(of: row, table, fileReport)
            else { continue }
            let until = until(of: row, table, fileReport)
            let identity = "\(place.stage).\(place.threshold) \(scope.isSegment) \(scope.name)"
            if let line = lines[identity] {
                fileReport.error(
                    row.position, "line \(line) overrides the same threshold for the same", "keep one of them")
                continue
            }
            lines[identity] = row.position.line
            let override = StageExceptions.Override(
                threshold: place.threshold, value: place.value,
                scope: scope.isSegment ? .segment(scope.name) : .merchant, until: until)
            if scope.isSegment {
                exceptions[place.stage].segments[scope.name, default: []].append(override)
            } else {
                exceptions[place.stage].merchants[scope.name, default: []].append(override)
            }
        }
        for stage in exceptions.indices {
            exceptions[stage].segmentOf = (segments ?? [:]).filter { exceptions[stage].segments[$0.value] != nil }
        }
    }

    /// Each merchant's segment, by the table that says so; nil, with an error reported, where it says no such thing.
    private func segmentTable(_ node: YamlNode) -> [String: String]? {
        guard let name = node.string("segments", report) else { return nil }
        guard let table = tables.first(where: { $0.keys.name == name }) else {
            let names = tables.map(\.keys.name)
            report.error(
                node.position, "there is no table \(quoted(name))",
                Suggestion.didYouMean(name, among: names)
                    ?? (names.isEmpty ? "declare it under tables:" : "there is \(alternatives(names))"))
            return nil
        }
        guard let field = table.field else { return nil }
        guard field == .merchantID, let segments = table.segments else {
            report.error(
                node.position, "the table `\(name)` does not say which segment a merchant is in",
                "its key is merchant_id, and its file has a column segment")
            return nil
        }
        return segments
    }

    private func scope(
        of row: DataTable.Row, _ table: DataTable, _ hasSegments: Bool, _ segments: [String: String]?, _ report: Report
    ) -> (name: String, isSegment: Bool)? {
        let merchant = table.cell(row, table.column("merchant_id"))
        let segment = table.cell(row, table.column("segment"))
        switch (merchant, segment) {
        case (let merchant?, nil): return (merchant.text, false)
        case (nil, let segment?):
            guard hasSegments else {
                report.error(
                    segment.position, "an override of a segment, but nothing says who is in it",
                    "name a table in segments: of the pipeline's overrides")
                return nil
            }
            guard let segments else { return nil }
            let names = Set(segments.values).sorted()
            guard names.contains(segment.text) else {
                report.error(
                    segment.position, "no merchant is in the segment \(quoted(segment.text))",
                    Suggestion.didYouMean(segment.text, among: names))
                return nil
            }
            return (segment.text, true)
        default:
            report.error(row.position, "a row is for one merchant_id or one segment", "fill in one of the two")
            return nil
        }
    }

    private func place(of row: DataTable.Row, _ table: DataTable, _ report: Report) -> ThresholdReader.Place? {
        guard let stage = table.cell(row, table.column("stage")),
            let threshold = table.cell(row, table.column("threshold")),
            let value = table.cell(row, table.column("value"))
        else {
            report.error(row.position, "a row needs stage, threshold and value", "fill in all three")
            return nil
        }
        guard !unreadable.contains(stage.text), isWindow(stage, report) else { return nil }
        let override = ThresholdOverride(stage: stage.text, threshold: threshold.text, text: value.text)
        switch ThresholdReader.check(override, stages) {
        case .success(let place):
            guard !eventThresholds.contains("\(stage.text).\(threshold.text)") else {
                report.error(
                    threshold.position,
                    "the threshold `\(threshold.text)` decides which events are measured; an override reaches `when` alone",
                    "measure without it, or write the exception into the measure's condition")
                return nil
            }
            return place
        case .failure(let mistake):
            let cell =
                switch mistake {
                case .unknownStage: stage
                case .unknownThreshold: threshold
                case .noNumber, .outOfBounds: value
                }
            report.error(cell.position, mistake.message, mistake.suggestion)
            return nil
        }
    }

    /// Whether a cell names a window, or nothing at all, which is told elsewhere.
    private func isWindow(_ cell: DataTable.Cell, _ report: Report) -> Bool {
        guard let stage = stages.first(where: { $0.name == cell.text }) else { return true }
        if case .window(let window) = stage.kind {
            guard window.key.isWhole, !window.key.fields.contains(where: { $0.field == .merchantID }) else {
                return true
            }
            report.error(
                cell.position, "the key of `\(cell.text)` names no merchant, for whom the row could count",
                "name a window with merchant_id in its key")
            return false
        }
        report.error(
            cell.position, "the stage `\(cell.text)` is no window; it makes no findings", "name a window stage")
        return false
    }

    // MARK: - Mutes

    private func readMutes(_ mapping: MappingReader, _ exceptions: inout [StageExceptions]) {
        guard let (table, fileReport) = data.read(mapping["file"]),
            table.hasColumns(["merchant_id", "until"], orElse: ["stage", "reason"], fileReport)
        else { return }
        var lines: [String: Int] = [:]
        for row in table.rows {
            guard let merchant = table.cell(row, table.column("merchant_id")) else {
                fileReport.error(row.position, "the row has no merchant_id", "a mute is for one merchant")
                continue
            }
            guard let until = until(of: row, table, fileReport) else {
                if table.cell(row, table.column("until")) == nil {
                    fileReport.error(row.position, "the mute has no end", "fill in until, such as 2027-01-31")
                }
                continue
            }
            let stage = table.cell(row, table.column("stage"))
            guard let places = stage.map({ self.places(of: $0, fileReport) }) ?? allWindows else { continue }
            let identity = "\(stage?.text ?? "") \(merchant.text)"
            if let line = lines[identity] {
                fileReport.error(row.position, "line \(line) mutes the same", "keep one of them")
                continue
            }
            lines[identity] = row.position.line
            let reason = table.cell(row, table.column("reason"))?.text ?? ""
            for place in places where exceptions[place].mutes[merchant.text].map({ $0.until < until }) ?? true {
                exceptions[place].mutes[merchant.text] = StageExceptions.Mute(until: until, reason: reason)
            }
        }
    }

    private var allWindows: [Int]? {
        stages.indices.filter { if case .window = stages[$0].kind { true } else { false } }
    }

    private func places(of cell: DataTable.Cell, _ report: Report) -> [Int]? {
        guard !unreadable.contains(cell.text) else { return nil }
        guard let index = stages.firstIndex(where: { $0.name == cell.text }) else {
            let mistake = ThresholdReader.Mistake.unknownStage(cell.text, among: stages.map(\.name))
            report.error(cell.position, mistake.message, mistake.suggestion)
            return nil
        }
        return isWindow(cell, report) ? [index] : nil
    }

    // MARK: - Ends

    /// The moment in a row's `until`; a day stands for its beginning in UTC.
    private func until(of row: DataTable.Row, _ table: DataTable, _ report: Report) -> EventTime? {
        guard let cell = table.cell(row, table.column("until")) else { return nil }
        if let time = EventTime(iso8601: cell.text) ?? EventTime(iso8601: cell.text + "T00:00:00Z") { return time }
        report.error(
            cell.position, "found \(quoted(cell.text)) for until; expected a day or a moment",
            "such as 2027-01-31, which is its beginning in UTC, or 2027-01-31T18:00:00Z")
        return nil
    }
}
