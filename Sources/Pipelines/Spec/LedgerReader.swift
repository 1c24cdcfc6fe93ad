internal import RampartCore

/// Reads `ledger:` and `sinks:`.
struct LedgerReader {
    /// Where mistakes go.
    let report: Report

    /// What becomes of the lines that stages claim.
    func read(_ node: YamlNode?, at position: Position, stages: [StageSpec]) -> LedgerPolicy {
        var policy = LedgerPolicy()
        guard let node else {
            checkClaimHorizon(policy, stages, at: nil)
            return policy
        }
        guard let mapping = MappingReader(node, PipelineKeys.ledger, at: position, report) else { return policy }
        policy.statement = mapping["statement"]?.duration("statement", report) ?? policy.statement
        policy.lateHorizon = mapping["late_horizon"]?.duration("late_horizon", report) ?? policy.lateHorizon
        policy.claimHorizon = mapping["claim_horizon"]?.duration("claim_horizon", report) ?? policy.claimHorizon
        policy.postsLateCharges =
            mapping["late_credit"]?.choice("late_credit", LateCredit.self, report) == .post
        policy.caps = amounts(mapping["caps"], "caps")
        policy.reviewAbove = amounts(mapping["review_above"], "review_above")
        checkClaimHorizon(policy, stages, at: mapping["claim_horizon"]?.position)
        return policy
    }

    /// A line must be remembered as long as its charge can be found, in a window or as a late one (R31).
    private func checkClaimHorizon(_ policy: LedgerPolicy, _ stages: [StageSpec], at position: Position?) {
        let sizes = stages.compactMap { stage -> (stage: StageSpec, size: EventSpan)? in
            guard case .window(let window) = stage.kind, window.credit != nil else { return nil }
            return (stage, window.size)
        }
        guard let (stage, size) = sizes.max(by: { $0.size < $1.size }) else { return }
        let least = EventSpan(milliseconds: policy.lateHorizon.milliseconds + size.milliseconds)
        guard policy.claimHorizon < least else { return }
        report.error(
            position ?? stage.position,
            "claim_horizon is \(policy.claimHorizon.text), but the stage `\(stage.name)` can find a charge again "
                + "\(least.text) after it was claimed (late_horizon and the window's size)",
            "set claim_horizon in ledger: to \(least.text) or more")
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
        var sinks: [Sink] = []
        for kind in Sink.Kind.allCases {
            guard let node = mapping[kind.rawValue],
                let settings = MappingReader(node, PipelineKeys.sink, at: mapping.position(of: kind.rawValue), report)
            else { continue }
            // What alerts hide, the same alerts in shadow must not show by an oversight.
            let isMasked = kind == .shadow && sinks.first?.kind == .alerts && sinks.first?.mask == true
            sinks.append(
                Sink(
                    kind: kind, topic: settings["topic"]?.string("topic", report),
                    mask: settings["mask"]?.boolean("mask", report) ?? isMasked))
        }
        checkShadow(sinks, at: mapping[Sink.Kind.shadow.rawValue]?.position)
        return sinks
    }

    /// Nobody may take the alerts of stages in shadow for live ones.
    private func checkShadow(_ sinks: [Sink], at position: Position?) {
        guard let position, let topic = sinks.first(where: { $0.kind == .shadow })?.topic,
            let other = sinks.first(where: { $0.kind != .shadow && $0.topic == topic })
        else { return }
        report.error(
            position, "shadow writes the topic of \(other.kind.rawValue), \(quoted(topic))",
            "give shadow a topic of its own")
    }
}

/// The words for what becomes of late charges (R30).
enum LateCredit: String, CaseIterable {
    case hold, post
}
