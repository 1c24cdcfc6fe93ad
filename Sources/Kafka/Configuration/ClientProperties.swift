internal import CRdkafka
internal import Engine

/// What a handle of the client library is made with.
///
/// The library takes the memory over when the handle is made; until then it is given back here.
final class ClientProperties {
    private var pointer: OpaquePointer? = rd_kafka_conf_new()

    deinit { if let pointer { rd_kafka_conf_destroy(pointer) } }

    /// Sets a property, or says by its name what is wrong with it.
    func set(_ name: String, _ value: String) throws(BrokerError) {
        var reason = [CChar](repeating: 0, count: Limits.errorTextBytes)
        let result = rd_kafka_conf_set(pointer, name, value, &reason, reason.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        // Note: the library's own text repeats the value.
        let text = OwnedProperties.isMasked(name) ? "its value is not accepted" : String(nulTerminated: reason)
        throw BrokerError(.stop, code: "_INVALID_ARG", message: "the property \(name): \(text)")
    }

    /// Sets several properties.
    func set(_ properties: [(name: String, value: String)]) throws(BrokerError) {
        for property in properties { try set(property.name, property.value) }
    }

    /// Has these kinds of event put into queues, and logs given to `log`, which must outlive the handle.
    func route(events: Int32, log: ClientLog) {
        rd_kafka_conf_set_events(pointer, events)
        rd_kafka_conf_set_opaque(pointer, Unmanaged.passUnretained(log).toOpaque())
        rd_kafka_conf_set_log_cb(pointer, ClientLog.callback)
    }

    /// Has nothing logged.
    func silence() { rd_kafka_conf_set_log_cb(pointer, nil) }

    /// Makes the handle.
    func makeHandle(_ type: rd_kafka_type_t) throws(BrokerError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: Limits.errorTextBytes)
        guard let handle = rd_kafka_new(type, pointer, &reason, reason.count) else {
            throw BrokerError(
                .stop, code: "_INVALID_ARG", message: "the client's configuration: \(String(nulTerminated: reason))")
        }
        pointer = nil
        return handle
    }
}

extension String {
    /// The text before the first zero.
    init(nulTerminated bytes: [CChar]) {
        self.init(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
