/// The accepted events that a window may still need, in canonical order, numbered without gaps.
///
/// Each is stored once for the windows of its key group that let go of it at the same time; they refer to it by number. Memory is
/// given back by the segment, when none needs any of its events.
struct EventLog: Sendable {
    private static let segmentShift = 6
    private static let segmentCount = 1 << segmentShift

    private var segments: NumberedQueue<EventBatch>
    private let slotCount: Int
    private let stringSlots: UInt64
    /// The number that the next event will get.
    private(set) var nextNumber = 0

    init(layout: EventLayout) {
        segments = NumberedQueue()
        slotCount = layout.slotCount
        stringSlots = layout.stringSlots
    }

    /// Bytes held.
    private(set) var byteCount = 0

    /// Stores an event and returns its number.
    mutating func append(_ row: Int, of batch: EventBatch) -> Int {
        let number = nextNumber
        let segment = number >> Self.segmentShift
        if segment >= segments.nextNumber { segments.append(EventBatch(slotCount: slotCount)) }
        byteCount -= segments[segment].usedByteCount
        segments[segment].append(row, of: batch, stringSlots: stringSlots)
        byteCount += segments[segment].usedByteCount
        nextNumber += 1
        return number
    }

    /// The batch and the row where an event lies.
    func find(_ number: Int) -> (batch: EventBatch, row: Int) {
        (segments[number >> Self.segmentShift], number & (Self.segmentCount - 1))
    }

    /// Gives back the memory of segments that hold no event from `number` on.
    mutating func discard(before number: Int) {
        while segments.firstNumber < number >> Self.segmentShift, let first = segments.first {
            byteCount -= first.usedByteCount
            segments.removeFirst()
        }
    }
}

extension EventLog {
    /// Writes the events from `first` on; they come back numbered from 0.
    func write(from first: Int, to snapshot: inout SnapshotWriter) {
        snapshot.write(nextNumber - first)
        for number in first..<nextNumber {
            let (batch, row) = find(number)
            snapshot.write(event: row, of: batch, stringSlots: stringSlots)
        }
    }

    /// Takes up the events that `write` wrote into an empty log.
    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        var batch = EventBatch(slotCount: slotCount)
        for _ in 0..<(try snapshot.readCount(atMost: snapshot.remaining)) {
            try snapshot.readEvent(into: &batch, in: context)
            _ = append(0, of: batch)
        }
    }
}
