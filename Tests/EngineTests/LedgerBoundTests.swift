import RampartCore
import Testing

/// Caps, review bounds, currencies, scales, voids, age and earlier runs, each added up by hand.
@Suite struct LedgerBoundTests {
    /// 60 fits under 1.00, then 50 does not, then 40 does and reaches it, then 1 does not.
    @Test(arguments: Runner.all)
    func cap_holds_what_does_not_fit_and_tries_the_next(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.pipeline.ledger.caps = ["GBP": 100]
        for (number, cost) in [60, 50, 40, 1].enumerated() {
            scenario.click("e\(number)", at: Double(number) / 10, cost: Int64(cost))
        }
        let result = try await scenario.run(runner)
        #expect(result.charges(.posted) == ["e0=60", "e2=40"])
        #expect(result.charges(.held) == ["e1=50", "e3=1"])
        #expect(result.credited(.posted) == 100)
        #expect(result.credited(.held) == 51)
    }

    /// Each device is a key of its own, with an alert of its own.
    @Test(arguments: Runner.all, [99, 100, 101, 250])
    func credit_counts_its_alerts_and_names_a_hundred(_ runner: Runner, _ devices: Int) async throws {
        var scenario = Scenario()
        scenario.findClicks(bound: 1)
        for device in 0..<devices {
            scenario.click("e\(device)", at: Double(device) / 1000, cost: 1, device: "d\(device)")
        }
        let result = try await scenario.run(runner)
        let credit = try #require(result.credits.first)
        let alerts = Set(result.lines.map(\.alert)).sorted()
        #expect(result.credits.count == 1 && credit.lines == devices && credit.alerts == devices)
        #expect(credit.alertIDs == Array(alerts.prefix(100)) && alerts.count == devices)
    }

    @Test(arguments: Runner.all)
    func cap_is_per_merchant_day_and_currency(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks(size: 60)
        scenario.pipeline.ledger.caps = ["GBP": 10]
        let midnight = 41_600.0
        for (number, seconds) in [midnight - 0.2, midnight - 0.1, midnight, midnight + 0.1].enumerated() {
            for merchant in ["m1", "m2"] {
                for currency in ["GBP", "EUR"] {
                    scenario.click(
                        "\(merchant)-\(currency)-\(number)", at: seconds, cost: 10, merchant: merchant,
                        currency: currency)
                }
            }
        }
        let result = try await scenario.run(runner)
        let pounds = ["m1-GBP-0=10", "m1-GBP-2=10", "m2-GBP-0=10", "m2-GBP-2=10"]
        #expect(result.charges(.posted).filter { $0.contains("GBP") } == pounds)
        #expect(result.charges(.held) == ["m1-GBP-1=10", "m1-GBP-3=10", "m2-GBP-1=10", "m2-GBP-3=10"])
        #expect(result.credited(.posted, "EUR") == 80)
        #expect(result.credited(.posted, "GBP") == 40)
    }

    /// The slot is ten seconds; each begins its own sum.
    @Test(arguments: Runner.all)
    func review_bound_holds_per_slot(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks(bound: 1, size: 1)
        scenario.pipeline.ledger.reviewAbove = ["GBP": 10]
        scenario.pipeline.ledger.statement = 10_000
        for (number, seconds) in [1.0, 2, 3, 9, 12].enumerated() {
            scenario.click("e\(number)", at: seconds, cost: 6 - Int64(number))
        }
        let result = try await scenario.run(runner)
        #expect(result.charges(.posted) == ["e0=6", "e2=4", "e3=3", "e4=2"])
        #expect(result.charges(.held) == ["e1=5"])
        #expect(result.credits.map { "\($0.state) \($0.amount)" } == ["held 5", "posted 10", "posted 5"])
        #expect(result.credits.map(\.periodEnd) == [10, 10, 20].map { Scenario.start + $0 * 1000 })
    }

    @Test(arguments: Runner.all)
    func micros_are_exact_under_a_cap_in_pennies(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.pipeline.sources[0].scale = 6
        scenario.findClicks()
        scenario.pipeline.ledger.caps = ["GBP": 1]
        for (number, cost) in [4_000, 5_999, 2, 1, 1].enumerated() {
            scenario.click("e\(number)", at: Double(number) / 10, cost: Int64(cost))
        }
        let result = try await scenario.run(runner)
        #expect(result.charges(.posted) == ["e0=4000", "e1=5999", "e3=1"])
        #expect(result.charges(.held) == ["e2=2", "e4=1"])
        #expect(result.credits.map(\.scale) == [6, 6])
        #expect(result.credited(.posted) == 10_000)
    }

