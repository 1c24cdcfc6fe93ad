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
        /// Pushes an event's slot that holds a time; an error where it is absent.
        case timeField(slot: Int)
        case timestamp(EventTime)
        case duration(EventSpan)
        /// Pushes the event's `ts`.
        case eventTime
        /// Pushes whether the slot has a value.
        case has(slot: Int)
        /// Pushes whether the event is of this type.
        case typeIs(EventType)
        /// Pushes the measure with this index of the window's stage; an error where it has no value.
        case measure(Int)
        /// Pushes the threshold with this index of the stage.
        case threshold(Int)
        /// Pushes the column with this index of a record; an error where it has no value.
        case column(Int)
        /// Pushes whether the column with this index has a value.
        case hasColumn(Int)
        /// Pushes a value of the stack again, counted from its bottom: the element that a macro has come to.
        case local(Int)

        case negate, not
        case add, subtract, multiply, divide, remainder
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or
        /// Takes `count` list elements and below them the value looked for.
        case isIn(count: Int)
        /// Takes a string and pushes whether it is a key of the table with this index.
        case isInTable(Int)
        /// Takes a condition and the two values that it chooses between.
        case conditional
        /// Takes `count` list elements and above them as many truths, of which one, or each, must be true.
        case exists(count: Int)
        case all(count: Int)

        /// The characters of a string, and the string in small letters.
        case size, lowerAscii
        /// Takes a string and the part looked for.
        case startsWith, endsWith, contains
        /// A part of a timestamp, in the zone with this index, or of a duration.
        case timePart(TimePart, zone: UInt16)

        /// (a + 1) / (b + 1) of the two operands a, b, both raised by the lower one if that is below zero (R20).
        case scoreAtLeast
        /// The reciprocal of `scoreAtLeast` (R20).
        case scoreAtMost
        /// 2 where the operand is true, 0 where it is false.
        case scoreTruth
        /// The smaller and the larger of two scores.
        case minimum, maximum
        /// `conditional`, `exists` and `all` over scores in place of truths.
        case scoreConditional
        case scoreExists(count: Int)
        case scoreAll(count: Int)
    }

    /// The steps in order; they leave exactly one value.
    public let instructions: [Instruction]
    /// The string constants as UTF-8.
    public let strings: [[UInt8]]
    /// The time zones that steps name.
    public let zones: [ZoneRules]
    /// The tables that steps name.
    public let tables: [TableKeys]
    /// The most values that the stack holds at any step.
    public let stackDepth: Int
    /// All constants in one array, so that comparing with one touches no reference count.
    let constantBytes: ContiguousArray<UInt8>
    /// Where each constant lies in `constantBytes`.
    let constantRanges: ContiguousArray<EventBatch.ByteRange>

    /// Creates a program from its steps and constants; traps where a step would find too few operands.
    public init(
        instructions: [Instruction], strings: [[UInt8]] = [], zones: [ZoneRules] = [], tables: [TableKeys] = []
    ) {
        self.tables = tables
        self.instructions = instructions
        self.strings = strings
        self.zones = zones
        stackDepth = Self.stackDepth(
            of: instructions, constantCount: strings.count, zoneCount: zones.count,
            tableCount: tables.count)
        var bytes = ContiguousArray<UInt8>()
        constantRanges = ContiguousArray(
            strings.map { string in
                defer { bytes.append(contentsOf: string) }
                return EventBatch.ByteRange(offset: UInt32(bytes.count), count: UInt32(string.count))
            })
        constantBytes = bytes
    }

    /// Runs the steps on counts alone: evaluation can then trust that every operand is there.
    private static func stackDepth(of instructions: [Instruction], constantCount: Int, zoneCount: Int, tableCount: Int)
        -> Int
    {
        var depth = 0
        var deepest = 0
        for instruction in instructions {
            switch instruction {
            case .string(let index):
                precondition(index >= 0 && index < constantCount, "A program names only constants that it has.")
            case .timePart(_, let zone):
                precondition(zone < zoneCount, "A program names only time zones that it has.")
            case .isInTable(let index):
                precondition(index >= 0 && index < tableCount, "A program names only tables that it has.")
            case .local(let index):
                precondition(index >= 0 && index < depth, "A program takes again only what is on the stack.")
            default: break
            }
            let operands = instruction.operandCount
            precondition(operands >= 0 && operands <= depth, "Every step of a program finds its operands.")
            depth += 1 - operands
            deepest = max(deepest, depth)
        }
        precondition(depth == 1, "A program leaves exactly one value.")
        return deepest
    }
}

extension Program.Instruction {
    /// How many values the step takes from the stack; each step pushes one.
    public var operandCount: Int {
        switch self {
        case .integer, .double, .boolean, .string, .timestamp, .duration, .integerField, .stringField, .timeField,
            .eventTime, .has, .typeIs, .measure, .threshold, .column, .hasColumn, .local:
            0
        case .negate, .not, .scoreTruth, .size, .lowerAscii, .timePart, .isInTable: 1
        case .add, .subtract, .multiply, .divide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .and, .or, .startsWith, .endsWith, .contains, .scoreAtLeast, .scoreAtMost, .minimum,
            .maximum:
            2
        case .conditional, .scoreConditional: 3
        case .isIn(let count): count < Int.max ? count + 1 : count
        case .exists(let count), .all(let count), .scoreExists(let count), .scoreAll(let count):
            count < Int.max / 2 ? 2 * count : count
        }
    }
}
