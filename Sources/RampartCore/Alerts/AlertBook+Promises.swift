extension AlertBook {
    /// Takes up the stage's open alerts and runs into a book that was just created.
    ///
    /// Those whose measures are not the stage's belong to an earlier graph, and are forgotten.
    mutating func restore(_ promises: Promises) throws(SnapshotError) {
        var ended: [(keyBytes: [UInt8], run: Run)] = []
        for (key, value) in promises.values {
            switch key {
            case .alert(name, let keyBytes): try restore(alert: value, of: keyBytes)
            case .run(name, let keyBytes, let end):
                let run = try Promises.read(value) { reader throws(SnapshotError) in try Run(from: &reader) }
                guard run.end == end else { throw SnapshotError("a run ends at another time than its key says") }
                ended.append((keyBytes, run))
            default: continue
            }
        }
        ended.sort { $0.run.end < $1.run.end }
        for (keyBytes, run) in ended { append(run, of: keyBytes) }
        let resting = tracks.indices.compactMap { place in
            tracks[place].flatMap { $0.isFiring ? nil : closing(of: $0, at: Int32(place)) }
        }
        for closing in resting.sorted(by: { $0.time < $1.time }) { closings.append(closing) }
    }

    private mutating func restore(alert value: [UInt8], of keyBytes: [UInt8]) throws(SnapshotError) {
        let track = try Promises.read(value) { reader throws(SnapshotError) in try AlertTrack(from: &reader) }
        guard track.keyBytes == keyBytes else { throw SnapshotError("an alert has another key than its own") }
        guard track.key.count == plan.window.key.count, track.marks.count == plan.window.conditionMeasures.count,
            track.peak.measures.count == plan.window.measures.count
        else {
            changes.forget(.alert(stage: name, keyBytes: keyBytes))
            return
        }
        add(track)
    }

    /// Ends the runs of keys that fire by their alert, but have nothing in their windows at a moment.
    ///
    /// There are none unless facts were lost, since a key whose window empties stops firing.
    mutating func endOrphanedRuns(at time: EventTime) {
        let next = time.floored(to: plan.window.every) + plan.window.every
        for place in tracks.indices where tracks[place]?.isFiring == true && tracks[place]?.slot == AlertTrack.noSlot {
            rests(Int32(place), at: next)
        }
    }
}

extension AlertBook.Run: SnapshotValue {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(start)
        snapshot.write(end)
        snapshot.write(alertID)
    }

    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        start = try snapshot.read()
        end = try snapshot.read()
        alertID = try snapshot.read()
    }
}
