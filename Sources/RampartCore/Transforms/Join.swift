/// The `join` kind: attaches fields of the latest earlier event with the same key (R21).
///
/// A refund finds its order, a review the purchase that it is about.
public struct Join: StatefulTransform {
    /// The value of `kind:`.
    public static let kind = "join"
    /// What it does.
    public static let summary = "attaches fields of an earlier event with the same key"
    /// What is joined, by what, how far back, and what is taken.
    public static let settings = [
        TransformSetting("with", .inputs, "the sources and filters whose events are attached"),
        TransformSetting("key", .key, "the fields that both events have alike"),
        TransformSetting("horizon", .span, "how much earlier the other event may be"),
        TransformSetting("as", .prefix, "the name of the other event in expressions"),
        TransformSetting("attach", .attached, "the fields of the other event, or ts, that are attached"),
    ]

    /// It keeps the side inputs' events.
    public static let keepsState = true

    /// The settings.
    public let values: TransformValues

    /// Creates a join of its settings.
    public init(_ values: TransformValues) { self.values = values }

    var memory: EventSpan { values.span("horizon") }

    func makeState(_ context: TransformContext) -> any TransformState {
        JoinState(
            layout: context.topology.layout, key: values.key, horizon: values.span("horizon"),
            attached: values.attached, ceiling: context.topology.stages[context.stage].ceiling, hash: context.hash)
    }
}

/// The side inputs' events of the last `horizon`, by key.
///
/// Events come in canonical order on either side, so that what a probe finds never lies before what an earlier one found: each
/// key remembers how far it has come, and a probe costs the builds that came up since, whatever an attacker sends.
private struct JoinState: TransformState {
    /// A build, by the number of its event.
    private struct Build {
        var time: EventTime
        var keyHash: UInt64
        /// Its key's place in `keys`.
        var key: Int32
        /// The next build of the key.
        var next: Int?
    }

    /// A key's builds, by their numbers.
    private struct Key {
        var oldest: Int
        var newest: Int
        /// The latest that is not after the last probe.
        var found: Int?
    }

    private let keySlots: [Int]
    private let stringSlots: UInt64
    private let textSlots: UInt64
    private let horizon: EventSpan
    /// Where each attached value comes from, nil for the time; and where it goes.
    private let attached: [(from: Int?, to: Int)]
    private let hash: KeyedHash
    private var ceiling: Ceiling

    private var occupancy = Occupancy()
    private var events: EventLog
    private var builds = NumberedQueue<Build>()
    private var keys: ContiguousArray<Key> = []
    private var vacantKeys: ContiguousArray<Int32> = []
    private var index = HashIndex()
    private(set) var keyCountMax = 0
    /// The sum of the builds' digests, for checking a state that was read again.
    private var contentSum: UInt64 = 0

    init(
        layout: EventLayout, key: [Field], horizon: EventSpan, attached: [AttachedColumn], ceiling: Ceiling,
        hash: KeyedHash
    ) {
        keySlots = key.map { Self.slot(of: $0, in: layout) }
        stringSlots = layout.stringSlots
        textSlots = layout.textSlots
        self.horizon = horizon
        self.ceiling = ceiling
        self.hash = hash
        self.attached = attached.map { column in
            switch column.content {
            case .field(let field): (Self.slot(of: field, in: layout), layout.slot(of: column))
            case .time: (nil, layout.slot(of: column))
            }
        }
        events = EventLog(layout: layout)
    }

    private static func slot(of field: Field, in layout: EventLayout) -> Int {
        guard let slot = layout.slot(of: field) else {
            preconditionFailure("The layout keeps every field that the graph reads.")
        }
        return slot
    }

    var byteCount: Int {
        events.byteCount + builds.byteCount + index.byteCount + keys.capacity * MemoryLayout<Key>.stride
    }

    // MARK: - Events

    mutating func take(_ row: Int, of batch: EventBatch) -> TransformVerdict {
        guard let keyHash = keyHash(row, of: batch) else { return .unkeyed }
        let known = find(keyHash, row, of: batch)
        let textCount = batch.textCount(row, in: textSlots)
        guard occupancy.admits(textCount: textCount, isNewKey: known == nil, under: ceiling) else { return .refused }
        add(row, of: batch, keyHash, key: known, textCount)
        return .passed
    }

