import RampartCore

extension OracleResult {
    /// What is wrong with a result whatever the log was (R3, R24, R32); empty where nothing is.
    func violations(_ model: ModelCase) -> [String] {
        var violations: [String] = []
        func require(_ condition: Bool, _ message: @autoclosure () -> String) {
            if !condition { violations.append(message()) }
        }
        require(fates.values.reduce(0, +) == model.log.count, "the fates do not add up to the records read")
        require(repeatsOnlyForgottenLines(model.pipeline.ledger.claimHorizon), "a line appears twice")
        require(
            Set(credits.map(\.id)).count == credits.count || Set(lines.map(\.id)).count < lines.count,
            "a credit appears twice")
        require(Set(lines.map(\.id)).isDisjoint(with: model.options.prior.map(\.id)), "a line of an earlier run again")
        require(lines.allSatisfy { $0.amount > 0 }, "a line without money")
        if model.options.flushes {
            require(totals(lines) == totals(credits), "lines and credits have other sums")
            require(alerts.filter { !$0.isOpen }.count == Set(alerts.map(\.id)).count, "an alert is not closed once")
        }
        violations += alertViolations() + boundViolations(model) + chargeViolations(model)
        return violations
    }

    /// Whether lines of one id lie further apart than the horizon for which they are remembered (R31).
    private func repeatsOnlyForgottenLines(_ claimHorizon: Int64) -> Bool {
        Dictionary(grouping: lines, by: \.id).values.allSatisfy { lines in
            let paneEnds = lines.map(\.paneEnd).sorted()
            return zip(paneEnds, paneEnds.dropFirst()).allSatisfy { $1 - $0 > claimHorizon }
        }
    }

    private func totals(_ lines: [OracleLine]) -> [String: Int128] {
        lines.reduce(into: [:]) {
            $0["\($1.merchant)|\($1.currency)|\($1.scale)|\($1.component)|\($1.reason)|\($1.state)", default: 0] +=
                Int128($1.amount)
        }
    }

    private func totals(_ credits: [OracleCredit]) -> [String: Int128] {
        credits.reduce(into: [:]) {
            $0["\($1.merchant)|\($1.currency)|\($1.scale)|\($1.component)|\($1.reason)|\($1.state)", default: 0] +=
                $1.amount
        }
    }

    /// Revisions count up from one, only the last is closed, and every line names an alert that was open by then.
    private func alertViolations() -> [String] {
        var violations: [String] = []
        for (id, revisions) in Dictionary(grouping: alerts, by: \.id) {
            if revisions.map(\.revision) != Array(1...revisions.count) { violations.append("revisions of \(id)") }
            if revisions.dropLast().contains(where: { !$0.isOpen }) { violations.append("\(id) goes on when closed") }
            if zip(revisions, revisions.dropFirst()).contains(where: { $0.paneEnd >= $1.paneEnd }) {
                violations.append("\(id) does not move on")
            }
        }
        let opened = Dictionary(alerts.filter { $0.revision == 1 }.map { ($0.id, $0.paneEnd) }) { first, _ in first }
        for line in lines where opened[line.alert].map({ $0 > line.paneEnd }) ?? true {
            violations.append("line \(line.id) names no alert of its time")
        }
        return violations
    }

    /// No bound is passed by what is posted (R29).
    private func boundViolations(_ model: ModelCase) -> [String] {
        let ledger = model.pipeline.ledger
        var sums: [String: (sum: MajorAmount, bound: MajorAmount, grew: Bool)] = [:]
        func add(_ key: String, _ amount: MajorAmount, _ hundredths: Int64?, grew: Bool) {
            guard let hundredths else { return }
            let old = sums[key]
            sums[key] = (
                (old?.sum ?? .zero) + amount, MajorAmount(units: hundredths, scale: 2), grew || old?.grew == true
            )
        }
        for line in model.options.prior where line.state == .posted {
            let day = Oracle.start(of: line.chargeTime, length: 86_400_000)
            let amount = MajorAmount(units: line.amount, scale: line.scale)
            add("cap \(line.merchant) \(day) \(line.currency)", amount, ledger.caps[line.currency], grew: false)
        }
        for line in lines where line.state == .posted {
            let day = Oracle.start(of: line.chargeTime, length: 86_400_000)
            let slot = Oracle.start(of: line.paneEnd, length: ledger.statement)
            add("cap \(line.merchant) \(day) \(line.currency)", line.major, ledger.caps[line.currency], grew: true)
            add(
                "review \(line.merchant) \(line.component) \(line.reason) \(line.currency) \(slot)", line.major,
                ledger.reviewAbove[line.currency], grew: true)
        }
        return sums.filter { $0.value.grew && $0.value.sum > $0.value.bound }.map { "\($0.key) passed its bound" }
    }

    /// Each line gives back what a record of the log charged, once for each component.
    private func chargeViolations(_ model: ModelCase) -> [String] {
        var charged: Set<String> = []
        for record in model.log.partitions.flatMap(\.records) {
            guard case .string(let merchant) = record.fields[.merchantID] else { continue }
            var charge = record.identity ?? ""
            if case .string(let named) = record.fields[.chargeID] { charge = named }
            for field in [Field.cost, .amount] {
                if case .integer(let amount) = record.fields[field] {
                    charged.insert("\(merchant)|\(charge)|\(amount)")
                }
            }
        }
        return lines.filter { !charged.contains("\($0.merchant)|\($0.chargeID)|\($0.amount)") }
            .map { "line \($0.id) gives back what nothing charged" }
    }
}
