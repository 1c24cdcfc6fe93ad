import Pipelines
import RampartCore
import Testing

/// What does not fit under a ceiling (R22): the rule by hand, on the oracle and on the core.
@Suite struct CeilingTests {
    /// Two clicks of each device are found within ten seconds; the devices of a merchant share a key group.
    private static func scenario(_ ceiling: Ceiling) -> Scenario {
        var scenario = Scenario()
        scenario.findClicks(bound: 2)
        scenario.pipeline.stages[0].ceiling = ceiling
        return scenario
    }

    /// What a click counts beside its key: 256, its id, and its texts.
    private static let clickBytes = 256 + "c1".count + ["m1", "d1", "GBP", "a1"].map(\.count).reduce(0, +)

    @Test(arguments: Runner.all) func one_key_too_many_is_refused_and_lines_are_held(_ runner: Runner) async throws {
        for keys in [2, 3] {
            var scenario = Self.scenario(Ceiling(keys: keys, bytes: 1 << 20))
            for (number, device) in ["d1", "d2", "d3", "d1", "d3"].enumerated() {
                scenario.click("c\(number)", at: Double(number), cost: 10, device: device)
            }
            let result = try await scenario.run(runner)
            #expect(result.refused == [keys == 2 ? 2 : 0])
            #expect(result.charges(.held) == (keys == 2 ? ["c0=10", "c3=10"] : []))
            #expect(result.charges(.posted) == (keys == 2 ? [] : ["c0=10", "c2=10", "c3=10", "c4=10"]))
            #expect(result.alerts.filter(\.isSaturated).count == (keys == 2 ? 2 : 0))
            let evidence = result.alerts.first?.evidence.counts
            #expect(evidence == ["click=2", "accounts=0"] + (keys == 2 ? ["refused=1"] : []))
        }
    }

    @Test(arguments: Runner.all) func a_key_that_left_makes_room(_ runner: Runner) async throws {
        for (second, refused) in [(9.999, 1), (11.0, 0)] {
            var scenario = Self.scenario(Ceiling(keys: 1, bytes: 1 << 20))
            scenario.click("c1", at: 0, cost: 10, device: "d1")
            scenario.click("c2", at: second, cost: 10, device: "d2")
            #expect(try await scenario.run(runner).refused == [refused])
        }
    }

    @Test(arguments: Runner.all) func one_byte_too_many_is_refused(_ runner: Runner) async throws {
        let room = 256 + 2 * Self.clickBytes
        for (bytes, refused) in [(room, 0), (room - 1, 1)] {
            var scenario = Self.scenario(Ceiling(keys: 9, bytes: bytes))
            scenario.click("c1", at: 0, cost: 10)
            scenario.click("c2", at: 1, cost: 10)
            let result = try await scenario.run(runner)
            #expect(result.refused == [refused])
            #expect(result.alerts.isEmpty == (refused == 1))
        }
    }

    /// The window of the first click past saturation is whole again; that of the last within it is not.
    @Test(arguments: Runner.all) func saturation_ends_when_nothing_can_be_missing(_ runner: Runner) async throws {
        for (second, isSaturated) in [(14.0, true), (15.0, false)] {
            var scenario = Self.scenario(Ceiling(keys: 1, bytes: 1 << 20))
            scenario.click("c1", at: 0, cost: 10, device: "d1")
            scenario.click("c2", at: 4.0, cost: 10, device: "d2")
            scenario.click("c3", at: second - 0.5, cost: 10, device: "d3")
            scenario.click("c4", at: second - 0.4, cost: 10, device: "d3")
            let result = try await scenario.run(runner)
            #expect(result.refused == [1])
            #expect(result.alerts.map(\.isSaturated) == [isSaturated, isSaturated])
            #expect(result.charges(.held).count == (isSaturated ? 2 : 0))
            #expect(result.charges(.posted).count == (isSaturated ? 0 : 2))
        }
    }

