@testable import RampartCore

/// A small topology with a filter, two window stages and two sources at different scales, and values that fit it.
enum OutputFixtures {
    static let alwaysTrue = Program(instructions: [.boolean(true)])

    static func source(
        _ name: String, _ type: EventType, money: Field, scale: Int, identity: Bool = true,
        dedupe: Source.Dedupe = .off
    ) -> Source {
        let mapping = Mapping(
            time: Path(["ts"]), timeFormat: .epochMilliseconds, identity: identity ? Path(["event_id"]) : nil,
            fields: [FieldMapping(field: money, path: Path([money.name]), reading: .units)])
        return Source(
            name: name, format: .json, selector: .constant(type), typePath: nil, mappings: [type: mapping],
            partitionedBy: .merchantID, lateness: .seconds(60), dedupe: dedupe, scale: scale)
    }

    static func window(
        key: [Field], measures: [Measure], message: [MessagePart]? = nil,
        severity: AlertPolicy.Severity = .medium
    ) -> Stage.Kind {
        .window(
            Window(
                key: key, size: .minutes(10), every: .seconds(10), measures: measures, condition: alwaysTrue,
                score: alwaysTrue, conditionMeasures: [0],
                alert: AlertPolicy(severity: severity, closeAfter: .minutes(10), message: message), credit: nil))
    }

    static let clickMeasures = [
        Measure(name: "clicks", function: .count, field: nil, condition: nil),
        Measure(name: "cost", function: .sum, field: .cost, condition: nil),
        Measure(name: "average_cost", function: .avg, field: .cost, condition: nil),
    ]

    static let thresholds = [
        Threshold(name: "min_clicks", value: .integer(10)), Threshold(name: "min_ratio", value: .double(0.5)),
    ]

    static func topology(message: [MessagePart]? = nil, clickScale: Int = 2) -> Topology {
        let stages = [
            Stage(
                name: "paid", inputs: [.source(0)], thresholds: [],
                kind: .transform(Filter(condition: alwaysTrue))),
            Stage(
                name: "malicious-clicks", inputs: [.stage(0)],
                thresholds: thresholds,
                kind: window(key: [.merchantID, .adID, .deviceID], measures: clickMeasures, message: message)),
            Stage(
                name: "mixed", inputs: [.source(0), .source(1)], thresholds: [],
                kind: window(
                    key: [.merchantID],
                    measures: [
                        Measure(name: "cost", function: .sum, field: .cost, condition: nil),
                        Measure(name: "amount", function: .max, field: .amount, condition: nil),
                    ], severity: .critical), mode: .shadow),
            Stage(
                name: "siege", inputs: [.stage(1), .stage(2)], thresholds: [],
                kind: .incident(Incident(escalation: Incident.Escalation(stages: 2, severity: .critical)))),
        ]
        return Topology(
            family: "marketplace", revision: "r-1", layout: EventLayout(fields: [.merchantID]),
            sources: [
                source("clicks", .click, money: .cost, scale: clickScale),
                source("orders", .order, money: .amount, scale: 0),
            ],
            stages: stages, evaluationOrder: [0, 1, 2, 3], basePane: .seconds(10), ledger: LedgerPolicy())
    }

    static let noon = EventTime(milliseconds: 1_321_272_000_000)
    static let id = "0123456789abcdef0123456789abcdef"
    static let pounds = Currency("GBP")!
    static let euros = Currency("EUR")!

    static func money(_ units: Int64, _ currency: Currency = pounds) -> Alert.CurrencyValue {
        Alert.CurrencyValue(currency: currency, value: .integer(units))
    }

    static func alert() -> Alert {
        Alert(
            id: id, revision: 1, state: .open, mode: .live, stage: 1, merchantID: "m-1",
            key: ["m-1", "ad-1", "d4a77bc"],
            keyBytes: [], windowStart: noon, windowEnd: noon + .minutes(10), opened: noon + .minutes(10),
            paneEnd: noon + .minutes(10), score: 1.1818181818181819,
            measures: [.integer(12), .money([money(180)]), .money([.init(currency: pounds, value: .double(15))])],
            evidence: Alert.Evidence(
                eventIDs: ["c-1", "c-2"], accounts: ["buyer-17"],
                counts: [.init(name: "click", count: 12), .init(name: "accounts", count: 1)]),
            settings: Alert.Settings(revision: "r-1", severity: .medium, thresholds: thresholds))
    }

