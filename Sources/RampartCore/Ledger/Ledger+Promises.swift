extension Ledger {
    /// Takes up lines, credits and sums into a ledger that was just created.
    ///
    /// A line whose slot no credit has stated yet is in the open one.
    mutating func restore(_ promises: Promises) throws(SnapshotError) {
        var lines: [CreditLine] = []
        var stated: [Credit] = []
        for (key, value) in promises.values {
            switch key {
            case .line(let id):
                let line = try Promises.read(value) { reader throws(SnapshotError) in try CreditLine(from: &reader) }
                guard line.id == id else { throw SnapshotError("a line has another id than its key") }
                lines.append(line)
            case .credit(let id):
                let credit = try Promises.read(value) { reader throws(SnapshotError) in try Credit(from: &reader) }
                guard credit.id == id else { throw SnapshotError("a credit has another id than its key") }
                stated.append(credit)
            case .posted(let sum):
                posted[sum] = try Promises.read(value) { reader throws(SnapshotError) in
                    try MajorAmount(from: &reader)
                }
            default: continue
            }
        }
        lines.sort { ($0.paneEnd, $0.id) < ($1.paneEnd, $1.id) }
        stated.sort { ($0.periodEnd, $0.id) < ($1.periodEnd, $1.id) }
        for credit in stated { credits.add(credit) }
        for line in lines { claims.add(line.id, at: line.paneEnd) }
        let lastEnd = stated.last?.periodEnd ?? .distantPast
        statements.restore(lines.filter { $0.paneEnd >= lastEnd })
    }
}

extension CreditLine: SnapshotValue {
    /// Writes all but the stage, whose place may differ in another graph: the alert tells it.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(id)
        snapshot.write(chargeID)
        snapshot.write(component)
        snapshot.write(reason)
        snapshot.write(state)
        snapshot.write(merchantID)
        snapshot.write(adID)
        snapshot.write(amount)
        snapshot.write(currency)
        snapshot.write(scale)
        snapshot.write(chargeTime)
        snapshot.write(alertID)
        snapshot.write(keyBytes)
        snapshot.write(paneEnd)
    }

    /// Reads a line; its stage is not known.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        id = try snapshot.read()
        chargeID = try snapshot.read()
        component = try snapshot.read()
        reason = try snapshot.read()
        state = try snapshot.read()
        merchantID = try snapshot.read()
        adID = try snapshot.readOptional()
        amount = try snapshot.readInteger(in: 1...Int64.max)
        currency = try snapshot.read()
        scale = try snapshot.readCount(atMost: MajorAmount.placesMax)
        chargeTime = try snapshot.read()
        alertID = try snapshot.read()
        stage = -1
        keyBytes = Array(try snapshot.readBytes())
        paneEnd = try snapshot.read()
    }
}

extension Credit: SnapshotValue {
    /// Writes the credit as it stands.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(id)
        snapshot.write(revision)
        snapshot.write(state)
        snapshot.write(component)
        snapshot.write(reason)
        snapshot.write(merchantID)
        snapshot.write(amount)
        snapshot.write(currency)
        snapshot.write(scale)
        snapshot.write(periodStart)
        snapshot.write(periodEnd)
        snapshot.write(lines)
        snapshot.write(alerts)
        snapshot.write(list: alertIDs)
        snapshot.write(decision)
    }

    /// Reads a credit.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        id = try snapshot.read()
        revision = try snapshot.readCount()
        state = try snapshot.read()
        component = try snapshot.read()
        reason = try snapshot.read()
        merchantID = try snapshot.read()
        amount = try snapshot.read()
        currency = try snapshot.read()
        scale = try snapshot.readCount(atMost: MajorAmount.placesMax)
        periodStart = try snapshot.read()
        periodEnd = try snapshot.read()
        lines = try snapshot.readCount()
        alerts = try snapshot.readCount()
        alertIDs = try snapshot.readList()
        decision = try snapshot.readOptional()
    }
}

extension Credit.Decision: SnapshotValue {
    /// Writes the decision.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(commandID)
        snapshot.write(action)
        snapshot.write(who)
        snapshot.write(why)
        snapshot.write(paneEnd)
    }

    /// Reads a decision.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        commandID = try snapshot.read()
        action = try snapshot.read()
        who = try snapshot.read()
        why = try snapshot.read()
        paneEnd = try snapshot.read()
    }
}
