internal import RampartCore

/// Reads `ledger:` and `sinks:`.
struct LedgerReader {
    /// Where mistakes go.
    let report: Report

    /// What becomes of claimed lines.
    func read(_ node: YamlNode?, at position: Position) -> LedgerPolicy {
        var policy = LedgerPolicy()
        guard let node, let mapping = MappingReader(node, PipelineKeys.ledger, at: position, report) else {
            return policy
        }
        policy.statement = mapping["statement"]?.duration("statement", report) ?? policy.statement
        policy.lateHorizon = mapping["late_horizon"]?.duration("late_horizon", report) ?? policy.lateHorizon
        policy.claimHorizon = mapping["claim_horizon"]?.duration("claim_horizon", report) ?? policy.claimHorizon
        policy.postsLateCharges =
            mapping["late_credit"]?.choice("late_credit", among: [("hold", false), ("post", true)], report) ?? false
        policy.caps = amounts(mapping["caps"], "caps")
        policy.reviewAbove = amounts(mapping["review_above"], "review_above")
        return policy
    }

    private func amounts(_ node: YamlNode?, _ what: String) -> [Currency: MajorAmount] {
        var amounts: [Currency: MajorAmount] = [:]
        for entry in node?.entries(of: what, report) ?? [] {
            guard let currency = parseCurrency(entry.key, at: entry.position, report) else { continue }
            guard let amount = entry.value.plainText.flatMap({ MajorAmount(text: $0) }) else {
                report.error(
                    entry.value.position,
                    "found \(entry.value.summary) for \(what) of \(currency.text); "
                        + "expected an amount in major units such as 500.00, not below zero")
                continue
            }
            amounts[currency] = amount
        }
        return amounts
    }

    /// Where outputs go, in the order of their kinds.
    func readSinks(_ node: YamlNode?, at position: Position) -> [Sink] {
        guard let node, let mapping = MappingReader(node, PipelineKeys.sinks, at: position, report) else { return [] }
        return Sink.Kind.allCases.compactMap { kind in
            guard let node = mapping[kind.rawValue],
                let settings = MappingReader(node, PipelineKeys.sink, at: mapping.position(of: kind.rawValue), report)
            else { return nil }
            return Sink(
                kind: kind, topic: settings["topic"]?.string("topic", report),
                mask: settings["mask"]?.boolean("mask", report) ?? false)
        }
    }
}