    static func incident() -> IncidentRevision {
        IncidentRevision(
            id: id, revision: 2, state: .open, stage: 3, severity: .critical, merchantID: "m-1", keyBytes: [],
            opened: noon, quietSince: nil, paneEnd: noon + .minutes(10),
            members: [
                IncidentRevision.Member(stage: "malicious-clicks", alerts: 2, open: 1, peakScore: 1.5),
                IncidentRevision.Member(stage: "mixed", alerts: 1, open: 1, peakScore: 2),
            ],
            timeline: [
                IncidentRevision.Entry(
                    alertID: id, stage: "malicious-clicks", opened: noon, closed: noon + .minutes(5), peakScore: 1.5)
            ],
            money: [
                IncidentRevision.Money(currency: pounds, scale: 2, atStake: 400, posted: 180, held: 20),
                IncidentRevision.Money(currency: euros, scale: 6, atStake: 1_234_500, posted: 0, held: 0),
            ],
            pipelineRevision: "r-1")
    }

    static func score() -> ScoreRow {
        ScoreRow(
            detail: .hour, stage: 1, mode: .live, merchantID: "m-1", key: ["m-1", "ad-1", "d4a77bc"], keyBytes: [],
            paneEnd: noon + .minutes(10), score: 0.75, evaluations: 4, findings: 0)
    }

    static func line() -> CreditLine {
        CreditLine(
            id: id, chargeID: "c-1", component: "click_cost", reason: "invalid_click", state: .posted,
            merchantID: "m-1", adID: "ad-1", amount: 15, currency: pounds, scale: 2, chargeTime: noon, alertID: id,
            stage: 1, keyBytes: [], paneEnd: noon + .minutes(10))
    }

    static func credit() -> Credit {
        Credit(
            id: id, revision: 1, state: .held, component: "click_cost", reason: "invalid_click", merchantID: "m-1",
            amount: .max, currency: pounds, scale: 2, periodStart: noon, periodEnd: noon + .hours(1), lines: 3,
            alerts: 1, alertIDs: [id], decision: nil)
    }

    static func deadLetter(_ bytes: [UInt8], source: Int? = 0) -> DeadLetter {
        DeadLetter(
            reason: .invalidJSON, detail: "byte 3: expected a member's name",
            place: RecordPlace(source: source, partition: 2, position: 17), raw: RawRecord(bytes))
    }

    /// A row with each kind of origin that a message can have.
    static func messages<Row>(of row: Row, _ origin: WritableKeyPath<Row, RecordOrigin?>) -> [Row] {
        let text = RecordOrigin.Content(Array("k-1".utf8))
        let bytes = RecordOrigin.Content([0xFF])
        let long = RecordOrigin.Content([UInt8](repeating: 0x61, count: Limits.originBytes + 1))
        let headers = [(text, text), (bytes, bytes), (long, long), (text, nil)].map {
            RecordOrigin.Header(name: $0.0, value: $0.1)
        }
        return [(noon, text), (nil, bytes), (noon, long), (nil, nil)].map { timestamp, key in
            var row = row
            row[keyPath: origin] = RecordOrigin(
                timestamp: timestamp, key: key, headers: headers, headerCount: headers.count + (key == nil ? 9 : 0))
            return row
        }
    }

    static func late(_ bytes: [UInt8]) -> LateEvent {
        LateEvent(
            place: RecordPlace(source: 1, partition: 0, position: 3), time: noon, watermark: noon + .seconds(1),
            eventID: nil, merchantID: "m-1", raw: RawRecord(bytes))
    }

    static func priorLine(_ id: String = id) -> PriorLine {
        PriorLine(
            lineID: id, merchantID: "m-1", state: .posted, amount: 15, currency: pounds, scale: 2, chargeTime: noon,
            component: "click_cost")
    }

    /// A summary in which every list has an entry.
    static func summary() -> Summary {
        var summary = Summary(topology: topology())
        summary.logs = [Summary.Log(name: "a.ndjson", read: 7)]
        summary.fates.accepted = 3
        summary.fates.deadLettered = 4
        summary.deadLetters = [.invalidJSON: 3, .columnCount: 1]
        summary.sources[0].fates.accepted = 3
        summary.sources[0].accept(.click, at: noon)
        summary.sources[0].money[.init(type: .click, field: .cost, currency: pounds)] = 45
        summary.count(alert())
        var shadow = alert()
        shadow.stage = 2
        shadow.mode = .shadow
        summary.count(shadow)
        summary.count(line())
        summary.ledger.claims = 1
        summary.ledger.unjustified = [priorLine()]
        summary.run.wallSeconds = 0.5
        return summary
    }

    /// The text that a closure writes.
    static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
