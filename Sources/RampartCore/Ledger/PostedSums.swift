/// What was posted for each merchant, UTC day of the charge and currency: what caps bound (R29).
struct PostedSums: Sendable {
    /// What a cap is for.
    struct Key: Hashable, Sendable {
        var merchantID: String
        var day: EventTime
        var currency: Currency
    }

    private static let day = EventSpan.days(1)

    private let horizon: EventSpan
    private var sums: [EventTime: [Key: MajorAmount]] = [:]
    private var firstDay = EventTime.distantFuture

    init(horizon: EventSpan) { self.horizon = horizon }

    /// The bound that a charge counts towards.
    static func key(_ merchantID: String, _ time: EventTime, _ currency: Currency) -> Key {
        Key(merchantID: merchantID, day: time.floored(to: day), currency: currency)
    }

    subscript(key: Key) -> MajorAmount {
        get { sums[key.day]?[key] ?? .zero }
        set {
            sums[key.day, default: [:]][key] = newValue
            firstDay = min(firstDay, key.day)
        }
    }

    /// Forgets the days of which no charge can be posted any more, since all are older than the horizon.
    mutating func forget(at time: EventTime, _ body: (Key) -> Void) {
        while time - (firstDay + Self.day) > horizon, let days = sums.removeValue(forKey: firstDay) {
            for key in days.keys { body(key) }
            firstDay = sums.keys.min() ?? .distantFuture
        }
    }
}
