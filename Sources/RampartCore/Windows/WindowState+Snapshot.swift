extension WindowState: SnapshotPart {
    /// Writes which events are in the windows and which measures took them: everything else follows from that.
    ///
    /// Events are written as the distance from the one before.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(entries.count)
        snapshot.write(entries.nextNumber - pending)
        var previous = snapshot.firstEvent
        for number in entries.firstNumber..<entries.nextNumber {
            let entry = entries[number]
            snapshot.write(entry.event - previous)
            snapshot.write(Int(entry.measured))
            previous = entry.event
        }
        snapshot.write(reevaluation)
        snapshot.write(conditionErrors)
        snapshot.write(keyCountMax)
    }

    /// Lets the events enter again, each into the measures that took it.
    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        let log = context.log
        let count = try snapshot.readCount(atMost: log.nextNumber)
        let pendingCount = try snapshot.readCount(atMost: count)
        var previous: (event: Int, time: EventTime)?
        for entry in 0..<count {
            if entry == count - pendingCount { settle() }
            let event = try snapshot.readCount(atMost: log.nextNumber) + (previous?.event ?? 0)
            guard event < log.nextNumber, previous.map({ $0.event < event }) ?? true else {
                throw snapshot.damage("\(event) is no event for a window")
            }
            let (batch, row) = log.find(event)
            let measured = UInt32(try snapshot.readInteger(in: 0...Int64(UInt32.max)))
            let time = batch.headers[row].time
            guard let key = keyHash(row, of: batch), previous.map({ $0.time <= time }) ?? true,
                canTake(measured, row, of: batch)
            else { throw snapshot.damage("an event cannot be in a window") }
            // What has entered stays, even under a ceiling that was lowered since.
            enter(
                row, of: batch, event: event, keyHash: key, slot: slot(key, row, of: batch, log: log), log: log,
                recorded: measured)
            previous = (event, time)
        }
        if pendingCount == 0 { settle() }
        reevaluation = try snapshot.readOptional()
        conditionErrors = try snapshot.readCount()
        keyCountMax = try snapshot.readCount()
    }

    private func canTake(_ measured: UInt32, _ row: Int, of batch: EventBatch) -> Bool {
        let known = plan.accumulators.indices.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
        return measured & ~known == 0
            && plan.accumulators.indices.allSatisfy {
                measured & (1 << UInt32($0)) == 0 || canTake($0, row, of: batch)
            }
    }

    func combine(into digest: inout Fingerprint) {
        digest.combine(UInt64(entries.count), contentSum)
        digest.combine(UInt64(index.count), UInt64(entries.nextNumber - pending))
        digest.combine(UInt64(bitPattern: reevaluation?.milliseconds ?? 0), reevaluation == nil ? 0 : 1)
    }
}
