/// The events of a key group that wait until their pane is released (R13).
///
/// Events are kept in arrival order in segments and only sorted, all panes of a release at once, when they come out:
/// canonical order begins with event time, so that one sort gives panes and the order inside them.
struct Staging: Sendable {
    /// Where a staged event lies, with the time at which it takes effect.
    struct Place: Sendable {
        var time: EventTime
        var segment: Int32
        var row: Int32
    }

    private struct Segment: Sendable {
        var batch: EventBatch
        var waiting = 0
    }

    private static let segmentEvents = 1024
    private static let segmentBytes = 16 << 20

    private let slotCount: Int
    private let stringSlots: UInt64
    private var segments: [Segment] = []
    private var vacant: [Int] = []
    private var filling: Int?
    private var waiting: ContiguousArray<Place> = []
    private var waitingLate: ContiguousArray<Place> = []
    /// The least time in `waiting`, and in `waitingLate`: most polls release nothing, and need not look at what waits.
    private var earliest = EventTime.distantFuture
    private var earliestLate = EventTime.distantFuture

    init(layout: EventLayout) {
        slotCount = layout.slotCount
        stringSlots = layout.stringSlots
    }

    /// The source of each on-time event that waits.
    var sources: some Sequence<Int> {
        waiting.lazy.map { Int(segments[Int($0.segment)].batch.headers[Int($0.row)].source) }
    }
    /// Bytes of the events that wait, and of those that were released and lie between them.
    var byteCount: Int { segments.reduce(0) { $0 + $1.batch.usedByteCount } }

    /// Adds an event.
    mutating func append(_ row: Int, of batch: EventBatch) {
        let segment = segmentWithRoom()
        let header = batch.headers[row]
        let place = Place(
            time: header.isLate ? header.lateAt : header.time, segment: Int32(segment),
            row: Int32(segments[segment].batch.count))
        segments[segment].batch.append(row, of: batch, stringSlots: stringSlots)
        segments[segment].waiting += 1
        if header.isLate {
            waitingLate.append(place)
            earliestLate = min(earliestLate, place.time)
        } else {
            waiting.append(place)
            earliest = min(earliest, place.time)
        }
    }

    /// The batch in which a place lies; valid until `recycle`.
    func batch(of place: Place) -> EventBatch { segments[Int(place.segment)].batch }

    /// Takes out the on-time events before a pane's end, in canonical order.
    mutating func release(before end: EventTime) -> ContiguousArray<Place> {
        guard earliest < end else { return [] }
        var released = Self.extract(from: &waiting, before: end)
        earliest = waiting.lazy.map(\.time).min() ?? .distantFuture
        released.sort { left, right in
            left.time != right.time ? left.time < right.time : precedes(left, right)
        }
        return released
    }

    /// Takes out the late events that take effect before a pane's end, by effect; those of one pane are not in order yet.
    mutating func releaseLate(before end: EventTime) -> ContiguousArray<Place> {
        guard earliestLate < end else { return [] }
        var released = Self.extract(from: &waitingLate, before: end)
        earliestLate = waitingLate.lazy.map(\.time).min() ?? .distantFuture
        released.sort { left, right in
            left.time != right.time ? left.time < right.time : precedes(left, right)
        }
        return released
    }

    /// Gives back the memory of released events; their places are invalid from here on.
    mutating func recycle(_ places: ContiguousArray<Place>...) {
        for place in places.joined() {
            let index = Int(place.segment)
            segments[index].waiting -= 1
            if segments[index].waiting == 0 {
                segments[index].batch.removeAll()
                if filling != index { vacant.append(index) }
            }
        }
    }

    /// Whether one staged event comes before another in canonical order (R6).
    func precedes(_ left: Place, _ right: Place) -> Bool {
        EventBatch.precedes(
            segments[Int(left.segment)].batch, Int(left.row), segments[Int(right.segment)].batch, Int(right.row),
            stringSlots: stringSlots)
    }

    private mutating func segmentWithRoom() -> Int {
        if let filling {
            let batch = segments[filling].batch
            if batch.count < Self.segmentEvents, batch.bytes.count < Self.segmentBytes { return filling }
        }
        if let index = vacant.popLast() {
            filling = index
            return index
        }
        segments.append(Segment(batch: EventBatch(slotCount: slotCount)))
        filling = segments.count - 1
        return segments.count - 1
    }

    private static func extract(
        from places: inout ContiguousArray<Place>, before end: EventTime
    ) -> ContiguousArray<Place> {
        var released: ContiguousArray<Place> = []
        var kept = 0
        for place in places {
            if place.time < end {
                released.append(place)
            } else {
                places[kept] = place
                kept += 1
            }
        }
        places.removeLast(places.count - kept)
        return released
    }
}

extension Staging: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(waiting.count + waitingLate.count)
        for places in [waiting, waitingLate] {
            for place in places {
                snapshot.write(event: Int(place.row), of: batch(of: place), stringSlots: stringSlots)
            }
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        var batch = EventBatch(slotCount: slotCount)
        for _ in 0..<(try snapshot.readCount(atMost: snapshot.remaining)) {
            try snapshot.readEvent(into: &batch, in: context)
            append(0, of: batch)
        }
    }

    func combine(into digest: inout Fingerprint) {
        digest.combine(UInt64(waiting.count), UInt64(waitingLate.count))
    }
}
