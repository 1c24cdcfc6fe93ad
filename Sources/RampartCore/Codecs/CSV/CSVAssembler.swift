/// Puts the lines of a CSV partition together to records, and takes the first one as the header.
///
/// A record over several lines that turns out to be bad gives up its first line alone, and reading goes on with the
/// second, so that one stray quote does not swallow the rest of a log. A bad record is known by the time it has
/// more cells than the header, so that no line is read again more often than there are columns.
struct CSVAssembler: Sendable {
    /// A line that was read and belongs to no record yet; it keeps its carriage return.
    private struct Line {
        var range: Range<Int>
        var number: Int
    }

    /// The names of the columns, once they were read.
    private(set) var header: CSVHeader?
    /// The bytes of the lines that are held, each with a line feed behind it.
    private var held: ContiguousArray<UInt8> = []
    /// The lines that are held; those before `head` are done with.
    private var lines: ContiguousArray<Line> = []
    private var head = 0
    /// Where in the record that begins at `head` reading stands.
    private var cells = CSVCells()

    private var isHolding: Bool { head < lines.count }
    /// The number of cells after which an open cell is one too many.
    private var limit: Int { header?.columns.count ?? .max }

    /// Adds the next line.
    mutating func add(_ line: LineSplitter.Line, number: Int, to batch: inout RecordBatch) {
        switch line {
        case .whole(let bytes):
            if isHolding {
                hold(bytes, number: number)
                resume(at: lines.count - 1, into: &batch)
            } else {
                addFirst(bytes, number: number, to: &batch)
            }
        case .oversize(let start, let oversize):
            finish(into: &batch)
            if header == nil { header = CSVHeader(columns: []) }
            batch.append(oversize: oversize, start: start, position: number)
        }
    }

    /// Ends the partition: what is still open never closes.
    mutating func finish(into batch: inout RecordBatch) {
        while isHolding {
            giveUpFirst(.invalidCSV, into: &batch)
            resume(at: head, into: &batch)
        }
    }

    /// Reads a line that begins a record, which most often is the whole of it.
    private mutating func addFirst(_ bytes: UnsafeRawBufferPointer, number: Int, to batch: inout RecordBatch) {
        let record = bytes.withoutReturn
        guard !record.isEmpty else { return }
        cells = CSVCells()
        let end = cells.read(record)
        if let fault = fault(end, byteCount: record.count) {
            refuse(record, number: number, fault, into: &batch)
        } else if end == .record {
            take(record, number: number, into: &batch)
        } else {
            // A carriage return belongs to the cell that goes on.
            hold(bytes, number: number)
        }
    }

    /// Reads the held lines from index `first` on; those before it are the start of the open record.
    private mutating func resume(at first: Int, into batch: inout RecordBatch) {
        var next = first
        while next < lines.count {
            if next == head {
                cells = CSVCells()
                if heldBytes(next, next, { $0.isEmpty }) {
                    drop(through: next)
                    next = head
                    continue
                }
            }
            let end = readHeld(next)
            let byteCount = lines[next].range.upperBound - lines[head].range.lowerBound
            if let fault = fault(end, byteCount: byteCount) {
                giveUpFirst(fault, into: &batch)
                next = head
            } else if end == .record {
                let number = lines[head].number
                let record = heldBytes(head, next) { ContiguousArray($0) }
                record.withUnsafeBytes { take($0, number: number, into: &batch) }
                drop(through: next)
                next = head
            } else {
                next += 1
            }
        }
    }

    /// What is wrong with a record that has come so far, after a line that ended so.
    private func fault(_ end: CSVCells.End, byteCount: Int) -> RecordBatch.Fault? {
        if byteCount > Limits.recordBytes { return .invalidCSV }
        switch end {
        case .invalid: return .invalidCSV
        case .open: return cells.count >= limit ? .columnCount(found: cells.count + 1) : nil
        case .record: return cells.count == limit || header == nil ? nil : .columnCount(found: cells.count)
        }
    }

    private mutating func readHeld(_ line: Int) -> CSVCells.End {
        var cells = self.cells
        let end = heldBytes(line, line) { cells.read($0) }
        self.cells = cells
        return end
    }

    /// Gives `body` the held lines from one to another, without the line end of the last.
    private func heldBytes<Result>(
        _ first: Int, _ last: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let range = lines[first].range.lowerBound..<lines[last].range.upperBound
        return held.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range]).withoutReturn) }
    }

    /// Takes a record that is complete: as the header if there is none yet.
    private mutating func take(_ record: UnsafeRawBufferPointer, number: Int, into batch: inout RecordBatch) {
        if header == nil {
            header = CSVHeader(columns: CSVCells.texts(of: record))
        } else {
            batch.append(record, position: number)
        }
    }

    private mutating func giveUpFirst(_ fault: RecordBatch.Fault, into batch: inout RecordBatch) {
        let record = heldBytes(head, head) { ContiguousArray($0) }
        record.withUnsafeBytes { refuse($0, number: lines[head].number, fault, into: &batch) }
        drop(through: head)
    }

    /// Sets a line aside; in the place of the header it leaves a header without columns.
    private mutating func refuse(
        _ record: UnsafeRawBufferPointer, number: Int, _ fault: RecordBatch.Fault, into batch: inout RecordBatch
    ) {
        if header == nil { header = CSVHeader(columns: []) }
        batch.append(record, position: number, fault: fault)
    }

    private mutating func hold(_ bytes: UnsafeRawBufferPointer, number: Int) {
        let start = held.count
        held.append(contentsOf: bytes)
        lines.append(Line(range: start..<held.count, number: number))
        held.append(UInt8(ascii: "\n"))
    }

    /// Lets go of the held lines up to `last`; their memory is given back when they are half of it.
    private mutating func drop(through last: Int) {
        head = last + 1
        guard head * 2 > lines.count else { return }
        let start = isHolding ? lines[head].range.lowerBound : held.count
        held.removeFirst(start)
        lines.removeFirst(head)
        for index in lines.indices {
            let range = lines[index].range
            lines[index].range = range.lowerBound - start..<range.upperBound - start
        }
        head = 0
    }
}
