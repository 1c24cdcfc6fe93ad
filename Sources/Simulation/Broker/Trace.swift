public import Engine

/// All that happened in its order: hashed and counted from the beginning, and kept for its last part.
public struct Trace: Sendable {
    /// Something that happened.
    public struct Event: Hashable, Sendable {
        /// When.
        public var time: Int64
        /// The client that called; -1 for the cluster itself.
        public var client: Int
        /// What: the name of a call, of an error, or of something that the cluster did.
        public var name: String
        /// The partition that it is about, if it is about one.
        public var partition: TopicPartition?
        /// A number that belongs to it, such as an offset, an epoch or a generation.
        public var number: Int64
    }

    /// How many events are kept.
    public let limit: Int
    /// A hash over every event since the beginning.
    public private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    /// How many events there were.
    public private(set) var count = 0
    /// How often each thing happened, by its name.
    public private(set) var counts: [String: Int] = [:]
    private var ring: [Event] = []

    init(limit: Int) { self.limit = limit }

    /// The events that are kept, in their order.
    public var events: [Event] {
        guard ring.count == limit else { return ring }
        let first = count % limit
        return Array(ring[first...] + ring[..<first])
    }

    mutating func add(_ event: Event) {
        mix(UInt64(bitPattern: event.time))
        mix(UInt64(bitPattern: Int64(event.client)))
        mix(UInt64(bitPattern: event.number))
        if let partition = event.partition {
            mix(partition.topic)
            mix(UInt64(partition.partition))
        }
        mix(event.name)
        if ring.count < limit { ring.append(event) } else if limit > 0 { ring[count % limit] = event }
        count += 1
        counts[event.name, default: 0] += 1
    }

    private mutating func mix(_ text: String) {
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    private mutating func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 29
    }
}

extension Trace: CustomStringConvertible {
    /// The kept events, one a line, for a person who looks for the cause of a failure.
    public var description: String {
        events.map(\.description).joined(separator: "\n")
    }
}

extension Trace.Event: CustomStringConvertible {
    /// The event in one line.
    public var description: String {
        let who = client < 0 ? "cluster" : "client \(client)"
        return "\(time) \(who): \(name) \(partition.map { "\($0) " } ?? "")\(number)"
    }
}
