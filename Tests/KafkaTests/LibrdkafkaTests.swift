import Kafka
import Testing

/// The client library that is linked.
@Suite struct LibrdkafkaTests {
    @Test func saysItsVersion() { #expect(Librdkafka.version.split(separator: ".").count == 3) }
}
