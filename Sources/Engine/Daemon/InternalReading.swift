/// The reading of an internal partition up to the end that it had when the reading began.
struct InternalReading {
    private let partition: TopicPartition
    private let end: Int64
    private var position: Int64
    /// Where the reading began: where it was to begin, or where the log does.
    let begin: Int64

    /// Asks where the partition ends, open transactions included: what they hold may already be committed elsewhere.
    init(_ partition: TopicPartition, from offset: Int64, _ broker: any Broker) throws(BrokerError) {
        let range = try broker.logRange(of: partition)
        self.partition = partition
        end = range.upperBound
        begin = max(offset, range.lowerBound)
        position = begin
    }

    var isComplete: Bool { position >= end }

    /// The next records, if any are there yet.
    mutating func next(_ broker: any Broker) throws(BrokerError) -> [StoredRecord] {
        guard !isComplete else { return [] }
        let (records, next) = try broker.read(partition, from: position, wait: .milliseconds(10))
        position = next
        return records.filter { $0.offset < end }
    }
}
