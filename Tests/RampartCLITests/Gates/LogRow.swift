import Foundation
import Testing

/// A record of a topic as it stands in the log, told by a reader that shares no code with any client.
struct LogRow: Decodable {
    var partition: Int
    var offset: Int64
    var value: String?
    /// Whether the marker at the end of its transaction commits it.
    var committed: Bool
    /// Whether readers of committed records are shown it, who go by the broker's list of aborted transactions.
    var shown: Bool

    /// All records of a topic's partitions, to where they end now.
    static func all(of topic: String, partitions: Int, on brokers: String) throws -> [LogRow] {
        let script = Command.root.appending(path: "deploy/verify/committed-rows.py")
        let result = try Command.run(
            URL(filePath: "/usr/bin/env"), ["python3", script.path, brokers, topic, "\(partitions)"])
        try #require(result.code == 0, "\(result.errors)")
        return try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(LogRow.self, from: Data($0.utf8))
        }
    }
}
