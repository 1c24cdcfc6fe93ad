internal import RampartCore

/// Checks the expressions of a file and tells their mistakes at their places in it.
struct ExpressionReader {
    /// Where mistakes go.
    let report: Report
    /// The text of the file.
    let text: SourceText
    /// The tables that conditions over events can name.
    let tables: [TableKeys]

    /// An expression of the file that holds no mistake; `what` names it in messages.
    func condition(_ node: YamlNode, _ what: String, scope: ExpressionScope) -> CheckedExpression? {
        guard let expression = node.string(what, report) else { return nil }
        return check(expression, in: node, from: 0, scope: scope)
    }

    /// An expression of a mapping that holds no mistake and gives a value of a type.
    func value(
        _ node: YamlNode, _ what: String, scope: ExpressionScope, expecting type: ExpressionType
    ) -> CheckedExpression? {
        guard let expression = node.string(what, report) else { return nil }
        return check(expression, in: node, from: 0, scope: scope, expecting: type)
    }

    /// A measure, without its condition's program, which needs the layout; and the condition.
    func measure(
        _ entry: YamlNode.Entry, thresholds: [Threshold], columns: [AttachedColumn]
    ) -> (measure: Measure, condition: CheckedExpression?)? {
        guard let expression = entry.value.string("measure `\(entry.key)`", report) else { return nil }
        switch MeasureSyntax.parse(expression) {
        case .failure(let errors):
            tell(errors, in: entry.value, expression, from: 0)
            return nil
        case .success(let syntax):
            let scope = ExpressionScope(
                subject: .event, thresholds: thresholds, columns: columns, tables: tables)
            var condition: CheckedExpression?
            if let part = syntax.condition {
                let offset = syntax.conditionRange?.lowerBound ?? 0
                condition = check(part, in: entry.value, from: offset, scope: scope)
                guard condition != nil else { return nil }
            }
            return (Measure(name: entry.key, function: syntax.function, field: syntax.field, condition: nil), condition)
        }
    }

    /// The place of a name in an expression, or of the expression where it is not found.
    func position(of name: String, in node: YamlNode) -> Position {
        guard case .scalar(let expression, _) = node.content else { return node.position }
        let bytes = Array(expression.utf8)
        let wanted = Array(name.utf8)
        var start = 0
        while start + wanted.count <= bytes.count {
            let end = start + wanted.count
            let isWhole =
                (start == 0 || !isNameByte(bytes[start - 1])) && (end == bytes.count || !isNameByte(bytes[end]))
            if isWhole, bytes[start..<end].elementsEqual(wanted) {
                return text.position(ofOffset: start, in: expression, from: node.position)
            }
            start += 1
        }
        return node.position
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private func check(
        _ expression: String, in node: YamlNode, from offset: Int, scope: ExpressionScope,
        expecting type: ExpressionType = .boolean
    ) -> CheckedExpression? {
        switch checkExpression(expression, scope: scope, expecting: type) {
        case .success(let checked):
            return checked
        case .failure(let errors):
            if case .scalar(let whole, _) = node.content { tell(errors, in: node, whole, from: offset) }
            return nil
        }
    }

    private func tell(_ errors: ExpressionErrors, in node: YamlNode, _ whole: String, from offset: Int) {
        for error in errors.errors {
            let place = text.position(
                ofOffset: offset + error.range.lowerBound, in: whole, from: node.position)
            report.error(place, error.message, error.suggestion)
        }
    }
}
