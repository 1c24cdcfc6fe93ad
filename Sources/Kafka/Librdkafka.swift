internal import CRdkafka

/// The client library that speaks to Kafka.
public enum Librdkafka {
    /// Its version, such as `2.0.2`.
    public static var version: String { String(cString: rd_kafka_version_str()) }
}
