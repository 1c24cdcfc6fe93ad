extension KeyGroup {
    /// The parts whose facts go into snapshots, beside the log and the windows.
    func writeFacts(to snapshot: inout SnapshotWriter) {
        for log in logs.indices { logs[log].write(from: firstEvent(of: log), to: &snapshot) }
        staging.write(to: &snapshot)
        for table in dedupe { table.write(to: &snapshot) }
        saturation.write(to: &snapshot)
        voids.write(to: &snapshot)
        for transform in transforms { transform.write(to: &snapshot) }
        for (window, log) in zip(windows, plan.logs) {
            snapshot.firstEvent = firstEvent(of: log)
            window.write(to: &snapshot)
        }
        counters.write(to: &snapshot)
        snapshot.write(ledger.counts.claims)
        snapshot.write(ledger.counts.refused)
        snapshot.write(ledger.counts.voided)
    }

    /// Takes up what `writeFacts` wrote into a group that was just created.
    mutating func restoreFacts(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        var context = SnapshotContext(
            topology: plan.topology, group: index, log: EventLog(layout: plan.topology.layout))
        for log in logs.indices { try logs[log].restore(from: &snapshot, in: context) }
        try staging.restore(from: &snapshot, in: context)
        for index in dedupe.indices { try dedupe[index].restore(from: &snapshot, in: context) }
        try saturation.restore(from: &snapshot, in: context)
        try voids.restore(from: &snapshot, in: context)
        for index in transforms.indices { try transforms[index].restore(from: &snapshot, in: context) }
        for index in windows.indices {
            context.log = logs[plan.logs[index]]
            try windows[index].restore(from: &snapshot, in: context)
        }
        linkTables()
        try counters.restore(from: &snapshot, in: context)
        ledger.counts.claims = try snapshot.readCount()
        ledger.counts.refused = try snapshot.readCount()
        ledger.counts.voided = try snapshot.readCount()
    }

    /// Points tables to the keys of the windows that they are told of.
    private mutating func linkTables() {
        for index in windows.indices {
            for table in plan.tables[index] {
                for slot in windows[index].liveSlots {
                    transforms[table].link(slot, key: keyBytes(of: slot, window: index))
                }
            }
        }
    }

    /// Adds the facts to a digest.
    func combine(into digest: inout Fingerprint) {
        let events = logs.indices.reduce(0) { $0 + logs[$1].nextNumber - firstEvent(of: $1) }
        digest.combine(UInt64(number), UInt64(events))
        staging.combine(into: &digest)
        for table in dedupe { table.combine(into: &digest) }
        saturation.combine(into: &digest)
        voids.combine(into: &digest)
        for transform in transforms { transform.combine(into: &digest) }
        for window in windows { window.combine(into: &digest) }
        counters.combine(into: &digest)
    }

    // MARK: - Promises

    /// The promises that changed since they were last taken, by the bytes of their keys.
    mutating func takeChanges() -> [PromiseChange] {
        var changes = ledger.changes.take().map { PromiseChange(key: $0.key.bytes(group: number), value: $0.value) }
        for book in books.indices {
            for (key, value) in books[book].changes.take() {
                changes.append(PromiseChange(key: key.bytes(group: number), value: value))
            }
        }
        for incident in incidents.indices {
            for (key, value) in incidents[incident].changes.take() {
                changes.append(PromiseChange(key: key.bytes(group: number), value: value))
            }
        }
        return changes
    }

    /// Replaces what was said.
    mutating func restore(_ promises: Promises) throws(SnapshotError) {
        let counts = ledger.counts
        dropPromises()
        ledger.counts = counts
        for book in books.indices { try books[book].restore(promises) }
        try ledger.restore(promises)
        for incident in incidents.indices { try incidents[incident].restore(promises, alerts: books) }
        let stages = Set(books.map(\.name))
        let incidentStages = Set(incidents.map(\.name))
        for key in promises.values.keys {
            switch key {
            case .alert(let stage, _), .run(let stage, _, _):
                // The graph has no such stage any more, so that nothing could ever close its alerts.
                if !stages.contains(stage) { ledger.changes.forget(key) }
            case .incident(let stage, _):
                if !incidentStages.contains(stage) { ledger.changes.forget(key) }
            default: continue
            }
        }
    }

    /// Points the keys of the windows to their open alerts and back, as of a moment until which all was done.
    mutating func link(at time: EventTime) {
        for index in incidents.indices { incidents[index].settle(at: time) }
        for index in windows.indices {
            books[index].loseSlots()
            for slot in windows[index].liveSlots {
                let (batch, row) = find(windows[index].anyEvent(of: slot), window: index)
                let keyBytes = KeyBytes.encode(keyValues(row, of: batch, window: index) ?? [])
                let place = books[index].open[keyBytes]
                windows[index].setTrack(place ?? WindowState.noTrack, of: slot)
                if let place { books[index].setSlot(slot, of: place) }
                if let end = books[index].claimedEnd(of: keyBytes, at: time) {
                    windows[index].markClaimed(slot, before: end)
                }
            }
        }
    }
}
