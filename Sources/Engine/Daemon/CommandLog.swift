internal import RampartCore

/// The commands topic as one worker knows it: what was read, and what is still to be written there.
final class CommandLog {
    /// A record that is no command.
    struct Refused {
        var offset: Int64
        var reason: String
    }

    private let partition: TopicPartition
    private var known: [(offset: Int64, command: Command)] = []
    private var waiting: [Command] = []
    /// The offset of the first record that was not read.
    private(set) var next: Int64 = 0

    init(topic: String) { partition = TopicPartition(topic, 0) }

    /// The settings that were last asked for.
    var latestReload: PipelineSettings? {
        for (_, command) in known.reversed() {
            if case .reload(let settings) = command.body { return settings }
        }
        return nil
    }

    /// The commands from an offset on.
    func commands(from offset: Int64) -> [Command] {
        known.reversed().prefix { $0.offset >= offset }.reversed().map(\.command)
    }

    /// Reads what came since the last look.
    func look(_ broker: any Broker) throws(BrokerError) -> [Refused] {
        let (records, next) = try broker.read(partition, from: next, wait: .zero)
        self.next = next
        var refused: [Refused] = []
        for record in records {
            if let value = record.value, let command = Command(bytes: value) {
                known.append((record.offset, command))
            } else {
                refused.append(Refused(offset: record.offset, reason: "it is no command"))
            }
        }
        return refused
    }

    /// Has a command written with the next commit.
    func send(_ command: Command) { waiting.append(command) }

    /// The records of the commands that wait to be written.
    var unsent: [OutboundRecord] {
        waiting.map {
            OutboundRecord(topic: partition.topic, partition: 0, key: Array($0.id.utf8), value: $0.bytes)
        }
    }

    /// Notes that all commands that waited are committed.
    func noteSent() { waiting.removeAll() }
}
