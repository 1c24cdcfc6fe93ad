import RampartCore

extension ExpressionChecker {
    /// Binds `in` to the table that stands on its right side.
    mutating func checkIsInTable(_ value: Int, _ name: String, _ nameRange: Range<Int>, _ index: Int) -> Operand {
        guard let table = scope.tables.first(where: { $0.name == name }) else {
            let list = "the right side of `in` is a list, as in `currency in [\"GBP\", \"EUR\"]`"
            let names = scope.tables.map(\.name)
            if names.isEmpty {
                report(nameRange, list)
            } else {
                report(
                    nameRange, "\(list), or a table",
                    suggestion: Suggestion.didYouMean(name, among: names) ?? "there is \(alternatives(names))")
            }
            return .value(.boolean)
        }
        bindings[index] = .table(table)
        switch operands[value] {
        case .value(.string), .unknown: break
        case let found:
            report(range(value), "the keys of the table `\(name)` are strings; found \(found.name)")
        }
        return .value(.boolean)
    }
}