    private mutating func add(_ row: Int, of batch: EventBatch, _ keyHash: UInt64, key known: Int?, _ textCount: Int) {
        let number = events.append(row, of: batch)
        occupancy.enter(textCount: textCount)
        let key: Int
        if let known {
            key = known
            builds[keys[key].newest].next = number
            keys[key].newest = number
        } else {
            key = addKey(Key(oldest: number, newest: number), keyHash)
        }
        let header = batch.headers[row]
        builds.append(Build(time: header.time, keyHash: keyHash, key: Int32(key)))
        contentSum &+= Self.content(header)
    }

    mutating func pass(_ row: Int, of batch: inout EventBatch) -> TransformVerdict {
        let time = batch.headers[row].time
        guard let keyHash = keyHash(row, of: batch), let key = find(keyHash, row, of: batch),
            let found = latest(of: key, notAfter: time),
            time.milliseconds - builds[found].time.milliseconds <= horizon.milliseconds
        else { return .unmatched }
        let (other, otherRow) = events.find(found)
        for (from, to) in attached {
            if let from {
                batch.attach(
                    from, otherRow, of: other, to: to, row: row, isString: stringSlots & (1 << UInt64(to)) != 0)
            } else {
                batch.attach(builds[found].time.milliseconds, to: to, row: row)
            }
        }
        return .passed
    }

    private mutating func latest(of key: Int, notAfter time: EventTime) -> Int? {
        var found = keys[key].found
        while let next = found.map({ builds[$0].next }) ?? keys[key].oldest, builds[next].time <= time { found = next }
        keys[key].found = found
        return found
    }

    mutating func adopt(_ ceiling: Ceiling) { self.ceiling = ceiling }

    mutating func forget(before time: EventTime) {
        while let build = builds.first, build.time + horizon < time {
            let number = builds.firstNumber
            let key = Int(build.key)
            if let next = build.next {
                keys[key].oldest = next
                if keys[key].found == number { keys[key].found = nil }
            } else {
                index.remove(build.keyHash, place: key)
                occupancy.removeKey()
                vacantKeys.append(build.key)
            }
            let (batch, row) = events.find(number)
            contentSum &-= Self.content(batch.headers[row])
            occupancy.leave(textCount: batch.textCount(row, in: textSlots))
            builds.removeFirst()
        }
        events.discard(before: builds.firstNumber)
    }

    private static func content(_ header: EventBatch.Header) -> UInt64 {
        KeyedHash.stable.hash(header.digest.low, UInt64(bitPattern: header.time.milliseconds))
    }

    // MARK: - Keys

    private func keyHash(_ row: Int, of batch: EventBatch) -> UInt64? {
        var combined: UInt64 = 0
        for slot in keySlots {
            guard batch.has(slot, row: row) else { return nil }
            let range = batch.range(slot, row: row).indices
            let value = batch.bytes.withUnsafeBytes { hash.hash(UnsafeRawBufferPointer(rebasing: $0[range])) }
            combined = hash.hash(combined, value)
        }
        return combined
    }

    private func find(_ keyHash: UInt64, _ row: Int, of batch: EventBatch) -> Int? {
        index.find(keyHash) { key in
            let (other, otherRow) = events.find(keys[key].newest)
            return keySlots.allSatisfy { batch.equal($0, row, other, otherRow, isString: true) }
        }
    }

    private mutating func addKey(_ key: Key, _ keyHash: UInt64) -> Int {
        let place: Int
        if let vacant = vacantKeys.popLast() {
            place = Int(vacant)
            keys[place] = key
        } else {
            place = keys.count
            keys.append(key)
        }
        index.insert(keyHash, place: place)
        occupancy.addKey()
        keyCountMax = max(keyCountMax, index.count)
        return place
    }

    // MARK: - Snapshots

    func write(to snapshot: inout SnapshotWriter) {
        events.write(from: builds.firstNumber, to: &snapshot)
        snapshot.write(keyCountMax)
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        var read = EventLog(layout: context.topology.layout)
        try read.restore(from: &snapshot, in: context)
        var last = EventTime.distantPast
        for number in 0..<read.nextNumber {
            let (batch, row) = read.find(number)
            let time = batch.headers[row].time
            guard time >= last, let keyHash = keyHash(row, of: batch) else {
                throw snapshot.damage("an event cannot be attached to others")
            }
            // What was taken stays, even under a ceiling that was lowered since.
            add(
                row, of: batch, keyHash, key: find(keyHash, row, of: batch),
                batch.textCount(row, in: textSlots))
            last = time
        }
        keyCountMax = try snapshot.readCount()
    }

    func combine(into digest: inout Fingerprint) {
        digest.combine(UInt64(builds.count), contentSum)
        digest.combine(UInt64(index.count), 0)
    }
}
