extension TaskState.SetAside {
    /// Nothing.
    public static var none: TaskState.SetAside { TaskState.SetAside() }

    /// Adds what was set aside after this.
    public mutating func append(_ other: TaskState.SetAside) {
        deadLetters.append(contentsOf: other.deadLetters)
        lateEvents.append(contentsOf: other.lateEvents)
    }
}

extension RecordBatch {
    /// Some of the records in their order; the bytes are shared.
    public func slice(_ rows: Range<Int>) -> RecordBatch {
        guard rows != records.startIndex..<records.endIndex else { return self }
        var slice = self
        slice.records = ContiguousArray(records[rows])
        if !envelopes.isEmpty { slice.envelopes = ContiguousArray(envelopes[rows]) }
        return slice
    }
}
