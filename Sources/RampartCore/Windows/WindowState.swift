/// The keys of one window stage in one key group: what is in their windows, and what it measures.
///
/// There is one append log in event-time order for all keys. An event that enters is added to its key's running
/// numbers and linked to the key's event before it; when its pane leaves the window it is popped and subtracted.
struct WindowState: Sendable {
    /// An event in the window of its key.
    struct Entry: Sendable {
        var time: EventTime
        /// Number in the event log.
        var event: Int
        /// Number of the key's entry before this one; it may have left the window.
        var previous: Int
        var slot: Int32
        /// Bit *m* is set when measure *m* took the event.
        var measured: UInt32
    }

    /// A live key.
    private struct Slot: Sendable {
        var hash: UInt64
        var newest: Int
        var count: Int
        /// Charges up to this entry have been claimed by an earlier finding.
        var claimed: Int
        var lanes: Int32
        var track: Int32
        var isDirty: Bool
    }

    static let noTrack: Int32 = -1
    private static let noEntry = -1

    private(set) var plan: WindowPlan
    private let hash: KeyedHash
    private(set) var entries = NumberedQueue<Entry>()
    private(set) var index = HashIndex()
    private var slots: ContiguousArray<Slot> = []
    private var vacant: ContiguousArray<Int32> = []
    private var counters: ContiguousArray<Int64> = []
    private var lanes: Lanes
    private var distinct = DistinctTable()
    private var dirty: ContiguousArray<Int32> = []
    /// The number of the first entry that entered after the last evaluation.
    var pending = 0
    /// The pane end at which all live keys are evaluated because other settings are in force, or an exception ends (R17).
    var reevaluation: EventTime?
    /// What the entries say, added up: a digest of the window in which their order plays no part.
    private(set) var contentSum: UInt64 = 0
    /// What is kept, measured against the ceiling.
    private var occupancy = Occupancy()
    private var inputs: [Value]
    /// Conditions whose value was an error.
    var conditionErrors = 0
    /// The most keys that were live at once.
    var keyCountMax = 0

    init(plan: WindowPlan, hash: KeyedHash) {
        self.plan = plan
        self.hash = hash
        lanes = Lanes(totalCount: plan.totalCount, extremeCount: plan.extremeCount)
        inputs = Array(repeating: .failure(.absent), count: plan.window.measures.count)
    }

    /// Bytes held.
    var byteCount: Int {
        entries.byteCount + index.byteCount + slots.capacity * MemoryLayout<Slot>.stride
            + counters.capacity * MemoryLayout<Int64>.stride + lanes.byteCount + distinct.byteCount
    }

    /// Number of the oldest event that the window still needs.
    var firstEvent: Int? { entries.first?.event }

    /// The pane end at which the stage must be evaluated next, if anything is in a window.
    var nextEvaluation: EventTime? {
        let every = plan.window.every
        var next = reevaluation
        if let entry = entries.first {
            let expiry = entry.time.floored(to: every) + every + plan.window.size
            next = min(next ?? expiry, expiry)
        }
        if pending < entries.nextNumber {
            // Whatever has entered since the last evaluation lies in the pane of the newest entry.
            let entered = entries[entries.nextNumber - 1].time.sliceEnd(of: every)
            next = min(next ?? entered, entered)
        }
        return next
    }

    // MARK: - Keys

    /// Whether an allow-list keeps an event out.
    func allows(_ row: Int, of batch: EventBatch) -> Bool {
        !plan.allowLists.isEmpty && plan.allows(row, of: batch)
    }

    /// The hash of an event's key; nil where a field of it is absent (R16).
    func keyHash(_ row: Int, of batch: EventBatch) -> UInt64? {
        var combined: UInt64 = 0
        for slot in plan.keySlots {
            guard batch.has(slot, row: row) else { return nil }
            combined = hash.hash(combined, valueHash(slot, row, of: batch))
        }
        return combined
    }

