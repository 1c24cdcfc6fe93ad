import Foundation

/// Every pipeline of the repository that is right: those that ship, and the whole examples of its pages.
public enum PipelineTexts {
    /// A pipeline and where it stands.
    public struct Entry: Sendable {
        /// A file, or a page and the number of the example on it.
        public var name: String
        /// The text.
        public var text: String
    }

    /// The folder that holds the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Those that ship.
    public static func shipped() throws -> [Entry] {
        try names(in: "pipelines", suffix: ".yaml").map { Entry(name: $0, text: try text("pipelines/\($0)")) }
    }

    /// The examples of the pages that are whole pipelines.
    public static func examples() throws -> [Entry] {
        let pages = ["README.md"] + (try names(in: "docs", suffix: ".md")).map { "docs/\($0)" }
        return try pages.flatMap { page in
            let blocks = try text(page).components(separatedBy: "```yaml\n").dropFirst()
                .compactMap { $0.components(separatedBy: "```").first }
            return blocks.filter { $0.split(separator: "\n").contains { $0.hasPrefix("pipeline:") } }.enumerated().map {
                Entry(name: "\(page), example \($0 + 1)", text: $1)
            }
        }
    }

    /// The text of a file of the repository.
    public static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func names(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())
            .filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// A pipeline that uses every key which the others leave out.
    public static let everyKey = Entry(
        name: "every key",
        text: """
            pipeline: bazaar
            lateness: 2s
            max_ahead: 30m
            sources:
              clicks:
                event: click
                format: json
                topic: bazaar.clicks
                partitioned_by: merchant_id
                lateness: 5s
                scale: 4
                dedupe: { by: id, horizon: 2h, max_keys: 5000 }
                fields:
                  event_id: { path: id }
                  ts: { path: when, format: iso8601, zone: Europe/London }
                  merchant_id: seller.id
                  device_id: { path: device, default: unknown, prefix: 12 }
                  cost: { path: price, format: decimal, times: count, negate: false }
                  currency: { default: GBP }
              reviews:
                event: review
                dedupe: off
                fields:
                  event_id: none
                  rating: { path: stars, default: 3 }
                  text: { constant: none }
              desk:
                format: csv
                event:
                  switch: kind
                  cases:
                    - { equals: back, event: refund }
                    - { starts_with: ord, event: order, fields: { amount: { path: total, format: decimal } } }
                  default: order
                dedupe: { by: content }
                fields:
                  event_id: number
                  ts: { path: date, format: epoch_s }
                  currency: { constant: EUR }
            stages:
              dear:
                kind: filter
                from: clicks
                keep: cost > least && user_agent.contains("bot")
                tune: { least: { default: 100, min: 0, max: 1000000 } }
              dearer:
                kind: filter
                from: [dear]
                keep: cost > 5000 || ts.getHours("Europe/London") < 6
              dear-clicks:
                kind: window
                from: dearer
                key: [merchant_id, ad_id]
                window: { size: 10m, every: 30s }
                measure:
                  clicks: count()
                  spent: sum(cost, cost > 0)
                  devices: distinct(device_id)
                tune: { min_clicks: { default: 10, min: 2, max: 1000 }, min_share: 0.5 }
                when: clicks >= min_clicks && devices >= min_share * clicks
                alert: { severity: critical, close_after: 20m, message: "{clicks} clicks on {ad_id}, from {min_clicks} on." }
                credit: { component: click_cost, reason: invalid_click, amount: cost, event: click }
                max_keys: 1000
                max_bytes: 1048576
              bad-reviews:
                from: reviews
                key: merchant_id
                window: { size: 1d, every: 1h }
                measure: { reviews: count(rating <= 2), mean: avg(rating), worst: min(rating), best: max(rating) }
                when: reviews >= 5 && mean < 2.5 && worst <= 1 && best < 5
              returns:
                from: desk
                key: [merchant_id, buyer_id]
                window: { size: 1h }
                measure:
                  returned: sum(amount, type == "refund")
                  rows: count()
                when: returned > 100 && rows in [1, 2, 3]
              attacks:
                kind: incident
                from: [dear-clicks, bad-reviews]
                quiet: 3h
                escalate: { stages: 2, severity: critical }
              clicking:
                kind: incident
                from: dear-clicks
            ledger:
              statement: 30m
              caps: { GBP: 500.00, EUR: 600 }
              review_above: { GBP: 50 }
              late_horizon: 12h
              late_credit: post
              claim_horizon: 10d
            sinks:
              alerts: { topic: bazaar.alerts, mask: true }
              incidents: { topic: bazaar.incidents }
              credit_lines: { topic: bazaar.lines }
              credits: { topic: bazaar.credits, mask: false }
              late: { topic: bazaar.late }
              dead_letters: { topic: bazaar.dead }
            tests:
              - name: nothing comes of nothing
                records:
                  - lines: "{}"
                    source: clicks
                expect: { accepted: 0, alerts: [], credits: [] }
              - name: one of each
                set: { dear.least: 5, dear-clicks.min_clicks: 3 }
                records:
                  - source: clicks
                    repeat: 3
                    at: 2026-03-01T12:00:00Z
                    every: 10s
                    record: { id: "c{n}", seller: { id: m1 }, ad_id: a1, device: d1, price: 1.5, count: 2 }
                expect:
                  accepted: 3
                  duplicate: 0
                  conflict: 0
                  late: 0
                  filtered: 0
                  dead_lettered: 0
                  alerts:
                    - stage: dear-clicks
                      severity: critical
                      merchant_id: m1
                      key: { ad_id: a1 }
                      opened: 2026-03-01T12:00:30Z
                      measures: { clicks: 3, spent: { GBP: 90000 } }
                  incidents:
                    - stage: attacks
                      severity: critical
                      merchant_id: m1
                      opened: 2026-03-01T12:00:30Z
                      closed: 2026-03-01T15:30:30Z
                      alerts: { dear-clicks: 1, bad-reviews: 0 }
                    - { stage: clicking }
                  credits:
                    - { component: click_cost, reason: invalid_click, state: posted, merchant_id: m1, currency: GBP, amount_minor: 900, lines: 3 }

            """)
}
