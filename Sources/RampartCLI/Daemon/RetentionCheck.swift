import Engine
import Foundation
import Kafka
import Logging
import RampartCore

/// Says at the start which input topics forget their records sooner than a recovery may need them.
///
/// It asks beside the workers and holds up none of them: to ask is a right of its own, and not every cluster answers.
struct RetentionCheck {
    /// The input topics.
    let topics: [String]
    /// Milliseconds between two checkpoints of a task.
    let checkpointInterval: Int64
    let kafka: KafkaConfiguration
    let logger: Logger

    /// Asks in a thread of its own, which ends when all have answered or one has not.
    func start() {
        let thread = Thread { ask() }
        thread.name = "retention"
        thread.start()
    }

    private func ask() {
        var kafka = kafka
        kafka.requestTimeout = min(kafka.requestTimeout, .seconds(2))
        do throws(BrokerError) {
            let broker = try KafkaBroker(kafka, logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
            defer { broker.close() }
            for topic in topics {
                guard let kept = try broker.retention(of: topic), let warning = warning(topic, kept: kept) else {
                    continue
                }
                logger.warning("\(warning)")
            }
        } catch {
            logger.debug("how long the input topics are kept cannot be asked: \(error.message)")
        }
    }

    /// What there is to say of a topic; nil where it keeps its records long enough.
    ///
    /// Three intervals: the last checkpoint may be lost, and the one before it is up to two of them old, as tasks take turns.
    func warning(_ topic: String, kept: Int64) -> String? {
        let (needed, isBeyond) = checkpointInterval.multipliedReportingOverflow(by: 3)
        guard isBeyond || kept < needed else { return nil }
        return "\(topic) keeps its records for \(EventSpan(milliseconds: kept).text), which is less than three times "
            + "checkpoint_interval (\(EventSpan(milliseconds: checkpointInterval).text)): a task that loses its checkpoint could "
            + "not be brought back. Raise the topic's retention.ms, or checkpoint more often."
    }
}
