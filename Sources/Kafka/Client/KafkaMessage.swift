internal import CRdkafka
internal import Engine

/// A fetched record, as the library holds it; valid while its event lives.
struct KafkaMessage {
    let pointer: UnsafePointer<rd_kafka_message_t>

    var offset: Int64 { pointer.pointee.offset }

    /// The key's bytes, nil where there is no key.
    var key: UnsafeRawBufferPointer? { Self.bytes(pointer.pointee.key, pointer.pointee.key_len) }

    /// The value's bytes, nil for a tombstone.
    var value: UnsafeRawBufferPointer? { Self.bytes(pointer.pointee.payload, pointer.pointee.len) }

    /// The timestamp and whether it is the broker's.
    var timestamp: (milliseconds: Int64?, isAppendTime: Bool) {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(pointer, &kind)
        guard kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE, milliseconds >= 0 else { return (nil, false) }
        return (milliseconds, kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME)
    }

    /// The headers in their order; nothing is made where there are none.
    var headers: [RecordHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(pointer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [RecordHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            headers.append(
                RecordHeader(name.map { String(cString: $0) } ?? "", Self.bytes(value, size).map { Array($0) }))
        }
        return headers
    }

    /// A copy that outlives the event.
    var stored: StoredRecord {
        let (timestamp, isAppendTime) = timestamp
        return StoredRecord(
            offset: offset, timestamp: timestamp, isAppendTime: isAppendTime, key: key.map { Array($0) },
            value: value.map { Array($0) }, headers: headers)
    }

    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> UnsafeRawBufferPointer? {
        start.map { UnsafeRawBufferPointer(start: $0, count: count) }
    }
}
