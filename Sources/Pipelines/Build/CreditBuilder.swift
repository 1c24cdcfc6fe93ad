internal import RampartCore

/// Checks what a stage's findings claim against the events that it reads.
struct CreditBuilder {
    /// Where mistakes go.
    let report: Report
    /// The events that can reach the stage.
    let events: [(source: Source, type: EventType, mapping: Mapping)]

    /// The credit's policy, or nil where it holds a mistake.
    func build(_ spec: CreditSpec) -> CreditPolicy? {
        guard !events.isEmpty, let amount = amount(of: spec) else { return nil }
        let having = events.filter { $0.mapping.maps(amount) }
        if having.isEmpty {
            report.error(
                spec.amount?.position ?? spec.position, "no event that the stage reads has \(amount.name)",
                "name a money field of the charge")
            return nil
        }
        var types = EventType.allCases.filter { type in having.contains { $0.type == type } }
        if let named = spec.types {
            for place in named where !types.contains(place.type) {
                report.error(
                    place.position, "no \(place.type.name) event that the stage reads has \(amount.name)",
                    Suggestion.didYouMean(place.type.name, among: types.map(\.name))
                        ?? "it reads \(alternatives(types.map(\.name))) events that have it")
            }
            types = types.filter { type in named.contains { $0.type == type } }
        }
        checkCharges(spec, types, amount)
        return CreditPolicy(component: spec.component, reason: spec.reason, amount: amount, types: types)
    }

    private func amount(of spec: CreditSpec) -> Field? {
        if let amount = spec.amount { return amount.field }
        let money = Field.allCases.filter { field in
            field.kind == .money && events.contains { $0.mapping.maps(field) }
        }
        if money.contains(.cost) { return .cost }
        guard money.count == 1 else {
            report.error(
                spec.position,
                money.isEmpty
                    ? "the stage reads no event that costs money"
                    : "the credit could give back \(alternatives(money.map(\.name)))",
                money.isEmpty ? "remove credit" : "add amount: \(money[0].name)")
            return nil
        }
        return money[0]
    }

    private func checkCharges(_ spec: CreditSpec, _ types: [EventType], _ amount: Field) {
        for event in events where types.contains(event.type) && event.mapping.maps(amount) {
            let source = event.source
            if event.mapping.identity == nil {
                report.error(
                    spec.position,
                    "the source `\(source.name)` maps no event_id, so its charges could be paid twice (R4)",
                    "map event_id, or remove credit")
            }
            if source.partitionedBy != .merchantID {
                report.error(
                    spec.position,
                    "the source `\(source.name)` is partitioned by \(source.partitionedBy.name), so that no one "
                        + "owns a merchant's credits",
                    "set partitioned_by: merchant_id")
            }
        }
    }
}