    /// A copy of what there was no room to remember is counted again, and what it makes is held.
    @Test(arguments: Runner.all) func copies_of_the_unremembered_are_accepted(_ runner: Runner) async throws {
        var scenario = Self.scenario(.standard)
        scenario.pipeline.sources[0].dedupeKeysMax = 1
        scenario.click("c1", at: 0, cost: 10)
        scenario.click("c1", at: 1, cost: 10)
        scenario.click("c2", at: 2, cost: 10, device: "d2")
        scenario.click("c2", at: 3, cost: 10, device: "d2")
        let result = try await scenario.run(runner)
        #expect(result.fates == [.accepted: 3, .duplicate: 1])
        #expect(result.unremembered == [2])
        #expect(result.charges(.held) == ["c2=10"])
        #expect(result.charges(.posted) == [])
    }

    /// A crowd of devices fills a stage: shards, order of polling and chunks change nothing, and nothing is posted.
    @Test func a_saturating_log_says_the_same_everywhere() async throws {
        var scenario = Self.scenario(Ceiling(keys: 40, bytes: 30_000))
        scenario.log.partitions = (0..<4).map { ModelPartition(name: "p\($0)", source: nil, records: []) }
        var random = SplitMix64(seed: 22)
        for number in 0..<4000 {
            let merchant = random.number(0...15)
            scenario.click(
                "c\(number)", at: Double(number) / 100, cost: Int64(random.number(1...9)), merchant: "m\(merchant)",
                device: "d\(random.number(0...99))", partition: merchant % 4)
        }
        let expected = try await scenario.run(.core(CoreOptions()))
        #expect(expected.refused[0] > 500)
        #expect(expected.alerts.filter(\.isSaturated).count > 100)
        for seed in 0..<6 as Range<UInt64> {
            let options = CoreOptions(
                shards: seed % 2 == 0 ? 8 : 3, pollingSeed: seed, chunkBytes: 500 + Int(seed) * 3000, hashSeed: seed)
            #expect(Comparison.differences(expected, try await scenario.run(.core(options))) == [])
        }
        let saturated = expected.alerts.filter { alert in
            alert.isOpen && alert.evidence.counts.contains { $0.hasPrefix("refused=") }
        }
        let posted = Set(expected.lines.filter { $0.state == .posted }.map { "\($0.alert) \($0.paneEnd)" })
        #expect(posted.count > 20)
        #expect(saturated.allSatisfy { $0.isSaturated && !posted.contains("\($0.id) \($0.paneEnd)") })
    }

    /// A long window that holds one old event keeps nothing of what a short one has let go: no ceiling counts that.
    @Test func aLongWindowKeepsNothingForAShortOne() throws {
        let text = """
            pipeline: spans
            sources:
              clicks: { event: click, dedupe: off, fields: { currency: { default: GBP } } }
            stages:
              dear: { kind: filter, from: clicks, keep: cost > 100 }
              long: { from: dear, key: [merchant_id], window: { size: 7d, every: 10s }, measure: { n: count() }, when: n >= 9 }
              short: { from: clicks, key: [merchant_id], window: { size: 10s }, measure: { n: count() }, when: n >= 9000 }
            """
        let topology = try PipelineLoader.load(text: text, file: "spans.yaml").get().topology
        var task = TaskState(topology: topology, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 1)
        var sizes: [Int] = []
        for batch in 0..<5 {
            let records = (0..<1000).map { number in
                let place = batch * 1000 + number
                let cost = place == 0 ? 500 : 1
                return Array(
                    #"{"event_id":"\#(place)","ts":\#(place * 1000),"merchant_id":"m","device_id":"d","cost":\#(cost)}"#
                        .utf8)
            }
            _ = task.read(RecordBatch(json: records), of: 0)
            _ = task.advance()
            sizes.append(task.snapshot().count)
        }
        #expect(sizes[4] < sizes[0] + 100, "\(sizes)")
    }
}
