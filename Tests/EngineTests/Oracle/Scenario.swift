import RampartCore

/// A pipeline and a log written by hand, in seconds after a fixed moment (2020-09-13T12:26:40Z).
struct Scenario {
    /// The moment from which all scenarios count.
    static let start: Int64 = 1_600_000_000_000

    /// The pipeline; by default one source of clicks.
    var pipeline = ModelPipeline(sources: [ModelSource(name: "clicks", type: .click)], stages: [])
    /// The partitions; by default one.
    var log = ModelLog(partitions: [ModelPartition(name: "log", source: nil, records: [])])
    /// How to replay.
    var options = OracleOptions()

    /// Adds a stage that finds `bound` clicks of a key, and credits their cost.
    mutating func findClicks(
        _ name: String = "found", by field: Field = .deviceID, bound: Int64 = 3, size: Int64 = 10, every: Int64 = 1,
        component: String = "click_cost", reason: String = "invalid_click"
    ) {
        let window = ModelWindow(
            key: [.merchantID, field], size: size * 1000, every: every * 1000,
            measures: [ModelMeasure(name: "clicks", function: .count)],
            condition: .compare(.greaterOrEqual, .measure(0), .threshold(0)),
            credit: ModelCredit(component: component, reason: reason, amount: .cost, type: .click))
        pipeline.stages.append(
            ModelStage(
                name: name, inputs: [.source(0)], thresholds: [Threshold(name: "min_clicks", value: .integer(bound))],
                kind: .window(window)))
    }

    /// Adds a click.
    mutating func click(
        _ identity: String, at seconds: Double, cost: Int64, merchant: String = "m1", device: String = "d1",
        ip: String = "10.0.0.1", currency: String = "GBP", partition: Int = 0
    ) {
        log.partitions[partition].records.append(
            ModelRecord(
                type: "click", identity: identity, time: .milliseconds(Self.start + Int64(seconds * 1000)),
                fields: [
                    .merchantID: .string(merchant), .adID: .string("a1"), .deviceID: .string(device),
                    .ip: .string(ip), .cost: .integer(cost), .currency: .string(currency),
                ]))
    }

    /// Adds a void of a charge, from a second source.
    mutating func void(_ charge: String, at seconds: Double, identity: String = "v1") {
        if pipeline.sources.count == 1 { pipeline.sources.append(ModelSource(name: "voids", type: .void)) }
        log.partitions[0].records.append(
            ModelRecord(
                type: "void", identity: identity, time: .milliseconds(Self.start + Int64(seconds * 1000)),
                fields: [.merchantID: .string("m1"), .chargeID: .string(charge)]))
    }

    /// Replays it.
    func run(_ runner: Runner) async throws -> OracleResult { try await runner.run(pipeline, log, options) }
}

extension OracleResult {
    /// `charge=amount` of the lines in a state, sorted.
    func charges(_ state: CreditLine.State) -> [String] {
        lines.filter { $0.state == state }.map { "\($0.chargeID)=\($0.amount)" }.sorted()
    }

    /// The sum of the credits of a state and currency.
    func credited(_ state: CreditLine.State, _ currency: String = "GBP") -> Int128 {
        credits.filter { $0.state == state && $0.currency == currency }.reduce(0) { $0 + $1.amount }
    }
}
