extension GroupCounters: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        for source in sources {
            for count in [source.accepted, source.duplicate, source.conflict, source.unremembered] + source.types {
                snapshot.write(count)
            }
            snapshot.write(list: source.money)
            snapshot.write(source.firstTime)
            snapshot.write(source.lastTime)
        }
        for stage in stages {
            for count in [
                stage.events, stage.unkeyed, stage.unmatched, stage.allowed, stage.refused, stage.findings, stage.muted,
                stage.conditionErrors, stage.bytesMax,
            ] {
                snapshot.write(count)
            }
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        for index in sources.indices {
            sources[index].accepted = try snapshot.readCount()
            sources[index].duplicate = try snapshot.readCount()
            sources[index].conflict = try snapshot.readCount()
            sources[index].unremembered = try snapshot.readCount()
            for type in sources[index].types.indices { sources[index].types[type] = try snapshot.readCount() }
            sources[index].money = try snapshot.readList()
            sources[index].firstTime = try snapshot.readOptional()
            sources[index].lastTime = try snapshot.readOptional()
        }
        for index in stages.indices {
            stages[index].events = try snapshot.readCount()
            stages[index].unkeyed = try snapshot.readCount()
            stages[index].unmatched = try snapshot.readCount()
            stages[index].allowed = try snapshot.readCount()
            stages[index].refused = try snapshot.readCount()
            stages[index].findings = try snapshot.readCount()
            stages[index].muted = try snapshot.readCount()
            stages[index].conditionErrors = try snapshot.readCount()
            stages[index].bytesMax = try snapshot.readCount()
        }
    }

    /// Findings, muted or not, errors and peaks are left out: they are of what was said, or of the memory at hand.
    func combine(into digest: inout Fingerprint) {
        for source in sources {
            digest.combine(UInt64(source.accepted), UInt64(source.duplicate))
            digest.combine(UInt64(source.conflict), UInt64(source.unremembered))
        }
        for stage in stages {
            digest.combine(UInt64(stage.events), UInt64(stage.unkeyed))
            digest.combine(UInt64(stage.unmatched), UInt64(stage.allowed))
            digest.combine(UInt64(stage.refused), 0)
        }
    }
}

extension GroupCounters.Money: SnapshotValue {
    /// Writes what is summed, and the sum.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(type)
        snapshot.write(Int(field.rawValue))
        snapshot.write(currency)
        snapshot.write(sum)
    }
    /// Reads a sum.
    init(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        type = try snapshot.read()
        let value = try snapshot.readIndex(below: Field.allCases.count)
        guard let field = Field(rawValue: UInt8(value)) else { throw snapshot.damage("\(value) is no field") }
        self.field = field
        currency = try snapshot.read()
        sum = try snapshot.read()
    }
}
