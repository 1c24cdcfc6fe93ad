import RampartCore

/// Makes the measures, thresholds and conditions of one random stage.
struct ConditionGenerator {
    /// Where chance comes from.
    var random: SplitMix64
    /// The types of the events that reach the stage.
    let types: [EventType]
    /// What joins have attached to them; nil is a time.
    let columns: [(name: String, field: Field?)]
    /// Whether all events have the same scale, so that money can be measured.
    var allowsMoney = true
    /// Whether the condition turns on and off, so that a key has many runs.
    private(set) var toggles = false
    /// The measures made so far.
    var measures: [ModelMeasure] = []
    /// The thresholds made so far.
    var thresholds: [Threshold] = []

    /// Starts a stage.
    init(random: SplitMix64, types: [EventType], columns: [(name: String, field: Field?)] = []) {
        self.random = random
        self.types = types
        self.columns = columns
    }

    /// A condition over an event.
    mutating func eventCondition(allowsThresholds: Bool) -> ModelExpression {
        if !columns.isEmpty, random.chance(50) { return attachedCondition() }
        switch random.number(0...11) {
        case 0: return .typeIs(random.pick(types))
        case 1: return .not(.typeIs(random.pick(types)))
        case 2, 3:
            guard let field = number() else { return .has(.merchantID) }
            let bound: ModelExpression =
                allowsThresholds && random.chance(50) ? threshold(.integer(Int64(random.number(0...5)))) : .integer(1)
            return .compare(random.pick([.greater, .greaterOrEqual, .less, .notEqual]), .field(field), bound)
        case 4:
            guard let field = field({ $0 == .buyerID || $0 == .deviceID }) else { return .has(.merchantID) }
            return .not(.isIn(.field(field), [.string("b1"), .string("d2")]))
        case 5:
            guard let field = field({ $0 == .buyerID || $0 == .deviceID || $0 == .ip }) else {
                return .has(.merchantID)
            }
            return .has(field)
        case 6:
            return .or(eventCondition(allowsThresholds: false), eventCondition(allowsThresholds: false))
        case 7: return timeCondition()
        case 8, 9: return textCondition()
        case 10:
            return .conditional(
                eventCondition(allowsThresholds: false), eventCondition(allowsThresholds: false),
                eventCondition(allowsThresholds: false))
        default:
            return .and(
                eventCondition(allowsThresholds: false), .compare(.equal, .field(.merchantID), .string("m1")))
        }
    }

    private mutating func attachedCondition() -> ModelExpression {
        let (name, field) = random.pick(columns)
        guard let field else { return .isWithin(name, Int64(random.number(0...12)) * 1000) }
        switch random.number(0...3) {
        case 0: return .hasAttached(name)
        case 1: return .not(.hasAttached(name))
        default:
            let isNumber = field.kind == .money || field.kind == .integer
            let hasOwn = types.contains { $0.fields.contains(field) } && (field.kind != .money || allowsMoney)
            let value: ModelExpression =
                hasOwn && random.chance(60) ? .field(field) : isNumber ? .integer(2) : .string("b1")
            let comparisons: [ModelExpression.Comparison] =
                isNumber ? [.greaterOrEqual, .less, .equal] : [.equal, .notEqual]
            return .compare(random.pick(comparisons), .attached(name), value)
        }
    }

    private mutating func timeCondition() -> ModelExpression {
        if random.chance(30) { return .isBefore(Int64(random.number(1...20)) * 30_000) }
        let part = random.pick([.seconds, .seconds, .minutes, .hours, .dayOfWeek] as [ModelExpression.Part])
        let value = ModelExpression.part(part, minutesEast: random.pick([0, 0, 330, -570, 60]))
        let bound = ModelExpression.integer(Int64(random.number(1...(part == .seconds ? 40 : 5))))
        return .compare(random.pick([.less, .greaterOrEqual, .notEqual]), value, bound)
    }

    private mutating func textCondition() -> ModelExpression {
        guard let field = field({ [.buyerID, .deviceID, .ip, .adID].contains($0) }) else { return .has(.merchantID) }
        let text: ModelExpression = random.chance(25) ? .lowered(.field(field)) : .field(field)
        switch random.number(0...3) {
        case 0:
            return .compare(random.pick([.less, .greaterOrEqual]), .size(text), .integer(Int64(random.number(2...9))))
        case 1:
            let words = [ModelExpression.string("b1"), .string("d1"), .field(.merchantID)]
            return .macro(
                random.pick(ModelExpression.Macro.allCases), Array(words.prefix(random.number(1...3))),
                .compare(random.pick([.equal, .notEqual]), .element, text))
        default:
            return .search(
                random.pick(ModelExpression.Search.allCases), text,
                random.pick(["b", "1", "d", "10.", ".0.2", "a2", ""]))
        }
    }

