internal import CRdkafka
internal import Engine
internal import Logging

/// A handle of the client library, with its threads and connections; ends with the object.
///
/// Whatever was made with the handle (queues, topics, lists) must be given back first.
final class ClientHandle {
    let pointer: OpaquePointer
    let role: KafkaStatistics.Role
    private let log: ClientLog
    private let onStatistics: ((KafkaStatistics) -> Void)?
    private var admission = Admission()

    init(
        _ type: rd_kafka_type_t, _ role: KafkaStatistics.Role, _ properties: ClientProperties, events: Int32,
        hooks: ClientHooks
    ) throws(BrokerError) {
        log = ClientLog(hooks.logger)
        self.role = role
        onStatistics = hooks.onStatistics
        properties.route(events: events | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS, log: log)
        pointer = try properties.makeHandle(type)
    }

    deinit {
        // Note: the library's threads write to the log until the handle is gone.
        withExtendedLifetime(log) { rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }
    }

    private var logger: Logger { log.logger }

    /// Logs what went wrong and needs nobody's decision.
    func warn(of error: BrokerError) {
        logger.warning("\(error.message)", metadata: ["kafka.error": "\(error.code)"])
    }

    /// Deals with an event that is not about one partition: keeps statistics, logs what passes, throws what does not.
    func handle(_ event: OpaquePointer) throws(BrokerError) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_STATS: reportStatistics(event)
        case RD_KAFKA_EVENT_ERROR: try handleError(event)
        default: logger.debug("an event nobody asked for: \(String(cString: rd_kafka_event_name(event)))")
        }
    }

    /// Takes what waits in a queue of this handle.
    func serve(_ queue: OpaquePointer) throws(BrokerError) {
        for _ in 0..<Limits.eventsPerLook {
            guard let event = rd_kafka_queue_poll(queue, 0) else { return }
            defer { rd_kafka_event_destroy(event) }
            try handle(event)
        }
    }

    /// Makes a call, and explains a time-out by what came up meanwhile in the handle's queue.
    func attempt<Result>(
        serving queue: OpaquePointer, _ call: () throws(BrokerError) -> Result
    ) throws(BrokerError) -> Result {
        admission.noteCall()
        try serve(queue)
        do {
            let result = try call()
            admission.noteAnswer()
            return result
        } catch {
            guard error.remedy == .retry else { throw error }
            try serve(queue)
            throw admission.reason(for: error)
        }
    }

    private func handleError(_ event: OpaquePointer) throws(BrokerError) {
        let failure = error(in: event)
        let code = rd_kafka_event_error(event)
        let isRefusal = code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL
        if isRefusal { admission.noteRefusal(failure) }
        if isRefusal || failure.remedy == .retry || failure.remedy == .abort {
            warn(of: failure)
        } else {
            throw failure
        }
    }

    private func error(in event: OpaquePointer) -> BrokerError {
        let code = rd_kafka_event_error(event)
        let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
        guard code == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event) != 0 else {
            return BrokerError(code, while: "the \(role.rawValue)", detail: text)
        }
        // Note: the event says only that there is a fatal error, and the handle which.
        var reason = [CChar](repeating: 0, count: Limits.errorTextBytes)
        let cause = rd_kafka_fatal_error(pointer, &reason, reason.count)
        return BrokerError(
            cause == RD_KAFKA_RESP_ERR_NO_ERROR ? code : cause, while: "the \(role.rawValue)",
            detail: String(nulTerminated: reason), traits: Remedies.Traits(isFatal: true))
    }

    private func reportStatistics(_ event: OpaquePointer) {
        guard let onStatistics, let text = rd_kafka_event_stats(event) else { return }
        guard let statistics = KafkaStatistics(role, json: String(cString: text)) else {
            logger.warning("the client's statistics cannot be read")
            return
        }
        onStatistics(statistics)
    }
}

/// Whether brokers let a client in.
///
/// A broker that restarts can break off the exchange of credentials too, so that a refusal alone shows nothing: only a call
/// that fails as well shows that they are not good, and only as long as no call was ever answered.
struct Admission {
    private var refusal: BrokerError?
    private var wasLetIn = false

    /// Notes that a call begins.
    mutating func noteCall() { refusal = nil }

    /// Notes that a broker did not let the client in.
    mutating func noteRefusal(_ error: BrokerError) { refusal = error }

    /// Notes that a call was answered.
    mutating func noteAnswer() { wasLetIn = true }

    /// Why a call has failed that could be made again.
    func reason(for error: BrokerError) -> BrokerError { wasLetIn ? error : refusal ?? error }
}

/// Where a client's logs and statistics go.
struct ClientHooks {
    var logger: Logger
    var onStatistics: ((KafkaStatistics) -> Void)?
}
