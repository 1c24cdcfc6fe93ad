internal import RampartCore

/// The commands topic as one worker knows it: what was read, and what is still to be written there.
final class CommandLog {
    /// A record that is no command.
    struct Refused {
        var offset: Int64
        var reason: String
    }

    private let partition: TopicPartition
    /// What commands must be signed with; nil where anyone with the rights to write may command.
    private let key: [UInt8]?
    private var known: [(offset: Int64, command: Command)] = []
    private var waiting: [Command] = []
    /// The offset of the first record that was not read.
    private(set) var next: Int64 = 0

    init(topic: String, key: [UInt8]?) {
        partition = TopicPartition(topic, 0)
        self.key = key
    }

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
            guard let value = record.value, let command = Command(bytes: value) else {
                refused.append(Refused(offset: record.offset, reason: "it is no command"))
                continue
            }
            if let key, !command.isSigned(with: key) {
                let problem = command.signature == nil ? "it is not signed" : "its signature is not of this key"
                refused.append(Refused(offset: record.offset, reason: problem))
                continue
            }
            known.append((record.offset, command))
        }
        return refused
    }

    /// Has a command signed, and written with the next commit.
    func send(_ command: Command) { waiting.append(key.map { command.signed(with: $0) } ?? command) }

    /// The records of the commands that wait to be written.
    var unsent: [OutboundRecord] {
        waiting.map {
            OutboundRecord(topic: partition.topic, partition: 0, key: Array($0.id.utf8), value: $0.bytes)
        }
    }

    /// Notes that all commands that waited are committed.
    func noteSent() { waiting.removeAll() }
}
