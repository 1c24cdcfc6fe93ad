@testable import RampartCore

/// A one-window topology over clicks that tests change where they need to, and events for it.
struct TestPipeline {
    /// A click, described by what the tests vary.
    struct Click {
        var id: String
        var time: Int64
        var merchant = "m1"
        var ad = "a1"
        var device: String? = "d1"
        var buyer: String? = nil
        var cost: Int64? = 15
        var currency = "GBP"
        var type = EventType.click
        /// Seconds of the watermark at which a late click takes effect.
        var lateAt: Int64? = nil
        var source = 0
    }

    static let layout = EventLayout(fields: [
        .merchantID, .adID, .deviceID, .buyerID, .cost, .currency, .chargeID,
    ])

    var window = Window(
        key: [.merchantID, .adID, .deviceID], size: .seconds(60), every: .seconds(10),
        measures: [
            Measure(name: "clicks", function: .count, field: nil, condition: nil),
            Measure(name: "cost", function: .sum, field: .cost, condition: nil),
        ],
        condition: Program(instructions: [.measure(0), .threshold(0), .greaterOrEqual]),
        score: Program(instructions: [.measure(0), .threshold(0), .scoreAtLeast]), conditionMeasures: [0],
        alert: AlertPolicy(severity: .medium, closeAfter: .seconds(60)),
        credit: CreditPolicy(component: "click_cost", reason: "invalid_click", amount: .cost, types: [.click]))
    var thresholds = [Threshold(name: "min_clicks", value: .integer(3))]
    var dedupe = Source.Dedupe.byID(horizon: .seconds(3600))
    var ledger = LedgerPolicy()
    /// Further stages, after the window; all read the clicks.
    var others: [Stage] = []
    var prior: [PriorLine] = []

    var topology: Topology {
        let source = Source(
            name: "clicks", format: .json, selector: .constant(.click), typePath: nil,
            mappings: [
                .click: Mapping(
                    time: Path(["ts"]), timeFormat: .epochMilliseconds, identity: Path(["event_id"]), fields: [])
            ],
            partitionedBy: .merchantID, lateness: .zero, dedupe: dedupe, scale: 2)
        let stages =
            [Stage(name: "flood", inputs: [.source(0)], thresholds: thresholds, kind: .window(window))] + others
        return Topology(
            family: "test", revision: "0", layout: Self.layout, sources: [source], stages: stages,
            evaluationOrder: Array(stages.indices), basePane: .seconds(10), ledger: ledger)
    }

    /// Runs the clicks through one shard, in one batch, to a watermark in seconds or to the end of time.
    func run(_ clicks: [Click], to seconds: Int64? = nil) -> (rows: Outputs, counters: GroupCounters) {
        var shard = makeShard()
        let rows = shard.apply(Self.batch(clicks), watermark: seconds.map(Self.time) ?? .distantFuture)
        return (rows, shard.counters)
    }

    func makeShard() -> Shard {
        var shard = Shard(topology: topology, index: 0, of: 1, hashSeed: 7)
        shard.adopt(prior)
        return shard
    }

    static func time(_ seconds: Int64) -> EventTime { EventTime(milliseconds: seconds * 1000) }

    static func batch(_ clicks: [Click]) -> EventBatch {
        var batch = EventBatch(slotCount: layout.slotCount)
        for click in clicks { append(click, to: &batch) }
        return batch
    }

    private static func append(_ click: Click, to batch: inout EventBatch) {
        var present: UInt64 = 0
        var words: [Int64] = []
        func string(_ text: String) -> EventBatch.ByteRange {
            let offset = UInt32(batch.bytes.count)
            batch.bytes.append(contentsOf: text.utf8)
            return EventBatch.ByteRange(offset: offset, count: UInt32(text.utf8.count))
        }
        let texts: [Field: String?] = [
            .merchantID: click.merchant, .adID: click.ad, .deviceID: click.device, .buyerID: click.buyer,
            .currency: click.cost == nil ? nil : click.currency,
        ]
        for (slot, field) in layout.fields.enumerated() {
            var word: Int64 = 0
            if field == .cost, let cost = click.cost {
                word = cost
                present |= 1 << UInt64(slot)
            } else if let text = texts[field] ?? nil {
                word = string(text).word
                present |= 1 << UInt64(slot)
            }
            words.append(word)
        }
        let content = "\(click.ad)|\(click.device ?? "-")|\(click.buyer ?? "-")|\(click.cost ?? -1)|\(click.currency)"
        var fingerprint = Fingerprint(key: .stable)
        Array(content.utf8).withUnsafeBytes { fingerprint.combine($0) }
        batch.headers.append(
            EventBatch.Header(
                time: time(click.time), digest: fingerprint.digest,
                partitionHash: KeyedHash.stable.hash(Array(click.merchant.utf8)),
                lateAt: click.lateAt.map(time) ?? EventBatch.Header.notLate, identity: string(click.id),
                present: present, source: click.source, type: click.type))
        batch.slots.append(contentsOf: words)
    }
}
