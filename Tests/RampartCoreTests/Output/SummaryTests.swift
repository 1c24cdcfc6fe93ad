import Foundation
import Testing

@testable import RampartCore

@Suite struct SummaryTests {
    @Test func addingPartsGivesTheWhole() {
        var whole = OutputFixtures.summary()
        var part = Summary(topology: OutputFixtures.topology())
        part.fates.late = 2
        part.deadLetters = [.invalidJSON: 1]
        part.sources[0].accept(.click, at: OutputFixtures.noon - .hours(1))
        part.sources[0].accept(.click, at: OutputFixtures.noon + .hours(1))
        part.sources[0].money[.init(type: .click, field: .cost, currency: OutputFixtures.pounds)] = Int128(Int64.max)
        part.stages[1].keysMax = 5
        part.count(OutputFixtures.line())
        var revised = OutputFixtures.alert()
        revised.revision = 2
        part.count(revised)
        part.ledger.refused = 1
        part.interruption = "stopped"

        whole += part
        #expect(whole.fates.read == 9)
        #expect(whole.deadLetters == [.invalidJSON: 4, .columnCount: 1])
        #expect(whole.sources[0].events == [.click: 3])
        #expect(whole.sources[0].firstTime == OutputFixtures.noon - .hours(1))
        #expect(whole.sources[0].lastTime == OutputFixtures.noon + .hours(1))
        #expect(whole.sources[0].money.values.first == Int128(Int64.max) + 45)
        #expect(whole.sources[1].firstTime == nil)
        #expect(whole.stages[1].keysMax == 5)
        #expect(whole.stages[1].alerts.opened == 1)
        #expect(whole.stages[1].alerts.revisions == 2)
        #expect(whole.credits.values.first == CreditSum(lines: 2, amount: 30))
        #expect(whole.ledger.refused == 1)
        #expect(whole.interruption == "stopped")
        #expect(!whole.isComplete)
    }

    @Test func listsAreJoined() {
        var left = OutputFixtures.summary()
        let right = left
        left += right
        #expect(left.fates.read == 2 * right.fates.read)
        #expect(left.ledger.unjustified.count == 2)
    }

    @Test func theOrderOfAddingDoesNotShow() {
        var random = SplitMix64(seed: 11)
        let currencies = ["GBP", "EUR", "JPY", "USD"].compactMap { Currency($0) }
        let lines = (0..<200).map { index in
            var line = OutputFixtures.line()
            line.component = ["b", "a", "é"][index % 3]
            line.state = CreditLine.State.allCases[index % 4]
            line.currency = currencies[index / 3 % 4]
            line.scale = index % 2 * 2
            return line
        }
        var texts: Set<String> = []
        for _ in 0..<5 {
            var summary = OutputFixtures.summary()
            var order = Array(lines.indices)
            for index in order.indices { order.swapAt(index, Int.random(in: 0..<order.count, using: &random)) }
            for index in order { summary.count(lines[index]) }
            let reasons = DeadLetterReason.allCases
            for reason in texts.count % 2 == 0 ? reasons : reasons.reversed() {
                summary.deadLetters[reason, default: 0] += 1
            }
            texts.insert(OutputFixtures.text { summary.write(to: &$0) })
        }
        #expect(texts.count == 1)
    }

    @Test func identityIsToldPerSource() {
        let byContent = OutputFixtures.source(
            "a", .click, money: .cost, scale: 2, identity: false, dedupe: .byContent(horizon: .hours(1)))
        let none = OutputFixtures.source("a", .click, money: .cost, scale: 2, identity: false)
        #expect(SourceSummary(source: OutputFixtures.topology().sources[0]).identity == .eventID)
        #expect(SourceSummary(source: byContent).identity == .content)
        #expect(SourceSummary(source: none).identity == .none)
    }

    @Test func summaryText() {
        let text = OutputFixtures.text { OutputFixtures.summary().write(to: &$0) }
        #expect(
            text.hasPrefix(
                #"{"schema_version":1,"pipeline":"marketplace","pipeline_revision":"r-1","complete":true,"flushed":true,"#
                    + #""interrupted":null,"read":7,"accepted":3,"duplicate":0,"conflict":0,"late":0,"filtered":0,"#
                    + #""dead_lettered":4,"staged":0,"dead_letters":{"column_count":1,"invalid_json":3},"#
                    + #""logs":[{"name":"a.ndjson","read":7}],"sources":[{"name":"clicks","identity":"event_id","#
                    + #""unremembered":0,"read":3,"#))
        #expect(text.contains(#""first_ts":"2011-11-14T12:00:00.000Z""#))
        #expect(
            text.contains(
                #""alerts":{"opened":1,"revisions":1,"by_stage":[{"stage":"malicious-clicks","severity":"medium","#
                    + #""opened":1,"revisions":1},{"stage":"mixed","#))
        #expect(
            text.hasSuffix(
                #""shards":1,"events_per_second":14.0,"wall_seconds":0.5,"peak_rss_bytes":0}"# + "\n"))
    }

    @Test func noTimeMakesNoRate() {
        var summary = OutputFixtures.summary()
        summary.run.wallSeconds = 0
        #expect(summary.eventsPerSecond == 0)
    }
}
