import RampartCore

/// Makes small random logs for a pipeline: few ids, so that keys collide, and every kind of trouble.
struct LogGenerator {
    /// Where chance comes from.
    var random: SplitMix64
    private let pipeline: ModelPipeline
    private var identities = 0
    /// The records made so far, with the source that each is for.
    private var made: [(source: Int, record: ModelRecord)] = []

    /// Starts a log for a pipeline.
    init(random: SplitMix64, pipeline: ModelPipeline) {
        self.random = random
        self.pipeline = pipeline
    }

    /// Makes one log.
    mutating func make() -> ModelLog {
        let times = makeTimes()
        for time in times {
            let source = random.number(0...pipeline.sources.count - 1)
            if !made.isEmpty, random.chance(14) {
                addCopy(at: time)
            } else {
                made.append((source, fresh(source, time)))
            }
        }
        return arrange()
    }

    private mutating func makeTimes() -> [Int64] {
        let count = random.chance(15) ? random.number(1...12) : random.number(12...90)
        let starts: [Int64] = [0, 1_600_000_000_000, 1_600_041_570_000, 1_600_041_600_000]
        var time = random.pick(starts)
        let step = random.pick([50, 300, 300, 1000, 3000])
        return (0..<count).map { _ in
            switch random.number(0...99) {
            case 0..<12: break
            case 12..<24: time += (1000 - time % 1000) % 1000
            case 24..<32: time += (5000 - time % 5000) % 5000
            case 32..<34: time += Int64(random.number(20_000...90_000))
            case 34: time += Int64(random.pick([3_600_000, 86_400_000, 3 * 86_400_000]))
            default: time += Int64(random.number(1...step))
            }
            return time
        }
    }

    private mutating func fresh(_ source: Int, _ time: Int64) -> ModelRecord {
        let type = pipeline.sources[source].type
        identities += 1
        var fields: [Field: ModelRecord.Value] = [.merchantID: .string(random.pick(["m1", "m1", "m2"]))]
        for field in type.fields where field != .merchantID {
            switch field {
            case .adID: fields[field] = .string(random.pick(["a1", "a2"]))
            case .deviceID: fields[field] = .string(random.pick(["d1", "d1", "d2"]))
            case .buyerID: fields[field] = .string(random.pick(["b1", "b2", "b3"]))
            case .ip: fields[field] = .string(random.pick(["10.0.0.1", "10.0.0.2"]))
            case .amount, .cost, .price: fields[field] = .integer(amount(pipeline.sources[source].scale))
            case .currency: fields[field] = .string(random.chance(80) ? "GBP" : "EUR")
            case .rating: fields[field] = .integer(Int64(random.number(1...5)))
            case .chargeID: fields[field] = .string(voidedCharge())
            default: if random.chance(20) { fields[field] = .string("x\(random.number(1...2))") }
            }
            if random.chance(6), field != .currency { fields[field] = nil }
        }
        if type != .void, random.chance(10) { fields[.chargeID] = .string("c\(random.number(1...5))") }
        if pipeline.sources[source].defaultCurrency != nil, random.chance(40) { fields[.currency] = nil }
        let record = ModelRecord(
            type: random.chance(97) || !mayOmitType ? type.name : nil, identity: "e\(identities)",
            time: .milliseconds(time), fields: fields)
        return random.chance(8) ? spoilt(record, source) : record
    }

    /// The type may be left out only where it does not decide the source.
    private var mayOmitType: Bool { pipeline.sources.count == 1 }

    private mutating func amount(_ scale: Int) -> Int64 {
        let units: Int64 = random.pick([0, 1, 2, 3, 5, 5, 8, 10])
        guard scale == 6 else { return units }
        return units * 10_000 + (random.chance(30) ? Int64(random.number(1...9999)) : 0)
    }

    private mutating func voidedCharge() -> String {
        let charges = made.filter { pipeline.sources[$0.source].type != .void }
        guard !charges.isEmpty, random.chance(85) else { return "e\(random.number(1...60))" }
        let record = random.pick(charges).record
        if case .string(let charge) = record.fields[.chargeID] { return charge }
        return record.identity ?? "none"
    }

