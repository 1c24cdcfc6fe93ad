import Engine
import Logging
import Testing

@testable import Kafka

/// What can be configured, and what is said about it.
@Suite struct ConfigurationTests {
    private let configuration = KafkaConfiguration(
        bootstrapServers: "127.0.0.1:1", group: "g", transactionalID: "t")

    private func refusal(_ change: (inout KafkaConfiguration) -> Void) -> BrokerError? {
        var configuration = configuration
        change(&configuration)
        return #expect(throws: BrokerError.self) { _ = try KafkaBroker(configuration, logger: .quiet) }
    }

    @Test(arguments: [
        "isolation.level", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "transactional.id",
        "enable.idempotence", "acks", "request.required.acks", "group.id", "metadata.broker.list", "partitioner",
        "enable.partition.eof", "partition.assignment.strategy", "allow.auto.create.topics", "sasl.password",
    ])
    func ownedPropertiesAreRefusedWithTheReason(_ name: String) {
        let error = refusal { $0.properties[name] = "s3cret" }
        #expect(error?.remedy == .stop)
        #expect(error?.message.hasPrefix("the property \(name) cannot be set: ") == true)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test func unknownPropertiesAreNamed() {
        let error = refusal { $0.properties["fetch.min.byte"] = "1" }
        #expect(error?.remedy == .stop)
        #expect(error?.message.contains("fetch.min.byte") == true)
    }

    @Test func badValuesAreReportedAndSecretOnesNotShown() {
        let error = refusal { $0.properties["fetch.min.bytes"] = "many" }
        #expect(error?.message.contains("fetch.min.bytes") == true)
        let secrets = [
            "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
        ]
        #expect(secrets.allSatisfy(OwnedProperties.isSecret))
        #expect(secrets.allSatisfy(OwnedProperties.isMasked))
        // A certificate is public, and a token's address none; neither is repeated all the same.
        for name in ["ssl.certificate.pem", "ssl.ca.pem", "sasl.oauthbearer.token.endpoint.url"] {
            #expect(OwnedProperties.isMasked(name) && !OwnedProperties.isSecret(name))
        }
        #expect(!OwnedProperties.isSecret("fetch.min.bytes") && !OwnedProperties.isMasked("fetch.min.bytes"))
    }

    @Test func filesThatAreNotThereAreReported() {
        let error = refusal {
            $0.security = KafkaSecurity(transport: .ssl, authorityPath: "no-such-file.pem")
        }
        #expect(error?.remedy == .stop)
    }

    @Test func otherPropertiesReachTheClient() throws {
        var configuration = configuration
        configuration.properties = ["fetch.min.bytes": "10", "linger.ms": "1"]
        configuration.groupInstance = "one"
        let broker = try KafkaBroker(configuration, logger: .quiet)
        #expect(broker.groupGeneration == -1)
        broker.close()
    }

    @Test(arguments: KafkaSecurity.Mechanism.allCases)
    func passwordsReachTheClientAndNothingElse(_ mechanism: KafkaSecurity.Mechanism) throws {
        var configuration = configuration
        configuration.security = KafkaSecurity(
            transport: .saslPlaintext, mechanism: mechanism, username: "worker", password: "s3cret")
        let broker = try KafkaBroker(configuration, logger: .quiet)
        broker.close()
        var text = "\(configuration) \(configuration.security) \(configuration.security.password!)"
        dump(configuration, to: &text)
        dump(configuration.security, to: &text)
        #expect(!text.contains("s3cret"))
        #expect(text.contains("<hidden>"))
    }

    @Test func propertiesAreListedByNameAlone() {
        var configuration = configuration
        configuration.properties["ssl.key.pem"] = "s3cret"
        var text = String(reflecting: configuration)
        dump(configuration, to: &text)
        #expect(text.contains("ssl.key.pem"))
        #expect(!text.contains("s3cret"))
    }

    @Test func clusterThatIsNotThereIsTriedAgain() throws {
        var configuration = configuration
        configuration.requestTimeout = .milliseconds(100)
        let broker = try KafkaBroker(configuration, logger: .quiet)
        let calls: [() throws -> Void] = [
            { _ = try broker.partitionCount(of: "a") }, { _ = try broker.logRange(of: TopicPartition("a", 0)) },
            { _ = try broker.committed([TopicPartition("a", 0)]) }, { try broker.initTransactions() },
            { try broker.createTopics([TopicSpec(name: "a", partitions: 1, isCompacted: false)]) },
        ]
        for call in calls {
            let error = #expect(throws: BrokerError.self, performing: call)
            #expect(error?.remedy == .retry)
        }
        broker.close()
    }
}
