import Pipelines
import RampartCore
import Testing

/// The revision names the settings: it changes with each of them, and with nothing else.
@Suite struct RevisionTests {
    static let rich = """
        pipeline: shop
        lateness: 5s
        sources:
          clicks:
            event: click
            topic: clicks
            fields: { currency: { default: GBP }, ad_id: ad.id }
          sales:
            event:
              switch: kind
              cases: [{ equals: sale, event: order }, { starts_with: R, event: refund }]
            format: csv
            scale: 4
            dedupe: { by: content, horizon: 2h }
            fields: { ts: { path: t, format: iso8601, zone: Europe/London }, amount: { format: decimal, times: n } }
        stages:
          paid: { kind: filter, from: clicks, keep: 'cost > least && ad_id != "x y"', tune: { least: 0 } }
          many-clicks:
            from: paid
            key: [merchant_id, ad_id]
            window: { size: 10m, every: 1m }
            measure: { clicks: count(), spent: 'sum(cost, cost > least)' }
            tune: { min_clicks: { default: 10, min: 2, max: 100 }, least: 1.5 }
            when: clicks >= min_clicks && spent >= least
            alert: { severity: high, close_after: 20m, message: "{clicks} on {ad_id}, bound {min_clicks}" }
            credit: { component: click_cost, reason: invalid_click }
          bulk:
            from: sales
            key: [merchant_id]
            window: { size: 1h }
            measure: { refunds: count(type == "refund") }
            when: refunds > 3
          siege: { kind: incident, from: [many-clicks, bulk], quiet: 3h, escalate: { stages: 2, severity: critical } }
          calm: { kind: incident, from: [many-clicks, bulk] }
        ledger: { statement: 2h, caps: { GBP: 500.00, EUR: 1 }, review_above: { GBP: 100 }, late_credit: post }
        sinks: { alerts: { topic: a, mask: true }, credits: { topic: c } }

        """

    /// Each changes one setting.
    static let changes = [
        ("from: [many-clicks, bulk] }", "from: [bulk] }"), ("quiet: 3h", "quiet: 4h"), ("quiet: 3h, ", ""),
        ("severity: critical", "severity: high"), (", escalate: { stages: 2, severity: critical }", ""),
        ("  siege:", "  blockade:"),
        ("pipeline: shop", "pipeline: shop2"), ("lateness: 5s", "lateness: 5s\nmax_ahead: 2h"),
        ("lateness: 5s", "lateness: 6s"), ("  clicks:\n", "  cliques:\n"),
        ("event: click", "event: review"), ("topic: clicks", "topic: klicks"), ("default: GBP", "default: EUR"),
        ("ad_id: ad.id", "ad_id: ad_id"), ("ad_id: ad.id", "ad_id: [ad.id]"), ("ad_id: ad.id", "device_id: ad.id"),
        ("switch: kind", "switch: type"), ("equals: sale", "starts_with: sale"), ("starts_with: R", "starts_with: S"),
        ("event: refund", "event: order"), ("}]\n    format", "}]\n      default: order\n    format"),
        ("format: csv", "format: json"), ("scale: 4", "scale: 3"), ("by: content", "by: id"),
        ("horizon: 2h", "horizon: 3h"),
        ("path: t,", "path: tt,"), ("format: iso8601", "format: \"yyyy-MM-dd\""),
        ("format: iso8601", "format: \"dd/MM/yyyy\""),
        ("format: iso8601", "format: \"yyyy-MM-dd HH:mm:ss\""), ("Europe/London", "UTC"),
        ("format: decimal, times: n", "format: units"), ("times: n", "times: m"), ("times: n", "negate: true"),
        ("paid: {", "free: {"), ("cost > least &&", "cost >= least &&"), ("\"x y\"", "\"x  y\""),
        ("least: 0", "least: 1"),
        ("from: paid", "from: clicks"), ("key: [merchant_id, ad_id]", "key: [ad_id, merchant_id]"),
        ("  bulk:\n", "  bulk:\n    mode: shadow\n"), ("size: 10m", "size: 5m"), ("every: 1m", "every: 2m"),
        ("clicks: count()", "clicks: count(cost > 0)"),
        ("'sum(cost, ", "'max(cost, "), ("default: 10", "default: 11"), ("min: 2", "min: 3"), ("max: 100", "max: 101"),
        (", max: 100", ""), ("least: 1.5", "least: 1.25"), ("&& spent >= least", "|| spent >= least"),
        ("severity: high", "severity: low"), ("close_after: 20m", "close_after: 10m"), ("bound {min_clicks}", "bound"),
        ("click_cost", "fee"), ("invalid_click", "bot"), ("count(type == \"refund\")", "count(type == \"order\")"),
        ("size: 1h", "size: 2h"), ("statement: 2h", "statement: 1h"), ("GBP: 500.00", "GBP: 500.01"), (", EUR: 1", ""),
        ("review_above: { GBP: 100 }", "review_above: { EUR: 100 }"), ("late_credit: post", "late_credit: hold"),
        ("late_credit: post", "late_horizon: 23h"), ("late_credit: post", "claim_horizon: 29d"),
        ("topic: a,", "topic: b,"), ("mask: true", "mask: false"), ("credits: { topic: c }", "late: { topic: c }"),
    ]

