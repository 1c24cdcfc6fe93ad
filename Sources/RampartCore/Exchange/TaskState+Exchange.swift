extension TaskState {
    /// Whether a partition is one of an exchange, whose records are for `receive` and not for `read`.
    public func isExchange(_ partition: Int) -> Bool { partition >= intake.partitionCount }

    /// Takes records that upstream tasks have sent; an error says that somebody else has written there.
    public mutating func receive(_ records: RecordBatch, of partition: Int) throws(SnapshotError) {
        let place = partition - intake.partitionCount
        for record in records.records {
            let events = try ExchangeRecord.read(Array(records.bytes[record.range]), of: topology, into: &inlets[place])
            stage([events], in: inlets[place].subgraph)
        }
    }

    /// Takes events that an upstream task hands over in memory, and how far it has come.
    public mutating func receive(_ events: [EventBatch], in subgraph: Int, from task: Int, watermark: EventTime) {
        guard let place = inlets.firstIndex(where: { $0.subgraph == subgraph }) else {
            preconditionFailure("The task has an inlet of the subgraph.")
        }
        stage(events, in: subgraph)
        inlets[place].hear(from: task, watermark)
    }

    /// How far the task has come with what it sends to a subgraph.
    public func watermark(sentTo subgraph: Int) -> EventTime {
        guard subgraph != Subgraph.main else { return intake.watermark }
        return done[topology.subgraphs[subgraph].upstream]
    }

    /// Gives what has departed to the subgraphs that are fed here; what goes out on its way again says nothing twice.
    mutating func handOver(_ outputs: inout Outputs) {
        for (subgraph, events) in outputs.departed where !hasInlet(of: subgraph) {
            stage(events, in: subgraph)
            outputs.departed[subgraph] = nil
        }
        if isRebuilding { outputs.departed = [:] }
    }

    func hasInlet(of subgraph: Int) -> Bool { inlets.contains { $0.subgraph == subgraph } }

    /// Keeps what was read for the exchange that feeds the main subgraph; late events are told here, and claimed there (R30).
    mutating func dealOut(_ chunk: Intake.Chunk) -> SetAside {
        guard !isRebuilding else { return .none }
        if !chunk.events.isEmpty { departing.append(chunk.events) }
        return SetAside(deadLetters: chunk.deadLetters, lateEvents: chunk.lateEvents)
    }

    private mutating func stage(_ batches: [EventBatch], in subgraph: Int) {
        for batch in batches {
            for row in 0..<batch.count {
                let group = subgraph * KeyGroup.count + KeyGroup.index(of: batch.headers[row].partitionHash)
                groups[group].stage(row, of: batch)
            }
        }
    }
}
