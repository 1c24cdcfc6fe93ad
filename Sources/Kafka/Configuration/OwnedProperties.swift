/// The client library's properties that cannot be set freely, and why.
enum OwnedProperties {
    /// Why a property is refused; nil if it is free.
    static func refusal(of name: String) -> String? { reasons[name] }

    /// Whether the value of a property is not printed: secrets, and what might hold one in part.
    static func isMasked(_ name: String) -> Bool { isSecret(name) || ["pem", "token"].contains { name.contains($0) } }

    /// Whether the value of a property must not stand where others can read it.
    static func isSecret(_ name: String) -> Bool {
        ["password", "passphrase", "secret", "key.pem", "jaas", "sasl.oauthbearer.config"].contains {
            name.contains($0)
        }
    }

    private static let reasons: [String: String] = {
        var reasons: [String: String] = [:]
        func refuse(_ names: [String], _ reason: String) { for name in names { reasons[name] = reason } }
        refuse(["isolation.level"], "records of aborted transactions must never be counted")
        refuse(
            ["enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "auto.commit.interval.ms"],
            "offsets are committed in the transaction of their outputs, and nowhere else")
        refuse(["auto.offset.reset"], "a gap in the log must stop the worker and not be skipped")
        refuse(["enable.partition.eof"], "idle partitions are known by their ends")
        refuse(
            [
                "enable.idempotence", "enable.gapless.guarantee", "acks", "request.required.acks", "retries",
                "max.in.flight",
                "max.in.flight.requests.per.connection", "message.send.max.retries",
            ],
            "exactly-once output depends on it")
        refuse(["partitioner"], "records must lie where the readers of the topic look for them")
        refuse(["allow.auto.create.topics"], "a topic that is missing must be reported and not be made up")
        refuse(["bootstrap.servers", "metadata.broker.list"], "it is set by bootstrapServers")
        refuse(["group.id"], "it is set by group")
        refuse(["group.instance.id"], "it is set by groupInstance")
        refuse(["transactional.id"], "it is set by transactionalID")
        refuse(["transaction.timeout.ms"], "it is set by transactionTimeout")
        refuse(["client.id"], "it is set by clientID")
        refuse(["partition.assignment.strategy"], "it is set by assignment")
        refuse(["statistics.interval.ms"], "it is set by statisticsInterval")
        refuse(
            ["security.protocol", "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.password"],
            "it is set by security")
        refuse(
            ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.key.password"],
            "it is set by security")
        refuse(["log.queue", "enabled_events", "test.mock.num.brokers"], "it belongs to the adapter")
        return reasons
    }()
}
