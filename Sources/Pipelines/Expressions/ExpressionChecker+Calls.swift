import RampartCore

/// Functions, times, conditionals and lists.
extension ExpressionChecker {
    mutating func checkConditional(_ condition: Int, _ first: Int, _ second: Int, _ index: Int) -> Operand {
        _ = checkBoolean(condition, "`? :` needs a bool before the `?`")
        for side in [first, second] where operands[side] == .eventType {
            report(range(side), "`? :` chooses between values; found \(operands[side].name)")
            return .unknown
        }
        let (a, b) = (operands[first], operands[second])
        if a == .unknown || b == .unknown { return .unknown }
        guard a != b else { return a }
        report(
            range(first).lowerBound..<range(second).upperBound,
            "`? :` chooses between two values of one type; found \(a.name) and \(b.name)",
            suggestion: a.isNumber && b.isNumber ? "write whole numbers with a fraction, such as `1.0`" : nil)
        return .unknown
    }

    // MARK: - Functions

    /// The value has the function's type even where an operand is wrong.
    mutating func checkCall(
        _ function: ExpressionFunction, _ value: Int, _ argument: Int?, _ index: Int
    ) -> Operand {
        switch operands[value] {
        case .unknown: break
        case .value(let type) where function.receivers.contains(type): break
        case let found:
            let needed = function.receivers.map(\.name).joined(separator: " or a ")
            report(range(value), "`\(function.rawValue)` needs a \(needed); found \(found.name)")
        }
        if function.part != nil {
            bindings[index] = .zone(zone(argument, of: function, value))
        } else if let argument, operands[argument] != .value(.string), operands[argument] != .unknown {
            report(
                range(argument), "`\(function.rawValue)` takes a string; found \(operands[argument].name)")
        }
        return .value(function.result)
    }

    /// The zone that a part is read in; UTC where none is named or what is named is wrong.
    private mutating func zone(_ argument: Int?, of function: ExpressionFunction, _ value: Int) -> ZoneRules {
        guard let argument, operands[argument] != .unknown else { return .utc }
        guard operands[value] != .value(.duration) else {
            report(range(argument), "a duration is as long in every time zone; expected nothing in the parentheses")
            return .utc
        }
        guard case .literal(.string(let bytes)) = tree.nodes[argument].kind else {
            report(
                range(argument), "a time zone is a constant in quotes; found \(operands[argument].name)",
                suggestion: "write it as in `ts.\(function.rawValue)(\"Europe/London\")`")
            return .utc
        }
        let name = String(decoding: bytes, as: UTF8.self)
        if zones[name] == nil {
            guard zones.count < Limits.expressionZones else {
                report(range(argument), "an expression names at most \(Limits.expressionZones) time zones")
                return .utc
            }
            zones[name] = .some(ExpressionZone.rules(name))
        }
        if let rules = zones[name] ?? nil { return rules }
        report(
            range(argument),
            "\(ExpressionText.quote(bytes[...])) is no time zone; expected a name such as `Europe/London`, "
                + "or an offset such as `+08:00`", suggestion: Zones.suggestion(name))
        return .utc
    }

    // MARK: - Times

    /// The type of a sum or difference in which a timestamp or duration stands; nil where none does.
    mutating func checkTimeArithmetic(_ operation: BinaryOperator, _ left: Int, _ right: Int) -> Operand? {
        let times: [Operand] = [.value(.timestamp), .value(.duration)]
        let (a, b) = (operands[left], operands[right])
        guard times.contains(a) || times.contains(b), a != .unknown, b != .unknown else { return nil }
        switch (operation, a, b) {
        case (.add, .value(.timestamp), .value(.duration)), (.add, .value(.duration), .value(.timestamp)),
            (.subtract, .value(.timestamp), .value(.duration)):
            return .value(.timestamp)
        case (.subtract, .value(.timestamp), .value(.timestamp)), (.add, .value(.duration), .value(.duration)),
            (.subtract, .value(.duration), .value(.duration)):
            return .value(.duration)
        default:
            let takes = operation == .add || operation == .subtract
            report(
                range(left).lowerBound..<range(right).upperBound,
                "`\(operation.rawValue)` does not take \(a.name) and \(b.name)",
                suggestion: takes
                    ? timeMend(a, b) : "ask a duration for its number, as in `duration(\"5m\").getSeconds()`")
            return .unknown
        }
    }

    /// How to write the constant that was probably meant where a time meets another type.
    func timeMend(_ a: Operand, _ b: Operand) -> String? {
        let times: [Operand] = [.value(.timestamp), .value(.duration)]
        guard times.contains(a) != times.contains(b) else { return nil }
        let isTimestamp = a == .value(.timestamp) || b == .value(.timestamp)
        return "write a constant as in \((isTimestamp ? TimeLiteral.timestamp : .duration).example)"
    }

    // MARK: - Lists

    mutating func checkIsIn(_ value: Int, _ elements: [Int], _ index: Int) -> Operand {
        if operands[value] == .eventType {
            bindTypeTest(of: elements, isNegated: false, index)
            return .value(.boolean)
        }
        let type = checkElements(elements)
        let sought = operands[value]
        if let type, sought != .unknown, sought != type, !(sought.isNumber && type.isNumber) {
            report(range(index), "`in` needs values of one type; found \(sought.name) in a list of \(type.name)")
        }
        return .value(.boolean)
    }

    mutating func checkMacro(_ macro: ExpressionMacro, _ elements: [Int], _ bodies: [Int]) -> Operand {
        _ = checkElements(elements)
        for body in bodies { _ = checkBoolean(body, "the condition of `\(macro.rawValue)` is a bool") }
        return .value(.boolean)
    }

    /// The one type of a list's elements, if any of them has one.
    private mutating func checkElements(_ elements: [Int]) -> Operand? {
        var first: Operand?
        for element in elements where operands[element] != .unknown {
            let type = operands[element]
            guard type != .eventType else {
                report(
                    range(element), "\(type.name) is no value that a list could hold",
                    suggestion: "ask for it as in `type in [\"order\", \"refund\"]`")
                continue
            }
            guard let expected = first else {
                first = type
                continue
            }
            if type != expected {
                report(range(element), "a list holds values of one type; found \(type.name) behind \(expected.name)")
            }
        }
        return first
    }
}
