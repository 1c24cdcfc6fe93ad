extension SnapshotWriter {
    /// Writes an event: its header, then the slots that have a value.
    mutating func write(event row: Int, of batch: EventBatch, stringSlots: UInt64) {
        let header = batch.headers[row]
        write(header.time)
        write(header.digest)
        write(hash: header.partitionHash)
        write(header.isLate ? header.lateAt : nil)
        write(batch.bytes[header.identity.indices])
        write(Int(header.source))
        write(header.type)
        write(hash: header.present)
        for slot in 0..<batch.slotCount where batch.has(slot, row: row) {
            if stringSlots & (1 << UInt64(slot)) != 0 {
                write(batch.string(slot, row: row))
            } else {
                write(batch.integer(slot, row: row))
            }
        }
    }
}

extension SnapshotReader {
    /// Reads an event of a key group, as the only one of a batch.
    mutating func readEvent(into batch: inout EventBatch, in context: SnapshotContext) throws(SnapshotError) {
        batch.removeAll()
        let layout = context.topology.layout
        let time = try read(EventTime.self)
        let digest = try read(Digest.self)
        let partitionHash = try readHash()
        guard time >= EventTime(milliseconds: 0) else { throw damage("an event is of before 1970") }
        if let group = context.group, KeyGroup.index(of: partitionHash) != group {
            throw damage("an event is not one of key group \(group)")
        }
        let lateAt = try readOptional(EventTime.self)
        let identity = batch.append(try readString())
        let source = try readIndex(below: context.topology.sources.count)
        let type = try read(EventType.self)
        let present = try readHash()
        guard layout.slotCount == EventBatch.slotCountMax || present >> UInt64(layout.slotCount) == 0 else {
            throw damage("an event has fields that the graph does not keep")
        }
        for slot in 0..<layout.slotCount {
            let bit: UInt64 = 1 << UInt64(slot)
            if present & bit == 0 {
                batch.slots.append(0)
            } else if layout.stringSlots & bit != 0 {
                batch.slots.append(batch.append(try readString()).word)
            } else {
                batch.slots.append(try readInteger())
            }
        }
        batch.headers.append(
            EventBatch.Header(
                time: time, digest: digest, partitionHash: partitionHash, lateAt: lateAt ?? EventBatch.Header.notLate,
                identity: identity, present: present, source: source, type: type))
    }

    /// The bytes of a string, which a record has room for.
    private mutating func readString() throws(SnapshotError) -> ArraySlice<UInt8> {
        let string = try readBytes()
        guard string.count <= Limits.recordBytes else { throw damage("a string is longer than a record") }
        return string
    }
}

extension EventBatch {
    /// Copies a string in, and says where it lies.
    fileprivate mutating func append(_ string: ArraySlice<UInt8>) -> ByteRange {
        guard !string.isEmpty else { return ByteRange(offset: 0, count: 0) }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: string)
        return ByteRange(offset: offset, count: UInt32(string.count))
    }
}