    /// A record that cannot become an event, or none of its source.
    private mutating func spoilt(_ record: ModelRecord, _ source: Int) -> ModelRecord {
        var record = record
        switch random.number(0...10) {
        case 0: record.fields[.merchantID] = nil
        case 1:
            for field in [Field.cost, .amount] where record.fields[field] != nil { record.fields[field] = .integer(-1) }
        case 2 where pipeline.sources[source].defaultCurrency == nil: record.fields[.currency] = nil
        case 3:
            if record.fields[.cost] != nil || record.fields[.amount] != nil {
                record.fields[.currency] = .string("GBQ")
            }
        case 4: record.type = random.pick(["bid", "listing", "livestream"])
        case 5: record.time = .milliseconds(random.pick([-1, 4_102_444_800_001]))
        case 6: record.time = .unreadable(random.pick(["\"soon\"", "null", "1.5"]))
        case 7: record.identity = nil
        case 8: record.garbage = random.pick(["not json", "[1]", "{\"type\":"])
        case 9:
            for field in [Field.cost, .amount] where record.fields[field] != nil {
                record.fields[field] = .unreadable(random.pick(["1.5", "[1]", "99999999999999999999"]))
            }
        default:
            if case .milliseconds(let time) = record.time { record.time = .milliseconds(time + 4000) }
            record.fields[.merchantID] = nil
        }
        return record
    }

    /// A record seen before: the same, at another time, with other content, or both.
    private mutating func addCopy(at time: Int64) {
        var (source, record) = random.pick(made.suffix(random.chance(60) ? 10 : made.count))
        let others = pipeline.sources.indices.filter { pipeline.sources[$0].type == pipeline.sources[source].type }
        if random.chance(15) { source = random.pick(others) }
        switch random.number(0...5) {
        case 0, 1: break
        case 2: record.time = .milliseconds(time)
        case 3: spoilContent(&record)
        default:
            spoilContent(&record)
            if random.chance(50) { record.time = .milliseconds(time) }
        }
        made.append((source, record))
    }

    private mutating func spoilContent(_ record: inout ModelRecord) {
        for field in [Field.cost, .amount] {
            if case .integer(let number) = record.fields[field] { record.fields[field] = .integer(number + 1) }
        }
        if random.chance(50) { record.fields[.buyerID] = .string("b9") }
    }

    /// Deals the records to partitions and moves some of them about.
    private mutating func arrange() -> ModelLog {
        let types = pipeline.sources.map(\.type)
        let mustName = Set(types).count < types.count
        let named = mustName || random.chance(30)
        let perSource = random.number(1...2)
        let count = named ? pipeline.sources.count * perSource : random.number(1...4)
        var partitions = (0..<count).map { number in
            ModelPartition(name: "p\(number)", source: named ? number % pipeline.sources.count : nil, records: [])
        }
        let reach = random.pick([0, 500, 2000, 8000, 15_000, 30_000, 40_000])
        let disturbed = random.number(5...60)
        let placed = made.map { entry -> (source: Int, record: ModelRecord, arrival: Int64) in
            let moved = reach > 0 && random.chance(disturbed) ? Int64(random.number(0...reach)) : 0
            return (entry.source, entry.record, (entry.record.milliseconds ?? 0) + moved)
        }
        let byMerchant = random.chance(60)
        let order = placed.indices.sorted { (placed[$0].arrival, $0) < (placed[$1].arrival, $1) }
        for index in random.chance(60) ? order : Array(placed.indices) {
            let entry = placed[index]
            let choice = byMerchant ? (entry.record.fields[.merchantID] == .string("m1") ? 0 : 1) : random.number(0...7)
            let target =
                named ? entry.source + pipeline.sources.count * (choice % perSource) : choice % count
            partitions[target].records.append(entry.record)
        }
        return ModelLog(partitions: partitions)
    }
}
