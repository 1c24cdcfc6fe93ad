import RampartCore
import Testing

/// The money rules (R26–R34) on logs written by hand; every sum here was added up by hand too.
@Suite struct MoneyScenarioTests {
    /// ```
    ///  e1   e2   e3   e4           the windows ending at 4 s … 12 s all hold three clicks or more
    /// 1.0  2.0  3.0  4.0
    /// ```
    @Test(arguments: Runner.all)
    func overlapping_windows_credit_a_click_once(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        for number in 1...4 { scenario.click("e\(number)", at: Double(number), cost: Int64(number * 10)) }
        let result = try await scenario.run(runner)
        #expect(result.charges(.posted) == ["e1=10", "e2=20", "e3=30", "e4=40"])
        #expect(result.charges(.held) == [])
        #expect(result.credited(.posted) == 100)
        #expect(result.credits.map(\.lines) == [4])
        #expect(result.lines.map(\.paneEnd) == [4, 4, 4, 5].map { Scenario.start + $0 * 1000 })
        #expect(Set(result.lines.map(\.alert)).count == 1)
    }

    @Test(arguments: Runner.all)
    func one_click_short_of_the_threshold_credits_nothing(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        for number in 1...2 { scenario.click("e\(number)", at: Double(number), cost: 10) }
        let result = try await scenario.run(runner)
        #expect(result.lines.isEmpty)
        #expect(result.credits.isEmpty)
        #expect(result.alerts.isEmpty)
    }

    /// The window that ends at 10 s holds a click at 0 s; the one that ends at 11 s does not.
    @Test(arguments: Runner.all, [(9.999, 3), (10.0, 0)])
    func window_holds_its_start_and_not_its_end(_ runner: Runner, _ last: (seconds: Double, lines: Int)) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.click("e1", at: 0, cost: 1)
        scenario.click("e2", at: 5, cost: 1)
        scenario.click("e3", at: last.seconds, cost: 1)
        #expect(try await scenario.run(runner).lines.count == last.lines)
    }

    @Test(arguments: Runner.all)
    func first_stage_of_the_file_owns_a_click_of_two(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks("by-device", reason: "device")
        scenario.findClicks("by-address", by: .ip, reason: "address")
        for number in 1...3 { scenario.click("e\(number)", at: Double(number) / 10, cost: 7) }
        scenario.click("e4", at: 0.5, cost: 5, device: "d2")
        let result = try await scenario.run(runner)
        #expect(
            result.lines.map { "\($0.chargeID) \($0.reason)" } == ["e1 device", "e2 device", "e3 device", "e4 address"])
        #expect(result.credited(.posted) == 26)
        #expect(result.credits.map(\.reason) == ["address", "device"])
        #expect(Set(result.alerts.map(\.stage)) == [0, 1])
    }

    /// The second reason comes up nine seconds after the first.
    @Test(arguments: Runner.all)
    func second_reason_later_adds_no_line(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks("by-device", bound: 2, reason: "device")
        scenario.findClicks("by-address", by: .ip, bound: 3, size: 20, reason: "address")
        scenario.click("e1", at: 1, cost: 7)
        scenario.click("e2", at: 2, cost: 8)
        scenario.click("e3", at: 11, cost: 9, device: "d2")
        let result = try await scenario.run(runner)
        #expect(result.lines.map { "\($0.chargeID) \($0.reason)" } == ["e1 device", "e2 device", "e3 address"])
        #expect(result.credited(.posted) == 24)
    }

    @Test(arguments: Runner.all)
    func two_components_of_a_charge_are_two_lines(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks("cost")
        scenario.findClicks("fee", component: "fee")
        for number in 1...3 { scenario.click("e\(number)", at: Double(number), cost: 7) }
        let result = try await scenario.run(runner)
        #expect(result.lines.count == 6)
        #expect(Set(result.lines.map(\.id)).count == 6)
        #expect(result.credits.map { "\($0.component)=\($0.amount)" } == ["click_cost=21", "fee=21"])
    }

    @Test(arguments: Runner.all)
    func copies_are_credited_once_on_time_or_late(_ runner: Runner) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        for number in 1...3 { scenario.click("e\(number)", at: Double(number), cost: 10) }
        scenario.click("e3", at: 3, cost: 10)
        scenario.click("e3", at: 3, cost: 99)
        scenario.click("e4", at: 40, cost: 1)
        scenario.click("e2", at: 2, cost: 10)
        let result = try await scenario.run(runner)
        #expect(
            result.charges(.posted) == ["e1=10", "e2=10", "e3=10"]
                || result.charges(.posted) == ["e1=10", "e2=10", "e3=99"])
        #expect(result.charges(.held) == [])
        #expect(
            result.fates == [.accepted: 4, .duplicate: 1, .conflict: 1, .late: 1]
                || result.fates == [.accepted: 4, .conflict: 2, .late: 1])
    }

    /// The key fires from 4 s to 11 s, so its fired interval is [-6 s, 11 s); the watermark is at 30 s.
    @Test(arguments: Runner.all, [false, true])
    func late_click_is_credited_in_a_fired_interval_only(_ runner: Runner, _ posts: Bool) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.pipeline.ledger.postsLate = posts
        for number in 1...3 { scenario.click("e\(number)", at: Double(number), cost: 10) }
        scenario.click("e4", at: 30, cost: 1)
        scenario.click("inside-first", at: -6, cost: 3)
        scenario.click("inside-last", at: 10.999, cost: 4)
        scenario.click("before", at: -6.001, cost: 5)
        scenario.click("after", at: 11, cost: 6)
        scenario.click("other-device", at: 5, cost: 8, device: "d2")
        let result = try await scenario.run(runner)
        let late = ["inside-first=3", "inside-last=4"]
        #expect(result.charges(posts ? .posted : .held).filter { $0.hasPrefix("inside") } == late)
        #expect(result.credited(.posted) == (posts ? 37 : 30))
        #expect(result.credited(.held) == (posts ? 0 : 7))
        #expect(result.fates[.late] == 5)
        #expect(Set(result.lines.map(\.alert)).count == 1)
        #expect(result.lines.suffix(2).map(\.paneEnd) == [Scenario.start + 31_000, Scenario.start + 31_000])
    }

    @Test(arguments: Runner.all, [(19, 1), (18, 0)])
    func late_horizon_reaches_back_from_the_pane(_ runner: Runner, _ bound: (seconds: Int64, held: Int)) async throws {
        var scenario = Scenario()
        scenario.findClicks()
        scenario.pipeline.ledger.lateHorizon = bound.seconds * 1000
        for number in 1...3 { scenario.click("e\(number)", at: Double(number), cost: 10) }
        scenario.click("e4", at: 29, cost: 1)
        scenario.click("late", at: 5, cost: 3)
        #expect(try await scenario.run(runner).charges(.held).count == bound.held)
    }
}
