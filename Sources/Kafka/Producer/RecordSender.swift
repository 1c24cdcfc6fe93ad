internal import CRdkafka
internal import Engine

/// Puts records into a producer's queue.
final class RecordSender {
    private let producer: OpaquePointer
    private var topics: [String: OpaquePointer] = [:]
    private var fields: [rd_kafka_vu_t] = []

    init(_ producer: OpaquePointer) { self.producer = producer }

    deinit { for topic in topics.values { rd_kafka_topic_destroy(topic) } }

    /// Puts a record into the queue; returns why it was not taken.
    func send(_ record: OutboundRecord, timestamp: Int64? = nil) -> rd_kafka_resp_err_t {
        guard let topic = handle(of: record.topic) else { return rd_kafka_last_error() }
        return Self.withBytes(of: record.key) { key in
            Self.withBytes(of: record.value) { value in
                fields.removeAll(keepingCapacity: true)
                append(RD_KAFKA_VTYPE_RKT) { $0.rkt = topic }
                append(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = Int32(clamping: record.partition ?? -1) }
                append(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY }
                append(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: key.start, size: key.count) }
                append(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: value.start, size: value.count) }
                if let timestamp { append(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp } }
                return send(with: record.headers)
            }
        }
    }

    private func send(with headers: [RecordHeader]) -> rd_kafka_resp_err_t {
        guard !headers.isEmpty else { return enqueue() }
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            _ = Self.withBytes(of: header.value) { value in
                rd_kafka_header_add(list, header.name, -1, value.start, value.count)
            }
        }
        append(RD_KAFKA_VTYPE_HEADERS) { $0.headers = list }
        let code = enqueue()
        // Note: the library owns the headers of a record that it has taken, and only of such.
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(list) }
        return code
    }

    private func enqueue() -> rd_kafka_resp_err_t {
        guard let error = rd_kafka_produceva(producer, fields, fields.count) else { return RD_KAFKA_RESP_ERR_NO_ERROR }
        defer { rd_kafka_error_destroy(error) }
        return rd_kafka_error_code(error)
    }

    private func append(
        _ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void
    ) {
        var field = rd_kafka_vu_t()
        field.vtype = type
        fill(&field.u)
        fields.append(field)
    }

    private func handle(of topic: String) -> OpaquePointer? {
        if let handle = topics[topic] { return handle }
        let handle = rd_kafka_topic_new(producer, topic, nil)
        topics[topic] = handle
        return handle
    }

    /// Null is not the same as no bytes, so that an empty array has an address too.
    private static func withBytes<Result>(
        of bytes: [UInt8]?, _ body: ((start: UnsafeMutableRawPointer?, count: Int)) -> Result
    ) -> Result {
        guard let bytes else { return body((nil, 0)) }
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            return body((UnsafeMutableRawPointer(mutating: start), buffer.count))
        }
    }
}
