import Testing

@testable import RampartCore

/// What findings claim, and what holds it.
@Suite struct LedgerTests {
    private typealias Click = TestPipeline.Click

    private func flood(_ count: Int, at time: Int64 = 1, cost: Int64 = 15) -> [Click] {
        (0..<count).map { Click(id: "c\($0)", time: time, cost: cost) }
    }

    private func states(_ rows: Outputs) -> [String] { rows.lines.map { "\($0.chargeID) \($0.state)" } }

    @Test func claimsEveryChargeOfTheWindowOnce() {
        let rows = TestPipeline().run(flood(4) + [Click(id: "later", time: 31)]).rows
        #expect(rows.lines.map(\.chargeID) == ["c0", "c1", "c2", "c3", "later"])
        #expect(Set(rows.lines.map(\.id)).count == 5)
        #expect(rows.credits.map(\.amount) == [75])
        #expect(rows.credits[0].periodEnd == TestPipeline.time(3600))
    }

    @Test func creditsBelongToTheSlotOfTheirPaneEnd() {
        // The pane [3580, 3590) ends inside the first hour; the pane [3590, 3600) ends at 3600, in the second.
        #expect(TestPipeline().run(flood(3, at: 3585)).rows.credits.map(\.periodStart) == [TestPipeline.time(0)])
        #expect(TestPipeline().run(flood(3, at: 3595)).rows.credits.map(\.periodStart) == [TestPipeline.time(3600)])
    }

    @Test func freeClicksMakeNoLine() {
        #expect(TestPipeline().run(flood(3, cost: 0)).rows.lines.isEmpty)
        #expect(TestPipeline().run(flood(3, cost: 1)).rows.lines.count == 3)
    }

    @Test func capHoldsWhatDoesNotFitAndTriesTheNext() {
        var pipeline = TestPipeline()
        pipeline.ledger.caps = [Currency("GBP")!: MajorAmount(units: 40, scale: 2)]
        let clicks = [("a", 20), ("b", 15), ("c", 10), ("d", 5), ("e", 1)].map {
            Click(id: $0.0, time: 1, cost: Int64($0.1))
        }
        #expect(states(pipeline.run(clicks).rows) == ["a posted", "b posted", "c held", "d posted", "e held"])
    }

    @Test func capIsPerDayOfTheChargeMerchantAndCurrency() {
        var pipeline = TestPipeline()
        pipeline.ledger.caps = [Currency("GBP")!: MajorAmount(units: 45, scale: 2)]
        let day = Int64(86400)
        let clicks = (0..<3).map { Click(id: "c\($0)", time: day - 1) } + (0..<3).map { Click(id: "n\($0)", time: day) }
        #expect(pipeline.run(clicks).rows.lines.allSatisfy { $0.state == .posted })
        let other = flood(3) + (0..<3).map { Click(id: "o\($0)", time: 1, merchant: "m2") }
        #expect(pipeline.run(other).rows.lines.allSatisfy { $0.state == .posted })
        #expect(states(pipeline.run(flood(4)).rows).last == "c3 held")
    }

    @Test func reviewAboveHoldsTheLinesThatPassIt() {
        var pipeline = TestPipeline()
        pipeline.ledger.reviewAbove = [Currency("GBP")!: MajorAmount(units: 45, scale: 2)]
        let rows = pipeline.run(flood(4)).rows
        #expect(states(rows) == ["c0 posted", "c1 posted", "c2 posted", "c3 held"])
        #expect(rows.credits.map { "\($0.state) \($0.amount)" } == ["held 15", "posted 45"])
    }

    @Test func reviewStartsAgainWithTheSlot() {
        var pipeline = TestPipeline()
        pipeline.ledger.reviewAbove = [Currency("GBP")!: MajorAmount(units: 45, scale: 2)]
        let clicks = flood(3) + (0..<3).map { Click(id: "n\($0)", time: 4000) }
        #expect(pipeline.run(clicks).rows.lines.allSatisfy { $0.state == .posted })
    }

    // MARK: - Late charges

    @Test(arguments: [(Int64(-51), false), (-50, true), (59, true), (60, false)])
    func lateChargeNeedsAFiredInterval(time: Int64, claims: Bool) {
        // Fires at the pane ends 10 to 60: the fired interval is [-50, 60).
        let late = Click(id: "late", time: time, lateAt: 300)
        let rows = TestPipeline().run(flood(3) + [late]).rows
        #expect(rows.lines.filter { $0.chargeID == "late" }.map(\.state) == (claims ? [.held] : []))
        #expect(rows.alerts.filter { $0.state == .open }.count == 1)
    }

    @Test func lateHorizonIsInclusive() {
        var pipeline = TestPipeline()
        pipeline.ledger.lateHorizon = .seconds(100)
        // The run ends at 60: the pane that ends at 160 is the last in which it claims.
        #expect(pipeline.run(flood(3) + [Click(id: "late", time: 5, lateAt: 159)]).rows.lines.count == 4)
        #expect(pipeline.run(flood(3) + [Click(id: "late", time: 5, lateAt: 160)]).rows.lines.count == 3)
    }

