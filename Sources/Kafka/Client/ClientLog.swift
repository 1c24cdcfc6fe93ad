internal import CRdkafka
internal import Logging

/// Takes the client library's logs.
///
/// The library calls from its own threads, while the worker's may be waiting in a call; the logger is a value that any
/// thread may use.
final class ClientLog: Sendable {
    let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// What the library calls; a handle's opaque pointer is its log.
    static let callback: @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void =
        { handle, level, facility, text in
            guard let handle, let opaque = rd_kafka_opaque(handle), let text else { return }
            let log = Unmanaged<ClientLog>.fromOpaque(opaque).takeUnretainedValue()
            log.write(level: level, facility: facility.map { String(cString: $0) } ?? "", String(cString: text))
        }

    private func write(level: Int32, facility: String, _ text: String) {
        // Note: a property that is meant for another kind of client is not a mistake; all three get the same ones.
        let level = facility == "CONFWARN" ? .debug : Self.level(ofSyslog: level)
        logger.log(level: level, "\(text)", metadata: ["kafka.facility": "\(facility)"])
    }

    private static func level(ofSyslog level: Int32) -> Logger.Level {
        switch level {
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}
