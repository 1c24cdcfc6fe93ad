/// Cuts the bytes of one partition into records, however they are divided into chunks.
///
/// The records, their numbers and their faults depend on the bytes alone. Memory is bounded by the longest record.
public struct RecordSplitter: Sendable {
    private let format: Source.Format
    private var lines = LineSplitter()
    private var assembler = CSVAssembler()

    /// Starts at the beginning of a partition.
    public init(format: Source.Format) { self.format = format }

    /// Adds a chunk of any size, and appends the records that end in it.
    public mutating func split(_ chunk: UnsafeRawBufferPointer, into batch: inout RecordBatch) {
        batch.format = format
        switch format {
        case .json: lines.split(chunk) { Self.appendJSON($0, number: $1, to: &batch) }
        case .csv:
            lines.split(chunk) { assembler.add($0, number: $1, to: &batch) }
            batch.header = assembler.header
        }
    }

    /// Ends the partition, and appends the record that was still open.
    public mutating func finish(into batch: inout RecordBatch) {
        batch.format = format
        switch format {
        case .json: lines.finish { Self.appendJSON($0, number: $1, to: &batch) }
        case .csv:
            lines.finish { assembler.add($0, number: $1, to: &batch) }
            assembler.finish(into: &batch)
            batch.header = assembler.header
        }
    }

    private static func appendJSON(_ line: LineSplitter.Line, number: Int, to batch: inout RecordBatch) {
        switch line {
        case .whole(let bytes):
            let record = bytes.withoutReturn
            guard !record.isBlank else { return }
            batch.append(record, position: number)
        case .oversize(let start, let oversize):
            batch.append(oversize: oversize, start: start, position: number)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The line without the one carriage return that may end it.
    @inline(__always)
    var withoutReturn: UnsafeRawBufferPointer {
        last == UInt8(ascii: "\r") ? UnsafeRawBufferPointer(rebasing: dropLast()) : self
    }

    /// Whether there is nothing but white space.
    @inline(__always)
    fileprivate var isBlank: Bool {
        allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}
