import Engine
import Testing

@testable import Kafka

/// Reading the library's statistics.
@Suite struct StatisticsTests {
    @Test func countsAndLagsAreTaken() throws {
        let statistics = try #require(
            KafkaStatistics(
                .consumer,
                json: #"""
                    {"name": "c", "rxmsgs": 12, "rxmsg_bytes": 340, "txmsgs": 5, "txmsg_bytes": 6, "msg_cnt": 2,
                     "msg_size": 99, "topics": {"clicks": {"topic": "clicks", "partitions": {
                       "0": {"partition": 0, "fetchq_cnt": 4, "hi_offset": 40, "app_offset": 23},
                       "1": {"partition": 1, "fetchq_cnt": 3, "hi_offset": 40, "app_offset": -1001},
                       "-1": {"partition": -1, "fetchq_cnt": 50, "hi_offset": 2, "app_offset": 1}}}}}
                    """#))
        #expect(statistics.recordsReceived == 12)
        #expect(statistics.recordBytesReceived == 340)
        #expect(statistics.recordsSent == 5)
        #expect(statistics.recordBytesSent == 6)
        #expect(statistics.recordsQueued == 2)
        #expect(statistics.recordBytesQueued == 99)
        #expect(statistics.recordsFetched == 7)
        #expect(statistics.lags == [TopicPartition("clicks", 0): 17])
    }

    @Test func missingCountsAreNone() throws {
        let statistics = try #require(KafkaStatistics(.producer, json: "{}"))
        #expect(statistics.recordsSent == 0)
        #expect(statistics.lags.isEmpty)
    }

    @Test func otherTextIsRefused() {
        #expect(KafkaStatistics(.producer, json: "{") == nil)
        #expect(KafkaStatistics(.producer, json: #"{"rxmsgs": "many"}"#) == nil)
    }
}
