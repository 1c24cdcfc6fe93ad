/// What a key group has counted; groups and shards add up.
public struct GroupCounters: Hashable, Sendable {
    /// The sum of a money field over accepted events of one type.
    public struct Money: Hashable, Sendable {
        /// The type of the events.
        public var type: EventType
        /// The money field.
        public var field: Field
        /// The currency of the amounts.
        public var currency: Currency
        /// The exact sum in the source's units.
        public var sum: Int128
    }

    /// What became of a source's events that were not late.
    public struct Source: Hashable, Sendable {
        /// Events that took part.
        public var accepted = 0
        /// Copies.
        public var duplicate = 0
        /// Copies of the id with other content.
        public var conflict = 0
        /// Accepted events that there was no room to remember, so that their copies are accepted too (R22).
        public var unremembered = 0
        /// Events that still wait in staging.
        public var staged = 0
        /// Accepted events by raw value of their type.
        public var types = [Int](repeating: 0, count: EventType.allCases.count)
        /// Sums of money of accepted events, in order of first sight.
        public var money: [Money] = []
        /// The first accepted event.
        public var firstTime: EventTime?
        /// The last accepted event.
        public var lastTime: EventTime?
    }

    /// What a stage did.
    public struct Stage: Hashable, Sendable {
        /// Events that a transform passed on, or that were put into a window.
        public var events = 0
        /// Events without a field of the key (R16).
        public var unkeyed = 0
        /// Events that a transform passed on with nothing attached (R21).
        public var unmatched = 0
        /// Events that an allow-list kept out of a window.
        public var allowed = 0
        /// Events that did not fit under the ceiling, or of a table evaluations of keys that did not (R22).
        public var refused = 0
        /// Evaluations at which the condition held.
        public var findings = 0
        /// Findings of a live stage that a mute had told in shadow.
        public var muted = 0
        /// Evaluations at which an expression was an error (R19).
        public var conditionErrors = 0
        /// The most keys that were live at once, added up over key groups.
        public var keysMax = 0
        /// The most bytes held at once, added up over key groups.
        public var bytesMax = 0
    }

    /// Per source of the topology.
    public var sources: [Source]
    /// Per stage of the topology.
    public var stages: [Stage]
    /// Key groups that were saturated for a time (R22).
    public var saturated = 0
    /// Lines remembered.
    public var claims = 0
    /// Lines refused at the ceiling of claims.
    public var refused = 0
    /// Charges passed over because they were voided.
    public var voided = 0

    /// Creates counters at zero.
    public init(_ topology: Topology) {
        sources = Array(repeating: Source(), count: topology.sources.count)
        stages = Array(repeating: Stage(), count: topology.stages.count)
    }

    /// Adds the counts of another group.
    public mutating func add(_ other: GroupCounters) {
        for index in sources.indices { sources[index].add(other.sources[index]) }
        for index in stages.indices { stages[index].add(other.stages[index]) }
        saturated += other.saturated
        claims += other.claims
        refused += other.refused
        voided += other.voided
    }
}

extension GroupCounters.Source {
    mutating func accept(_ row: Int, of batch: EventBatch, plan: GroupPlan) {
        let header = batch.headers[row]
        accepted += 1
        types[Int(header.type.rawValue)] += 1
        firstTime = min(firstTime ?? header.time, header.time)
        lastTime = max(lastTime ?? header.time, header.time)
        guard let currencySlot = plan.currencySlot else { return }
        for slot in plan.moneySlots where batch.has(slot, row: row) {
            guard let currency = Currency(batch.string(currencySlot, row: row)) else { continue }
            add(
                GroupCounters.Money(
                    type: header.type, field: plan.topology.layout.fields[slot], currency: currency,
                    sum: Int128(batch.integer(slot, row: row))))
        }
    }

    private mutating func add(_ amount: GroupCounters.Money) {
        let known = money.firstIndex {
            $0.type == amount.type && $0.field == amount.field && $0.currency == amount.currency
        }
        if let known { money[known].sum += amount.sum } else { money.append(amount) }
    }

    fileprivate mutating func add(_ other: Self) {
        accepted += other.accepted
        duplicate += other.duplicate
        conflict += other.conflict
        unremembered += other.unremembered
        staged += other.staged
        for index in types.indices { types[index] += other.types[index] }
        for amount in other.money { add(amount) }
        firstTime = [firstTime, other.firstTime].compactMap { $0 }.min()
        lastTime = [lastTime, other.lastTime].compactMap { $0 }.max()
    }
}

extension GroupCounters.Stage {
    fileprivate mutating func add(_ other: Self) {
        events += other.events
        unkeyed += other.unkeyed
        unmatched += other.unmatched
        allowed += other.allowed
        refused += other.refused
        findings += other.findings
        muted += other.muted
        conditionErrors += other.conditionErrors
        keysMax += other.keysMax
        bytesMax += other.bytesMax
    }
}
