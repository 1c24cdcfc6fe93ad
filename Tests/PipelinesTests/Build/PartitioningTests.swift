import Pipelines
import RampartCore
import Testing

/// Which stages are kept together, and which read through an exchange (R22).
@Suite struct PartitioningTests {
    private static let sources = """
        pipeline: shop
        sources:
          clicks: { event: click }
          orders: { event: order }
          joins: { event: registration, partitioned_by: account_id }

        """

    private static func window(_ name: String, _ from: String, _ key: String) -> String {
        """
          \(name):
            from: \(from)
            key: [\(key)]
            window: { size: 10m, every: 1m }
            measure: { events: count() }
            when: events >= 1

        """
    }

    private static func topology(_ stages: String) throws -> Topology {
        try PipelineLoader.load(text: sources + "stages:\n" + stages, file: "p.yaml").get().topology
    }

    /// The subgraph of each stage by name, and what each subgraph is fed by.
    private static func places(_ stages: String) throws -> [String] {
        let topology = try topology(stages)
        return topology.stages.map { stage in
            let subgraph = topology.subgraphs[stage.subgraph]
            let upstream = topology.subgraphs[subgraph.upstream].name
            return subgraph == .mainOne ? stage.name : "\(stage.name): \(upstream) -> \(subgraph.name)"
        }
    }

    @Test func keysWithTheMerchantNeedNoExchange() throws {
        let topology = try Self.topology(
            Self.window("a", "clicks", "merchant_id") + Self.window("b", "[clicks, orders]", "device_id, merchant_id"))
        #expect(topology.subgraphs == [.mainOne])
        #expect(!topology.layout.keepsPassage)
    }

    @Test func keysWithoutShareAnExchangeWhereTheyAreTheSame() throws {
        let stages =
            Self.window("a", "clicks", "device_id, ip") + Self.window("b", "orders", "ip, device_id")
            + Self.window("c", "clicks", "device_id") + Self.window("d", "clicks", "merchant_id")
        #expect(
            try Self.places(stages) == [
                "a: main -> ip-device_id", "b: main -> ip-device_id", "c: main -> device_id", "d",
            ])
    }

    @Test func whatReadsAnExchangedStageStaysWithItWhereItCan() throws {
        let join =
            "  joined: { kind: join, from: clicks, with: orders, key: [device_id], horizon: 1m, as: order, attach: [ts] }\n"
        let filter = "  late: { kind: filter, from: joined, keep: has(order.ts) }\n"
        let stages =
            join + filter + Self.window("a", "late", "device_id, merchant_id") + Self.window("b", "late", "merchant_id")
            + Self.window("c", "late", "ip") + Self.window("d", "clicks", "ip")
        #expect(
            try Self.places(stages) == [
                "joined: main -> device_id", "late: main -> device_id", "a: main -> device_id",
                "b: device_id -> merchant_id", "c: device_id -> ip", "d: main -> ip-2",
            ])
    }

    @Test func sourcesOfSeveralPartitionsMeetBehindAnExchange() throws {
        #expect(try Self.places(Self.window("a", "[clicks, joins]", "ip")) == ["a: main -> ip"])
        #expect(try Self.places(Self.window("a", "joins", "account_id, ip")) == ["a"])
        #expect(try Self.places(Self.window("a", "joins", "ip")) == ["a: main -> ip"])
    }

    @Test func moneyStaysWithTheMerchant() throws {
        let join =
            "  joined: { kind: join, from: clicks, with: orders, key: [device_id], horizon: 1m, as: order, attach: [ts] }\n"
        let stage =
            Self.window("a", "joined", "device_id, merchant_id")
            + "    credit: { component: c, reason: r, amount: cost }\n"
        guard
            case .failure(let found) = PipelineLoader.load(
                text: Self.sources + "stages:\n" + join + stage, file: "p.yaml")
        else {
            Issue.record("it was taken")
            return
        }
        #expect(found.description.contains("p.yaml:9:11: error: `a` credits what comes out of stages"), "\(found)")
    }

    @Test func sourcesAreRepartitionedTogether() throws {
        let text =
            Self.sources.replacing("event: order }", with: "event: order, repartition: true }")
            + "stages:\n" + Self.window("a", "clicks", "merchant_id")
        guard case .failure(let found) = PipelineLoader.load(text: text, file: "p.yaml") else {
            Issue.record("it was taken")
            return
        }
        #expect(found.description.contains("p.yaml:3:3: error: the source `orders` is repartitioned"), "\(found)")
        let all = text.replacing("event: click }", with: "event: click, repartition: true }")
            .replacing("account_id }", with: "account_id, repartition: true }")
        #expect(try PipelineLoader.load(text: all, file: "p.yaml").get().topology.exchanged == [Subgraph.main])
    }

    @Test func oneStageCannotReadFromTwoPlaces() throws {
        let join =
            "  joined: { kind: join, from: clicks, with: orders, key: [device_id], horizon: 1m, as: order, attach: [ts] }\n"
        for stage in [
            Self.window("a", "[clicks, joined]", "device_id"),
            "  a: { kind: filter, from: [joined, orders], keep: has(ip) }\n",
            "  a: { kind: join, from: joined, with: orders, key: [device_id], horizon: 1m, as: again, attach: [ts] }\n",
        ] {
            guard
                case .failure(let found) = PipelineLoader.load(
                    text: Self.sources + "stages:\n" + join + stage, file: "p.yaml")
            else {
                Issue.record("it was taken: \(stage)")
                continue
            }
            #expect(found.description.contains("let it read what is kept by one key"), "\(found)")
        }
    }
}
