import Pipelines
import RampartCore

/// A name that a macro around the expression gives to an element.
typealias ModelName = (name: String, type: ExpressionType)

extension ExpressionModel {
    private static let integers: [Int64] = [0, 1, -1, 2, 3, 10, -7, 250, .max, .min, 1 << 53, 1 << 62]
    private static let doubles = [0.0, 0.5, -1.5, 2.0, 250.0, 1e9, 1e300]
    private static let strings = ["", "GBP", "EUR", "b-1", "é", "gbp", "BPBPB", "BP"]
    /// Both ends of time, and moments about the changes of clocks.
    private static let times: [Int64] = [
        0, 1_000, 999, 1_774_744_199_999, 1_774_747_800_000, 1_792_890_000_000, 951_782_400_000,
    ]
    private static let timesAtEnds: [Int64] = [-62_135_596_800_000, 253_402_300_799_999]
    private static let spans: [Int64] = [
        0, 1, -1, 1_000, 60_000, 3_600_000, -86_400_000, 86_399_999, 9_223_372_036_854, -9_223_372_036_854,
    ]
    private static let zones = [
        "Europe/London", "America/New_York", "Asia/Kathmandu", "+05:30", "-09:30", "02:00", "UTC",
    ]
    private static let parts = [
        "getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes",
        "getSeconds", "getMilliseconds",
    ]

    /// A well-typed expression of the type, at most so deep.
    static func random(
        _ type: ExpressionType, _ depth: Int, _ random: inout ExpressionRandom, _ names: [ModelName] = []
    ) -> ExpressionModel {
        if depth == 0 || random.chance(1, in: 6) { return leaf(type, &random, names) }
        let below = depth - 1
        if random.chance(1, in: 8) {
            return .conditional(
                .random(.boolean, below, &random, names), .random(type, below, &random, names),
                .random(type, below, &random, names))
        }
        switch type {
        case .string: return .call("lowerAscii", .random(.string, below, &random, names), nil)
        case .integer: return integer(below, &random, names)
        case .double:
            if random.chance(1, in: 6) { return .negate(.random(.double, below, &random, names)) }
            let operands = random.pick(
                [
                    (ExpressionType.double, .double), (.double, .integer), (.integer, .double),
                ] as [(ExpressionType, ExpressionType)])
            let operation = random.pick(["+", "-", "*", "/"])
            return .binary(
                operation, .random(operands.0, below, &random, names), .random(operands.1, below, &random, names))
        case .boolean: return condition(below, &random, names)
        case .timestamp:
            let time = ExpressionModel.random(.timestamp, below, &random, names)
            let span = ExpressionModel.random(.duration, below, &random, names)
            return random.chance(1, in: 3) ? .binary("+", span, time) : .binary(random.pick(["+", "-"]), time, span)
        case .duration:
            let operand = random.pick([ExpressionType.timestamp, .duration])
            let operation = operand == .timestamp ? "-" : random.pick(["+", "-"])
            return .binary(
                operation, .random(operand, below, &random, names), .random(operand, below, &random, names))
        }
    }

    private static func integer(
        _ depth: Int, _ random: inout ExpressionRandom, _ names: [ModelName]
    ) -> ExpressionModel {
        switch random.below(9) {
        case 0: return .negate(.random(.integer, depth, &random, names))
        case 1: return .call("size", .random(.string, depth, &random, names), nil)
        case 2: return .call(random.pick(Array(parts.suffix(4))), .random(.duration, depth, &random, names), nil)
        case 3: return .call(random.pick(parts), .random(.timestamp, depth, &random, names), nil)
        case 4:
            // Zones are known for the years of events and not for all that a sum can come to.
            let time: ExpressionModel = random.chance(1, in: 2) ? .time : .timestamp(random.pick(times))
            return .call(random.pick(parts), time, .string(random.pick(zones)))
        default:
            let operation = random.pick(["+", "-", "*", "/", "%", "/", "%"])
            return .binary(
                operation, .random(.integer, depth, &random, names), .random(.integer, depth, &random, names))
        }
    }

