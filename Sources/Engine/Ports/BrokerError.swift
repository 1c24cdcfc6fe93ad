/// What Kafka, or the client that speaks to it, refused; says what can be done about it.
public struct BrokerError: Error, Hashable, Sendable {
    /// What the caller can do.
    public enum Remedy: Hashable, Sendable {
        /// Make the same call again, later.
        case retry
        /// Abort the transaction; what it held can be sent again in a new one.
        case abort
        /// Make a new client and join again: another one has taken this one's place, or the client is beyond repair.
        case rejoin
        /// Nothing but a person's work helps: rights, configuration, a missing topic.
        case stop
    }

    /// The code of an error of `poll`: the log does not have what is to be fetched next.
    public static let offsetOutOfRange = "_AUTO_OFFSET_RESET"

    /// What the caller can do.
    public var remedy: Remedy
    /// The error's short name, of which there are few, such as `_FENCED`.
    public var code: String
    /// What happened, for a person; holds no secret.
    public var message: String

    /// Creates an error.
    public init(_ remedy: Remedy, code: String, message: String) {
        self.remedy = remedy
        self.code = code
        self.message = message
    }
}
