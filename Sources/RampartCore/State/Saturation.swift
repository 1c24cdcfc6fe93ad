/// Since when a key group lacks something that did not fit under a ceiling, and until when that may matter (R22).
///
/// While it lasts, alerts of the group say so and its lines are held (R29).
struct Saturation: Sendable {
    /// Pane ends at which what was refused may be missing.
    private struct Span {
        var first: EventTime
        var last: EventTime
        /// What was refused.
        var refused: Int
    }

    /// The latest span that has begun.
    private var span: Span?
    /// What will be missing from a later pane on, and not before.
    private var next: Span?

    /// Whether anything was ever refused.
    var hasRefused: Bool { span != nil || next != nil }

    /// Notes that something was refused in a pane, and the last pane end at which it would have mattered.
    mutating func note(at paneEnd: EventTime, until last: EventTime) {
        settle(at: paneEnd)
        add(Span(first: paneEnd, last: last, refused: 1))
    }

    /// Notes that an event was told in a pane what may be wrong, and the last pane end at which that matters.
    mutating func noteDoubt(at paneEnd: EventTime, until last: EventTime) {
        settle(at: paneEnd)
        add(Span(first: paneEnd, last: last, refused: 0))
    }

    /// Notes at a pane end that something was refused which will be missing from the end of the next pane on.
    mutating func note(from first: EventTime, until last: EventTime, at paneEnd: EventTime) {
        settle(at: paneEnd)
        guard last >= first else { return }
        next = Span(first: first, last: max(next?.last ?? last, last), refused: (next?.refused ?? 0) + 1)
    }

    /// What has been refused of what may be missing at a pane end; nil where nothing is.
    func refused(at paneEnd: EventTime) -> Int? {
        var settled = self
        settled.settle(at: paneEnd)
        guard let span = settled.span, paneEnd <= span.last else { return nil }
        return span.refused
    }

    private mutating func settle(at paneEnd: EventTime) {
        guard let begun = next, begun.first <= paneEnd else { return }
        next = nil
        add(begun)
    }

    /// What no window misses is not missing; what is missing without a gap is counted together.
    private mutating func add(_ more: Span) {
        guard more.last >= more.first else { return }
        guard var known = span, more.first <= known.last else {
            span = more
            return
        }
        known.last = max(known.last, more.last)
        known.refused += more.refused
        span = known
    }
}

extension Saturation: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        for span in [span, next] {
            snapshot.write(span != nil)
            guard let span else { continue }
            snapshot.write(span.first)
            snapshot.write(span.last)
            snapshot.write(span.refused)
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        span = try Self.read(from: &snapshot)
        next = try Self.read(from: &snapshot)
    }

    private static func read(from snapshot: inout SnapshotReader) throws(SnapshotError) -> Span? {
        guard try snapshot.readFlag() else { return nil }
        let first = try snapshot.read(EventTime.self)
        let last = try snapshot.read(EventTime.self)
        return Span(first: first, last: last, refused: try snapshot.readCount())
    }

    func combine(into digest: inout Fingerprint) {
        for span in [span, next] {
            digest.combine(UInt64(span?.refused ?? 0), UInt64(bitPattern: span?.last.milliseconds ?? 0))
        }
    }
}
