internal import RampartCore

/// Why a worker cannot go on, and what its owner is to do.
public struct DaemonError: Error, Hashable, Sendable {
    /// What the owner of the worker does next.
    public enum Remedy: Hashable, Sendable {
        /// Close this worker and start another one in its place.
        case restart
        /// Stop the daemon: a person has to mend something first.
        case stop
    }

    /// What the owner of the worker does next.
    public var remedy: Remedy
    /// What happened and how to mend it.
    public var message: String

    /// Creates an error.
    public init(_ remedy: Remedy, _ message: String) {
        self.remedy = remedy
        self.message = message
    }

    /// What an error of the broker means for a worker that cannot repeat or abort its way out of it.
    init(_ error: BrokerError, while doing: String) {
        remedy = error.remedy == .stop ? .stop : .restart
        message = "\(doing): \(error.message) (\(error.code))"
    }
}

extension DaemonError {
    /// What it means that a partition of an exchange holds something else.
    init(_ partition: TopicPartition, holds error: SnapshotError) {
        self.init(
            .stop,
            "\(partition) holds what no task of this application wrote (\(error)); nobody else may write there. If it is of "
                + "another graph or version of Rampart, give the application another name to begin anew")
    }
}

extension DaemonError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
