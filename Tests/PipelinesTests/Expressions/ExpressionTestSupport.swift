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

    /// The expression, or nil where it takes too many steps, as random ones may.
    static func checkUnlessTooLong(
        _ text: String, _ scope: ExpressionScope, _ expected: ExpressionType = .boolean
    ) throws -> CheckedExpression? {
        switch checkExpression(text, scope: scope, expecting: expected) {
        case .success(let expression): return expression
        case .failure(let errors) where errors.errors.contains { $0.message.contains("too long") }: return nil
        case .failure(let errors): throw errors
        }
    }

    /// The value of an expression of whatever type as text, or `error: ` and its failure.
    static func value(_ text: String, _ event: SampleEvent = refund) throws -> String {
        var errors: [ExpressionErrors] = []
        for type in [ExpressionType.boolean, .integer, .double, .string, .timestamp, .duration] {
            switch checkExpression(text, scope: Self.event, expecting: type) {
            case .success(let expression):
                let program = expression.program(layout: layout)
                let batch = event.batch(layout)
                return Self.text(program.value(event: 0, of: batch, thresholds: thresholds), program, batch)
            case .failure(let found): errors.append(found)
            }
        }
        throw try #require(errors.first)
    }

    private static func text(_ value: Value, _ program: Program, _ batch: EventBatch) -> String {
        switch value {
        case .integer(let integer): "\(integer)"
        case .double(let double): "\(double)"
        case .boolean(let truth): "\(truth)"
        case .string(let string): "\"\(text(string, program, batch))\""
        case .timestamp(let time): time.text
        case .duration(let span): span.text
        case .failure(let failure): "error: \(failure.rawValue)"
        }
    }

    /// The characters of a string that a program left.
    static func text(_ string: Value.StringReference, _ program: Program, _ batch: EventBatch) -> String {
        let all = string.storage == .batch ? Array(batch.bytes) : program.strings.flatMap { $0 }
        let bytes = all[string.range.indices].map { byte in
            string.isLowered && (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
        }
        return String(decoding: bytes, as: UTF8.self)
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

    /// Checks that a text has one error, which points to the one piece between `«` and `»`.
    static func expectOneError(
        _ marked: String, _ message: String, _ suggestion: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = marked.replacing("«", with: "").replacing("»", with: "")
        let errors = Samples.errors(text)
        let error = try #require(errors.first, "\(text)", sourceLocation: sourceLocation)
        let start = try #require(marked.utf8.firstRange(of: "«".utf8)).lowerBound
        let end = try #require(marked.utf8.firstRange(of: "»".utf8)).lowerBound
        let lower = marked.utf8.distance(from: marked.startIndex, to: start)
        let upper = marked.utf8.distance(from: marked.startIndex, to: end) - "«".utf8.count
        // The lowest integer has its sign in the token, the number below it has not.
        let signed = text.contains("-9223372036854775809") ? 1 : 0
        #expect(error.range == lower + signed..<upper, "\(error)", sourceLocation: sourceLocation)
        #expect(error.message.contains(message), "\(error)", sourceLocation: sourceLocation)
        #expect(error.suggestion == suggestion, "\(error)", sourceLocation: sourceLocation)
        #expect(errors.count == 1, "\(errors)", sourceLocation: sourceLocation)
    }
}
