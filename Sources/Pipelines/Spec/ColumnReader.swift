internal import RampartCore

/// A column of the file that expressions can name.
struct ColumnSpec {
    /// Its name in expressions.
    var name: String
    /// Where it stands and how it is read.
    var column: RecordExpression.Column
}

/// Reads a source's `columns:`.
struct ColumnReader {
    /// The layout of records, which decides what a path is.
    let format: Source.Format
    /// Decimal places of the source's money.
    let scale: Int
    /// Where mistakes go.
    let report: Report

    /// The columns in file order; nil where one holds a mistake, since what reads it would be told as well.
    func read(_ node: YamlNode?) -> [ColumnSpec]? {
        guard let node else { return [] }
        guard let entries = node.entries(of: "columns", atMost: Limits.columns, report) else { return nil }
        let columns = entries.compactMap(read)
        return columns.count == entries.count ? columns : nil
    }

    private func read(_ entry: YamlNode.Entry) -> ColumnSpec? {
        guard isName(entry.key, "a column", hyphens: false, at: entry.position, report) else { return nil }
        guard !["true", "false", "null", "in"].contains(entry.key) else {
            report.error(
                entry.position, "`\(entry.key)` is a word of expressions; expected another name",
                "write it with the path of the column: { path: \(entry.key), type: string }")
            return nil
        }
        guard case .mapping = entry.value.content else {
            let kind = kind(entry.value)
            return kind.map { ColumnSpec(name: entry.key, column: column(Path([entry.key]), nil, $0)) }
        }
        guard let mapping = MappingReader(entry.value, PipelineKeys.column, at: entry.position, report),
            let kind = mapping["type"].flatMap({ self.kind($0) })
        else { return nil }
        var path: Path? = Path([entry.key])
        if let node = mapping["path"] { path = node.path(entry.key, format: format, report) }
        var text: [UInt8]?
        if let node = mapping["default"] {
            guard let fallback = fallback(node, entry.key, kind) else { return nil }
            text = fallback
        }
        return path.map { ColumnSpec(name: entry.key, column: column($0, text, kind)) }
    }

    private func column(
        _ path: Path, _ fallback: [UInt8]?, _ kind: RecordExpression.Column.Kind
    ) -> RecordExpression.Column {
        RecordExpression.Column(path: path, fallback: fallback, kind: kind)
    }

    private func kind(_ node: YamlNode) -> RecordExpression.Column.Kind? {
        node.choice("the type of a column", RecordExpression.Column.Kind.self, report)
    }

    private func fallback(_ node: YamlNode, _ name: String, _ kind: RecordExpression.Column.Kind) -> [UInt8]? {
        guard let text = node.string(name, report) else { return nil }
        switch kind {
        case .string: break
        case .integer: guard node.wholeNumber(name, in: .min...Int64.max, report) != nil else { return nil }
        case .boolean: guard node.boolean(name, report) != nil else { return nil }
        case .money:
            let amount = text.hasPrefix("-") ? String(text.dropFirst()) : text
            guard MajorAmount(text: amount, places: scale) != nil else {
                report.error(
                    node.position,
                    "found \(quoted(text)) for \(name); expected an amount with at most \(scale) decimal places")
                return nil
            }
        }
        return Array(text.utf8)
    }
}

extension ExpressionScope {
    /// The names of a source's columns.
    init(columns: [ColumnSpec]) {
        self.init(
            subject: .record(columns.map { Column(name: $0.name, type: $0.column.kind.type) }), thresholds: [])
    }
}

extension RecordExpression.Column.Kind {
    /// The type of such a column in expressions.
    fileprivate var type: ExpressionType {
        switch self {
        case .string: .string
        case .integer, .money: .integer
        case .boolean: .boolean
        }
    }
}

extension RecordExpression {
    /// Makes the program of an expression, with the columns that it reads in the order in which it does.
    init(_ expression: CheckedExpression, columns: [ColumnSpec]) {
        let program = expression.program(layout: EventLayout(fields: []))
        var read: [Int] = []
        func place(_ column: Int) -> Int {
            if let known = read.firstIndex(of: column) { return known }
            read.append(column)
            return read.count - 1
        }
        let instructions = program.instructions.map { (instruction) -> Program.Instruction in
            switch instruction {
            case .column(let index): return .column(place(index))
            case .hasColumn(let index): return .hasColumn(place(index))
            default: return instruction
            }
        }
        self.init(
            program: Program(instructions: instructions, strings: program.strings, zones: program.zones),
            columns: read.map { columns[$0].column })
    }
}
