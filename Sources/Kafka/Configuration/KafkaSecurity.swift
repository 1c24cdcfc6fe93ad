/// How the cluster is to be spoken to, and as whom.
public struct KafkaSecurity: Hashable, Sendable {
    /// What is spoken on the wire.
    public enum TransportProtocol: String, CaseIterable, Sendable {
        /// Neither encrypted nor authenticated.
        case plaintext = "PLAINTEXT"
        /// Encrypted.
        case ssl = "SSL"
        /// Authenticated.
        case saslPlaintext = "SASL_PLAINTEXT"
        /// Encrypted and authenticated.
        case saslSSL = "SASL_SSL"
    }

    /// How a user name and a password are proved.
    public enum Mechanism: String, CaseIterable, Sendable {
        /// The password as it is; only over an encrypted connection.
        case plain = "PLAIN"
        /// Salted and hashed with SHA-256.
        case scramSHA256 = "SCRAM-SHA-256"
        /// Salted and hashed with SHA-512.
        case scramSHA512 = "SCRAM-SHA-512"
    }

    /// What is spoken on the wire.
    public var transport: TransportProtocol
    /// How the user is proved; needed by the two SASL protocols.
    public var mechanism: Mechanism?
    /// The user's name.
    public var username: String?
    /// The user's password.
    public var password: Secret?
    /// The file of the certificates that are trusted; nil for those of the system.
    public var authorityPath: String?
    /// The file of the client's own certificate.
    public var certificatePath: String?
    /// The file of the client's own key.
    public var keyPath: String?
    /// What the key's file is encrypted with.
    public var keyPassword: Secret?

    /// Creates a description of how the cluster is to be spoken to.
    public init(
        transport: TransportProtocol = .plaintext, mechanism: Mechanism? = nil, username: String? = nil,
        password: Secret? = nil, authorityPath: String? = nil, certificatePath: String? = nil, keyPath: String? = nil,
        keyPassword: Secret? = nil
    ) {
        self.transport = transport
        self.mechanism = mechanism
        self.username = username
        self.password = password
        self.authorityPath = authorityPath
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.keyPassword = keyPassword
    }

    /// The client library's properties that say the same.
    var properties: [(name: String, value: String)] {
        let all: [(name: String, value: String?)] = [
            ("security.protocol", transport.rawValue),
            ("sasl.mechanism", mechanism?.rawValue),
            ("sasl.username", username),
            ("sasl.password", password?.value),
            ("ssl.ca.location", authorityPath),
            ("ssl.certificate.location", certificatePath),
            ("ssl.key.location", keyPath),
            ("ssl.key.password", keyPassword?.value),
        ]
        return all.compactMap { property in property.value.map { (property.name, $0) } }
    }
}
