/// Since when a key group lacks something that did not fit under a ceiling, and until when that may matter (R22).
///
/// While it lasts, alerts of the group say so and its lines are held (R29).
struct Saturation: Sendable {
    /// The pane end at which the first thing was refused.
    private(set) var since = EventTime.distantPast
    /// The last pane end at which what was refused could be missing.
    private(set) var until = EventTime.distantPast
    /// What was refused since.
    private(set) var refused = 0

    /// Notes that something was refused in a pane, and the last pane end at which it would have mattered.
    mutating func note(at paneEnd: EventTime, until last: EventTime) {
        // What no window misses is not missing.
        guard last >= paneEnd else { return }
        if !holds(at: paneEnd) {
            since = paneEnd
            refused = 0
        }
        refused += 1
        until = max(until, last)
    }

    /// Whether something may be missing at a pane end.
    func holds(at paneEnd: EventTime) -> Bool { refused > 0 && paneEnd <= until }
}

extension Saturation: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(refused)
        guard refused > 0 else { return }
        snapshot.write(since)
        snapshot.write(until)
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        refused = try snapshot.readCount()
        guard refused > 0 else { return }
        since = try snapshot.read()
        until = try snapshot.read()
    }

    func combine(into digest: inout Fingerprint) {
        digest.combine(UInt64(refused), UInt64(bitPattern: until.milliseconds))
    }
}
