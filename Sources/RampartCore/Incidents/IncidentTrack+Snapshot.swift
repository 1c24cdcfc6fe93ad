extension IncidentTrack: SnapshotValue {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(id)
        snapshot.write(merchantID)
        snapshot.write(opened)
        snapshot.write(severity)
        snapshot.write(list: members)
        snapshot.write(list: timeline)
        snapshot.write(list: money)
        snapshot.write(quietSince)
        snapshot.write(creditTold)
        snapshot.write(told.revision)
        snapshot.write(told.members)
        snapshot.write(told.alerts)
        snapshot.write(told.severity)
    }

    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        id = try snapshot.read()
        merchantID = try snapshot.read()
        opened = try snapshot.read()
        severity = try snapshot.read()
        members = try snapshot.readList()
        timeline = try snapshot.readList()
        money = try snapshot.readList()
        quietSince = try snapshot.readOptional()
        creditTold = try snapshot.readOptional()
        told.revision = try snapshot.readCount()
        told.members = try snapshot.readCount()
        told.alerts = try snapshot.readCount()
        told.severity = try snapshot.read()
        guard members.count <= Limits.stages, timeline.count <= Limits.stages * Limits.incidentSample else {
            throw snapshot.damage("an incident has more stages than a pipeline")
        }
        for (left, right) in zip(money, money.dropFirst()) {
            guard (left.currency, left.scale) < (right.currency, right.scale) else {
                throw snapshot.damage("an incident's money is out of order")
            }
        }
    }
}

extension AlertPolicy.Severity: SnapshotValue {}

extension IncidentRevision.Member: SnapshotValue {
    /// Writes the stage by its name, and the numbers.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(stage)
        snapshot.write(alerts)
        snapshot.write(open)
        snapshot.write(peakScore)
    }
    /// Reads a stage's numbers.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        stage = try snapshot.read()
        alerts = try snapshot.readCount()
        self.open = try snapshot.readCount()
        peakScore = try snapshot.read()
    }
}

extension IncidentRevision.Entry: SnapshotValue {
    /// Writes the alert.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(alertID)
        snapshot.write(stage)
        snapshot.write(opened)
        snapshot.write(closed)
        snapshot.write(peakScore)
    }
    /// Reads an alert.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        alertID = try snapshot.read()
        stage = try snapshot.read()
        opened = try snapshot.read()
        closed = try snapshot.readOptional()
        peakScore = try snapshot.read()
    }
}

extension IncidentMoney: SnapshotValue {
    /// Writes currency, scale and sums.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(currency)
        snapshot.write(scale)
        for sum in [posted, held, told.atStake, told.posted, told.held] { snapshot.write(sum) }
    }
    /// Reads what `write` wrote.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        currency = try snapshot.read()
        scale = try snapshot.readCount(atMost: MajorAmount.placesMax)
        posted = try snapshot.read()
        held = try snapshot.read()
        told = Told(atStake: try snapshot.read(), posted: try snapshot.read(), held: try snapshot.read())
    }
}
