internal import CRdkafka

/// Who this member is in the group just now.
struct GroupMetadata: ~Copyable {
    let pointer: OpaquePointer

    /// What a consumer in a group knows of itself; nil for one without a group.
    init?(of consumer: OpaquePointer) {
        guard let pointer = rd_kafka_consumer_group_metadata(consumer) else { return nil }
        self.pointer = pointer
    }

    deinit { rd_kafka_consumer_group_metadata_destroy(pointer) }

    /// The group's generation, -1 where it is not known.
    var generation: Int {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(pointer, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return -1
        }
        guard let buffer else { return -1 }
        defer { rd_kafka_mem_free(nil, buffer) }
        return Self.generation(in: UnsafeRawBufferPointer(start: buffer, count: size))
    }

    /// The generation in the library's serialised form: a mark, then 32 bits in the machine's order.
    ///
    /// There is no accessor for it before librdkafka 2.4; another form than this one reads as unknown.
    static func generation(in bytes: UnsafeRawBufferPointer) -> Int {
        let mark = Array("CGMDv2:".utf8)
        guard bytes.count >= mark.count + 4, bytes.prefix(mark.count).elementsEqual(mark) else { return -1 }
        let value = bytes.loadUnaligned(fromByteOffset: mark.count, as: Int32.self)
        return value < 0 ? -1 : Int(value)
    }
}
