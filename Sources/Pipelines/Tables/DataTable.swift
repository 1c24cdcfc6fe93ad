internal import RampartCore

/// The rows of a data file: CSV with a header, in which empty lines and those that begin with `#` say nothing.
struct DataTable {
    /// A cell and its place.
    struct Cell {
        /// The text, without quotes and the blanks around it.
        var text: String
        /// Where it begins.
        var position: Position
    }

    /// A line with a cell for each column.
    struct Row {
        /// Where the line begins.
        var position: Position
        fileprivate var cells: [Cell]
    }

    /// The names of the columns and their places.
    let header: [Cell]
    /// The rows in the order of the file.
    let rows: [Row]

    /// Reads a file; nil, with errors reported, where it has no header that can be used.
    init?(_ text: String, report: Report) {
        var header: [Cell]?
        var rows: [Row] = []
        var number = 0
        // A mark of the byte order is what spreadsheets put in front of UTF-8.
        let scalars =
            text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        for line in scalars.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == "\r" ? line.dropLast() : line
            guard let first = line.first(where: { $0 != " " && $0 != "\t" }), first != "#" else { continue }
            guard let cells = Self.cells(of: line, number: number, report) else {
                if header == nil { return nil }
                continue
            }
            guard let columns = header else {
                guard Self.isHeader(cells, report) else { return nil }
                header = cells
                continue
            }
            guard rows.count < FileLimits.dataRows else {
                report.error(
                    cells[0].position, "the file has more than \(FileLimits.dataRows) rows",
                    "leave out what is not used")
                break
            }
            guard cells.count == columns.count else {
                report.error(
                    cells[0].position,
                    "found \(cells.count) cells; expected \(columns.count), as many as the header has",
                    "a cell with a comma in it stands in double quotes")
                continue
            }
            rows.append(Row(position: Position(line: number, column: 1), cells: cells))
        }
        guard let header else {
            report.error(
                .start, "the file has no header", "begin it with the names of its columns, separated by commas")
            return nil
        }
        self.header = header
        self.rows = rows
    }

    /// The index of a column.
    func column(_ name: String) -> Int? { header.firstIndex { $0.text == name } }

    /// The cell of a row in a column; nil where there is no such column or the cell is empty.
    func cell(_ row: Row, _ column: Int?) -> Cell? {
        guard let column, !row.cells[column].text.isEmpty else { return nil }
        return row.cells[column]
    }

    /// Whether the file has all columns of a list, and none beyond it and another.
    func hasColumns(_ required: [String], orElse optional: [String], _ report: Report) -> Bool {
        var isGood = true
        let known = required + optional
        var meant: Set<String> = []
        for cell in header where !known.contains(cell.text) {
            isGood = false
            if let name = Suggestion.closest(to: cell.text, among: known) { meant.insert(name) }
            report.error(
                cell.position, "\(quoted(cell.text)) is no column of this file",
                Suggestion.didYouMean(cell.text, among: known) ?? "it takes \(known.joined(separator: ", "))")
        }
        // One that is misspelt is not missing as well.
        for name in required where column(name) == nil && !meant.contains(name) {
            isGood = false
            report.error(header[0].position, "the column `\(name)` is missing", "add \(name) to the header")
        }
        return isGood
    }

    private static func isHeader(_ cells: [Cell], _ report: Report) -> Bool {
        var isGood = true
        if cells.count > FileLimits.dataColumns {
            isGood = false
            report.error(
                cells[FileLimits.dataColumns].position,
                "the header has \(cells.count) columns; expected at most \(FileLimits.dataColumns)")
        }
        var seen: Set<String> = []
        for cell in cells.prefix(FileLimits.dataColumns) where !seen.insert(cell.text).inserted {
            isGood = false
            report.error(
                cell.position, "the column \(quoted(cell.text)) stands twice in the header", "rename one of them")
        }
        return isGood
    }

    // MARK: - Cells

    /// The cells of a line; nil, with an error reported, where they cannot be told apart.
    private static func cells(
        of line: Substring.UnicodeScalarView, number: Int, _ report: Report
    ) -> [Cell]? {
        var cells: [Cell] = []
        let scalars = Array(line)
        var index = 0
        while true {
            while index < scalars.count, isBlank(scalars[index]) { index += 1 }
            let position = Position(line: number, column: index + 1)
            var text = String.UnicodeScalarView()
            if index < scalars.count, scalars[index] == "\"" {
                index += 1
                guard readQuoted(scalars, &index, &text) else {
                    report.error(
                        position, "a quoted cell does not end on its line, or goes on after its end",
                        "close it with \" and write a quote inside as \"\"")
                    return nil
                }
            } else {
                while index < scalars.count, scalars[index] != "," {
                    text.append(scalars[index])
                    index += 1
                }
                while let last = text.last, isBlank(last) { text.removeLast() }
            }
            guard isGood(text, at: position, report) else { return nil }
            cells.append(Cell(text: String(text), position: position))
            guard index < scalars.count else { return cells }
            index += 1
        }
    }

    /// Reads to the comma behind a quoted cell, or the end; false where something else comes first.
    private static func readQuoted(
        _ scalars: [Unicode.Scalar], _ index: inout Int, _ text: inout String.UnicodeScalarView
    ) -> Bool {
        while index < scalars.count {
            if scalars[index] == "\"" {
                index += 1
                guard index < scalars.count, scalars[index] == "\"" else {
                    while index < scalars.count, isBlank(scalars[index]) { index += 1 }
                    return index == scalars.count || scalars[index] == ","
                }
            }
            text.append(scalars[index])
            index += 1
        }
        return false
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private static func isGood(_ text: String.UnicodeScalarView, at position: Position, _ report: Report) -> Bool {
        if let control = text.first(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
            let code = String(control.value, radix: 16, uppercase: true)
            report.error(position, "found the control character U+\(code) in a cell", "remove it")
            return false
        }
        guard text.reduce(0, { $0 + UTF8.width($1) }) <= Limits.identifierBytes else {
            report.error(
                position, "a cell is longer than \(Limits.identifierBytes) bytes, the longest short string of an event")
            return false
        }
        return true
    }
}
