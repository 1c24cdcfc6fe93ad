internal import RampartCore

/// Puts the checked parts of a file together.
struct TopologyBuilder {
    /// The family.
    let family: String
    /// The sources in file order.
    let sources: [SourceSpec]
    /// The stages in file order.
    let stages: [StageDraft]
    /// Indices of the stages so that each comes after those it reads.
    let order: [Int]
    /// Which subgraph runs each stage.
    let partitioning: Partitioning
    /// What becomes of claimed lines.
    let ledger: LedgerPolicy
    /// What data files say about single merchants, by stage.
    let exceptions: [StageExceptions]

    /// The topology; its revision is still empty.
    func build() -> Topology {
        let layout = layout()
        var basePane: EventSpan?
        let built = stages.indices.map { index in
            let draft = stages[index]
            var stage = Stage(
                name: draft.spec.name, inputs: draft.inputs, thresholds: draft.spec.thresholds.map(\.threshold),
                kind: kind(draft.kind, layout), mode: draft.spec.mode, subgraph: partitioning.places[index])
            stage.ceiling = draft.spec.ceiling
            stage.exceptions = exceptions[index]
            if case .window(let window) = draft.kind {
                basePane = EventSpan(
                    milliseconds: greatestCommonDivisor(
                        basePane?.milliseconds ?? 0, window.spec.every.milliseconds))
                stage.allowLists = window.allowLists
            }
            return stage
        }
        return Topology(
            family: family, revision: "", layout: layout, sources: sources.map(\.source), stages: built,
            evaluationOrder: order, subgraphs: partitioning.subgraphs, basePane: basePane ?? .minutes(1), ledger: ledger
        )
    }

    private func kind(_ kind: StageDraft.Kind, _ layout: EventLayout) -> Stage.Kind {
        switch kind {
        case .incident(let incident): return .incident(incident)
        case .transform(let draft):
            let conditions = draft.conditions.mapValues { TransformValues.Value.condition($0.program(layout: layout)) }
            return .transform(
                draft.kind.init(TransformValues(draft.values.merging(conditions) { $1 }, facts: draft.facts)))
        case .window(let draft):
            var measures = draft.measures
            for (index, condition) in draft.conditions.enumerated() {
                measures[index].condition = condition?.program(layout: layout)
            }
            return .window(
                Window(
                    key: draft.spec.key.fields.map(\.field), size: draft.spec.size, every: draft.spec.every,
                    measures: measures, condition: draft.when.program(layout: layout),
                    score: draft.when.scoreProgram(layout: layout), conditionMeasures: draft.when.measures.sorted(),
                    alert: AlertPolicy(
                        severity: draft.spec.severity, closeAfter: draft.spec.closeAfter, message: draft.message),
                    credit: draft.credit))
        }
    }

    /// The fields that the graph reads, in their fixed order.
    private func layout() -> EventLayout {
        var fields: Set<Field> = [.merchantID]
        for draft in stages {
            fields.formUnion(draft.fields)
            guard case .window(let window) = draft.kind else { continue }
            // Evidence names accounts (R23); lines name the charge and its advertisement (R26).
            fields.formUnion([.buyerID, .accountID])
            if window.credit != nil { fields.formUnion([.currency, .chargeID, .adID]) }
        }
        for source in sources.map(\.source) {
            fields.insert(source.partitionedBy)
            if source.types.contains(.void) { fields.insert(.chargeID) }
            for mapping in source.mappings.values {
                let money = mapping.fields.map(\.field).filter { $0.kind == .money }
                guard !money.isEmpty else { continue }
                fields.formUnion(money + [.currency])
            }
        }
        let attached = stages.enumerated().flatMap { $1.spec.columns(stage: $0) }
        return EventLayout(
            fields: Field.allCases.filter(fields.contains), attached: attached,
            keepsPassage: partitioning.subgraphs.count > 1)
    }

    private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
