extension KeyGroup {
    /// Hands an event on to another subgraph, to the key group of its key there.
    mutating func depart(_ departure: GroupPlan.Departure, _ row: Int, of batch: EventBatch, passed: UInt64) {
        let layout = plan.topology.layout
        guard departure.takesUnkeyed || departure.keySlots.allSatisfy({ batch.has($0, row: row) }) else {
            for reader in departure.readers where reader.takes(passed) {
                // As in the window: what it lets pass by, it does not miss a key of.
                if departure.sparing[reader.stage]?.allows(row, of: batch) == true {
                    counters.stages[reader.stage].allowed += 1
                } else {
                    counters.stages[reader.stage].unkeyed += 1
                }
            }
            return
        }
        let hash = Self.hash(of: departure.keySlots, row, of: batch, layout)
        departed[departure.subgraph, default: EventBatch(slotCount: layout.slotCount)]
            .append(row, of: batch, passed: passed, partitionHash: hash, layout: layout)
    }

    /// The stable hash of an event's key, absent fields included, which deals it out to a key group and a task.
    private static func hash(of slots: [Int], _ row: Int, of batch: EventBatch, _ layout: EventLayout) -> UInt64 {
        var fingerprint = Fingerprint(key: .stable)
        for slot in slots {
            if !batch.has(slot, row: row) {
                fingerprint.combine(0, 2)
            } else if layout.stringSlots & (1 << UInt64(slot)) != 0 {
                batch.bytes.withUnsafeBytes {
                    fingerprint.combine(
                        UnsafeRawBufferPointer(rebasing: $0[batch.range(slot, row: row).indices]), tag: 1)
                }
            } else {
                fingerprint.combine(UInt64(bitPattern: batch.integer(slot, row: row)), 0)
            }
        }
        return fingerprint.digest.low
    }
}

extension EventBatch {
    /// Appends an event as it leaves for another subgraph.
    fileprivate mutating func append(
        _ row: Int, of other: EventBatch, passed: UInt64, partitionHash: UInt64, layout: EventLayout
    ) {
        append(row, of: other, stringSlots: layout.stringSlots)
        headers[count - 1].partitionHash = partitionHash
        if let slot = layout.passageSlot { attach(Int64(bitPattern: passed), to: slot, row: count - 1) }
    }
}
