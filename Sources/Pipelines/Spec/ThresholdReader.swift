internal import RampartCore

/// Reads `tune:` and applies thresholds given beside the file.
struct ThresholdReader {
    /// Where mistakes go.
    let report: Report

    /// The thresholds of one stage in file order.
    func read(_ node: YamlNode?) -> [ThresholdSpec] {
        let entries = node?.entries(of: "tune", report) ?? []
        return entries.compactMap { entry in
            guard isName(entry.key, "a threshold", hyphens: false, at: entry.position, report) else { return nil }
            return read(entry).map { ThresholdSpec(threshold: $0, position: entry.position) }
        }
    }

    private func read(_ entry: YamlNode.Entry) -> Threshold? {
        guard case .mapping = entry.value.content else {
            return entry.value.number("threshold `\(entry.key)`", report).map { Threshold(name: entry.key, value: $0) }
        }
        guard let mapping = MappingReader(entry.value, PipelineKeys.threshold, at: entry.position, report) else {
            return nil
        }
        let minimum = mapping["min"]?.number("min", report)
        let maximum = mapping["max"]?.number("max", report)
        guard let node = mapping["default"], let value = node.number("default", report) else { return nil }
        let threshold = Threshold(name: entry.key, value: value, minimum: minimum, maximum: maximum)
        if let minimum, let maximum, maximum.isBelow(minimum) {
            report.error(
                mapping.position(of: "max"), "max \(maximum.text) of `\(entry.key)` is below min \(minimum.text)")
        } else if let problem = threshold.problem(with: value) {
            report.error(node.position, "the default of `\(entry.key)` is \(value.text); \(problem)")
        }
        return threshold
    }

    /// Puts thresholds given beside the file into the stages; the last of several for one threshold counts.
    func apply(_ overrides: [ThresholdOverride], to stages: inout [StageSpec]) {
        for override in overrides {
            switch Self.check(override, stages) {
            case .success(let place):
                stages[place.stage].thresholds[place.threshold].threshold.value = place.value
            case .failure(let mistake):
                report.overrideError(override, mistake.message, mistake.suggestion)
            }
        }
    }

    /// Where an override goes.
    struct Place {
        /// Index of the stage.
        var stage: Int
        /// Index of the threshold in the stage.
        var threshold: Int
        /// The value to set.
        var value: Threshold.Value
    }

    /// Why an override cannot be applied.
    struct Mistake: Error {
        /// What was found and expected.
        var message: String
        /// The mend.
        var suggestion: String?
    }

    /// Looks an override up and checks its value against the bounds.
    static func check(_ override: ThresholdOverride, _ stages: [StageSpec]) -> Result<Place, Mistake> {
        guard let stage = stages.firstIndex(where: { $0.name == override.stage }) else {
            let names = stages.map(\.name)
            return .failure(
                Mistake(
                    message: "there is no stage \(quoted(override.stage))",
                    suggestion: Suggestion.didYouMean(override.stage, among: names) ?? "there is \(alternatives(names))"
                ))
        }
        let thresholds = stages[stage].thresholds
        guard let index = thresholds.firstIndex(where: { $0.threshold.name == override.threshold }) else {
            let names = thresholds.map(\.threshold.name)
            return .failure(
                Mistake(
                    message: "stage `\(override.stage)` has no threshold \(quoted(override.threshold))",
                    suggestion: Suggestion.didYouMean(override.threshold, among: names)
                        ?? "it has \(alternatives(names))"))
        }
        guard let value = Threshold.Value(text: override.text) else {
            return .failure(Mistake(message: "found \(quoted(override.text)); expected a number such as 10 or 0.5"))
        }
        if let problem = thresholds[index].threshold.problem(with: value) {
            return .failure(Mistake(message: "`\(override.threshold)` is set to \(value.text); \(problem)"))
        }
        return .success(Place(stage: stage, threshold: index, value: value))
    }
}

extension Threshold {
    /// What is wrong with a value, by the bounds.
    func problem(with value: Value) -> String? {
        if let minimum, value.isBelow(minimum) { return "expected at least \(minimum.text) (min)" }
        if let maximum, maximum.isBelow(value) { return "expected at most \(maximum.text) (max)" }
        return nil
    }
}
