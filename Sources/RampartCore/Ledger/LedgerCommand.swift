/// A person's decision about a credit (R29), as it was recorded in the control log (R37).
public struct LedgerCommand: Hashable, Sendable {
    /// What a person wants to become of a credit.
    public enum Action: String, CaseIterable, Hashable, Sendable {
        /// Pay it out: of a held, rejected or reversed credit.
        case approve
        /// Refuse it: of a held credit.
        case reject
        /// Take it back: of a posted credit.
        case reverse
    }

    /// What the command is called; the same command twice has one id.
    public var id: String
    /// What is to become of the credit.
    public var action: Action
    /// The credit.
    public var creditID: String
    /// Who decided.
    public var who: String
    /// Why.
    public var why: String

    /// Creates a command; of `who` and `why` the first `Limits.identifierBytes` are kept.
    public init(id: String, action: Action, creditID: String, who: String, why: String) {
        self.id = id
        self.action = action
        self.creditID = creditID
        self.who = Self.shortened(who)
        self.why = Self.shortened(why)
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > Limits.identifierBytes else { return text }
        return String(decoding: text.utf8.prefix(Limits.identifierBytes), as: UTF8.self)
    }
}

/// A command that changed nothing.
public struct CommandRefusal: Hashable, Sendable {
    /// Why a command changes nothing.
    public enum Reason: Hashable, Sendable {
        /// No credit of the task has this id, or it was forgotten.
        case unknownCredit
        /// The action is not for credits in this state.
        case state(CreditLine.State)
    }

    /// The command.
    public var command: LedgerCommand
    /// The pane end at which it was tried.
    public var paneEnd: EventTime
    /// Why it changed nothing.
    public var reason: Reason

    /// Creates a refusal.
    public init(command: LedgerCommand, paneEnd: EventTime, reason: Reason) {
        self.command = command
        self.paneEnd = paneEnd
        self.reason = reason
    }
}
