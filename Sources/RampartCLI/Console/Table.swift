/// Rows of text in columns as wide as their widest cell.
struct Table {
    /// Where a column's text stands.
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ alignments: Alignment...) { self.init(alignments) }

    init(_ alignments: [Alignment]) { self.alignments = alignments }

    /// Adds a row with one cell for each column.
    mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row with one cell for each column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == alignments.count, "A row has a cell for each column.")
        rows.append(cells)
    }

    /// The lines of the table, each behind an indent of two spaces.
    var lines: [String] {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += "  " + (alignments[column] == .left ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension FixedWidthInteger {
    /// The number with a comma between thousands.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + text
    }
}
