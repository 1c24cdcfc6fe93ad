import Engine
import Foundation
import RampartCore

/// A row of the dead letters' topic.
struct DeadLetterRow: Decodable {
    /// Bytes that came with a record, as text or in base 64; `…_bytes` tells that they were shortened.
    struct Header: Decodable {
        var name: String?
        var nameBase64: String?
        var nameBytes: Int?
        var value: String?
        var valueBase64: String?
        var valueBytes: Int?
    }

    /// Why a dead letter cannot be produced again.
    struct Refusal: Error {
        var reason: String
    }

    var reason: String
    var detail: String
    var source: String?
    var topic: String?
    var partition: Int
    var offset: Int64?
    var timestamp: String?
    var key: String?
    var keyBase64: String?
    var keyBytes: Int?
    var headers: [Header]?
    var headersCount: Int?
    var raw: String?
    var rawBase64: String?
    var rawBytes: Int?

    /// The header that tells where a record was first.
    static let originHeader = "rampart-redriven-from"

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    /// Reads a record's value; nil where it is no dead letter.
    init?(bytes: [UInt8]) {
        guard let row = try? Self.decoder.decode(DeadLetterRow.self, from: Data(bytes)) else { return nil }
        self = row
    }

    /// Where the record was: `topic/partition/offset`.
    var coordinates: String { "\(topic ?? "?")/\(partition)/\(offset ?? -1)" }

    /// The record as it was, for the place where it was.
    func record() throws(Refusal) -> (record: OutboundRecord, timestamp: Int64?) {
        guard let topic, offset != nil else { throw Refusal(reason: "it did not come from a topic") }
        guard rawBytes == nil else { throw Refusal(reason: "only its beginning was kept") }
        guard keyBytes == nil else { throw Refusal(reason: "only the beginning of its key was kept") }
        guard headersCount == nil else { throw Refusal(reason: "not all of its headers were kept") }
        guard reason != DeadLetterReason.noValue.rawValue else { throw Refusal(reason: "it has no value") }
        guard let value = Self.bytes(raw, rawBase64) else { throw Refusal(reason: "its value was not kept") }
        var kept: [RecordHeader] = []
        for header in headers ?? [] {
            guard header.nameBytes == nil, header.valueBytes == nil, let name = header.name else {
                throw Refusal(reason: "one of its headers was not kept whole")
            }
            kept.append(RecordHeader(name, Self.bytes(header.value, header.valueBase64)))
        }
        kept.append(RecordHeader(Self.originHeader, Array(coordinates.utf8)))
        let record = OutboundRecord(
            topic: topic, partition: partition, key: Self.bytes(key, keyBase64), value: value, headers: kept)
        return (record, timestamp.flatMap { EventTime(text: $0)?.milliseconds })
    }

    private static func bytes(_ text: String?, _ base64: String?) -> [UInt8]? {
        if let text { return Array(text.utf8) }
        return base64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }
}
