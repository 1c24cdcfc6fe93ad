import Kafka
import RampartCore

/// Where the cluster is, how to speak to it, and how the application is called there.
struct ClusterConfiguration {
    var brokers: String
    /// Nil for the pipeline's name.
    let application: String?
    /// Nil for the application's name.
    let group: String?
    var security: KafkaSecurity
    /// Signs commands, where there is one.
    let ledgerKey: [UInt8]?
    var properties: [String: String]
    let requestTimeout: Duration

    /// Takes the values of the keys, and reads the files of secrets.
    init(_ values: inout ConfigurationValues) {
        brokers = values.text(ConfigurationKeys.brokers) ?? ""
        application = values.name(ConfigurationKeys.application)
        group = values.name(ConfigurationKeys.group)
        security = Self.security(&values)
        ledgerKey = values.secret(ConfigurationKeys.ledgerKey, file: ConfigurationKeys.ledgerKeyFile).map {
            Array($0.utf8)
        }
        if let ledgerKey, ledgerKey.count < Self.ledgerKeyBytesMin {
            values.refuse(
                "the ledger's key has \(ledgerKey.count) bytes; it needs at least \(Self.ledgerKeyBytesMin), such as "
                    + "`openssl rand -hex 32` writes")
        }
        properties = values.properties
        requestTimeout = .milliseconds(values.duration(ConfigurationKeys.requestTimeout) ?? 0)
    }

    /// Shorter keys could be guessed.
    static let ledgerKeyBytesMin = 16

    private static func security(_ values: inout ConfigurationValues) -> KafkaSecurity {
        let transport = values.choice(ConfigurationKeys.securityProtocol, LowercaseTransport.self)?.transport
        let mechanism = values.choice(ConfigurationKeys.saslMechanism, KafkaSecurity.Mechanism.self)
        let username = values.text(ConfigurationKeys.saslUsername)
        let password = values.secret(ConfigurationKeys.saslPassword, file: ConfigurationKeys.saslPasswordFile)
        let isSASL = transport == .saslSSL || transport == .saslPlaintext
        if isSASL, mechanism == nil || username == nil || password == nil {
            values.refuse(
                "security_protocol is SASL, which needs sasl_mechanism, sasl_username, and sasl_password_file or "
                    + ConfigurationKeys.saslPassword.variable)
        }
        return KafkaSecurity(
            transport: transport ?? .plaintext, mechanism: isSASL ? mechanism : nil,
            username: isSASL ? username : nil, password: isSASL ? password.map { Secret($0) } : nil,
            authorityPath: values.text(ConfigurationKeys.sslAuthorityFile),
            certificatePath: values.text(ConfigurationKeys.sslCertificateFile),
            keyPath: values.text(ConfigurationKeys.sslKeyFile),
            keyPassword: values.secret(ConfigurationKeys.sslKeyPassword, file: ConfigurationKeys.sslKeyPasswordFile)
                .map { Secret($0) })
    }

    /// Stands between the names that make an id, since no name holds it: with a dash, `shop` and `eu-main` would fence
    /// `shop-eu` and `main` for ever.
    static let separator = ":"

    /// The configuration of one client of the application.
    func kafka(application: String, client: String) -> KafkaConfiguration {
        let name = application + Self.separator + client
        var configuration = KafkaConfiguration(
            bootstrapServers: brokers, group: group ?? application, transactionalID: name)
        configuration.clientID = "rampart" + Self.separator + name
        configuration.security = security
        configuration.requestTimeout = requestTimeout
        configuration.properties = properties
        return configuration
    }
}

/// A transport as the file spells it.
private enum LowercaseTransport: String {
    case plaintext, ssl
    case saslPlaintext = "sasl_plaintext"
    case saslSSL = "sasl_ssl"

    var transport: KafkaSecurity.TransportProtocol {
        switch self {
        case .plaintext: .plaintext
        case .ssl: .ssl
        case .saslPlaintext: .saslPlaintext
        case .saslSSL: .saslSSL
        }
    }
}

extension ConfigurationValues {
    /// A name that can be part of those of topics, groups and transactions.
    mutating func name(_ key: ConfigurationKey) -> String? {
        guard let name = text(key) else { return nil }
        let isName =
            name.utf8.count <= 100
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        if !isName {
            refuse("\(origin(of: key) ?? key.name) has at most 100 letters, digits, dots, dashes and underscores")
        }
        return name
    }

    /// A secret from the environment, or from the file that `file` names.
    mutating func secret(_ key: ConfigurationKey, file: ConfigurationKey) -> String? {
        let path = text(file)
        let secret = text(key)
        if let path, secret != nil {
            refuse("\(key.variable) and \(origin(of: file) ?? file.name) (\(path)) are both given; one is enough")
        }
        guard secret == nil, let path else { return secret }
        do {
            return try SecretFile.read(path)
        } catch {
            refuse((error as? Failure)?.message ?? "\(error)")
            return nil
        }
    }
}
