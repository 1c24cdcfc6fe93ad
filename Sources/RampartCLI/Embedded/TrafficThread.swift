import Engine
import Foundation
import Kafka
import Logging
import RampartCore
import Synchronization

/// Plays a log into topics at its own speed, from a thread of its own.
final class TrafficThread: Sendable {
    /// What has been played.
    struct Progress {
        var records = 0
        var rounds = 1
        /// The time in the shops, in milliseconds since 1970.
        var shopTime: Int64
        var failure: String?
        var hasEnded = false
    }

    /// How often records are produced, in milliseconds.
    private static let tick: Int64 = 50

    private let log: PlayedLog
    private let first: Int
    private let speed: Int64
    private let topics: [EventType: String]
    private let topicOfOthers: String
    private let start: Int64
    private let state: Mutex<Progress>
    private let isStopped = Atomic<Bool>(false)

    /// Prepares to play a log from its record `first` on; the shops' clock begins at the same hour of a day to come.
    ///
    /// To come, so that the shops are never behind the clock: an idle partition is promised past the clock's time.
    init(_ log: PlayedLog, first: Int, speed: Int, topics: [EventType: String], topicOfOthers: String) {
        self.log = log
        self.first = first
        self.speed = Int64(speed)
        self.topics = topics
        self.topicOfOthers = topicOfOthers
        let day = EventSpan.days(1).milliseconds
        let begin = log.records[first].arrival
        start = (max(0, WallClock.now - begin) / day + 1) * day
        state = Mutex(Progress(shopTime: begin + start))
    }

    var progress: Progress { state.withLock { $0 } }

    /// Starts to play; the configuration's group and transactional id are not used.
    func start(_ configuration: KafkaConfiguration, logger: Logger) {
        let thread = Thread {
            do throws(BrokerError) {
                try self.play(try KafkaProducer(configuration, logger: logger))
            } catch {
                self.state.withLock { $0.failure = "the traffic cannot be produced: \(error.message)" }
            }
            self.state.withLock { $0.hasEnded = true }
        }
        thread.name = "traffic"
        thread.start()
    }

    /// Ends the traffic, and waits until it has.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        while !progress.hasEnded { WallClock.sleep(milliseconds: 5) }
    }

    private func play(_ producer: KafkaProducer) throws(BrokerError) {
        let began = WallClock.now
        let firstArrival = log.records[first].arrival
        var round = 0
        var index = first
        while !isStopped.load(ordering: .relaxed) {
            let shopTime = firstArrival + start + (WallClock.now - began) * speed
            var count = 0
            while log.records[index].arrival + shift(of: round) <= shopTime {
                if let topic = topic(of: log.records[index]) {
                    let record = log.records[index]
                    let value = record.bytes(shift: shift(of: round), round: round)
                    try producer.produce(OutboundRecord(topic: topic, key: record.merchant, value: value))
                    count += 1
                }
                index += 1
                if index == log.records.count { (index, round) = (0, round + 1) }
            }
            try producer.flush()
            state.withLock { progress in
                progress.records += count
                progress.rounds = round + 1
                progress.shopTime = shopTime
            }
            WallClock.sleep(milliseconds: Self.tick)
        }
    }

    private func shift(of round: Int) -> Int64 { start + Int64(round) * log.period }

    /// Where a record goes; nil for events that no source takes.
    private func topic(of record: PlayedLog.Record) -> String? {
        guard let type = record.type else { return topicOfOthers }
        return topics[type]
    }
}
