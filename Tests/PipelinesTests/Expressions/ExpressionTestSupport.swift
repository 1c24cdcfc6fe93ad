import Pipelines
import RampartCore
import Testing

/// A small seeded generator, so that a failure can be run again.
struct ExpressionRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ one: Int, in total: Int) -> Bool { below(total) < one }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// One event as a test writes it.
struct SampleEvent {
    var type = EventType.refund
    var time: Int64 = 0
    var integers: [Field: Int64] = [:]
    var strings: [Field: String] = [:]

    /// The event alone in a batch.
    func batch(_ layout: EventLayout) -> EventBatch {
        var batch = EventBatch(slotCount: layout.slotCount)
        var present: UInt64 = 0
        for (slot, field) in layout.fields.enumerated() {
            var word: Int64 = 0
            if let integer = integers[field] {
                word = integer
                present |= 1 << UInt64(slot)
            } else if let string = strings[field] {
                word = EventBatch.ByteRange(offset: UInt32(batch.bytes.count), count: UInt32(string.utf8.count)).word
                batch.bytes.append(contentsOf: string.utf8)
                present |= 1 << UInt64(slot)
            }
            batch.slots.append(word)
        }
        batch.headers.append(
            EventBatch.Header(
                time: EventTime(milliseconds: time), digest: Digest(high: 0, low: 0), partitionHash: 0,
                identity: EventBatch.ByteRange(offset: 0, count: 0), present: present, source: 0, type: type))
        return batch
    }
}

/// What the tests' conditions are about.
enum Samples {
    static let thresholds = [
        Threshold(name: "min_clicks", value: .integer(10)), Threshold(name: "min_ratio", value: .double(0.5)),
    ]
    static let measures = [
        Measure(name: "clicks", function: .count, field: nil, condition: nil),
        Measure(name: "orders", function: .count, field: nil, condition: nil),
        Measure(name: "cost", function: .sum, field: .cost, condition: nil),
        Measure(name: "worst", function: .min, field: .rating, condition: nil),
        Measure(name: "mean", function: .avg, field: .rating, condition: nil),
    ]
    static let event = ExpressionScope(subject: .event, thresholds: thresholds)
    static let window = ExpressionScope(subject: .window(measures), thresholds: thresholds)
    static let layout = EventLayout(fields: Field.allCases)
    static let refund = SampleEvent(
        type: .refund, time: 1_000, integers: [.amount: 250, .rating: 2],
        strings: [.currency: "GBP", .buyerID: "b-1", .text: "it's\n\"fine\"\té"])

    static func check(
        _ text: String, _ scope: ExpressionScope, _ expected: ExpressionType = .boolean
    ) throws -> CheckedExpression {
        try checkExpression(text, scope: scope, expecting: expected).get()
    }

    /// The verdict of a condition on an event.
    static func verdict(_ text: String, _ event: SampleEvent = refund) throws -> Verdict {
        try check(text, Self.event).program(layout: layout)
            .verdict(event: 0, of: event.batch(layout), thresholds: thresholds)
    }

    /// The score of a `when`.
    static func score(_ text: String, _ measures: [Value]) throws -> Double {
        try check(text, window).scoreProgram(layout: EventLayout(fields: []))
            .score(measures: measures, thresholds: thresholds)
    }

    /// All errors of a text that must have some.
    static func errors(
        _ text: String, _ scope: ExpressionScope = event, _ expected: ExpressionType = .boolean
    ) -> [ExpressionError] {
        switch checkExpression(text, scope: scope, expecting: expected) {
        case .success:
            Issue.record("`\(text)` was accepted.")
            return []
        case .failure(let errors): return errors.errors
        }
    }
}
