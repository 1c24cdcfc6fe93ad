/// A compiled condition or value: a flat program for a stack machine over numbered inputs.
///
/// Every operand is evaluated, so that `&&` and `||` can absorb an error on either side as CEL defines it
/// (`false && error` is false whichever side the error is on).
public struct Program: Hashable, Sendable {
    /// One step; operands are taken from the top of the stack, results are pushed.
    public enum Instruction: Hashable, Sendable {
        case integer(Int64)
        case double(Double)
        case boolean(Bool)
        /// Pushes the string constant with this index.
        case string(Int)
        /// Pushes an event's slot; an error where it is absent.
        case integerField(slot: Int)
        /// Pushes an event's string slot; an error where it is absent.
        case stringField(slot: Int)
        /// Pushes the event's `ts` in milliseconds.
        case eventTime
        /// Pushes whether the slot has a value.
        case has(slot: Int)
        /// Pushes whether the event is of this type.
        case typeIs(EventType)
        /// Pushes the measure with this index of the window's stage; an error where it has no value.
        case measure(Int)
        /// Pushes the threshold with this index of the stage.
        case threshold(Int)

        case negate, not
        case add, subtract, multiply, divide, remainder
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or
        /// Takes `count` list elements and below them the value looked for.
        case isIn(count: Int)

        /// (a + 1) / (b + 1) of the two operands a, b (R20).
        case scoreAtLeast
        /// (b + 1) / (a + 1) of the two operands a, b (R20).
        case scoreAtMost
        /// 2 where the operand is true, 0 where it is false.
        case scoreTruth
        /// The smaller and the larger of two scores.
        case minimum, maximum
    }

    /// The steps in order; they leave exactly one value.
    public var instructions: [Instruction]
    /// The string constants as UTF-8.
    public var strings: [[UInt8]]

    /// Creates a program from its steps and constants.
    public init(instructions: [Instruction], strings: [[UInt8]] = []) {
        self.instructions = instructions
        self.strings = strings
    }
}
