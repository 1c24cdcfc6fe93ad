import Engine
import Foundation
import Testing

@testable import Storage

/// The format is what docs/RECORDED_LOG.md says, and not what our reader happens to accept: a reader that was written
/// after the page, in another language, finds the same records. Without Python these say that they were skipped.
@Suite(.enabled(if: IndependentReader.isThere, "python3 is not on PATH")) struct IndependentReaderTests {
    private let log: RecordedLogFixture

    init() throws { log = try RecordedLogFixture() }

    @Test func differential_itListsTheSameRecords() throws {
        let expected = try log.fillSmall()
        let all = try IndependentReader.run([log.folder])
        #expect(all.status == 0 && all.errors.isEmpty)
        #expect(
            all.rows
                == expected.sorted { $0.key < $1.key }.flatMap { partition, records in
                    records.map { IndependentReader.Row($0, of: partition) }
                })
        let some = try IndependentReader.run([log.folder, "clicks", "0", "9"])
        #expect(some.rows == expected[clicks]!.filter { $0.offset >= 9 }.map { IndependentReader.Row($0, of: clicks) })
    }

    /// What both read is equal, and both complain about the same logs.
    @Test func differential_itReadsDamagedLogsAsFar() throws {
        _ = try log.fillSmall()
        let path = log.files(clicks).records
        let bytes = try Data(contentsOf: URL(filePath: path))
        for index in stride(from: 3, to: bytes.count, by: bytes.count / 12) {
            var damaged = bytes
            damaged[index] ^= 0x11
            try (index.isMultiple(of: 2) ? damaged : bytes.prefix(index)).write(to: URL(filePath: path))
            let ours = try log.records(of: clicks)
            let theirs = try IndependentReader.run([log.folder, "clicks", "0"])
            #expect(theirs.rows == ours.records.map { IndependentReader.Row($0, of: clicks) })
            #expect((theirs.status == 0) == (ours.error == nil), "\(theirs.errors)")
        }
    }

    /// A torn tail is mentioned, and is no error.
    @Test func aTornTailIsNotLost() throws {
        _ = try log.fillSmall()
        let path = log.files(clicks).records
        try (Data(contentsOf: URL(filePath: path)) + [0x1F, 0x8B]).write(to: URL(filePath: path))
        let result = try IndependentReader.run([log.folder, "clicks", "0"])
        #expect(result.status == 0 && result.rows.count == 9 && result.errors.contains("no block at byte"))
    }
}

/// `deploy/verify/recorded-log.py`.
private enum IndependentReader {
    /// A record as the script prints it.
    struct Row: Decodable, Hashable {
        var topic: String
        var partition: Int
        var offset: Int64
        var timestamp: Int64?
        var timestampKind: String?
        var key: Data?
        var value: Data?
        var headers: [Header]

        enum CodingKeys: String, CodingKey {
            case topic, partition, offset, timestamp, key, value, headers
            case timestampKind = "timestamp_kind"
        }

        init(_ record: StoredRecord, of partition: TopicPartition) {
            topic = partition.topic
            self.partition = partition.partition
            offset = record.offset
            timestamp = record.timestamp
            timestampKind = record.timestamp.map { _ in record.isAppendTime ? "append" : "create" }
            key = record.key.map { Data($0) }
            value = record.value.map { Data($0) }
            headers = record.headers.map(Header.init)
        }
    }

    /// A name and a value, as an array of two.
    struct Header: Decodable, Hashable {
        var name: String
        var value: Data?

        init(_ header: RecordHeader) {
            name = header.name
            value = header.value.map { Data($0) }
        }

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            name = try pair.decode(String.self)
            value = try pair.decodeIfPresent(Data.self)
        }
    }

    static let isThere = (try? launch(["--version"]).status) == 0

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../deploy/verify/recorded-log.py").path

    static func run(_ arguments: [String]) throws -> (status: Int32, rows: [Row], errors: String) {
        let result = try launch([script] + arguments)
        let rows = try result.output.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Row.self, from: $0)
        }
        return (result.status, rows, result.errors)
    }

    private static func launch(_ arguments: [String]) throws -> (status: Int32, output: Data, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, data, text)
    }
}
