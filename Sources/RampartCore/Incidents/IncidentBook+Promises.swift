extension IncidentBook {
    /// Takes up the stage's open incidents into a book that was just created, when the alerts are there again.
    ///
    /// How many of an incident's alerts are open is what these say, since stages may have gone with an earlier graph.
    mutating func restore(_ promises: Promises, alerts: [AlertBook]) throws(SnapshotError) {
        for (key, value) in promises.values {
            guard case .incident(name, let merchantID) = key else { continue }
            let track = try Promises.read(value) { reader throws(SnapshotError) in try IncidentTrack(from: &reader) }
            guard track.merchantID == merchantID else {
                throw SnapshotError("an incident is about another merchant than its key says")
            }
            add(track)
        }
        guard !tracks.isEmpty else { return }
        var open: [String: [String: Int]] = [:]
        for book in alerts where plan.gathers(book.stage) {
            for case let alert? in book.tracks where alert.mode == .live {
                guard let merchantID = alert.merchantID, let incident = tracks[merchantID],
                    alert.opened >= incident.opened
                else { continue }
                open[merchantID, default: [:]][book.name, default: 0] += 1
            }
        }
        for merchantID in tracks.keys { count(open[merchantID] ?? [:], of: merchantID) }
    }
}

extension Identifier {
    /// The id of an incident (R25).
    static func incident(family: String, stage: String, keyBytes: [UInt8], opened: EventTime) -> String {
        make([
            Array("incident".utf8), Array(family.utf8), Array(stage.utf8), keyBytes,
            Array(String(opened.milliseconds).utf8),
        ])
    }
}