    /// A condition over measures; also fills `measures` and `thresholds`.
    mutating func windowCondition() -> ModelExpression {
        let condition: ModelExpression
        switch random.number(0...15) {
        case 0, 1, 2: condition = .compare(.greaterOrEqual, count(), threshold(.integer(Int64(random.number(2...4)))))
        case 3:
            condition = .compare(.greaterOrEqual, total(), threshold(.integer(Int64(random.pick([3, 10, 50])))))
        case 4:
            let few = ModelExpression.compare(.greaterOrEqual, count(), threshold(.integer(2)))
            condition = .and(
                few, .compare(.greaterOrEqual, distinct(), threshold(.integer(Int64(random.number(1...3))))))
        case 5:
            let ratio = ModelExpression.arithmetic(
                .multiply, threshold(.double(random.pick([0.4, 0.5, 1.5]))), count())
            condition = .and(.compare(.greaterOrEqual, count(), .integer(2)), .compare(.greaterOrEqual, count(), ratio))
        case 6:
            condition = .compare(
                random.pick([.lessOrEqual, .greater]), extreme(), threshold(.integer(Int64(random.number(2...6)))))
        case 7:
            let fewer = ModelExpression.compare(.less, count(), threshold(.integer(Int64(random.number(2...4)))))
            condition = random.chance(50) ? fewer : .not(fewer)
        case 8:
            let quotient = ModelExpression.arithmetic(random.pick([.divide, .remainder]), count(), count())
            let left = ModelExpression.compare(.greater, quotient, .integer(1))
            condition = .or(left, .compare(.greaterOrEqual, total(), .integer(8)))
        case 9, 10, 13, 14:
            // On and off with every event, so that fired intervals overlap.
            let rest = ModelExpression.arithmetic(.remainder, count(), .integer(Int64(random.number(2...3))))
            condition = .compare(.notEqual, rest, .integer(0))
            toggles = true
        case 11:
            let few = ModelExpression.compare(
                .greaterOrEqual, count(), threshold(.integer(Int64(random.number(2...4)))))
            let much = ModelExpression.compare(.greaterOrEqual, total(), .integer(10))
            let which = ModelExpression.compare(.greater, count(), .integer(Int64(random.number(1...3))))
            condition = random.chance(50) ? .conditional(which, few, much) : .not(.conditional(which, .not(few), much))
        case 12:
            // One of several measures, or each of them, is past a bound.
            let list = [count(), random.chance(50) ? distinct() : count()]
            let past = ModelExpression.compare(
                .greaterOrEqual, .element, threshold(.integer(Int64(random.number(2...3)))))
            let macro = random.pick(ModelExpression.Macro.allCases)
            condition = random.chance(70) ? .macro(macro, list, past) : .not(.macro(macro, list, .not(past)))
        default:
            let left = ModelExpression.compare(.greaterOrEqual, count(), .integer(2))
            let right = ModelExpression.compare(.equal, count(), .integer(3))
            condition = .not(.or(.not(left), right))
        }
        if random.chance(40) { _ = random.chance(50) ? total() : distinct() }
        return condition
    }

    private mutating func count() -> ModelExpression {
        add(.count, nil, random.chance(35) ? eventCondition(allowsThresholds: false) : nil)
    }

    private mutating func distinct() -> ModelExpression {
        guard let field = field({ [.buyerID, .deviceID, .ip, .adID].contains($0) }) else { return count() }
        return add(.distinct, field, random.chance(30) ? eventCondition(allowsThresholds: false) : nil)
    }

    private mutating func total() -> ModelExpression {
        guard let field = number() else { return count() }
        return add(.sum, field, random.chance(30) ? eventCondition(allowsThresholds: false) : nil)
    }

    private mutating func extreme() -> ModelExpression {
        guard let field = number() else { return count() }
        let function = random.pick([.min, .max, .avg] as [Measure.Function])
        return add(
            function, field, random.chance(40) ? eventCondition(allowsThresholds: false) : nil)
    }

    private mutating func number() -> Field? {
        let kinds: Set<Field.Kind> = allowsMoney ? [.money, .integer] : [.integer]
        return field { kinds.contains($0.kind) }
    }

    private mutating func field(_ isSuitable: (Field) -> Bool) -> Field? {
        let suitable = Field.allCases.filter { field in
            isSuitable(field) && types.contains { $0.fields.contains(field) }
        }
        return suitable.isEmpty ? nil : random.pick(suitable)
    }

    private mutating func add(_ function: Measure.Function, _ field: Field?, _ condition: ModelExpression?)
        -> ModelExpression
    {
        measures.append(
            ModelMeasure(name: "measure_\(measures.count)", function: function, field: field, condition: condition))
        return .measure(measures.count - 1)
    }

    private mutating func threshold(_ value: Threshold.Value) -> ModelExpression {
        thresholds.append(Threshold(name: "bound_\(thresholds.count)", value: value))
        return .threshold(thresholds.count - 1)
    }
}
