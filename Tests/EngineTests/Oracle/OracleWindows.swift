import RampartCore

extension Oracle {
    /// What one window found for one key at one pane end.
    struct Evaluation {
        /// The pane end.
        var paneEnd: Int64
        /// The events in the window, in canonical order.
        var events: [OracleEvent]
        /// Whether the condition holds.
        var fires: Bool
        /// How far past the thresholds, where it holds.
        var score: Double
        /// The highest score, whether it holds or not.
        var highest: Double
        /// The measures.
        var measures: [Alert.MeasureValue]
    }

    /// An unbroken row of pane ends at which a key fires (R24).
    struct Run {
        /// The first pane end.
        var first: Int64
        /// The last pane end.
        var last: Int64
        /// Where its findings are told.
        var mode: Stage.Mode
        /// The evaluations in it.
        var findings: [Evaluation]
        /// The alert that it belongs to.
        var alert = ""
    }

    /// All that happened to one key of one window.
    struct History {
        /// Index of the stage.
        var stage: Int
        /// The values of the key.
        var key: [String]
        /// The evaluations in order of time.
        var evaluations: [Evaluation]
        /// The runs in order of time.
        var runs: [Run] = []
    }

    /// Evaluates every key of a window at the pane ends at which it may change (R16–R18).
    mutating func evaluate(_ window: ModelWindow, of index: Int) {
        let stage = pipeline.stages[index]
        var keyed: [OracleEvent] = []
        for event in accepted where reaches(index, event) {
            if isAllowed(index, event) {
                result.allowed[index] += 1
                result.hits.add(.allowed)
            } else if key(window.key, of: event) != nil {
                keyed.append(event)
            } else {
                result.unkeyed[index] += 1
                result.hits.add(.unkeyed)
            }
        }
        let (size, every) = (window.size, window.every)
        let inside = admitted(keyed, to: index, key: window.key) { earlier, later in
            later.time < Self.start(of: earlier.time, length: every) + every + size
        }
        for event in inside {
            result.conditionErrors[index] += window.measures.filter { fails($0, event, stage) }.count
        }
        let members = Dictionary(grouping: inside) { key(window.key, of: $0)! }
        for (key, events) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            var history = History(stage: index, key: key, evaluations: [])
            let merchant = window.key.firstIndex(of: .merchantID).map { key[$0] }
            for paneEnd in paneEnds(of: events, index, window) {
                let inside = events.filter { $0.time >= paneEnd - window.size && $0.time < paneEnd }
                history.evaluations.append(evaluate(inside, of: merchant, at: paneEnd, stage: index, window))
            }
            history.runs = runs(of: history.evaluations, index, merchant, window)
            countWindow(history)
            histories.append(history)
        }
    }

    /// The pane ends of a key: those at which an event enters or leaves, or what is excepted ends while the window holds
    /// one; or every one.
    private func paneEnds(of events: [OracleEvent], _ stage: Int, _ window: ModelWindow) -> [Int64] {
        let entries = Set(events.map { sliceEnd($0.time, of: window.every) })
        let turns = turns(stage, every: window.every).filter { end in
            entries.contains { $0 <= end && end < $0 + window.size }
        }
        let changes = entries.union(entries.map { $0 + window.size }).union(turns)
        let all =
            everyPane
            ? Array(stride(from: changes.min()!, through: changes.max()!, by: Int(window.every))) : changes.sorted()
        return all.filter { $0 <= finalWatermark }
    }

    private mutating func evaluate(
        _ events: [OracleEvent], of merchant: String?, at paneEnd: Int64, stage index: Int, _ window: ModelWindow
    ) -> Evaluation {
        let stage = pipeline.stages[index]
        let thresholds = thresholds(index, merchant, at: paneEnd)
        guard !events.isEmpty else {
            return Evaluation(paneEnd: paneEnd, events: [], fires: false, score: 0, highest: 0, measures: [])
        }
        let money = window.moneyMeasuresNamed.map { window.measures[$0] }
        let currencies = Set(money.flatMap { contributing(to: $0, events, stage).compactMap { $0.text(.currency) } })
        if currencies.count > 1 { result.hits.add(.twoCurrencies) }
        if !money.isEmpty, currencies.isEmpty { result.hits.add(.noCurrency) }
        var scores: [Double] = []
        var highest = 0.0
        for currency in currencies.isEmpty ? [nil] : currencies.sorted().map(Optional.some) {
            let values = window.measures.map { measure -> OracleValue in
                let counted = contributing(to: measure, events, stage)
                return combine(measure, measure.isMoney ? counted.filter { $0.text(.currency) == currency } : counted)
            }
            if window.condition.measuresNamed.contains(where: { values[$0] == .error }) {
                result.hits.add(.absentMeasure)
            }
            let scope = OracleScope(measures: values, thresholds: thresholds)
            let value = scope.value(window.condition)
            if value == .error {
                result.conditionErrors[index] += 1
                result.hits.add(.conditionError)
            }
            let score = scope.score(window.condition)
            highest = max(highest, score)
            if value == .boolean(true) { scores.append(score) }
        }
        if !scores.isEmpty, !currencies.isEmpty { result.hits.add(.moneyFires) }
        if !scores.isEmpty { result.findings[index] += 1 }
        if !scores.isEmpty, mutedUntil(index, merchant, at: paneEnd) != nil { result.muted[index] += 1 }
        return Evaluation(
            paneEnd: paneEnd, events: events, fires: !scores.isEmpty, score: scores.max() ?? 0,
            highest: highest, measures: window.measures.map { report($0, contributing(to: $0, events, stage)) })
    }

    /// The events that a measure counts.
    private func contributing(
        to measure: ModelMeasure, _ events: [OracleEvent], _ stage: ModelStage
    ) -> [OracleEvent] {
        events.filter { event in
            if let field = measure.field, event.fields[field] == nil { return false }
            guard let condition = measure.condition else { return true }
            return OracleScope(event: event, thresholds: stage.thresholds).value(condition) == .boolean(true)
        }
    }

    /// Whether the condition of a measure is an error for an event that has the measure's field.
    private func fails(_ measure: ModelMeasure, _ event: OracleEvent, _ stage: ModelStage) -> Bool {
        if let field = measure.field, event.fields[field] == nil { return false }
        guard let condition = measure.condition else { return false }
        return OracleScope(event: event, thresholds: stage.thresholds).value(condition) == .error
    }

    /// The value of a measure over the events that it counts (R18).
    private func combine(_ measure: ModelMeasure, _ events: [OracleEvent]) -> OracleValue {
        let values = measure.field.map { field in events.compactMap { $0.fields[field] } } ?? []
        let numbers = values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        let sum = numbers.reduce(Int128(0)) { $0 + Int128($1) }
        switch measure.function {
        case .count: return .integer(Int64(events.count))
        case .distinct: return .integer(Int64(Set(values).count))
        case .sum: return Int64(exactly: sum).map(OracleValue.integer) ?? .error
        case .min: return numbers.min().map(OracleValue.integer) ?? .error
        case .max: return numbers.max().map(OracleValue.integer) ?? .error
        case .avg: return numbers.isEmpty ? .error : .double(Double(sum) / Double(numbers.count))
        }
    }

    /// A measure as an alert tells it.
    private func report(_ measure: ModelMeasure, _ events: [OracleEvent]) -> Alert.MeasureValue {
        guard measure.isMoney else {
            switch combine(measure, events) {
            case .integer(let value): return .integer(value)
            case .double(let value): return .double(value)
            default: return .absent
            }
        }
        let currencies = Set(events.compactMap { $0.text(.currency) }).compactMap { Currency($0) }.sorted()
        return .money(
            currencies.compactMap { currency in
                switch combine(measure, events.filter { $0.text(.currency) == currency.text }) {
                case .integer(let value): Alert.CurrencyValue(currency: currency, value: .integer(value))
                case .double(let value): Alert.CurrencyValue(currency: currency, value: .double(value))
                default: nil
                }
            })
    }

    /// The runs: an evaluation stands for all pane ends up to the next one (R17).
    private func runs(
        of evaluations: [Evaluation], _ stage: Int, _ merchant: String?, _ window: ModelWindow
    ) -> [Run] {
        var runs: [Run] = []
        for (index, evaluation) in evaluations.enumerated() where evaluation.fires {
            let next = index + 1 < evaluations.count ? evaluations[index + 1].paneEnd : nil
            let last = next.map { $0 - window.every } ?? sliceStart(finalWatermark, of: window.every)
            let mode = mode(stage, merchant, at: evaluation.paneEnd)
            if let previous = runs.last, previous.mode == mode,
                previous.last + window.every == evaluation.paneEnd
            {
                runs[runs.count - 1].last = last
                runs[runs.count - 1].findings.append(evaluation)
            } else {
                runs.append(Run(first: evaluation.paneEnd, last: last, mode: mode, findings: [evaluation]))
            }
        }
        return runs
    }

    mutating func countFilter(_ index: Int, _ condition: ModelExpression) {
        for event in accepted where reaches(index, event) {
            switch OracleScope(event: event, thresholds: pipeline.stages[index].thresholds).value(condition) {
            case .error:
                result.hits.add(.filterError)
                result.conditionErrors[index] += 1
            case .boolean(true): break
            default: result.hits.add(.filterRejects)
            }
        }
    }

    private mutating func countWindow(_ history: History) {
        let every = pipeline.stages[history.stage].window!.every
        for (before, after) in zip(history.evaluations, history.evaluations.dropFirst()) {
            if before.fires, after.paneEnd - before.paneEnd > every { result.hits.add(.carried) }
            let onlyLost = Set(after.events.map(\.place)).isStrictSubset(of: before.events.map(\.place))
            if !before.fires, after.fires, onlyLost { result.hits.add(.expiryFires) }
            if before.fires, !after.fires, onlyLost, !after.events.isEmpty { result.hits.add(.expiryStops) }
        }
    }
}
