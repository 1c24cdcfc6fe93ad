internal import Engine

/// The partitions that a consumer was told to fetch, and how far each has come.
///
/// A record finds its partition by the library's topic handle and the number; it is nearly always the one of the
/// record before.
struct StartedPartitions {
    /// One of them.
    struct Entry {
        let partition: TopicPartition
        /// The offset of the first record that has not been handed out.
        var offsetNext: Int64
        var isPaused: Bool
        /// Its place in the inbox of the running poll.
        var place: Int?
    }

    /// How a record names its partition.
    private struct Handle: Hashable {
        let topic: OpaquePointer
        let number: Int32
    }

    private(set) var entries: [TopicPartition: Int] = [:]
    private var slots: [Entry] = []
    private var handles: [Handle: Int] = [:]
    private var last: (handle: Handle, slot: Int)?

    /// All of them.
    var all: [Entry] { slots }

    /// Adds partitions, or moves them.
    mutating func start(_ starts: [StartOffset], isPaused: Bool) {
        for start in starts {
            let entry = Entry(partition: start.partition, offsetNext: start.offset, isPaused: isPaused, place: nil)
            if let slot = entries[start.partition] {
                slots[slot] = entry
            } else {
                entries[start.partition] = slots.count
                slots.append(entry)
            }
        }
        rebuild()
    }

    /// Forgets partitions; returns those that were there.
    mutating func stop(_ partitions: [TopicPartition]) -> [TopicPartition] {
        let stopped = Set(partitions).intersection(entries.keys)
        slots.removeAll { stopped.contains($0.partition) }
        rebuild()
        return stopped.sorted()
    }

    /// Notes which partitions rest; returns those whose state that changes.
    mutating func setPaused(_ isPaused: Bool, _ partitions: [TopicPartition]) -> [TopicPartition] {
        partitions.filter { partition in
            guard let slot = entries[partition], slots[slot].isPaused != isPaused else { return false }
            slots[slot].isPaused = isPaused
            return true
        }
    }

    /// Forgets the places in an inbox, which may be another at each poll.
    mutating func forgetPlaces() { for slot in slots.indices { slots[slot].place = nil } }

    /// The slot of a record; nil if its partition is not fetched any more.
    mutating func slot(topic: OpaquePointer, number: Int32, name: () -> String) -> Int? {
        let handle = Handle(topic: topic, number: number)
        if let last, last.handle == handle { return last.slot }
        guard let slot = handles[handle] ?? entries[TopicPartition(name(), Int(number))] else { return nil }
        handles[handle] = slot
        last = (handle, slot)
        return slot
    }

    /// The place of a slot in an inbox.
    mutating func place(of slot: Int, in inbox: inout Inbox) -> Int {
        if let place = slots[slot].place { return place }
        let place = inbox.place(of: slots[slot].partition)
        slots[slot].place = place
        return place
    }

    /// Moves a partition past a record; false if the record was handed out before, or is not wanted now.
    mutating func advance(_ slot: Int, past offset: Int64) -> Bool {
        guard offset >= slots[slot].offsetNext, !slots[slot].isPaused else { return false }
        slots[slot].offsetNext = offset + 1
        return true
    }

    /// Moves a partition to its end, behind what delivers no records.
    mutating func advance(_ slot: Int, toEnd offset: Int64) {
        slots[slot].offsetNext = max(slots[slot].offsetNext, offset)
    }

    private mutating func rebuild() {
        entries = [:]
        for slot in slots.indices { entries[slots[slot].partition] = slot }
        handles = [:]
        last = nil
    }
}
