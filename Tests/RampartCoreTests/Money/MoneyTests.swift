import RampartCore
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            ("0", 0), ("500", 500_000_000_000), ("500.00", 500_000_000_000), ("0.05", 50_000_000), ("0.000000001", 1),
            ("007.10", 7_100_000_000), ("123456789012345678901234567", 123_456_789_012_345_678_901_234_567_000_000_000),
        ] as [(String, Int128)])
    func readsExactly(text: String, billionths: Int128) {
        #expect(MajorAmount(text: text)?.billionths == billionths)
    }

    @Test(arguments: [
        "", ".", "5.", ".5", "-1", "+1", "1e3", "1,000", "1.2.3", " 1", "0.0000000001", "0.0000000000", "x", "1_0",
        "170141183460469231731687303716", "999999999999999999999999999999999999999999",
    ])
    func refuses(text: String) {
        #expect(MajorAmount(text: text) == nil)
    }

    @Test(
        arguments: [
            (180, 2, "1.80"), (0, 2, "0.00"), (5, 2, "0.05"), (5, 0, "5"), (-5, 2, "-0.05"), (1_000_000, 6, "1.000000"),
            (Int128(Int64.max), 9, "9223372036.854775807"), (-1234, 3, "-1.234"),
        ] as [(Int128, Int, String)])
    func writesUnits(units: Int128, scale: Int, text: String) {
        #expect(MajorAmount.text(units: units, scale: scale) == text)
    }

    @Test(arguments: [("500.00", "500"), ("0.050", "0.05"), ("0", "0"), ("1.000000001", "1.000000001"), ("10", "10")])
    func writesWhatMatters(text: String, expected: String) {
        #expect(MajorAmount(text: text)?.text == expected)
    }

    @Test func currenciesAreThreeKnownCapitals() {
        #expect(Currency("CNY")?.text == "CNY")
        #expect(Currency("AED")?.text == "AED")
        #expect(Currency("ZWG")?.text == "ZWG")
        for code in ["", "CN", "CNYY", "cny", "Cny", "XTS", "XAU", "QQQ", "AAA", "ZZZ", "C Y", "@NY", "[NY", "DEM"] {
            #expect(Currency(code) == nil, "\(code)")
        }
        let capitals = Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        var known = 0
        for first in capitals {
            for second in capitals {
                for third in capitals where Currency([first, second, third]) != nil { known += 1 }
            }
        }
        #expect(known == 157)
    }
}
