import Engine
import RampartCore

extension Summary {
    /// Adds what a replay has counted to what its sink has.
    mutating func add(_ report: ReplayReport, logs names: [String]) {
        fates = FateCounts()
        for index in sources.indices {
            sources[index].add(report.groups.sources[index], report.intake.sources[index])
            fates += sources[index].fates
        }
        fates.filtered += report.intake.unbound.filtered
        fates.deadLettered += report.intake.unbound.deadLettered
        deadLetters = report.intake.reasons
        for index in stages.indices { stages[index].add(report.groups.stages[index]) }
        saturatedKeyGroups = report.groups.saturated
        ledger.claims = report.groups.claims
        ledger.refused = report.groups.refused
        ledger.voided = report.groups.voided
        ledger.unjustified = report.unjustified
        self.logs = zip(names, report.intake.partitions).map { Log(name: $0, read: $1) }
    }
}

extension SourceSummary {
    fileprivate mutating func add(_ groups: GroupCounters.Source, _ intake: IntakeCounters.Source) {
        fates.accepted = groups.accepted
        fates.duplicate = groups.duplicate
        fates.conflict = groups.conflict
        fates.staged = groups.staged
        unremembered = groups.unremembered
        fates.late = intake.late
        fates.filtered = intake.filtered
        fates.deadLettered = intake.deadLettered
        for type in EventType.allCases where groups.types[Int(type.rawValue)] > 0 {
            events[type] = groups.types[Int(type.rawValue)]
        }
        for amount in groups.money {
            money[MoneyKey(type: amount.type, field: amount.field, currency: amount.currency)] = amount.sum
        }
        firstTime = groups.firstTime
        lastTime = groups.lastTime
    }
}

extension StageSummary {
    fileprivate mutating func add(_ groups: GroupCounters.Stage) {
        events = groups.events
        unkeyed = groups.unkeyed
        unmatched = groups.unmatched
        allowed = groups.allowed
        refused = groups.refused
        findings = groups.findings
        muted = groups.muted
        conditionErrors = groups.conditionErrors
        keysMax = groups.keysMax
        bytesMax = groups.bytesMax
    }
}
