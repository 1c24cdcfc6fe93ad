/// Finds the cells of CSV records (RFC 4180), line by line.
///
/// A quote that is not the first byte of its cell is an ordinary character.
struct CSVCells {
    /// How a line ended.
    enum End {
        /// The record is complete.
        case record
        /// A quoted cell goes on in the next line.
        case open
        /// A quoted cell goes on after its closing quote.
        case invalid
    }

    /// Cells that were complete when the line ended.
    private(set) var count = 0
    /// Whether the line ended inside quotes.
    private var isOpen = false

    /// Reads one line, without its line end, after the lines before it of the same record.
    ///
    /// `cell` is given each cell that ends in it: its number, the range of its content, and whether that has doubled
    /// quotes. Line feeds inside quotes are content, so a record of several lines can be read in one go for its cells.
    @inline(__always)
    mutating func read(
        _ line: UnsafeRawBufferPointer, _ cell: (Int, Range<Int>, Bool) -> Void = { _, _, _ in }
    ) -> End {
        var index = 0
        while true {
            if isOpen || (index < line.count && line[index] == Self.quote) {
                let start = isOpen ? index : index + 1
                var doubled = false
                guard let close = Self.closingQuote(line, from: start, &doubled) else {
                    isOpen = true
                    return .open
                }
                isOpen = false
                cell(count, start..<close, doubled)
                index = close + 1
                if index < line.count, line[index] != Self.comma { return .invalid }
            } else {
                let start = index
                while index < line.count, line[index] != Self.comma { index += 1 }
                cell(count, start..<index, false)
            }
            count += 1
            if index == line.count { return .record }
            index += 1
        }
    }

    /// The index of the quote that ends a cell, with doubled ones passed over.
    private static func closingQuote(_ line: UnsafeRawBufferPointer, from start: Int, _ doubled: inout Bool) -> Int? {
        var index = start
        while index < line.count {
            if line[index] == quote {
                guard index + 1 < line.count, line[index + 1] == quote else { return index }
                doubled = true
                index += 1
            }
            index += 1
        }
        return nil
    }

    /// The content of every cell of a whole record.
    static func texts(of record: UnsafeRawBufferPointer) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var cells = CSVCells()
        _ = cells.read(record) { _, range, isDoubled in
            var text: ContiguousArray<UInt8> = []
            let content = UnsafeRawBufferPointer(rebasing: record[range])
            if isDoubled { appendUnquoted(content, to: &text) } else { text.append(contentsOf: content) }
            texts.append(Array(text))
        }
        return texts
    }

    /// Appends the content of a quoted cell with each doubled quote as one.
    static func appendUnquoted(_ content: UnsafeRawBufferPointer, to text: inout ContiguousArray<UInt8>) {
        var index = 0
        while index < content.count {
            text.append(content[index])
            index += content[index] == quote ? 2 : 1
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
}
