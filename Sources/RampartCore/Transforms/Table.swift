/// The `table` kind: attaches since when a window has findings for the event's key.
///
/// What is known of a device, a buyer or an address, looked up by stages that say what follows from it.
public struct Table: StatefulTransform {
    /// The value of `kind:`.
    public static let kind = "table"
    /// What it does.
    public static let summary = "attaches since when a window has findings for the event's key"
    /// What is looked up, by what, and for how long.
    public static let settings = [
        TransformSetting("of", .window, "the window whose findings are looked up"),
        TransformSetting("key", .key, "the fields of the window's key, which the events have too"),
        TransformSetting("hold", .span, "how long a key is found after its last finding"),
        TransformSetting("as", .prefix, "the name in expressions of what is found: its ts is when the findings began"),
    ]
    /// It keeps the keys.
    public static let keepsState = true
    /// When the findings began.
    public static let facts = [AttachedColumn.Content.time]

    /// The settings.
    public let values: TransformValues

    /// Creates a table of its settings.
    public init(_ values: TransformValues) { self.values = values }

    var memory: EventSpan { values.span("hold") }

    func makeState(_ context: TransformContext) -> any TransformState {
        let layout = context.topology.layout
        guard let column = values.attached.first else { preconditionFailure("The loader attaches a table's facts.") }
        return TableState(
            keySlots: values.key.compactMap(layout.slot), target: layout.slot(of: column), hold: memory,
            pane: context.topology.basePane, ceiling: context.topology.stages[context.stage].ceiling)
    }
}

/// The keys of a window that have findings, or had them a short time ago.
///
/// It is told at the end of a pane and asked in the next, so that what an event is told does not depend on its place in a pane.
private struct TableState: TransformState {
    private struct Entry {
        /// The pane end at which the present or last row of findings began.
        var since: EventTime
        /// The pane end of the last finding, once there is no more.
        var last: EventTime?
        /// Whether something was missing then, so that the findings may have begun before.
        var isDoubtful: Bool
    }

    private let keySlots: [Int]
    private let target: Int
    private let hold: EventSpan
    private let pane: EventSpan
    private var ceiling: Ceiling
    private var entries: [[UInt8]: Entry] = [:]
    /// The keys that have findings, by their places in the window.
    private var keys: [Int: [UInt8]] = [:]
    /// The keys that rest, in the order in which they began to.
    private var resting = NumberedQueue<(last: EventTime, key: [UInt8])>()
    private var occupancy = Occupancy()
    private(set) var keyCountMax = 0

    init(keySlots: [Int], target: Int, hold: EventSpan, pane: EventSpan, ceiling: Ceiling) {
        self.keySlots = keySlots
        self.target = target
        self.hold = hold
        self.pane = pane
        self.ceiling = ceiling
    }

    var byteCount: Int { occupancy.bytes + resting.byteCount }

    // MARK: - Findings

    mutating func note(_ finding: TableFinding) -> TransformVerdict {
        forget(before: finding.paneEnd)
        guard let key = finding.key else {
            rest(finding.slot, last: finding.paneEnd - finding.every)
            return .passed
        }
        let entry = Entry(since: finding.paneEnd, isDoubtful: finding.isDoubtful)
        if let known = entries[key] {
            if known.last != nil { entries[key] = entry }
        } else {
            guard occupancy.admits(textCount: key.count, isNewKey: true, under: ceiling) else { return .refused }
            occupancy.addKey()
            occupancy.enter(textCount: key.count)
            entries[key] = entry
            keyCountMax = max(keyCountMax, entries.count)
        }
        keys[finding.slot] = key
        return .passed
    }

    private mutating func rest(_ slot: Int, last: EventTime) {
        guard let key = keys.removeValue(forKey: slot) else { return }
        entries[key]?.last = last
        resting.append((last, key))
        // Keys that come and go leave places behind in which they rest no more.
        if resting.count > 2 * entries.count + 16 { dropStale() }
    }

    private mutating func dropStale() {
        var live = NumberedQueue<(last: EventTime, key: [UInt8])>()
        for number in resting.firstNumber..<resting.nextNumber
        where entries[resting[number].key]?.last == resting[number].last {
            live.append(resting[number])
        }
        resting = live
    }

    mutating func link(_ slot: Int, key: [UInt8]) {
        if let entry = entries[key], entry.last == nil { keys[slot] = key }
    }

    // MARK: - Events

    mutating func take(_ row: Int, of batch: EventBatch) -> TransformVerdict { .passed }

    mutating func pass(_ row: Int, of batch: inout EventBatch) -> TransformVerdict {
        guard let key = KeyBytes.encode(keySlots, row, of: batch), let entry = entries[key],
            entry.last.map({ batch.headers[row].time.floored(to: pane) <= $0 + hold }) ?? true
        else { return .unmatched }
        batch.attach(entry.since.milliseconds, to: target, row: row)
        return entry.isDoubtful ? .doubted : .passed
    }

    mutating func adopt(_ ceiling: Ceiling) { self.ceiling = ceiling }

    mutating func forget(before time: EventTime) {
        while let first = resting.first, first.last + hold < time {
            if entries[first.key]?.last == first.last {
                entries[first.key] = nil
                occupancy.leave(textCount: first.key.count)
                occupancy.removeKey()
            }
            resting.removeFirst()
        }
    }

    // MARK: - Snapshots

    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(entries.count)
        for (key, entry) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            snapshot.write(key)
            snapshot.write(entry.since)
            snapshot.write(entry.last)
            snapshot.write(entry.isDoubtful)
        }
        snapshot.write(keyCountMax)
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        for _ in 0..<(try snapshot.readCount(atMost: snapshot.remaining)) {
            let key = Array(try snapshot.readBytes())
            let since = try snapshot.read(EventTime.self)
            let last = try snapshot.readOptional(EventTime.self)
            entries[key] = Entry(since: since, last: last, isDoubtful: try snapshot.readFlag())
            occupancy.addKey()
            occupancy.enter(textCount: key.count)
        }
        let rest = entries.compactMap { key, entry in entry.last.map { (last: $0, key: key) } }
        for entry in rest.sorted(by: { $0.last < $1.last }) { resting.append(entry) }
        keyCountMax = try snapshot.readCount()
    }

    func combine(into digest: inout Fingerprint) {
        let sum = entries.reduce(UInt64(0)) { sum, entry in
            let last = entry.value.last?.milliseconds ?? -1
            return sum
                &+ KeyedHash.stable.hash(
                    KeyedHash.stable.hash(entry.key), UInt64(bitPattern: entry.value.since.milliseconds ^ last << 20))
        }
        digest.combine(UInt64(entries.count), sum)
    }
}
