import Engine
import Pipelines
import RampartCore
import Testing

/// What a join finds, on both sides of every edge (R21). The horizon is 30 s, a pane 10 s.
@Suite struct JoinTests {
    /// An order or a refund, at a time in milliseconds.
    private struct Record {
        var type: String
        var id: String
        var time: Int64
        var order: String?
        var merchant = "m1"
        var amount = 1

        var line: String {
            let order = order.map { #""order_id":"\#($0)","# } ?? ""
            return
                #"{"type":"\#(type)","event_id":"\#(id)",\#(order)"ts":\#(time),"merchant_id":"\#(merchant)","buyer_id":"b","amount":\#(amount),"currency":"GBP"}"#
        }
    }

    private static func order(_ id: String, at time: Int64, amount: Int = 1, _ order: String? = "1") -> Record {
        Record(type: "order", id: id, time: time, order: order, amount: amount)
    }

    private static func refund(_ id: String, at time: Int64, _ order: String? = "1") -> Record {
        Record(type: "refund", id: id, time: time, order: order)
    }

    /// Expects of all records, in an order that does not matter, one alert with certain measures.
    private func expect(
        _ measures: String, of records: [Record], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let text = """
            pipeline: joins
            lateness: 5m
            sources:
              orders: { event: order, dedupe: off }
              refunds: { event: refund, dedupe: off }
            stages:
              joined: { kind: join, from: refunds, with: orders, key: [merchant_id, order_id], horizon: 30s, as: order, attach: [amount, ts] }
              seen:
                from: joined
                key: [merchant_id]
                window: { size: 10m, every: 10s }
                measure:
                  refunds: count()
                  found: count(has(order.ts))
                  of_7: count(order.amount == 7)
                  of_8: count(order.amount == 8)
                  at_once: count(ts == order.ts)
                when: refunds >= \(records.filter { $0.type == "refund" && $0.merchant == "m1" }.count)
                alert: { close_after: 1h }
            tests:
              - name: one
                records:
                  - lines: |
            \(records.shuffled().map { "          " + $0.line }.joined(separator: "\n"))
                expect: { alerts: [ { stage: seen, merchant_id: m1, measures: \(measures) } ] }
            """
        let pipeline = try PipelineLoader.load(text: text, file: "joins.yaml").get()
        let outcome = try await PipelineTestRunner(pipeline).run(try #require(pipeline.tests.first))
        #expect(outcome.problems == [], sourceLocation: sourceLocation)
    }

    @Test func findsWhatIsAsEarlyAsTheHorizonAndNoEarlier() async throws {
        try await expect("{ found: 1 }", of: [Self.order("o", at: 5000), Self.refund("r", at: 35_000)])
        try await expect("{ found: 0 }", of: [Self.order("o", at: 5000), Self.refund("r", at: 35_001)])
    }

    /// Of one pane, and whichever id comes first; but nothing that is later.
    @Test func findsWhatIsOfTheSameMomentAndNothingLater() async throws {
        try await expect("{ at_once: 1 }", of: [Self.order("z", at: 5000), Self.refund("a", at: 5000)])
        try await expect("{ at_once: 1 }", of: [Self.order("a", at: 5000), Self.refund("z", at: 5000)])
        try await expect("{ found: 0 }", of: [Self.order("o", at: 5001), Self.refund("r", at: 5000)])
    }

    @Test func findsTheLatest() async throws {
        let orders = [Self.order("a", at: 1000, amount: 7), Self.order("b", at: 2000, amount: 8)]
        try await expect("{ of_7: 1, of_8: 0 }", of: orders + [Self.refund("r", at: 1999)])
        try await expect("{ of_7: 0, of_8: 1 }", of: orders + [Self.refund("r", at: 2000)])
        try await expect(
            "{ of_7: 1, of_8: 1 }", of: orders + [Self.refund("r", at: 1999), Self.refund("s", at: 31_999)])
        // Of one moment, the last in canonical order.
        let twins = [Self.order("b", at: 1000, amount: 8), Self.order("a", at: 1000, amount: 7)]
        try await expect("{ of_7: 0, of_8: 1 }", of: twins + [Self.refund("r", at: 1000)])
    }

    /// The first of the key is forgotten while the second can still be found, and then the key itself.
    @Test func findsInEveryPaneWhatIsStillThere() async throws {
        let orders = [Self.order("a", at: 1000, amount: 7), Self.order("b", at: 32_000, amount: 8)]
        let refunds = [31_000, 31_001, 62_000, 62_001].enumerated().map { Self.refund("r\($0)", at: $1) }
        try await expect("{ refunds: 4, of_7: 1, of_8: 1, found: 2 }", of: orders + refunds)
        let again = [Self.order("c", at: 90_000, amount: 7), Self.refund("s", at: 91_000)]
        try await expect("{ refunds: 5, of_7: 2, of_8: 1 }", of: orders + refunds + again)
    }

    @Test func keysAreApart() async throws {
        var strange = Self.order("o", at: 1000)
        strange.merchant = "m2"
        try await expect("{ found: 0 }", of: [strange, Self.refund("r", at: 2000)])
        try await expect("{ found: 0 }", of: [Self.order("o", at: 1000, "2"), Self.refund("r", at: 2000)])
        try await expect("{ found: 0 }", of: [Self.order("o", at: 1000, nil), Self.refund("r", at: 2000, nil)])
    }

    /// One mistake each, and what is said of it.
    @Test(
        arguments: [
            ("with: orders", "with: refunds-of", "there is no source or transform"),
            ("with: orders", "with: flood", "is a window, which gives findings and no events"),
            ("with: orders", "with: joined", "these stages read each other"),
            ("[merchant_id, order_id]", "[merchant_id, reason]", "no event that `joined` reads (order) has reason"),
            ("horizon: 30s", "horizon: 0s", "expected a duration above zero"),
            ("as: order", "as: amount", "is the name of a field or a threshold"),
            ("as: order", "as: type", "is a word of the expression language"),
            ("attach: [amount]", "attach: [amount, amount]", "stands twice in attach"),
            ("attach: [amount]", "attach: [rating]", "no event that `joined` reads (order) has rating"),
            ("attach: [amount]", "attach: [title]", "expected an identifier, a whole number, money or a currency"),
            ("order.amount", "order.buyer_id", "unknown name `order.buyer_id`"),
            ("order.amount", "other.amount", "members are not in the subset"),
            ("event: order }", "event: order, scale: 6 }", "attaches money between sources of different scales"),
        ])
    func oneMistake(_ place: String, _ mistake: String, _ message: String) throws {
        let text = """
            pipeline: joins
            sources:
              orders: { event: order }
              refunds: { event: refund }
            stages:
              joined: { kind: join, from: refunds, with: orders, key: [merchant_id, order_id], horizon: 30s, as: order, attach: [amount] }
              flood:
                from: joined
                key: [merchant_id]
                window: { size: 10m, every: 10s }
                measure: { refunds: count(amount > order.amount) }
                when: refunds >= 1
            """
        _ = try PipelineLoader.load(text: text, file: "joins.yaml").get()
        guard
            case .failure(let found) = PipelineLoader.load(
                text: text.replacing(place, with: mistake), file: "joins.yaml")
        else {
            Issue.record("it was taken")
            return
        }
        #expect(found.description.contains(message), "\(found)")
    }
}
