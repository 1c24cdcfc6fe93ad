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
        ("device-farm.min_clicks", [2, 4, 8]), ("dear.min_amount", [0, 200, 400]),
    ]

    /// The stages whose mode reloads change.
    public static let stages = ["click-flood", "refund-wave", "device-flood", "device-farm", "serial-refunder"]
    /// Those of them that begin in shadow.
    public static let shadow: Set<String> = ["device-flood"]

    /// The threshold that its data file overrides, behind its stage.
    static let overridden = "click-flood,min_clicks"

    /// What its data files say.
    public struct Rows: Hashable, Sendable {
        /// The devices whose clicks are let pass by.
        public var devices: Set<String> = []
        /// The values of the overridden threshold for single merchants.
        public var minimums: [String: Int] = [:]
        /// When the mutes of single merchants end.
        public var mutes: [String: EventTime] = [:]

        /// Creates files without rows.
        public init() {}

        /// The data files.
        public var files: [DataFile] { files(overriding: SimulatedPipeline.overridden) }

        /// The data files, in which `minimums` are of a threshold, that stands behind its stage.
        func files(overriding threshold: String) -> [DataFile] {
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
                        minimums.map { "\($0.key),\(threshold),\($0.value)" })),
            ]
        }
    }

    /// The text of its file.
    public static let text = text(shadow: shadow, isRepartitioned: false)
    /// The text without what reads through exchanges: for brokers whose readers miss records that were committed, since there
    /// the daemon is such a reader.
    public static let plainText = text(shadow: shadow, isRepartitioned: false, hasExchanges: false)

    static func text(shadow: Set<String>, isRepartitioned: Bool, hasExchanges: Bool = true) -> String {
        // Whoever changes modes changes these too, so that incidents close by other settings than they opened by, and
        // windows fill up under other ceilings than they were filled under.
        let quiet = shadow.count > 1 ? "5s" : "20s"
        func mode(_ stage: String) -> String { "mode: \(shadow.contains(stage) ? "shadow" : "live")" }
        let keysMax = shadow.count > 1 ? 1 : 2
        let exchanged = hasExchanges ? [exchangedStages(mode), complaints(quiet)] : []
        return ([sources(isRepartitioned), merchantStages(mode, keysMax)] + exchanged + [siege(quiet), ledger])
            .joined(separator: "\n")
    }

    private static func sources(_ isRepartitioned: Bool) -> String {
        let dealt = isRepartitioned ? ", repartition: true" : ""
        return """
            pipeline: simulated
            lateness: 2s
            sources:
              clicks:
                { event: click, topic: sim.clicks, dedupe: { by: id, horizon: 20s, max_keys: 60 },
                  fields: { currency: { path: currency, default: GBP } }\(dealt) }
              orders: { event: order, topic: sim.sales, dedupe: { by: id, horizon: 30s }\(dealt) }
              refunds: { event: refund, topic: sim.sales, lateness: 4s\(dealt) }
              voids: { event: void, topic: sim.clicks\(dealt) }
            stages:
            """
    }

    /// The stages that are kept by merchant.
    private static func merchantStages(_ mode: (String) -> String, _ keysMax: Int) -> String {
        """
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
            max_keys: \(keysMax)
        """
    }

    /// The stages that read through an exchange, one of them through two.
    private static func exchangedStages(_ mode: (String) -> String) -> String {
        """
          device-farm:
            \(mode("device-farm"))
            from: costly
            key: [device_id]
            window: { size: 12s, every: 3s }
            measure: { clicks: count(), merchants: distinct(merchant_id) }
            tune: { min_clicks: { default: 4, min: 2, max: 1000 } }
            when: clicks >= min_clicks && merchants >= 2
            alert: { severity: medium, close_after: 6s }
          bought:
            kind: join
            from: refunds
            with: orders
            key: [buyer_id]
            horizon: 20s
            as: order
            attach: [ts, amount]
            max_bytes: 3000
          dear:
            kind: filter
            from: bought
            keep: amount >= min_amount
            tune: { min_amount: { default: 100, min: 0, max: 1000 } }
          serial-refunder:
            \(mode("serial-refunder"))
            from: dear
            key: [buyer_id]
            window: { size: 20s, every: 4s }
            measure: { refunds: count(), bought: count(has(order.ts)) }
            when: refunds >= 2
            alert: { severity: low, close_after: 8s }
          wronged:
            from: dear
            key: [merchant_id]
            window: { size: 15s, every: 5s }
            measure: { refunds: count(), buyers: distinct(buyer_id) }
            when: refunds >= 2
        """
    }

    private static func siege(_ quiet: String) -> String {
        """
          siege:
            kind: incident
            from: [click-flood, refund-wave, device-flood]
            quiet: \(quiet)
            escalate: { stages: 2, severity: critical }
        """
    }

    /// An incident that is where its merchants' alerts are, behind exchanges.
    private static func complaints(_ quiet: String) -> String {
        """
          complaints:
            kind: incident
            from: wronged
            quiet: \(quiet)
        """
    }

    private static let ledger = """
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

    /// The pipeline without what reads through exchanges.
    public static func plain() throws(DaemonError) -> Pipeline { try load(plainText, [], Rows()) }

    /// The pipeline with some thresholds given beside its file, some stages in shadow, and some rows in its data files; its
    /// topics can be partitioned by anything.
    public static func load(
        overrides: [String] = [], shadow: Set<String> = shadow, isRepartitioned: Bool = false, rows: Rows = Rows()
    ) throws(DaemonError) -> Pipeline {
        try load(
            text(shadow: shadow, isRepartitioned: isRepartitioned),
            overrides.compactMap { ThresholdOverride(argument: $0) }, rows)
    }

    private static func load(
        _ text: String, _ overrides: [ThresholdOverride], _ rows: Rows
    ) throws(DaemonError) -> Pipeline {
        let loaded = PipelineLoader.load(
            text: text, file: "simulated.yaml", overrides: overrides, data: DataFiles(rows.files))
        switch loaded {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics):
            throw DaemonError(.stop, "the simulation's own pipeline is wrong: \(diagnostics)")
        }
    }
}
