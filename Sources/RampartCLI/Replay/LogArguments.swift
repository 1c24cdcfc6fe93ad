import Engine
import RampartCore
import Storage

/// The logs of a replay, as its arguments name them: `LOG` or `source=LOG`, each a file, a folder or `-`.
struct LogArguments {
    /// The readers, in the order of the partitions.
    let readers: [LogReader]
    /// The logs for the replay, in the same order.
    let logs: [ReplayLog]

    /// Finds the logs; a text before `=` is a source only if the pipeline has one of that name or no file is called so.
    init(_ arguments: [String], topology: Topology) throws {
        var readers: [LogReader] = []
        var logs: [ReplayLog] = []
        for argument in arguments {
            let (source, path) = Self.split(argument, topology)
            // A source that is not there is the likelier mistake than a log that is not.
            _ = try LogBinding(log: path, source: source, in: topology)
            for file in try LogFile.discover(path) {
                let reader = LogReader(file)
                readers.append(reader)
                logs.append(ReplayLog(name: file.path, source: source, reader: LogChunks(reader)))
            }
        }
        self.readers = readers
        self.logs = logs
    }

    /// The part of all bytes that has been read; nil where a log does not say how long it is.
    var fraction: Double? {
        var total = 0
        var read = 0
        for reader in readers {
            guard let count = reader.byteCount else { return nil }
            total += count
            read += reader.bytesRead
        }
        return total > 0 ? Double(read) / Double(total) : nil
    }

    private static func split(_ argument: String, _ topology: Topology) -> (source: String?, path: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, !sides[0].contains("/") else { return (nil, argument) }
        let name = String(sides[0])
        let isSource = topology.sources.contains { $0.name == name }
        if !isSource, (try? LogFile.discover(argument)) != nil { return (nil, argument) }
        return (name, String(sides[1]))
    }
}

/// A log file as the replay reads it.
private struct LogChunks: ChunkReader {
    private let reader: LogReader

    init(_ reader: LogReader) { self.reader = reader }

    func read(into chunk: inout [UInt8]) throws -> Bool { try reader.read(into: &chunk) > 0 }
}
