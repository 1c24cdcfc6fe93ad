import Testing

@testable import RampartCore

@Suite struct MessageWordsTests {
    private func message(
        _ change: (inout Alert) -> Void = { _ in }, template: [MessagePart]? = nil, clickScale: Int = 2
    ) -> String {
        var alert = OutputFixtures.alert()
        alert.settings.message = template
        change(&alert)
        return MessageWords(topology: OutputFixtures.topology(clickScale: clickScale)).message(of: alert)
    }

    @Test func aClosedAlertSaysSoAndNamesTheOtherDay() {
        let text = message {
            $0.state = .closed
            $0.windowEnd = OutputFixtures.noon + .hours(13) + EventSpan(milliseconds: 5)
            $0.measures = [.integer(1), .absent, .money([])]
        }
        #expect(
            text == "malicious-clicks at merchant m-1, now over: clicks 1 "
                + "from 2011-11-14 12:00:00 to 2011-11-15 01:00:00.005 UTC (ad_id ad-1, device_id d4a…)")
    }

    @Test(arguments: [
        (0, 180, "180 GBP"), (1, 180, "18.0 GBP"), (2, 180, "1.80 GBP"), (2, 5, "0.05 GBP"), (2, 0, "0.00 GBP"),
        (6, 1_800_000, "1.80 GBP"), (6, 1_800_001, "1.800001 GBP"), (6, 1_234_500, "1.2345 GBP"),
        (9, 1, "0.000000001 GBP"), (2, Int64.max, "92233720368547758.07 GBP"),
        (2, Int64.min, "-92233720368547758.08 GBP"),
    ])
    func moneyIsInMajorUnits(scale: Int, units: Int64, expected: String) {
        let text = message({ $0.measures[1] = .money([OutputFixtures.money(units)]) }, clickScale: scale)
        #expect(text.contains("cost \(expected), average_cost"))
    }

    @Test func currenciesAreJoinedAndAveragesRounded() {
        let text = message {
            $0.measures[1] = .money([OutputFixtures.money(1, OutputFixtures.euros), OutputFixtures.money(2)])
            $0.measures[2] = .money([.init(currency: OutputFixtures.pounds, value: .double(14.5))])
        }
        #expect(text.contains("cost 0.01 EUR and 0.02 GBP, average_cost 0.15 GBP from"))
    }

    @Test func anAverageBeyondIntegersStaysANumber() {
        let text = message { $0.measures[2] = .money([.init(currency: OutputFixtures.pounds, value: .double(1e30))]) }
        #expect(text.contains("average_cost 1e+30 units of GBP"))
    }

    @Test func eachMeasureHasTheScaleOfTheSourcesThatCarryItsField() {
        let text = message {
            $0.stage = 2
            $0.key = ["m-1"]
            $0.measures = [.money([OutputFixtures.money(180)]), .money([OutputFixtures.money(180)])]
        }
        #expect(text == "mixed at merchant m-1: cost 1.80 GBP, amount 180 GBP from 2011-11-14 12:00:00 to 12:10:00 UTC")
    }

    @Test func sourcesThatDisagreeOnAScaleLeaveUnits() {
        var topology = OutputFixtures.topology()
        topology.sources[1] = OutputFixtures.source("more", .click, money: .cost, scale: 6)
        var alert = OutputFixtures.alert()
        alert.stage = 2
        alert.key = ["m-1"]
        alert.measures = [.money([OutputFixtures.money(180)]), .absent]
        #expect(MessageWords(topology: topology).message(of: alert).contains("cost 180 units of GBP from"))
    }

    @Test func anIncidentSaysWhatAttacksAndWhatItCosts() {
        let words = MessageWords(topology: OutputFixtures.topology())
        var incident = OutputFixtures.incident()
        #expect(
            words.message(of: incident)
                == "siege at merchant m-1: 3 alerts, malicious-clicks (2), mixed (1), from 2011-11-14 12:00:00 to 12:10:00 UTC; "
                + "4.00 GBP at stake, 1.80 GBP credited, 0.20 GBP held for review; 1.2345 EUR at stake")
        incident.state = .closed
        incident.quietSince = OutputFixtures.noon + .minutes(7)
        incident.members.removeLast()
        incident.members[0].alerts = 1
        incident.money = []
        #expect(
            words.message(of: incident)
                == "siege at merchant m-1, now over: 1 alert, malicious-clicks (1), from 2011-11-14 12:00:00 to 12:07:00 UTC"
        )
    }

    @Test(arguments: [
        (2.0, "2"), (2.5, "2.5"), (2.05, "2.05"), (2.345678, "2.35"), (0.004, "0.004"), (0.0, "0"), (-1.5, "-1.5"),
        (1e300, "1e+300"),
    ])
    func numbersAreShort(double: Double, expected: String) {
        #expect(message { $0.measures[0] = .double(double) }.contains("clicks \(expected), cost"))
    }

    @Test func aTemplateIsFollowedAndMasked() {
        let text = message(
            { $0.measures[2] = .absent },
            template: [
                .measure(0), .text(" of at least "), .threshold(0), .text(" or "), .threshold(1), .text(" by "),
                .key(2), .text(" at "), .key(1), .text(": "), .measure(1), .text(", "), .measure(2),
            ])
        #expect(text == "12 of at least 10 or 0.5 by d4a… at ad-1: 1.80 GBP, none")
    }

    @Test(arguments: [
        (Field.deviceID, "d4a77bc", "d4a…"), (.deviceID, "abcdef", "abc…"), (.deviceID, "abcde", "ab…"),
        (.deviceID, "ab", "a…"), (.deviceID, "a", "…"), (.deviceID, "", "…"), (.buyerID, "😀😀😀😀😀😀", "😀😀😀…"),
        (.ip, "61.249.12.7", "61.249.*.*"), (.ip, "61.249.12", "61.…"), (.ip, "61.249.12.256", "61.…"),
        (.ip, "61.249.12.+7", "61.…"), (.ip, "2001:db8::1", "200…"), (.deviceID, "61.249.12.7", "61.…"),
        (.adID, "ad-1", "ad-1"), (.merchantID, "m-1", "m-1"), (.emailDomain, "example.com", "exa…"),
    ])
    func personalValuesAreMasked(field: Field, value: String, expected: String) {
        #expect(Mask.personal(value, of: field) == expected)
    }

    @Test func aPileOfCombiningMarksIsNoCharacter() {
        let value = "e" + String(repeating: "\u{301}", count: 1000)
        #expect(Mask.personal(value, of: .deviceID).unicodeScalars.count == 4)
    }
}
