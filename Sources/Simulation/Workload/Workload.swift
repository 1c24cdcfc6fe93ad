/// The marketplace of a simulation: merchants, their buyers and attackers, and what goes wrong with their records.
///
/// All that a record can suffer happens to some of them: late, early, twice, changed, broken, empty, of no type.
public struct Workload {
    /// A record for an input topic.
    public struct Record {
        /// The topic.
        public var topic: String
        /// The merchant, by whom the topic is partitioned.
        public var key: [UInt8]
        /// The value; nil for a tombstone.
        public var value: [UInt8]?
    }

    private var random: Random
    private let merchants: Int
    private let devices: Int
    private var nextID = 0
    /// Records that come again, some of them changed.
    private var recent: [Record] = []
    private var sieged: Int?
    /// A topic that says nothing for a while, as a quiet night does.
    private var quietTopic: (name: String, until: Int64)?

    /// Draws a marketplace.
    public init(_ random: Random) {
        self.random = random
        merchants = self.random.pick([1, 2, 4, 8])
        devices = self.random.pick([1, 2, 3])
    }

    /// The records of a moment, in milliseconds since 1970.
    public mutating func records(at now: Int64) -> [Record] {
        if random.chance(1, in: 40) { sieged = random.chance(2, in: 3) ? random.below(merchants) : nil }
        if random.chance(1, in: 60) {
            quietTopic = (
                random.pick(["sim.clicks", "sim.sales"]), now + random.range(1_000...40_000 as ClosedRange<Int64>)
            )
        }
        var records: [Record] = []
        for _ in 0..<random.below(sieged == nil ? 3 : 8) {
            let record = random.chance(1, in: 12) && !recent.isEmpty ? again() : fresh(at: now)
            if let quiet = quietTopic, quiet.name == record.topic, now < quiet.until { continue }
            records.append(record)
            if recent.count < 64 { recent.append(record) } else { recent[random.below(64)] = record }
        }
        return records
    }

    private mutating func fresh(at now: Int64) -> Record {
        let merchant = sieged.flatMap { random.chance(3, in: 4) ? $0 : nil } ?? random.below(merchants)
        let key = Array("m\(merchant)".utf8)
        nextID += 1
        switch random.below(40) {
        case 0: return Record(topic: topic(), key: key, value: nil)
        case 1: return Record(topic: topic(), key: key, value: Array(#"{"type":"click","event_id":"#.utf8))
        case 2:
            return Record(topic: topic(), key: key, value: Array(#"{"type":"review","event_id":"r\#(nextID)"}"#.utf8))
        case 3:
            return Record(topic: "sim.clicks", key: key, value: void(merchant, at: time(now)))
        case 4..<26: return Record(topic: "sim.clicks", key: key, value: click(merchant, at: time(now)))
        default: return Record(topic: "sim.sales", key: key, value: sale(merchant, at: time(now)))
        }
    }

    private mutating func topic() -> String { random.pick(["sim.clicks", "sim.sales"]) }

    /// Event time: mostly a little behind, sometimes late, seldom ahead.
    private mutating func time(_ now: Int64) -> Int64 {
        switch random.below(20) {
        case 0: now - random.range(2_000...30_000 as ClosedRange<Int64>)
        case 1: now + random.range(0...3_000 as ClosedRange<Int64>)
        default: now - random.range(0...1_800 as ClosedRange<Int64>)
        }
    }

    private mutating func click(_ merchant: Int, at time: Int64) -> [UInt8] {
        let device = random.chance(1, in: 20) ? "" : #","device_id":"d\#(random.below(devices))""#
        let cost = random.pick([0, 1, 7, 20, 45])
        let currency = random.chance(1, in: 10) ? #","currency":"EUR""# : ""
        return Array(
            #"{"type":"click","event_id":"c\#(nextID)","ts":\#(time),"merchant_id":"m\#(merchant)","ad_id":"a\#(random.below(2))"\#(device),"cost":\#(cost)\#(currency)}"#
                .utf8)
    }

    private mutating func sale(_ merchant: Int, at time: Int64) -> [UInt8] {
        let type = random.chance(1, in: 2) ? "order" : "refund"
        return Array(
            #"{"type":"\#(type)","event_id":"s\#(nextID)","ts":\#(time),"order_id":"o\#(nextID)","merchant_id":"m\#(merchant)","buyer_id":"b\#(random.below(6))","amount":\#(random.range(1...500)),"currency":"GBP"}"#
                .utf8)
    }

    private mutating func void(_ merchant: Int, at time: Int64) -> [UInt8] {
        let charge = max(1, nextID - random.range(0...20))
        return Array(
            #"{"type":"void","event_id":"v\#(nextID)","ts":\#(time),"merchant_id":"m\#(merchant)","charge_id":"c\#(charge)"}"#
                .utf8)
    }

    /// A record that was there before: the same, or with a digit changed, which may make it a conflict or garbage.
    private mutating func again() -> Record {
        var record = random.pick(recent)
        guard random.chance(1, in: 4), var value = record.value, !value.isEmpty else { return record }
        let place = random.below(value.count)
        if value[place] >= UInt8(ascii: "0"), value[place] <= UInt8(ascii: "9") {
            value[place] = UInt8(ascii: "0") + UInt8(random.below(10))
            record.value = value
        }
        return record
    }
}
