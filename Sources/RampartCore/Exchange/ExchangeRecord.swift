/// What an upstream task tells one task of another subgraph: events, and how far it has come.
///
/// The bytes are those of snapshots: a version, the graph, the upstream task, its watermark if this record says how far it has
/// come, and events to the end. Events of one commit may take several records, of which the last has the watermark.
public struct ExchangeRecord: Sendable {
    private static let version = 1

    private let header: [UInt8]
    private let stringSlots: UInt64
    private var events = SnapshotWriter()

    /// Begins a record from a task.
    public init(from task: Int, of topology: Topology) {
        var header = SnapshotWriter()
        header.write(Self.version)
        header.write(topology.graph)
        header.write(task)
        self.header = header.bytes
        stringSlots = topology.layout.stringSlots
    }

    /// Whether it has no events.
    public var isEmpty: Bool { events.bytes.isEmpty }

    /// Bytes of its events.
    public var byteCount: Int { events.bytes.count }

    /// Adds an event.
    public mutating func append(_ row: Int, of batch: EventBatch) {
        events.write(event: row, of: batch, stringSlots: stringSlots)
    }

    /// Hands the record out as bytes, and begins another.
    public mutating func take(watermark: EventTime?) -> [UInt8] {
        var record = SnapshotWriter()
        record.write(watermark.map { min($0, .lastSound) })
        defer { events = SnapshotWriter() }
        return header + record.bytes + events.bytes
    }

    /// The task of a subgraph to which an event goes, of so many.
    ///
    /// Note: the lower bits choose the key group, so that each task has all of them.
    public static func task(of partitionHash: UInt64, among count: Int) -> Int {
        Int(truncatingIfNeeded: (partitionHash >> 32) % UInt64(count))
    }

    /// Reads bytes into an inlet; returns the events.
    static func read(_ bytes: [UInt8], of topology: Topology, into inlet: inout Inlet) throws(SnapshotError)
        -> EventBatch
    {
        var reader = SnapshotReader(bytes)
        let version = try reader.readInteger()
        guard version == Int64(Self.version) else {
            throw SnapshotError("an exchange record has the unknown form \(version)")
        }
        guard try reader.read(String.self) == topology.graph else {
            throw SnapshotError("an exchange record is of another graph")
        }
        let task = try reader.readIndex(below: inlet.taskCount)
        let watermark = try reader.readOptional(EventTime.self)
        let context = SnapshotContext(topology: topology, group: nil, log: EventLog(layout: topology.layout))
        var events = EventBatch(slotCount: topology.layout.slotCount)
        var event = events
        while reader.remaining > 0 {
            try reader.readEvent(into: &event, in: context)
            events.append(0, of: event, stringSlots: topology.layout.stringSlots)
        }
        if let watermark { inlet.hear(from: task, watermark) }
        return events
    }
}

extension EventTime {
    /// The last moment that a snapshot can hold.
    fileprivate static let lastSound = EventTime(milliseconds: sound.upperBound)
}
