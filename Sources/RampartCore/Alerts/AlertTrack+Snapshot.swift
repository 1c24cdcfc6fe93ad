extension AlertTrack: SnapshotValue {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(id)
        snapshot.write(list: key)
        snapshot.write(merchantID ?? "")
        snapshot.write(opened)
        snapshot.write(revision)
        snapshot.write(marks.count)
        for mark in marks { snapshot.write(mark?.value) }
        snapshot.write(peak.score)
        snapshot.write(list: peak.measures)
        snapshot.write(evidence)
        snapshot.write(isFiring)
        snapshot.write(runStart)
        snapshot.write(lastFiring)
        // Alerts that are older than modes end here, and were live; those that are older than ceilings end behind the mode.
        if mode == .shadow || isSaturated { snapshot.write(mode == .shadow) }
        if isSaturated { snapshot.write(true) }
    }

    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        id = try snapshot.read()
        key = try snapshot.readList()
        keyBytes = KeyBytes.encode(key)
        let merchant = try snapshot.read(String.self)
        merchantID = merchant.isEmpty ? nil : merchant
        opened = try snapshot.read()
        revision = try snapshot.readCount()
        marks = []
        for _ in 0..<(try snapshot.readCount(atMost: Limits.measures)) {
            marks.append((try snapshot.readOptional(Threshold.Value.self)).map { Mark($0) })
        }
        let score = try snapshot.read(Double.self)
        peak = AlertReport(score: score, measures: try snapshot.readList())
        evidence = try snapshot.read()
        isFiring = try snapshot.readFlag()
        runStart = try snapshot.read()
        lastFiring = try snapshot.read()
        mode = .live
        if snapshot.remaining > 0, try snapshot.readFlag() { mode = .shadow }
        isSaturated = false
        if snapshot.remaining > 0 { isSaturated = try snapshot.readFlag() }
    }
}

extension Threshold.Value: SnapshotValue {
    /// Writes which kind of number it is, and the number.
    func write(to snapshot: inout SnapshotWriter) {
        switch self {
        case .integer(let value):
            snapshot.write(false)
            snapshot.write(value)
        case .double(let value):
            snapshot.write(true)
            snapshot.write(value)
        }
    }
    /// Reads a number.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        self = try snapshot.readFlag() ? .double(try snapshot.read()) : .integer(try snapshot.readInteger())
    }
}

extension Alert.MeasureValue: SnapshotValue {
    /// Writes the case by its number, and the value.
    func write(to snapshot: inout SnapshotWriter) {
        switch self {
        case .absent: snapshot.write(0)
        case .integer(let value):
            snapshot.write(1)
            snapshot.write(value)
        case .double(let value):
            snapshot.write(2)
            snapshot.write(value)
        case .money(let values):
            snapshot.write(3)
            snapshot.write(list: values)
        }
    }
    /// Reads a value.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        switch try snapshot.readIndex(below: 4) {
        case 0: self = .absent
        case 1: self = .integer(try snapshot.readInteger())
        case 2: self = .double(try snapshot.read())
        default: self = .money(try snapshot.readList())
        }
    }
}

extension Alert.CurrencyValue: SnapshotValue {
    /// Writes currency and value.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(currency)
        snapshot.write(value)
    }
    /// Reads currency and value.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        currency = try snapshot.read()
        value = try snapshot.read()
    }
}

extension Alert.Evidence: SnapshotValue {
    /// Writes the samples and the counts.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(list: eventIDs)
        snapshot.write(list: accounts)
        snapshot.write(list: counts)
    }
    /// Reads the samples and the counts.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        eventIDs = try snapshot.readList()
        accounts = try snapshot.readList()
        counts = try snapshot.readList()
    }
}

extension Alert.Evidence.Count: SnapshotValue {
    /// Writes name and number.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(name)
        snapshot.write(count)
    }
    /// Reads name and number.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        name = try snapshot.read()
        count = try snapshot.readCount()
    }
}
