/// The words of alerts: from the stage's own template, or from its measures, key and window.
struct MessageWords: Sendable {
    let topology: Topology
    /// Decimal places of each stage's measures of money; nil where the sources of a measure do not agree on them.
    private let scales: [[Int?]]

    init(topology: Topology) {
        self.topology = topology
        self.scales = topology.stages.indices.map { Self.scales(of: $0, in: topology) }
    }

    /// The message of a revision; personal values in it are masked (R38).
    func message(of alert: Alert) -> String {
        guard case .window(let window) = topology.stages[alert.stage].kind else { return "" }
        guard let parts = alert.settings.message else { return plainMessage(of: alert, window: window) }
        return parts.map { part in
            switch part {
            case .text(let text): text
            case .measure(let index): words(of: alert.measures[index], at: scales[alert.stage][index]) ?? "none"
            case .threshold(let index): Self.words(of: alert.settings.thresholds[index].value)
            case .key(let index): Mask.personal(alert.key[index], of: window.key[index])
            }
        }.joined()
    }

    private func plainMessage(of alert: Alert, window: Window) -> String {
        let measures = zip(window.measures.indices, alert.measures).compactMap { index, value in
            words(of: value, at: scales[alert.stage][index]).map { "\(window.measures[index].name) \($0)" }
        }
        let key = zip(window.key, alert.key).filter { $0.0 != .merchantID }
            .map { field, value in "\(field.name) \(Mask.personal(value, of: field))" }
        return topology.stages[alert.stage].name
            + (alert.merchantID.map { " at merchant \($0)" } ?? "")
            + (alert.state == .closed ? ", now over" : "")
            + (measures.isEmpty ? "" : ": \(measures.joined(separator: ", "))")
            + " \(Self.words(from: alert.windowStart, to: alert.windowEnd))"
            + (key.isEmpty ? "" : " (\(key.joined(separator: ", ")))")
    }

    // MARK: Values

    private func words(of value: Alert.MeasureValue, at scale: Int?) -> String? {
        switch value {
        case .absent: nil
        case .integer(let integer): "\(integer)"
        case .double(let double): Self.words(of: double)
        case .money(let values):
            values.isEmpty
                ? nil : values.map { Self.words(of: $0, at: scale) }.joined(separator: " and ")
        }
    }

    /// An amount in major units, or in units where the scale or the number is none for that.
    private static func words(of money: Alert.CurrencyValue, at scale: Int?) -> String {
        guard let scale, let units = wholeUnits(of: money.value) else {
            return "\(words(of: money.value)) units of \(money.currency.text)"
        }
        return words(of: Int128(units), in: money.currency, at: scale)
    }

    /// Whole units as an amount in major units; its decimal places past the second only where they are not zero.
    static func words(of units: Int128, in currency: Currency, at scale: Int) -> String {
        var digits = Array(String(units.magnitude).utf8)
        digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, scale + 1 - digits.count)), at: 0)
        var places = scale
        while places > 2 && digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            places -= 1
        }
        if places > 0 { digits.insert(UInt8(ascii: "."), at: digits.count - places) }
        return "\(units < 0 ? "-" : "")\(String(decoding: digits, as: UTF8.self)) \(currency.text)"
    }

    private static func wholeUnits(of value: Threshold.Value) -> Int64? {
        switch value {
        case .integer(let integer): integer
        case .double(let double): Int64(exactly: double.rounded())
        }
    }

    private static func words(of value: Threshold.Value) -> String {
        switch value {
        case .integer(let integer): "\(integer)"
        case .double(let double): words(of: double)
        }
    }

    /// A number with two decimal places at most, or in full where that would leave nothing of it or it is huge.
    private static func words(of double: Double) -> String {
        guard let hundredths = Int64(exactly: (double * 100).rounded()), hundredths != 0 || double == 0,
            hundredths.magnitude < 1 << 53
        else { return "\(double)" }
        let (whole, fraction) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if fraction == 0 { return "\(sign)\(whole)" }
        let places = fraction % 10 == 0 ? "\(fraction / 10)" : (fraction < 10 ? "0\(fraction)" : "\(fraction)")
        return "\(sign)\(whole).\(places)"
    }

    static func words(from start: EventTime, to end: EventTime) -> String {
        let (first, last) = (parts(of: start), parts(of: end))
        let lastDate = first.date == last.date ? "" : "\(last.date) "
        return "from \(first.date) \(first.time) to \(lastDate)\(last.time) UTC"
    }

    /// The date and the time of day, with milliseconds only where there are any.
    private static func parts(of time: EventTime) -> (date: Substring, time: Substring) {
        let halves = time.text.dropLast().split(separator: "T")
        let hasMilliseconds = !halves[1].hasSuffix(".000")
        return (halves[0], hasMilliseconds ? halves[1] : halves[1].dropLast(4))
    }

    // MARK: Scales

    private static func scales(of stage: Int, in topology: Topology) -> [Int?] {
        guard case .window(let window) = topology.stages[stage].kind else { return [] }
        let sources = sources(of: stage, in: topology)
        return window.measures.map { measure in
            guard measure.isMoney, let field = measure.field else { return nil }
            let scales = Set(
                sources.map { topology.sources[$0] }
                    .filter { $0.mappings.values.contains { $0.fields.contains { $0.field == field } } }
                    .map(\.scale))
            return scales.count == 1 ? scales.first : nil
        }
    }

    /// The sources whose events can reach a stage, through filters too.
    private static func sources(of stage: Int, in topology: Topology) -> Set<Int> {
        var sources: Set<Int> = []
        var seen: Set<Int> = [stage]
        var waiting = [stage]
        while let next = waiting.popLast() {
            for input in topology.stages[next].inputs {
                switch input {
                case .source(let source): sources.insert(source)
                case .stage(let upstream): if seen.insert(upstream).inserted { waiting.append(upstream) }
                }
            }
        }
        return sources
    }
}