    private static func condition(
        _ depth: Int, _ random: inout ExpressionRandom, _ names: [ModelName]
    ) -> ExpressionModel {
        let number: [ExpressionType] = [.integer, .double]
        switch random.below(12) {
        case 0, 1: return .not(.random(.boolean, depth, &random, names))
        case 2, 3, 4:
            let operation = random.pick(["&&", "||", "&&", "||", "==", "!="])
            return .binary(
                operation, .random(.boolean, depth, &random, names), .random(.boolean, depth, &random, names))
        case 5:
            let operation = random.pick(["==", "!=", "<", "<=", ">", ">="])
            let left = ExpressionModel.random(random.pick(number), depth, &random, names)
            return .binary(operation, left, .random(random.pick(number), depth, &random, names))
        case 6, 7:
            let operation = random.pick(["==", "!=", "<", "<=", ">", ">="])
            let type = random.pick([ExpressionType.string, .timestamp, .duration])
            return .binary(operation, .random(type, depth, &random, names), .random(type, depth, &random, names))
        case 8:
            let name = random.pick(["startsWith", "endsWith", "contains"])
            return .call(name, .random(.string, depth, &random, names), .random(.string, depth, &random, names))
        case 9, 10: return macro(depth, &random, names)
        default:
            let type = random.pick([ExpressionType.integer, .double, .string, .boolean, .timestamp, .duration])
            let elements = (0...random.below(3)).map { _ in
                random.chance(1, in: 3)
                    ? ExpressionModel.random(type, min(depth, 1), &random, names) : literal(type, &random)
            }
            let sought = type == .double ? random.pick(number) : type
            return .isIn(.random(sought, depth, &random, names), elements)
        }
    }

    private static func macro(_ depth: Int, _ random: inout ExpressionRandom, _ names: [ModelName]) -> ExpressionModel {
        // Bodies are repeated for each element, and the limit on steps is soon reached.
        let depth = min(depth, 2)
        let type = random.pick([ExpressionType.integer, .string, .boolean, .timestamp, .double, .duration])
        let elements = (0...random.below(3)).map { _ in
            random.chance(1, in: 2)
                ? ExpressionModel.random(type, min(depth, 1), &random, names) : leaf(type, &random, names)
        }
        // One name may hide another.
        let name = random.pick(["x", "y", "amount"])
        let condition = ExpressionModel.random(
            .boolean, depth, &random, names.filter { $0.name != name } + [(name, type)])
        return .macro(random.pick(["exists", "all"]), elements, name, condition)
    }

    private static func literal(_ type: ExpressionType, _ random: inout ExpressionRandom) -> ExpressionModel {
        switch type {
        case .integer: .integer(random.pick(integers))
        case .double: .double(random.pick(doubles))
        case .string: .string(random.pick(strings))
        case .boolean: .boolean(random.chance(1, in: 2))
        case .timestamp: .timestamp(random.pick(times + timesAtEnds))
        case .duration: .duration(random.pick(spans))
        }
    }

    private static func leaf(
        _ type: ExpressionType, _ random: inout ExpressionRandom, _ names: [ModelName]
    ) -> ExpressionModel {
        if let name = names.last(where: { $0.type == type }), random.chance(1, in: 2) { return .variable(name.name) }
        if random.chance(1, in: 3) { return literal(type, &random) }
        switch type {
        case .integer:
            let amount = names.contains { $0.name == "amount" } ? Field.cost : .amount
            return random.pick([.field(amount), .field(.cost), .field(.rating), .threshold(Samples.thresholds[0])])
        case .double: return .threshold(Samples.thresholds[1])
        case .string: return .field(random.pick([.currency, .buyerID, .reason]))
        case .timestamp: return .time
        case .duration: return literal(.duration, &random)
        case .boolean:
            let has: ExpressionModel = names.contains { $0.name == "amount" } ? .has(.reason) : .has(.amount)
            return random.pick([has, .has(.reason), .typeIs(.refund), .typeIs(.order), .typeIn([.order, .click])])
        }
    }

    /// An event in which every field may be absent.
    static func event(_ random: inout ExpressionRandom) -> SampleEvent {
        var event = SampleEvent(type: random.pick([.order, .refund, .click]), time: random.pick(times))
        for field in [Field.amount, .cost, .rating] where random.chance(3, in: 4) {
            event.integers[field] = random.pick(integers)
        }
        for field in [Field.currency, .buyerID, .reason] where random.chance(3, in: 4) {
            event.strings[field] = random.pick(strings)
        }
        return event
    }
}
