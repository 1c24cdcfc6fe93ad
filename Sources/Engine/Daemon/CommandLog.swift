internal import RampartCore

/// The commands topic as one worker knows it: what was read, and what is still to be written there.
final class CommandLog {
    /// A record that is no command.
    struct Refused {
        var offset: Int64
        var reason: String
    }

    private let partition: TopicPartition
    /// What commands must be signed for.
    private let application: String
    /// Why a command is refused; nil where it may take effect.
    private let refusal: (Command) -> String?
    /// What commands must be signed with; nil where anyone with the rights to write may command.
    private let key: [UInt8]?
    /// The first settings that were asked for, whether they can be put in force here or not.
    private(set) var firstReload: PipelineSettings?
    private var known: [(offset: Int64, command: Command)] = []
    private var ids: Set<String> = []
    private var waiting: [Command] = []
    private var sentCount = 0
    /// The offset of the first record that was not read.
    private(set) var next: Int64 = 0

    init(topic: String, application: String, key: [UInt8]?, refusal: @escaping (Command) -> String?) {
        partition = TopicPartition(topic, 0)
        self.application = application
        self.key = key
        self.refusal = refusal
    }

    /// The settings that were last asked for, by anyone or by somebody.
    func latestReload(by who: String? = nil) -> PipelineSettings? {
        for (_, command) in known.reversed() where who == nil || command.who == who {
            if case .reload(let settings) = command.body { return settings }
        }
        return nil
    }

    /// The commands from an offset on.
    func commands(from offset: Int64) -> [Command] {
        known.reversed().prefix { $0.offset >= offset }.reversed().map(\.command)
    }

    /// Reads what came since the last look; returns what is refused.
    ///
    /// A command that came before under its id is passed over, so that whoever asks may ask again until it is done.
    func look(_ broker: any Broker, wait: Duration = .zero) throws(BrokerError) -> [Refused] {
        let (records, next) = try broker.read(partition, from: next, wait: wait)
        self.next = next
        var refused: [Refused] = []
        for record in records {
            guard let value = record.value, let command = Command(bytes: value) else {
                refused.append(Refused(offset: record.offset, reason: "it is no command"))
                continue
            }
            if let key, !command.isSigned(with: key, for: application) {
                let problem =
                    command.signature == nil ? "it is not signed" : "its signature is not of this key and application"
                refused.append(Refused(offset: record.offset, reason: problem))
                continue
            }
            guard !ids.contains(command.id) else { continue }
            if firstReload == nil, case .reload(let settings) = command.body { firstReload = settings }
            if let reason = refusal(command) {
                refused.append(Refused(offset: record.offset, reason: reason))
                continue
            }
            ids.insert(command.id)
            known.append((record.offset, command))
        }
        return refused
    }

    /// Notes where the topic begins; returns whether records were deleted that have not been read.
    func begin(at first: Int64) -> Bool {
        defer { next = max(next, first) }
        return next < first
    }

    // MARK: - Sending

    /// Has a command signed, and written with the next commit.
    func send(_ command: Command) {
        waiting.append(key.map { command.signed(with: $0, for: application) } ?? command)
    }

    /// Whether commands wait to be written.
    var hasUnsent: Bool { !waiting.isEmpty }

    /// The records of the commands that wait, for a commit that begins now.
    func takeUnsent() -> [OutboundRecord] {
        sentCount = waiting.count
        return waiting.map {
            OutboundRecord(topic: partition.topic, partition: 0, key: Array($0.id.utf8), value: $0.bytes)
        }
    }

    /// Notes that the commands of the last `takeUnsent` are committed, and returns their ids; those that came meanwhile
    /// still wait.
    func noteSent() -> [String] {
        let sent = waiting.prefix(sentCount).map(\.id)
        waiting.removeFirst(sentCount)
        sentCount = 0
        return sent
    }
}
