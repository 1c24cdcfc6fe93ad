/// An open alert: what was said about a key, and what decides when to say more (R24).
struct AlertTrack: Sendable {
    var id: String
    var keyBytes: [UInt8]
    var key: [String]
    var merchantID: String?
    var opened: EventTime
    /// The mode of the stage when it opened; it speaks in it to its end.
    var mode: Stage.Mode
    var revision = 0
    /// Per measure named in `when`, the largest value that a revision has reported.
    var marks: [Mark?]
    /// The finding with the highest score.
    var peak: AlertReport
    var evidence: Alert.Evidence
    var isFiring = true
    /// Whether one of its findings was made while its key group was saturated.
    var isSaturated = false
    var runStart: EventTime
    /// The last pane end of the last run; meaningful while the key does not fire.
    var lastFiring: EventTime
    /// The key's slot in the window, or `noSlot` when its window has emptied.
    var slot = noSlot

    static let noSlot: Int32 = -1
}

/// What a finding looks like when an alert is opened or revised.
struct AlertReport: Sendable {
    var score: Double
    var measures: [Alert.MeasureValue]
}

/// The largest value of a measure that an alert has reported.
enum Mark: Sendable {
    case integer(Int64)
    case double(Double)

    /// The mark that a reported value makes; of money the largest of its currencies.
    init?(_ value: Alert.MeasureValue) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .absent: return nil
        case .money(let values):
            let marks = values.map { Mark($0.value) }
            guard let first = marks.first else { return nil }
            self = marks.dropFirst().reduce(first) { Mark.larger($0, $1) ?? $0 }
        }
    }

    init(_ value: Threshold.Value) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        }
    }

    /// The mark as a number.
    var value: Threshold.Value {
        switch self {
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        }
    }

    /// Whether a value is at least twice a mark, and at least 2 (R24).
    static func doubles(_ mark: Mark?, _ value: Mark?) -> Bool {
        guard let mark, let value else { return false }
        return switch (mark, value) {
        case (.integer(let mark), .integer(let value)): Int128(value) >= 2 * Int128(max(mark, 1))
        default: value.approximation >= 2 * max(mark.approximation, 1)
        }
    }

    /// The larger of two marks; the other where one is missing.
    static func larger(_ left: Mark?, _ right: Mark?) -> Mark? {
        guard let left else { return right }
        guard let right else { return left }
        if case .integer(let first) = left, case .integer(let second) = right { return .integer(max(first, second)) }
        return left.approximation >= right.approximation ? left : right
    }

    private var approximation: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        }
    }
}