    private func valueHash(_ slot: Int, _ row: Int, of batch: EventBatch) -> UInt64 {
        guard plan.stringSlots & (1 << UInt64(slot)) != 0 else {
            return hash.hash(UInt64(bitPattern: batch.integer(slot, row: row)), 0)
        }
        let range = batch.range(slot, row: row).indices
        return batch.bytes.withUnsafeBytes { hash.hash(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The live key of an event, if it is one.
    func slot(_ keyHash: UInt64, _ row: Int, of batch: EventBatch, log: EventLog) -> Int? {
        index.find(keyHash) { isSameKey($0, row, of: batch, in: log) }
    }

    /// Whether an event fits under the ceiling; `slot` is its key's, if that is live (R22).
    func hasRoom(_ row: Int, of batch: EventBatch, slot: Int?) -> Bool {
        occupancy.admits(
            textCount: batch.textCount(row, in: plan.textSlots), isNewKey: slot == nil, under: plan.ceiling)
    }

    private func isSameKey(_ slot: Int, _ row: Int, of batch: EventBatch, in log: EventLog) -> Bool {
        let (other, otherRow) = log.find(entries[slots[slot].newest].event)
        return plan.keySlots.allSatisfy {
            batch.equal($0, row, other, otherRow, isString: plan.stringSlots & (1 << UInt64($0)) != 0)
        }
    }

    private mutating func addSlot(_ hash: UInt64) -> Int {
        let slot = Slot(
            hash: hash, newest: Self.noEntry, count: 0, claimed: Self.noEntry, lanes: Lanes.none, track: Self.noTrack,
            isDirty: false)
        let place: Int
        if let reused = vacant.popLast() {
            place = Int(reused)
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
            for _ in 0..<plan.counterCount { counters.append(0) }
        }
        index.insert(hash, place: place)
        occupancy.addKey()
        keyCountMax = max(keyCountMax, index.count)
        return place
    }

    private mutating func markDirty(_ slot: Int) {
        guard !slots[slot].isDirty else { return }
        slots[slot].isDirty = true
        dirty.append(Int32(slot))
    }

    // MARK: - Entering and leaving

    /// Adds an accepted event for which there is room; events come in canonical order.
    ///
    /// `slot` is its key's, if that is live; `recorded` says which measures took the event, where that was settled before.
    mutating func enter(
        _ row: Int, of batch: EventBatch, event: Int, keyHash: UInt64, slot known: Int?, log: EventLog,
        recorded: UInt32? = nil
    ) {
        let slot = known ?? addSlot(keyHash)
        occupancy.enter(textCount: batch.textCount(row, in: plan.textSlots))
        let measured = measure(row, of: batch, slot: slot, event: event, log: log, recorded: recorded)
        let entry = Entry(
            time: batch.headers[row].time, event: event, previous: slots[slot].newest, slot: Int32(slot),
            measured: measured)
        slots[slot].newest = entries.append(entry)
        slots[slot].count += 1
        contentSum &+= Self.content(batch.headers[row], measured)
        markDirty(slot)
        if reevaluation == nil, !plan.turns.isEmpty { reevaluation = plan.turn(after: entry.time) }
    }

    private static func content(_ header: EventBatch.Header, _ measured: UInt32) -> UInt64 {
        KeyedHash.stable.hash(
            header.digest.low ^ UInt64(measured), UInt64(bitPattern: header.time.milliseconds))
    }

    /// Adds the event to every measure whose condition takes it, and says which those were.
    private mutating func measure(
        _ row: Int, of batch: EventBatch, slot: Int, event: Int, log: EventLog, recorded: UInt32?
    ) -> UInt32 {
        var measured: UInt32 = 0
        for index in plan.accumulators.indices
        where recorded.map({ $0 & (1 << UInt32(index)) != 0 }) ?? takes(index, row, of: batch) {
            measured |= 1 << UInt32(index)
            switch plan.accumulators[index] {
            case .count(let counter): counters[slot * plan.counterCount + counter] += 1
            case .distinct(let counter, let field):
                let isString = plan.stringSlots & (1 << UInt64(field)) != 0
                let isNew = distinct.enter(
                    valueHash(field, row, of: batch), slot: slot, measure: index, event: event,
                    isSame: { Self.isSame(field, row, batch, $0, log, isString: isString) })
                if isNew { counters[slot * plan.counterCount + counter] += 1 }
            case .total(let total, let field):
                _ = lanes.enter(
                    batch.integer(field, row: row), total: total, currency: currency(index, row, of: batch),
                    head: &slots[slot].lanes)
            case .extreme(let total, let extreme, let field):
                let value = batch.integer(field, row: row)
                let lane = lanes.enter(
                    value, total: total, currency: currency(index, row, of: batch), head: &slots[slot].lanes)
                lanes.enter(
                    value, extreme: extreme, lane: lane, number: entries.nextNumber,
                    isMaximum: plan.window.measures[index].function == .max)
            }
        }
        return measured
    }

    /// Whether the event has what a measure measures.
    func canTake(_ measure: Int, _ row: Int, of batch: EventBatch) -> Bool {
        switch plan.accumulators[measure] {
        case .count: true
        case .distinct(_, let slot), .total(_, let slot), .extreme(_, _, let slot): batch.has(slot, row: row)
        }
    }

    private mutating func takes(_ measure: Int, _ row: Int, of batch: EventBatch) -> Bool {
        guard canTake(measure, row, of: batch) else { return false }
        guard let condition = plan.window.measures[measure].condition else { return true }
        switch condition.verdict(event: row, of: batch, thresholds: plan.thresholds) {
        case .holds: return true
        case .fails: return false
        case .failed:
            conditionErrors += 1
            return false
        }
    }

    private func currency(_ measure: Int, _ row: Int, of batch: EventBatch) -> UInt32 {
        guard plan.window.measures[measure].isMoney, let slot = plan.currencySlot, batch.has(slot, row: row) else {
            return Lanes.noCurrency
        }
        return batch.string(slot, row: row).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }

    private static func isSame(
        _ slot: Int, _ row: Int, _ batch: EventBatch, _ event: Int, _ log: EventLog, isString: Bool
    ) -> Bool {
        let (other, otherRow) = log.find(event)
        return batch.equal(slot, row, other, otherRow, isString: isString)
    }

    /// Pops what has left the windows that end at `end`, and returns the keys to evaluate, emptied ones included.
    mutating func advance(to end: EventTime, log: EventLog) -> ContiguousArray<Int32> {
        if let due = reevaluation, due <= end {
            reevaluation = nil
            for slot in slots.indices where slots[slot].count > 0 { markDirty(slot) }
        }
        let start = end - plan.window.size
        while let entry = entries.first, entry.time < start {
            let slot = Int(entry.slot)
            let (batch, row) = log.find(entry.event)
            subtract(entry, row, of: batch, log: log)
            occupancy.leave(textCount: batch.textCount(row, in: plan.textSlots))
            slots[slot].count -= 1
            contentSum &-= Self.content(batch.headers[row], entry.measured)
            markDirty(slot)
            entries.removeFirst()
        }
        if reevaluation == nil, !plan.turns.isEmpty, entries.count > 0 { reevaluation = plan.turn(after: end) }
        defer { settle() }
        return dirty
    }

    /// Notes that what has entered so far was evaluated.
    mutating func settle() {
        pending = entries.nextNumber
        for slot in dirty { slots[Int(slot)].isDirty = false }
        dirty.removeAll(keepingCapacity: true)
    }

    private mutating func subtract(_ entry: Entry, _ row: Int, of batch: EventBatch, log: EventLog) {
        let slot = Int(entry.slot)
        for index in plan.accumulators.indices where entry.measured & (1 << UInt32(index)) != 0 {
            switch plan.accumulators[index] {
            case .count(let counter): counters[slot * plan.counterCount + counter] -= 1
            case .distinct(let counter, let field):
                let isString = plan.stringSlots & (1 << UInt64(field)) != 0
                let wasLast = distinct.leave(
                    valueHash(field, row, of: batch), slot: slot, measure: index,
                    isSame: { Self.isSame(field, row, batch, $0, log, isString: isString) })
                if wasLast { counters[slot * plan.counterCount + counter] -= 1 }
            case .total(let total, let field):
                lanes.leave(
                    batch.integer(field, row: row), total: total, extreme: nil,
                    currency: currency(index, row, of: batch), number: entries.firstNumber, head: &slots[slot].lanes)
            case .extreme(let total, let extreme, let field):
                lanes.leave(
                    batch.integer(field, row: row), total: total, extreme: extreme,
                    currency: currency(index, row, of: batch), number: entries.firstNumber, head: &slots[slot].lanes)
            }
        }
    }

    /// Puts other settings in force; what has entered stays as it was measured.
    mutating func adopt(_ plan: WindowPlan) { self.plan = plan }

    /// Has all live keys evaluated at the first pane end from `pane` on (R17).
    mutating func reevaluate(from pane: EventTime) {
        let floored = pane.floored(to: plan.window.every)
        // Where nothing is live, what was due under other settings is due no more.
        reevaluation = entries.count == 0 ? nil : floored == pane ? pane : floored + plan.window.every
    }

    /// Forgets a key whose window is empty.
    mutating func removeIfEmpty(_ slot: Int) {
        guard slots[slot].count == 0 else { return }
        index.remove(slots[slot].hash, place: slot)
        occupancy.removeKey()
        vacant.append(Int32(slot))
    }

    // MARK: - Evaluating

    func isEmpty(_ slot: Int) -> Bool { slots[slot].count == 0 }
    func track(of slot: Int) -> Int32 { slots[slot].track }
    mutating func setTrack(_ track: Int32, of slot: Int) { slots[slot].track = track }

    /// What the condition came to for a key's window.
    struct Evaluation {
        /// The score, if the condition holds.
        var finding: Double?
        /// The highest score, holding or not; known only where it was asked for.
        var score = 0.0

        fileprivate mutating func add(_ other: Evaluation) {
            if let score = other.finding { finding = max(finding ?? score, score) }
            score = max(score, other.score)
        }
    }

    /// Evaluates the condition for the key's window, once for each currency (R18–R20); `isScored` asks for the score of a
    /// condition that does not hold.
    mutating func evaluate(_ slot: Int, thresholds: [Threshold], isScored: Bool) -> Evaluation {
        guard !plan.conditionTotals.isEmpty else { return evaluate(slot, lane: nil, thresholds, isScored) }
        var found = Evaluation()
        var lane = slots[slot].lanes
        var hasCurrency = false
        while lane != Lanes.none {
            if plan.conditionTotals.contains(where: { lanes.total($0, of: lane).count > 0 }) {
                hasCurrency = true
                found.add(evaluate(slot, lane: lane, thresholds, isScored))
            }
            lane = lanes.next(after: lane)
        }
        return hasCurrency ? found : evaluate(slot, lane: nil, thresholds, isScored)
    }

    /// Evaluates with the measures of money bound to one lane, or empty where it is nil.
    private mutating func evaluate(
        _ slot: Int, lane: Int32?, _ thresholds: [Threshold], _ isScored: Bool
    ) -> Evaluation {
        for index in plan.window.conditionMeasures {
            inputs[index] = input(index, slot, lane: lane)
        }
        var holds = false
        switch plan.window.condition.verdict(measures: inputs, thresholds: thresholds) {
        case .holds: holds = true
        case .fails: break
        case .failed: conditionErrors += 1
        }
        guard isScored || holds else { return Evaluation() }
        let score = plan.window.score.score(measures: inputs, thresholds: thresholds)
        return Evaluation(finding: holds ? score : nil, score: score)
    }

    /// The value of a measure as expressions see it.
    private func input(_ measure: Int, _ slot: Int, lane: Int32?) -> Value {
        switch plan.accumulators[measure] {
        case .count(let counter), .distinct(let counter, _):
            return .integer(counters[slot * plan.counterCount + counter])
        case .total(let total, _):
            let lane = plan.window.measures[measure].isMoney ? lane : plainLane(of: slot)
            let value = lane.map { lanes.total(total, of: $0) } ?? Lanes.Total()
            if plan.window.measures[measure].function == .avg {
                return value.count == 0 ? .failure(.absent) : .double(Self.average(value))
            }
            return Int64(exactly: value.sum).map(Value.integer) ?? .failure(.overflow)
        case .extreme(_, let extreme, _):
            let lane = plan.window.measures[measure].isMoney ? lane : plainLane(of: slot)
            return lane.flatMap { lanes.extreme(extreme, of: $0) }.map(Value.integer) ?? .failure(.absent)
        }
    }

    private func plainLane(of slot: Int) -> Int32? { lanes.find(Lanes.noCurrency, in: slots[slot].lanes) }

    private static func average(_ total: Lanes.Total) -> Double { Double(total.sum) / Double(total.count) }

    // MARK: - Reporting

    /// The values of all measures, as alerts report them.
    func measures(of slot: Int) -> [Alert.MeasureValue] {
        plan.window.measures.indices.map { measure in
            guard plan.window.measures[measure].isMoney else {
                return switch input(measure, slot, lane: nil) {
                case .integer(let value): .integer(value)
                case .double(let value): .double(value)
                default: .absent
                }
            }
            return .money(currencyValues(of: measure, slot))
        }
    }

    private func currencyValues(of measure: Int, _ slot: Int) -> [Alert.CurrencyValue] {
        var values: [Alert.CurrencyValue] = []
        var lane = slots[slot].lanes
        while lane != Lanes.none {
            let currency = lanes.currency(of: lane)
            if currency != Lanes.noCurrency, lanes.total(totalIndex(of: measure), of: lane).count > 0 {
                switch input(measure, slot, lane: lane) {
                case .integer(let value):
                    values.append(.init(currency: Currency(packed: currency), value: .integer(value)))
                case .double(let value):
                    values.append(.init(currency: Currency(packed: currency), value: .double(value)))
                default: break
                }
            }
            lane = lanes.next(after: lane)
        }
        return values.sorted { $0.currency < $1.currency }
    }

    private func totalIndex(of measure: Int) -> Int {
        switch plan.accumulators[measure] {
        case .total(let total, _), .extreme(let total, _, _): total
        case .count, .distinct: preconditionFailure("Only measures of fields have totals.")
        }
    }

    /// The numbers of the key's events in the window, in canonical order; with `sinceClaim` only those that no earlier
    /// finding has claimed.
    func events(of slot: Int, sinceClaim: Bool = false) -> [Int] {
        let last = max(entries.firstNumber - 1, sinceClaim ? slots[slot].claimed : Self.noEntry)
        var number = slots[slot].newest
        var events: [Int] = []
        while number > last {
            events.append(entries[number].event)
            number = entries[number].previous
        }
        return events.reversed()
    }

    /// Notes that every charge now in the key's window has been offered to the ledger.
    mutating func markClaimed(_ slot: Int) { slots[slot].claimed = slots[slot].newest }

    /// Notes that the charges in the key's window from before a moment have been offered to the ledger.
    mutating func markClaimed(_ slot: Int, before time: EventTime) {
        var number = slots[slot].newest
        while number >= entries.firstNumber, entries[number].time >= time { number = entries[number].previous }
        slots[slot].claimed = number
    }

    /// The keys whose windows hold an event.
    var liveSlots: [Int] { slots.indices.filter { slots[$0].count > 0 } }

    /// Number of an event of the key, whose fields are the key's.
    func anyEvent(of slot: Int) -> Int { entries[slots[slot].newest].event }
}
