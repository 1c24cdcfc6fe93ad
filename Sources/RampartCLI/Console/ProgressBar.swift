/// A bar on the terminal that shows how far a replay is, its rate and the time left.
struct ProgressBar {
    private let start = ContinuousClock.now
    private var drawn: ContinuousClock.Instant?
    private let interval = Duration.milliseconds(200)

    /// Draws the bar anew, at most five times a second.
    ///
    /// `fraction` of the bytes have been read, or nil where their number is not known, as of a pipe.
    mutating func update(records: Int, fraction: Double?) {
        let now = ContinuousClock.now
        if let drawn, now - drawn < interval { return }
        drawn = now
        let line = Self.line(records: records, fraction: fraction, elapsed: now - start, width: Console.width)
        Console.draw("\r\u{1B}[K" + line)
    }

    /// Takes the bar away.
    func clear() {
        if drawn != nil { Console.draw("\r\u{1B}[K") }
    }

    /// The text of the bar.
    static func line(records: Int, fraction: Double?, elapsed: Duration, width: Int) -> String {
        let seconds = max(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, 0.001)
        var words = "\(records.grouped) records, \(Int(Double(records) / seconds).grouped)/s"
        guard let fraction, fraction > 0 else { return String(words.prefix(width - 1)) }
        let left = Int((seconds / fraction - seconds).rounded(.up))
        words += fraction >= 1 ? ", finishing" : ", \(left / 60)m\(left % 60 < 10 ? "0" : "")\(left % 60)s left"
        let percent = "\(Int(fraction * 100))%"
        let room = min(30, width - words.count - percent.count - 6)
        guard room >= 5 else { return String("\(percent) \(words)".prefix(width - 1)) }
        let filled = min(room, Int(Double(room) * fraction))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        return "\(bar) \(percent)  \(words)"
    }
}