    private func revision(_ text: String, _ overrides: [ThresholdOverride] = []) throws -> String {
        try load(text, overrides: overrides).topology.revision
    }

    @Test(arguments: changes) func changesWithEverySetting(_ old: String, _ new: String) throws {
        #expect(Self.rich.contains(old))
        var changed = Self.rich.replacing(old, with: new, maxReplacements: 1)
        changed = new == "  cliques:\n" ? changed.replacing("from: clicks", with: "from: cliques") : changed
        changed = new == "free: {" ? changed.replacing("from: paid", with: "from: free") : changed
        if new == "event: review" {
            // Reviews have no money, so what reads it goes as well; the revision differs in any case.
            changed = changed.replacing("cost", with: "rating").replacing(
                "currency: { default: GBP }, ad_id", with: "order_id"
            )
            .replacing("ad_id", with: "order_id").replacing(
                "    credit: { component: click_rating, reason: invalid_click }\n", with: "")
        }
        #expect(try revision(changed) != revision(Self.rich), "\(old) -> \(new)")
    }

    @Test func allChangesDiffer() throws {
        var revisions = Set<String>()
        var count = 0
        for (old, new) in Self.changes {
            guard
                case .success(let pipeline) = PipelineLoader.load(
                    text: Self.rich.replacing(old, with: new, maxReplacements: 1), file: "p.yaml")
            else { continue }
            revisions.insert(pipeline.topology.revision)
            count += 1
        }
        #expect(revisions.count == count)
        #expect(count >= Self.changes.count - 3, "Most changes stand alone.")
    }

    @Test func layoutAndOrderOfKeysDoNotMatter() throws {
        let other = """
            # The same in other words.
            ledger:
              late_credit: "post"
              review_above: { GBP: 100.0 }
              caps: { EUR: 1.00, GBP: 500 }
              statement: 120m
            sinks: { credits: { topic: c }, alerts: { mask: true, topic: a } }
            tests: []
            lateness: 5000ms
            stages:
              paid:
                tune: { least: { default: 0 } }
                keep: |
                  cost>least
                    && (ad_id != 'x y')
                from: [clicks]
                kind: filter
              many-clicks:
                kind: window
                credit: { event: [click], amount: cost, reason: invalid_click, component: click_cost }
                alert: { message: '{clicks} on {ad_id}, bound {min_clicks}', close_after: 1200s, severity: high }
                tune: { least: 1.50, min_clicks: { max: 100, min: 2, default: 10 } }
                measure:
                  spent: sum(cost,cost>least)
                  clicks: "count( )"
                window: { every: 60s, size: 600s }
                key: [merchant_id, ad_id]
                when: (clicks>=min_clicks)&&(spent>=least)
                from: paid
              bulk:
                mode: live
                when: refunds>3
                window: { size: 60m, every: 1h }
                key: merchant_id
                measure: { refunds: "count('refund' == type)" }
                from: sales
                alert: { severity: medium, close_after: 1h }
              siege:
                from: [bulk, many-clicks]
                escalate: { severity: critical, stages: 2 }
                quiet: 180m
                kind: incident
              calm: { from: [bulk, many-clicks], kind: incident, quiet: 6h }
            sources:
              clicks:
                fields: { ad_id: { path: [ad, id] }, currency: { default: GBP, path: currency }, ts: { format: epoch_ms } }
                format: json
                partitioned_by: merchant_id
                dedupe: { by: id, horizon: 60m }
                topic: clicks
                lateness: 5s
                scale: 2
                event: click
              sales:
                event:
                  cases: [{ event: order, equals: sale }, { event: refund, starts_with: R }]
                  switch: [kind]
                format: csv
                dedupe: { horizon: 120m, by: content }
                scale: 4
                fields: { amount: { times: n, format: decimal }, ts: { zone: Europe/London, format: iso8601, path: t } }
            pipeline: "shop"

            """
        let swapped = other.replacing("count('refund' == type)", with: "count(type == 'refund')")
        #expect(try revision(swapped) == revision(Self.rich))
    }

    @Test func orderOfStagesAndSourcesMatters() throws {
        let base = Refusal.base
        let stages = base.replacing(
            "  paid:\n", with: "  first: { kind: filter, from: clicks, keep: cost > 1 }\n  paid:\n")
        let later = base + "  first: { kind: filter, from: clicks, keep: cost > 1 }\n"
        #expect(try revision(stages) != revision(later))
        let sources = base.replacing("  orders:\n    event: order\n", with: "")
            .replacing("  clicks:\n", with: "  orders:\n    event: order\n  clicks:\n")
        #expect(try revision(sources) != revision(base))
    }

    @Test func thresholdsFromOutsideAreTheSameAsInTheFile() throws {
        let override = ThresholdOverride(stage: "many-clicks", threshold: "min_clicks", text: "11")
        let inFile = Self.rich.replacing("default: 10", with: "default: 11")
        #expect(try revision(Self.rich, [override]) == revision(inFile))
    }

    @Test func sixteenHexadecimalDigits() throws {
        let revision = try revision(Refusal.base)
        #expect(revision.count == 16)
        #expect(revision.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        #expect(revision == "211b5c708aa4647c", "It is the same on every machine and in every version.")
    }
}
