import Foundation
import Testing

/// Reads topics with kcat: a consumer that shares nothing with Rampart but the client library.
enum Kcat {
    enum Isolation: String {
        case committed = "read_committed"
        case uncommitted = "read_uncommitted"
    }

    /// The values of a topic, up to where it ends now; null ones are empty.
    static func values(of topic: String, on brokers: String, _ isolation: Isolation = .committed) throws -> [String] {
        let result = try Command.run(
            URL(filePath: "/usr/bin/env"),
            [
                "kcat", "-C", "-e", "-q", "-b", brokers, "-t", topic, "-o", "beginning", "-f", "%s\\n",
                "-X", "isolation.level=\(isolation.rawValue)", "-X", "receive.message.max.bytes=1000000000",
                "-X", "fetch.max.bytes=500000000", "-X", "fetch.message.max.bytes=500000000",
            ])
        try #require(result.code == 0, "kcat ended with \(result.code): \(result.errors)")
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
