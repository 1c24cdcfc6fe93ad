import RampartCore
import Testing

/// What programs read: events, measures and thresholds.
@Suite struct OperandTests {
    typealias Step = Program.Instruction

    /// Two refunds: the first has an amount in slot 0 and a buyer in slot 1, the second neither.
    static let batch: EventBatch = {
        var batch = EventBatch(slotCount: 2)
        let digest = Digest(high: 0, low: 0)
        let none = EventBatch.ByteRange(offset: 0, count: 0)
        batch.bytes.append(contentsOf: "e-1buyer-7".utf8)
        batch.headers.append(
            EventBatch.Header(
                time: EventTime(milliseconds: 1_000), digest: digest, partitionHash: 0, identity: none, present: 0b11,
                source: 0, type: .refund))
        batch.slots.append(contentsOf: [250, EventBatch.ByteRange(offset: 3, count: 7).word])
        batch.headers.append(
            EventBatch.Header(
                time: EventTime(milliseconds: -1), digest: digest, partitionHash: 0, identity: none, present: 0,
                source: 0, type: .order))
        batch.slots.append(contentsOf: [0, 0])
        return batch
    }()

    static func run(_ steps: [Step], row: Int, strings: [String] = [], thresholds: [Threshold] = []) -> Value {
        Program(instructions: steps, strings: strings.map { Array($0.utf8) })
            .value(event: row, of: batch, thresholds: thresholds)
    }

    @Test func fieldsOfAnEvent() {
        #expect(Self.run([.integerField(slot: 0)], row: 0) == .integer(250))
        #expect(Self.run([.integerField(slot: 0)], row: 1) == .failure(.absent))
        #expect(Self.run([.has(slot: 0)], row: 0) == .boolean(true))
        #expect(Self.run([.has(slot: 1)], row: 1) == .boolean(false))
        #expect(Self.run([.eventTime], row: 0) == .timestamp(EventTime(milliseconds: 1_000)))
        #expect(Self.run([.eventTime], row: 1) == .timestamp(EventTime(milliseconds: -1)))
        #expect(Self.run([.typeIs(.refund)], row: 0) == .boolean(true))
        #expect(Self.run([.typeIs(.refund)], row: 1) == .boolean(false))
    }

    @Test func stringsOfAnEvent() {
        let field = Step.stringField(slot: 1)
        #expect(Self.run([field, .string(0), .equal], row: 0, strings: ["buyer-7"]) == .boolean(true))
        #expect(Self.run([.string(0), field, .equal], row: 0, strings: ["buyer-7"]) == .boolean(true))
        #expect(Self.run([field, .string(0), .equal], row: 0, strings: ["buyer-8"]) == .boolean(false))
        #expect(Self.run([field, .string(0), .less], row: 0, strings: ["buyer-8"]) == .boolean(true))
        #expect(Self.run([field, .string(0), .less], row: 0, strings: ["buyer-"]) == .boolean(false))
        #expect(Self.run([field, field, .equal], row: 0) == .boolean(true))
        #expect(Self.run([field, .string(0), .equal], row: 1, strings: [""]) == .failure(.absent))
        let isIn: [Step] = [field, .string(0), .string(1), .isIn(count: 2)]
        #expect(Self.run(isIn, row: 0, strings: ["buyer-6", "buyer-7"]) == .boolean(true))
        #expect(Self.run(isIn, row: 0, strings: ["buyer-6", "buyer-8"]) == .boolean(false))
        #expect(Self.run(isIn, row: 1, strings: ["", ""]) == .failure(.absent))
    }

    @Test func anAbsentFieldIsAbsorbed() {
        let steps: [Step] = [.has(slot: 0), .integerField(slot: 0), .integer(100), .greater, .and]
        let program = Program(instructions: steps)
        #expect(program.verdict(event: 0, of: Self.batch, thresholds: []) == .holds)
        #expect(program.verdict(event: 1, of: Self.batch, thresholds: []) == .fails)
        let bare = Program(instructions: Array(steps[1...3]))
        #expect(bare.verdict(event: 1, of: Self.batch, thresholds: []) == .failed(.absent))
    }

    @Test func thresholds() {
        let thresholds = [
            Threshold(name: "least", value: .integer(250)), Threshold(name: "share", value: .double(0.5)),
        ]
        let steps: [Step] = [.integerField(slot: 0), .threshold(0), .greaterOrEqual]
        #expect(Self.run(steps, row: 0, thresholds: thresholds) == .boolean(true))
        #expect(Self.run([.threshold(1), .integer(4), .multiply], row: 0, thresholds: thresholds) == .double(2))
    }

    @Test func measures() {
        let program = Program(instructions: [.measure(0), .measure(1), .greaterOrEqual])
        #expect(program.verdict(measures: [.integer(3), .double(3)], thresholds: []) == .holds)
        #expect(program.verdict(measures: [.integer(2), .double(3)], thresholds: []) == .fails)
        #expect(program.verdict(measures: [.integer(2), .failure(.absent)], thresholds: []) == .failed(.absent))
        #expect(program.verdict(measures: [.failure(.overflow), .integer(1)], thresholds: []) == .failed(.overflow))
    }
}
