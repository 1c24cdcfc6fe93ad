internal import FoundationEssentials
internal import RampartCore

/// What somebody asked of all tasks: a record of the commands topic.
public struct Command: Codable, Hashable, Sendable {
    /// What is asked.
    public enum Body: Codable, Hashable, Sendable {
        /// Put other settings in force.
        case reload(PipelineSettings)
        /// Change the state of a credit.
        case decide(Decision)
    }

    /// A person's decision on a credit.
    public struct Decision: Codable, Hashable, Sendable {
        /// `approve`, `reject` or `reverse`.
        public var action: String
        /// The credit.
        public var creditID: String
        /// Why.
        public var why: String

        /// Creates a decision.
        public init(action: String, creditID: String, why: String) {
            self.action = action
            self.creditID = creditID
            self.why = why
        }
    }

    /// Its id, the same however often it is sent.
    public var id: String
    /// Who asks.
    public var who: String
    /// When, in milliseconds since 1970.
    public var issuedAt: Int64
    /// What is asked.
    public var body: Body
    /// The keyed digest of all the rest and of the application's name, where the daemon has a key for it.
    public var signature: String?

    /// Creates a command.
    public init(id: String, who: String, issuedAt: Int64, body: Body) {
        self.id = id
        self.who = who
        self.issuedAt = issuedAt
        self.body = body
    }

    /// The command, signed for an application with a key that everyone who may command it has.
    public func signed(with key: [UInt8], for application: String) -> Command {
        var signed = self
        signed.signature = Hexadecimal.text(MessageAuthentication.code(of: signedBytes(for: application), key: key))
        return signed
    }

    /// Whether the command was signed with this key for this application.
    public func isSigned(with key: [UInt8], for application: String) -> Bool {
        guard let signature, let expected = signed(with: key, for: application).signature else { return false }
        return MessageAuthentication.areEqual(Array(signature.utf8), Array(expected.utf8))
    }

    /// What is signed: the application's name, a zero, and the command in its one spelling without the signature.
    ///
    /// The record does not hold the name: whoever checks knows its own, so that what was signed for another application
    /// is refused, even under the same key.
    private func signedBytes(for application: String) -> [UInt8] {
        var unsigned = self
        unsigned.signature = nil
        return Array(application.utf8) + [0] + unsigned.bytes
    }

    /// The record's value.
    public var bytes: [UInt8] { ControlCoding.encode(self) }

    /// Reads a record's value; nil where it is no command, since anyone with the rights may write to a topic.
    public init?(bytes: [UInt8]) {
        guard let command = ControlCoding.decode(Command.self, from: bytes) else { return nil }
        self = command
    }

    /// The decision as the core knows it; nil for a reload or an action that does not exist.
    var ledgerCommand: LedgerCommand? {
        guard case .decide(let decision) = body, let action = LedgerCommand.Action(rawValue: decision.action) else {
            return nil
        }
        return LedgerCommand(id: id, action: action, creditID: decision.creditID, who: who, why: decision.why)
    }
}

/// What a task has decided that is no function of its input: a record of the control topic.
///
/// With these records a replay, a recovery and an audit decide nothing again (R11, R37).
public struct ControlRecord: Codable, Hashable, Sendable {
    /// What was decided.
    public enum Decision: Codable, Hashable, Sendable {
        /// From an offset of an input partition on, its watermark is at least so high (R11).
        case promise(Promise)
        /// A command takes effect for this task at a pane end.
        case effect(Effect)
    }

    /// A promise about an input partition.
    public struct Promise: Codable, Hashable, Sendable {
        /// The topic of the partition; its number is that of the task.
        public var topic: String
        /// The offset before whose record the promise was made.
        public var offset: Int64
        /// The watermark in milliseconds of event time.
        public var watermark: Int64
    }

    /// A command in effect.
    public struct Effect: Codable, Hashable, Sendable {
        /// The command, whole.
        public var command: Command
        /// The end of the first pane under its rule, in milliseconds of event time.
        public var pane: Int64

        /// The settings that a task began with: the last that it had taken when it had no watermark yet.
        static func settingsAtBirth(_ effects: [Effect]) -> PipelineSettings? {
            for effect in effects.reversed() where effect.pane == EventTime.distantPast.milliseconds {
                if case .reload(let settings) = effect.command.body { return settings }
            }
            return nil
        }
    }

    /// Its number among the task's control records, from 1, without gaps.
    public var sequence: Int64
    /// What was decided.
    public var decision: Decision

    /// The record's value.
    public var bytes: [UInt8] { ControlCoding.encode(self) }

    init(sequence: Int64, _ decision: Decision) {
        self.sequence = sequence
        self.decision = decision
    }

    /// Reads a record's value; nil where it is none.
    public init?(bytes: [UInt8]) {
        guard let record = ControlCoding.decode(ControlRecord.self, from: bytes) else { return nil }
        self = record
    }
}

/// JSON with its members in a fixed order.
enum ControlCoding {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("Texts and whole numbers can always be encoded.")
        }
        return Array(data)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }
}