    @Test func lateCreditCanBePosted() {
        var pipeline = TestPipeline()
        pipeline.ledger.postsLateCharges = true
        let rows = pipeline.run(flood(3) + [Click(id: "late", time: 5, lateAt: 300)]).rows
        #expect(rows.lines.last?.state == .posted)
        #expect(rows.lines.last?.alertID == rows.alerts[0].id)
        #expect(rows.lines.last?.paneEnd == TestPipeline.time(310))
    }

    @Test func aLateCopyOfAClaimedChargeIsPassedOver() {
        var copy = flood(1)[0]
        copy.lateAt = 300
        copy.cost = 99
        let rows = TestPipeline().run(flood(3) + [copy]).rows
        #expect(rows.lines.map(\.amount) == [15, 15, 15])
    }

    @Test func ageHoldsACharge() {
        var pipeline = TestPipeline()
        pipeline.ledger.claimHorizon = .seconds(9)
        // Both panes end at 10: the charge at second 1 is exactly 9 s old, that at second 0 older.
        #expect(pipeline.run(flood(3, at: 1)).rows.lines.allSatisfy { $0.state == .posted })
        #expect(pipeline.run(flood(3, at: 0)).rows.lines.allSatisfy { $0.state == .held })
    }

    // MARK: - Voids and priors

    @Test func aVoidForbidsTheLineFromItsPaneOn() {
        let void = Click(id: "c1", time: 2, device: nil, type: .void)
        var pipeline = TestPipeline()
        pipeline.dedupe = .off
        let (rows, counters) = pipeline.run(flood(3) + [void])
        #expect(rows.lines.map(\.chargeID) == ["c0", "c2"])
        #expect(counters.voided == 1)
        var afterwards = void
        afterwards.time = 11
        #expect(pipeline.run(flood(3) + [afterwards]).rows.lines.count == 3)
    }

    @Test func priorLinesAreClaimedAndCountTowardsTheCap() {
        var pipeline = TestPipeline()
        let first = pipeline.run(flood(3)).rows.lines
        pipeline.ledger.caps = [Currency("GBP")!: MajorAmount(units: 60, scale: 2)]
        pipeline.prior = first.map {
            PriorLine(
                lineID: $0.id, merchantID: $0.merchantID, state: $0.state, amount: $0.amount, currency: $0.currency,
                scale: $0.scale, chargeTime: $0.chargeTime, component: $0.component)
        }
        #expect(states(pipeline.run(flood(5)).rows) == ["c3 posted", "c4 held"])
        var shard = pipeline.makeShard()
        _ = shard.apply(TestPipeline.batch(Array(flood(3).dropFirst())), watermark: .distantFuture)
        #expect(shard.unjustified.count == 3)
        var justified = pipeline.makeShard()
        _ = justified.apply(TestPipeline.batch(flood(3)), watermark: .distantFuture)
        #expect(justified.unjustified.isEmpty)
    }

    /// A run that had forgotten a line made it again of another charge: both were posted. A folder named twice counts once.
    @Test func aLineThatWasMadeTwiceCountsTwice() {
        var pipeline = TestPipeline()
        let first = pipeline.run(flood(3)).rows.lines
        pipeline.ledger.caps = [Currency("GBP")!: MajorAmount(units: 75, scale: 2)]
        let prior = first.map {
            PriorLine(
                lineID: $0.id, merchantID: $0.merchantID, state: $0.state, amount: $0.amount, currency: $0.currency,
                scale: $0.scale, chargeTime: $0.chargeTime, component: $0.component)
        }
        pipeline.prior = prior + prior
        #expect(states(pipeline.run(flood(5)).rows) == ["c3 posted", "c4 posted"])
        var again = prior[0]
        again.chargeTime = TestPipeline.time(40)
        pipeline.prior = prior + [again]
        #expect(states(pipeline.run(flood(5)).rows) == ["c3 posted", "c4 held"])
    }

    @Test func claimsHaveACeiling() {
        var ledger = Ledger(TestPipeline().topology, claimCeiling: 2)
        var rows = Outputs()
        let charges = (0..<3).map { index in
            Charge(
                time: TestPipeline.time(1), chargeID: "c\(index)", type: .click, merchantID: "m1", adID: nil, amount: 5,
                currency: Currency("GBP")!, scale: 2, digest: Digest(high: 0, low: 0), source: 0, stage: 0,
                component: "click_cost", reason: "invalid_click", keyBytes: [], alertID: "a", isLate: false)
        }
        let voids = Voids(ClaimMemory(TestPipeline().topology))
        ledger.claim(charges, except: voids, isSaturated: false, at: TestPipeline.time(10), into: &rows)
        #expect(rows.lines.map(\.chargeID) == ["c0", "c1"])
        #expect(ledger.counts.refused == 1 && ledger.counts.claims == 2)
        // What was claimed before is passed over and not refused.
        ledger.claim(charges, except: voids, isSaturated: false, at: TestPipeline.time(20), into: &rows)
        #expect(rows.lines.count == 2 && ledger.counts.refused == 2)
    }
}
