public import RampartCore

/// The port through which a replay hands out its rows, in the order of files as far as that is known (R35).
public protocol ReplaySink {
    /// Writes rows that come after all rows written before.
    mutating func write(_ outputs: Outputs) throws
    /// Writes records that were set aside; their order over all partitions is for the sink to make.
    mutating func write(deadLetters: [DeadLetter], lateEvents: [LateEvent]) throws
}

/// Rows in memory.
public struct MemorySink: ReplaySink {
    /// All alerts, lines and credits in order.
    public private(set) var outputs = Outputs()
    /// The dead letters; in order once the replay has ended.
    public private(set) var deadLetters: [DeadLetter] = []
    /// The late events; in order once the replay has ended.
    public private(set) var lateEvents: [LateEvent] = []

    /// Creates an empty sink.
    public init() {}

    /// Keeps the rows.
    public mutating func write(_ outputs: Outputs) { self.outputs.append(outputs) }

    /// Keeps the records, in the order of their places.
    public mutating func write(deadLetters: [DeadLetter], lateEvents: [LateEvent]) {
        self.deadLetters.append(contentsOf: deadLetters)
        self.lateEvents.append(contentsOf: lateEvents)
        self.deadLetters.sort { $0.place < $1.place }
        self.lateEvents.sort { $0.place < $1.place }
    }
}
