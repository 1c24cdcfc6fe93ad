import Testing

@testable import RampartCLI

/// What is drawn on a terminal.
@Suite struct ConsoleTests {
    @Test(
        arguments: [
            (nil, 0, "1,000 records, 500/s"), (0.5, 80, "50%  1,000 records, 500/s, 0m02s left"),
            (0.25, 80, "25%  1,000 records, 500/s, 0m06s left"), (1, 80, "100%  1,000 records, 500/s, finishing"),
        ] as [(Double?, Int, String)])
    func theBarSaysRateAndTimeLeft(fraction: Double?, width: Int, words: String) {
        let line = ProgressBar.line(records: 1000, fraction: fraction, elapsed: .seconds(2), width: max(width, 80))
        #expect(line.hasSuffix(words))
        #expect(line.count < 80)
        if let fraction {
            #expect(line.filter { $0 == "█" }.count == Int(Double(line.filter { "█░".contains($0) }.count) * fraction))
        }
    }

    @Test(arguments: [10, 20, 30, 40, 60])
    func theBarFitsTheTerminal(width: Int) {
        let line = ProgressBar.line(records: 123_456_789, fraction: 0.5, elapsed: .seconds(1), width: width)
        #expect(line.count < width)
    }

    @Test func tablesLineUp() {
        var table = Table(.left, .right)
        table.add("read", "1,000")
        table.add("late", "7")
        #expect(table.lines == ["  read  1,000", "  late      7"])
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func thousandsAreApart(number: Int, text: String) {
        #expect(number.grouped == text)
    }

    @Test(arguments: [(Int128(180), 2, "1.80"), (5, 2, "0.05"), (1_234_567, 6, "1.234567"), (7, 0, "7")])
    func moneyIsExact(units: Int128, scale: Int, text: String) {
        #expect(MajorText.text(units: units, scale: scale) == text)
    }
}
