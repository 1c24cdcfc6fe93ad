internal import RampartCore

/// Reads `tune:` and applies thresholds given beside the file.
struct ThresholdReader {
    /// Where mistakes go.
    let report: Report

    /// The thresholds of one stage in file order; nil where they cannot be read at all.
    func read(_ node: YamlNode?) -> [ThresholdSpec]? {
        guard let node else { return [] }
        guard let entries = node.entries(of: "tune", atMost: Limits.thresholds, report) else { return nil }
        return entries.compactMap { entry in
            guard isName(entry.key, "a threshold", hyphens: false, at: entry.position, report) else { return nil }
            // A threshold whose value holds a mistake is still there, or the conditions that name it would be told.
            let standard = Threshold(name: entry.key, value: .integer(1))
            return ThresholdSpec(threshold: read(entry) ?? standard, position: entry.position)
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
            // No value is within such bounds, which need not be told of each.
            return Threshold(name: entry.key, value: value)
        } else if let problem = threshold.problem(with: value) {
            report.error(node.position, "the default of `\(entry.key)` is \(value.text); \(problem)")
        }
        return threshold
    }

    /// Puts thresholds given beside the file into the stages; the last of several for one threshold counts.
    func apply(_ overrides: [ThresholdOverride], to stages: inout [StageSpec], unreadable: Set<String>) {
        for override in overrides where !unreadable.contains(override.stage) {
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
    enum Mistake: Error {
        case unknownStage(String, among: [String])
        case unknownThreshold(String, stage: String, among: [String])
        case noNumber(String)
        case outOfBounds(Threshold, Threshold.Value, problem: String)

        /// What was found and expected.
        var message: String {
            switch self {
            case .unknownStage(let name, _): "there is no stage \(quoted(name))"
            case .unknownThreshold(let name, let stage, _): "stage \(quoted(stage)) has no threshold \(quoted(name))"
            case .noNumber(let text): "found \(quoted(text)); expected a number such as 10 or 0.5"
            case .outOfBounds(let threshold, let value, let problem):
                "`\(threshold.name)` is set to \(value.text); \(problem)"
            }
        }

        /// The mend.
        var suggestion: String? {
            switch self {
            case .unknownStage(let name, let names), .unknownThreshold(let name, _, let names):
                Suggestion.didYouMean(name, among: names) ?? "there is \(alternatives(names))"
            case .noNumber, .outOfBounds: nil
            }
        }
    }

    /// Looks an override up and checks its value against the bounds.
    static func check(_ override: ThresholdOverride, _ stages: [StageSpec]) -> Result<Place, Mistake> {
        guard let stage = stages.firstIndex(where: { $0.name == override.stage }) else {
            return .failure(.unknownStage(override.stage, among: stages.map(\.name)))
        }
        let thresholds = stages[stage].thresholds.map(\.threshold)
        guard let index = thresholds.firstIndex(where: { $0.name == override.threshold }) else {
            return .failure(
                .unknownThreshold(override.threshold, stage: override.stage, among: thresholds.map(\.name)))
        }
        guard let value = Threshold.Value(text: override.text) else { return .failure(.noNumber(override.text)) }
        if let problem = thresholds[index].problem(with: value) {
            return .failure(.outOfBounds(thresholds[index], value, problem: problem))
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
