import Glibc
import RampartCore

/// A file of rows that come in the order of polling and end up in the order of their places (R35).
///
/// Rows wait in memory up to `pendingBytesMax` and are appended in order; what one source and partition gave without a gap
/// is one run. At the end the file is rewritten if the runs are out of order. Memory grows with the number of runs,
/// which is that of chunks and not of rows. Rows of one source and partition must come with rising positions.
final class SortedSpool {
    private struct Row {
        let place: RecordPlace
        let start: Int
        let end: Int
    }

    private struct Run {
        let first: RecordPlace
        var last: RecordPlace
        let start: Int
        var end: Int

        func isContinued(by place: RecordPlace) -> Bool {
            last.source == place.source && last.partition == place.partition && last < place
        }
    }

    /// Bytes of rows that wait for their order where nothing else is asked for.
    static let pendingBytesDefault = 1 << 20
    /// Bytes copied at once when the file is rewritten.
    private static let copyBytes = 256 << 10

    private let pendingBytesMax: Int
    private var file: BufferedFile
    private var pending: [UInt8] = []
    private var rows: [Row] = []
    private var runs: [Run] = []

    /// How many runs there are: what memory grows with.
    var runCount: Int { runs.count }

    /// Creates the file at a path that ends in `.partial`.
    init(path: String, pendingBytesMax: Int = SortedSpool.pendingBytesDefault) throws(StorageError) {
        self.pendingBytesMax = pendingBytesMax
        self.file = try BufferedFile(path: path)
    }

    /// Adds a row with its line end.
    func append(_ row: some Collection<UInt8>, at place: RecordPlace) throws(StorageError) {
        let start = pending.count
        pending.append(contentsOf: row)
        rows.append(Row(place: place, start: start, end: pending.count))
        if pending.count >= pendingBytesMax { try writePending() }
    }

    /// Writes what waits, puts the file in order, and returns when it is on the disk.
    func finish() throws(StorageError) {
        try writePending()
        let sorted = runs.sorted { $0.first < $1.first }
        for (run, next) in zip(sorted, sorted.dropFirst()) {
            precondition(run.last < next.first, "Rows of one source and partition come with rising positions.")
        }
        let isInOrder = zip(runs, runs.dropFirst()).allSatisfy { $0.first < $1.first }
        if isInOrder {
            try file.synchronize()
        } else {
            try rewrite(sorted)
        }
    }

    private func writePending() throws(StorageError) {
        rows.sort { $0.place < $1.place }
        for row in rows {
            let start = file.byteCount
            try file.append(pending[row.start..<row.end])
            if let last = runs.last, last.isContinued(by: row.place) {
                runs[runs.count - 1].last = row.place
                runs[runs.count - 1].end = file.byteCount
            } else {
                runs.append(Run(first: row.place, last: row.place, start: start, end: file.byteCount))
            }
        }
        rows.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
    }

    /// Copies the runs in order to a second file, which then takes the name of the first.
    private func rewrite(_ sorted: [Run]) throws(StorageError) {
        try file.flush()
        let target = file.path
        let temporary = "\(target.dropLast(OutputFile.partialSuffix.count)).sorted\(OutputFile.partialSuffix)"
        let copy = try BufferedFile(path: temporary)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.copyBytes, alignment: 1)
        defer { buffer.deallocate() }
        for run in sorted {
            var place = run.start
            while place < run.end {
                let wanted = min(buffer.count, run.end - place)
                let count = try file.read(at: place, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
                guard count == wanted else {
                    throw StorageError(code: EIO, file: target, operation: .read, byte: place)
                }
                try copy.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                place += count
            }
        }
        try copy.synchronize()
        try Folder.rename(temporary, to: target)
        file = copy
    }
}
