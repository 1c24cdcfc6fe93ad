import Pipelines
import RampartCore
import Testing

/// What a good file becomes.
@Suite struct TopologyTests {
    @Test func defaultsAreTheDocumentedOnes() throws {
        let pipeline = try load(Refusal.base)
        let topology = pipeline.topology
        #expect(topology.family == "shop")
        #expect(topology.basePane == .minutes(1))
        #expect(topology.evaluationOrder == [0, 1])
        let source = topology.sources[0]
        #expect(source.format == .json && source.scale == 2 && source.lateness == .zero)
        #expect(source.selector == .constant(.click) && source.typePath == Path(["type"]))
        #expect(source.partitionedBy == .merchantID && source.dedupe == .byID(horizon: .hours(1)))
        let mapping = try #require(source.mappings[.click])
        #expect(mapping.time == Path(["ts"]) && mapping.timeFormat == .epochMilliseconds)
        #expect(mapping.identity == Path(["event_id"]))
        #expect(Set(mapping.fields.map(\.field)) == Set(EventType.click.fields + [.chargeID]))
        #expect(mapping.fields.allSatisfy { $0.path == Path([$0.field.name]) && $0.fallback == nil })
        let window = try window(topology, 1)
        #expect(
            window.alert.severity == .medium && window.alert.closeAfter == .minutes(10) && window.alert.message == nil)
        #expect(window.credit?.amount == .cost && window.credit?.types == [.click])
        #expect(window.conditionMeasures == [0])
        let policy = topology.ledger
        #expect(policy.statement == .hours(1) && policy.caps.isEmpty && policy.reviewAbove.isEmpty)
        #expect(policy.lateHorizon == .hours(24) && !policy.postsLateCharges && policy.claimHorizon == .days(30))
        #expect(pipeline.sinks.isEmpty && pipeline.tests.isEmpty && pipeline.topics == [nil, nil])
    }

    @Test func theLayoutHoldsWhatTheGraphReads() throws {
        let topology = try load(Refusal.base).topology
        #expect(
            Set(topology.layout.fields) == [
                .merchantID, .adID, .cost, .amount, .currency, .buyerID, .accountID, .chargeID,
            ])
        let filters = Refusal.base.replacing("cost > least", with: "cost > least && has(user_agent)")
            .replacing("count()", with: "count(campaign_id == \"c\")").replacing("sum(cost)", with: "distinct(ip)")
        let added = Set(try load(filters).topology.layout.fields).subtracting(topology.layout.fields)
        #expect(added == [.userAgent, .campaignID, .ip])
    }

    @Test func aFileWithoutWindowsKeepsLittle() throws {
        let text = """
            pipeline: p
            sources: { reviews: { event: review, partitioned_by: buyer_id }, voids: { event: void } }
            stages: { low: { kind: filter, from: reviews, keep: rating < 2 } }

            """
        let topology = try load(text).topology
        #expect(Set(topology.layout.fields) == [.merchantID, .buyerID, .rating, .chargeID])
        #expect(topology.basePane == .minutes(1))
    }

    @Test func mappingsAreRead() throws {
        let fields = """
            fields:
                  merchant_id: { path: [seller.x, id], default: none, prefix: 3 }
                  ad_id: ad.id
                  ip: none
                  campaign_id: "none"
                  cost: { path: price, format: decimal, times: n, negate: true, default: 1.50 }
                  currency: { constant: EUR }
                  event_id: { path: id }
                  type: { path: kind }
                  ts: { path: t.created, format: "yyyy-MM-dd HH:mm:ss", zone: UTC }
            """
        let source = try load(Refusal.base.replacing("event: click", with: "event: click\n    scale: 6\n    " + fields))
            .topology.sources[0]
        let mapping = try #require(source.mappings[.click])
        func field(_ field: Field) -> FieldMapping? { mapping.fields.first { $0.field == field } }
        #expect(field(.merchantID)?.path == Path(["seller.x", "id"]))
        #expect(field(.merchantID)?.fallback == Array("none".utf8))
        #expect(field(.merchantID)?.reading == .string(prefix: 3))
        #expect(field(.adID)?.path == Path(["ad", "id"]))
        #expect(field(.ip) == nil)
        #expect(field(.campaignID)?.path == Path(["none"]))
        #expect(field(.cost)?.reading == .decimal(factor: Path(["n"]), negate: true))
        #expect(field(.cost)?.fallback == Array("1.50".utf8))
        #expect(field(.currency)?.path == nil && field(.currency)?.fallback == Array("EUR".utf8))
        #expect(mapping.identity == Path(["id"]) && source.typePath == Path(["kind"]) && source.scale == 6)
        #expect(mapping.time == Path(["t", "created"]))
        guard case .local(let zone) = mapping.timeFormat else {
            Issue.record("\(mapping.timeFormat)")
            return
        }
        #expect(zone == .utc)
    }

    @Test func aSwitchHasAMappingForEachType() throws {
        let text = try Repository.text("pipelines/online-retail.yaml")
        let source = try load(text).topology.sources[0]
        let starts = Source.Case(pattern: .startsWith(Array("C".utf8)), type: .refund)
        #expect(source.selector == .match(path: Path(["InvoiceNo"]), cases: [starts], otherwise: .order))
        #expect(source.typePath == nil && source.types == [.order, .refund] && source.dedupe == .off)
        for (type, negate) in [(EventType.order, false), (.refund, true)] {
            let amount = source.mappings[type]?.fields.first { $0.field == .amount }
            #expect(amount?.reading == .decimal(factor: Path(["Quantity"]), negate: negate))
        }
        #expect(source.mappings[.refund]?.maps(.listingID) == false)
    }

    @Test func evaluationOrderFollowsTheGraphAndNotTheFile() throws {
        let text = """
            pipeline: p
            sources: { clicks: { event: click } }
            stages:
              last: { from: [second, clicks], key: merchant_id, window: { size: 90s }, measure: { n: count() }, when: n > 1 }
              second: { kind: filter, from: first, keep: cost > 1 }
              first: { kind: filter, from: clicks, keep: cost > 0 }
              other: { from: first, key: merchant_id, window: { size: 2m, every: 40s }, measure: { n: count() }, when: n > 1 }

            """
        let topology = try load(text).topology
        #expect(topology.evaluationOrder == [2, 1, 0, 3])
        #expect(topology.stages[0].inputs == [.stage(1), .source(0)])
        #expect(topology.basePane == .seconds(10))
    }

    @Test func messagesAreTakenApart() throws {
        let text = Refusal.base.replacing(
            "    credit:", with: "    alert: { message: \"{{{clicks}}} of {min_clicks} on {ad_id}.\" }\n    credit:")
        let window = try window(try load(text).topology, 1)
        #expect(
            window.alert.message == [
                .text("{"), .measure(0), .text("} of "), .threshold(0), .text(" on "), .key(1), .text("."),
            ])
    }

    @Test func amountsAndSinksAreRead() throws {
        let text =
            Refusal.base
            + "ledger: { caps: { GBP: 500.00, EUR: 0 }, review_above: { JPY: 0.000000001 }, late_credit: post }\n"
            + "sinks: { credit_lines: { mask: true }, alerts: { topic: a } }\n"
        let pipeline = try load(text)
        let policy = pipeline.topology.ledger
        #expect(policy.caps.count == 2)
        #expect(try policy.caps[#require(Currency("GBP"))] == MajorAmount(units: 50_000, scale: 2))
        #expect(try policy.caps[#require(Currency("EUR"))] == .zero)
        #expect(try policy.reviewAbove[#require(Currency("JPY"))] == MajorAmount(billionths: 1))
        #expect(policy.postsLateCharges)
        #expect(pipeline.sinks.map(\.kind) == [.alerts, .creditLines])
        #expect(pipeline.sinks.map(\.mask) == [false, true] && pipeline.sinks[0].topic == "a")
    }

    @Test func stagesAreLiveUnlessTheySayOtherwise() throws {
        let shadow = Refusal.base.replacing("from: paid", with: "from: paid\n    mode: shadow")
        #expect(try load(Refusal.base).topology.stages.map(\.mode) == [.live, .live])
        #expect(try load(shadow).topology.stages.map(\.mode) == [.live, .shadow])
    }

    /// What alerts hide must not stand in the shadow of them.
    @Test(
        arguments: [
            ("", false, false), ("alerts: { mask: true }", true, true),
            ("shadow: { topic: s }, alerts: { mask: true }", true, true),
            ("shadow: { mask: false }, alerts: { mask: true }", true, false), ("shadow: { mask: true }", false, true),
        ])
    func shadowIsMaskedAsAlertsAreUnlessItSaysOtherwise(_ sinks: String, _ live: Bool, _ shadow: Bool) throws {
        let pipeline = try load(Refusal.base + "sinks: { \(sinks) }\n")
        #expect(pipeline.masks == SinkMasks(live: live, shadow: shadow))
    }

    private func window(_ topology: Topology, _ stage: Int) throws -> Window {
        guard case .window(let window) = topology.stages[stage].kind else {
            throw Diagnostics([])
        }
        return window
    }
}

extension Mapping {
    fileprivate func maps(_ field: Field) -> Bool { fields.contains { $0.field == field } }
}
