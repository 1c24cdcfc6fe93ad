public import Engine
public import Pipelines
public import RampartCore

/// The pipeline of the simulation: every part of the core that the language reaches, with spans short enough that much
/// happens within minutes of virtual time.
public enum SimulatedPipeline {
    /// The thresholds that reloads change, each with the values that they take.
    public static let tunings: [(name: String, values: [Int])] = [
        ("click-flood.min_clicks", [2, 3, 4, 6]), ("refund-wave.min_refunds", [2, 3, 5]),
        ("costly.min_cost", [0, 5, 20]), ("device-flood.min_clicks", [2, 4, 7]),
    ]

    /// The stages whose mode reloads change.
    public static let stages = ["click-flood", "refund-wave", "device-flood"]
    /// Those of them that begin in shadow.
    public static let shadow: Set<String> = ["device-flood"]

    /// What its data files say.
    public struct Rows: Hashable, Sendable {
        /// The devices whose clicks are let pass by.
        public var devices: Set<String> = []
        /// The least clicks of `click-flood` for single merchants.
        public var minimums: [String: Int] = [:]
        /// When the mutes of single merchants end.
        public var mutes: [String: EventTime] = [:]

        /// Creates files without rows.
        public init() {}

        /// The data files.
        public var files: [DataFile] {
            func rows(_ header: String, _ rows: some Sequence<String>) -> String {
                ([header] + rows.sorted()).map { $0 + "\n" }.joined()
            }
            return [
                DataFile(path: "devices.csv", text: rows("device_id", devices)),
                DataFile(
                    path: "mutes.csv", text: rows("merchant_id,until", mutes.map { "\($0.key),\($0.value.text)" })),
                DataFile(
                    path: "overrides.csv",
                    text: rows(
                        "merchant_id,stage,threshold,value",
                        minimums.map { "\($0.key),click-flood,min_clicks,\($0.value)" })),
            ]
        }
    }

    /// The text of its file.
    public static let text = text(shadow: shadow)

    private static func text(shadow: Set<String>) -> String {
        func mode(_ stage: String) -> String { "mode: \(shadow.contains(stage) ? "shadow" : "live")" }
        return """
            pipeline: simulated
            lateness: 2s
            sources:
              clicks:
                event: click
                topic: sim.clicks
                dedupe: { by: id, horizon: 20s }
                fields: { currency: { path: currency, default: GBP } }
              orders: { event: order, topic: sim.sales, dedupe: { by: id, horizon: 30s } }
              refunds: { event: refund, topic: sim.sales, lateness: 4s }
              voids: { event: void, topic: sim.clicks }
            stages:
              costly:
                kind: filter
                from: clicks
                keep: cost >= min_cost
                tune: { min_cost: { default: 0, min: 0, max: 1000 } }
              click-flood:
                \(mode("click-flood"))
                from: costly
                key: [merchant_id, ad_id, device_id]
                window: { size: 10s, every: 2s }
                measure: { clicks: count(), cost: sum(cost) }
                tune: { min_clicks: { default: 3, min: 2, max: 1000 } }
                when: clicks >= min_clicks
                allow: [devices]
                alert: { severity: medium, close_after: 6s }
                credit: { component: click_cost, reason: invalid_click }
              refund-wave:
                \(mode("refund-wave"))
                from: [orders, refunds]
                key: [merchant_id]
                window: { size: 30s, every: 5s }
                measure:
                  orders: count(type == "order")
                  refunds: count(type == "refund")
                  refunders: distinct(buyer_id, type == "refund")
                  largest: max(amount, type == "refund")
                tune: { min_refunds: { default: 3, min: 2, max: 1000 }, min_ratio: { default: 0.5, min: 0, max: 10 } }
                when: refunds >= min_refunds && refunds >= min_ratio * orders && refunders >= 2
                alert: { severity: high }
              device-flood:
                \(mode("device-flood"))
                from: clicks
                key: [merchant_id, device_id]
                window: { size: 12s, every: 3s }
                measure: { clicks: count() }
                tune: { min_clicks: { default: 4, min: 2, max: 1000 } }
                when: clicks >= min_clicks
                alert: { severity: low, close_after: 6s }
                credit: { component: click_cost, reason: device_flood }
            tables:
              devices: { file: devices.csv, key: device_id }
            overrides: { file: overrides.csv }
            mutes: { file: mutes.csv }
            ledger:
              statement: 20s
              caps: { GBP: 5.00 }
              review_above: { GBP: 1.50 }
              late_horizon: 60s
              late_credit: post
            """
    }

    /// The pipeline with some thresholds given beside its file, some stages in shadow, and some rows in its data files.
    public static func load(
        overrides: [String] = [], shadow: Set<String> = shadow, rows: Rows = Rows()
    ) throws(DaemonError) -> Pipeline {
        let overrides = overrides.compactMap { ThresholdOverride(argument: $0) }
        let loaded = PipelineLoader.load(
            text: text(shadow: shadow), file: "simulated.yaml", overrides: overrides, data: DataFiles(rows.files))
        switch loaded {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics):
            throw DaemonError(.stop, "the simulation's own pipeline is wrong: \(diagnostics)")
        }
    }
}