    @Test(arguments: Runner.all)
    func free_clicks_count_and_credit_nothing(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.click("e1", at: 0.1, cost: 0)
        scenario.click("e2", at: 0.2, cost: 0)
        scenario.click("e3", at: 0.3, cost: 5)
        let result = try await scenario.run(runner)
        #expect(result.charges(.posted) == ["e3=5"])
    }

    /// Voided before, in the pane of the finding, and one pane after it.
    @Test(arguments: Runner.all, [(0.5, 2), (3.9, 2), (4.0, 3)])
    func void_stops_lines_from_its_pane_on(_ runner: Runner, _ void: (seconds: Double, lines: Int)) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        let clicks = { (scenario: inout Scenario, numbers: ClosedRange<Int>) in
            for number in numbers { scenario.click("e\(number)", at: Double(number), cost: 10) }
        }
        if void.seconds < 1 { scenario.void("e2", at: void.seconds) }
        clicks(&scenario, 1...3)
        if void.seconds >= 1 { scenario.void("e2", at: void.seconds) }
        let result = try await scenario.run(runner)
        #expect(result.lines.count == void.lines)
        #expect(result.credited(.posted) == Int128(void.lines * 10))
    }

    /// Clicks go on for 20 s, and one of the first second comes late in the pane that ends at 20 s.
    @Test(arguments: Runner.all, [(19_500, 0), (19_499, 1)])
    func charge_beyond_the_claim_horizon_is_held(_ runner: Runner, _ bound: (horizon: Int, held: Int)) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.pipeline.ledger.lateHorizon = 1000
        scenario.pipeline.ledger.postsLate = true
        scenario.pipeline.ledger.claimHorizon = Int64(bound.horizon)
        for number in 0...39 { scenario.click("e\(number)", at: Double(number) / 2, cost: 10) }
        scenario.click("late", at: 0.5, cost: 10)
        let result = try await scenario.run(runner)
        #expect(result.charges(.held).count == bound.held)
        #expect(result.lines.count == 41)
    }

    /// The line of the first second is remembered for copies of its charge from up to 12 s after it.
    @Test(arguments: Runner.all, [(14.0, 3), (14.1, 4)])
    func line_is_forgotten_after_the_claim_horizon(_ runner: Runner, _ copy: (seconds: Double, lines: Int)) async throws
    {
        var scenario = Scenario()
        scenario.pipeline.sources[0].dedupe = .off
        scenario.findClicks(bound: 1)
        scenario.pipeline.ledger.lateHorizon = 1000
        scenario.pipeline.ledger.claimHorizon = 12_000
        scenario.click("e1", at: 1, cost: 10)
        for (name, seconds) in [("e1", copy.seconds), ("e2", 14.2), ("e3", 60)] {
            scenario.click(name, at: seconds, cost: 10)
        }
        #expect(try await scenario.run(runner).lines.count == copy.lines)
    }

    /// A void of the first second forbids charges from up to 12 s after its pane.
    @Test(arguments: Runner.all, [(14.0, 1), (14.1, 2)])
    func void_is_forgotten_after_the_claim_horizon(_ runner: Runner, _ charge: (seconds: Double, lines: Int))
        async throws
    {
        var scenario = Scenario()
        scenario.findClicks(bound: 1)
        scenario.pipeline.ledger.lateHorizon = 1000
        scenario.pipeline.ledger.claimHorizon = 12_000
        scenario.void("e1", at: 1)
        scenario.click("e1", at: charge.seconds, cost: 10)
        scenario.click("e2", at: 60, cost: 10)
        #expect(try await scenario.run(runner).lines.count == charge.lines)
    }

    /// Four clicks are needed at first, then two: the second run adds only what the first did not give.
    @Test(arguments: Runner.all)
    func backfill_adds_only_the_difference_and_counts_it_all(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks(bound: 4)
        scenario.pipeline.ledger.caps = ["GBP": 60]
        for number in 1...4 { scenario.click("e\(number)", at: Double(number) / 10, cost: 10) }
        for number in 5...7 { scenario.click("e\(number)", at: 20 + Double(number) / 10, cost: 10, device: "d2") }
        let first = try await scenario.run(runner)
        #expect(first.credited(.posted) == 40)
        scenario.pipeline.stages[0].thresholds[0].value = .integer(2)
        scenario.options.prior = first.lines.map(OraclePriorLine.init)
        let second = try await scenario.run(runner)
        #expect(second.charges(.posted) == ["e5=10", "e6=10"])
        #expect(second.charges(.held) == ["e7=10"])
        #expect(second.unjustified == [])
        #expect(Set(first.lines.map(\.id)).isDisjoint(with: second.lines.map(\.id)))
        scenario.pipeline.stages[0].thresholds[0].value = .integer(5)
        let third = try await scenario.run(runner)
        #expect(third.lines.isEmpty)
        #expect(third.unjustified == first.lines.map(\.id).sorted())
    }
}
