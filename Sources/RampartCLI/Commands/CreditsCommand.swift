import ArgumentParser
import Engine
import Pipelines
import RampartCore

/// `rampart credits`: what is given back, and what people decide about it.
struct CreditsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credits",
        abstract: "List credits, and decide about those that wait for a person.",
        discussion: """
            A decision is a command to all tasks, signed where the application has a ledger key; it takes effect at the
            first pane after the commit that took it, and the credit comes again with its next revision.

              rampart credits list pipelines/marketplace.yaml --state held
              rampart credits approve pipelines/marketplace.yaml CREDIT --why "checked with the merchant"
            """,
        subcommands: [ListCredits.self, ApproveCredit.self, RejectCredit.self, ReverseCredit.self])
}

/// `rampart credits list`.
struct ListCredits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List credits as they stand: of each the last revision.")

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Option(help: ArgumentHelp("Only those in this state.", valueName: "state"))
    var state: String?

    @Option(help: ArgumentHelp("Only those of this merchant.", valueName: "id"))
    var merchant: String?

    @Flag(help: "Print the rows as they are in the topic, one JSON object a line.")
    var json = false

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func validate() throws {
        let states = CreditLine.State.allCases.map(\.rawValue)
        if let state, !states.contains(state) {
            throw ValidationError("--state is \(state); it can be \(states.joined(separator: ", "))")
        }
    }

    func run() throws {
        let credits = try Credits(try Application(pipeline, cluster, client: "credits")).all.filter {
            (state == nil || $0.row.state == state) && (merchant == nil || $0.row.merchantId == merchant)
        }
        if json {
            for credit in credits { Console.output(String(decoding: credit.value, as: UTF8.self)) }
            return
        }
        var table = Table(.left, .left, .left, .right, .right, .left, .left)
        table.add("credit", "state", "merchant", "amount", "lines", "until", "decided")
        for (row, _) in credits {
            table.add(
                row.creditId.printable, row.state.printable, row.merchantId.printable, row.amount.printable,
                row.lines.grouped, row.periodEnd.printable,
                (row.decision.map { "by \($0.who): \($0.why)" } ?? "").printable)
        }
        for line in credits.isEmpty ? ["No credits"] : table.lines { Console.output(line) }
    }
}

/// What the three decisions are told.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Argument(help: "The credit's id.")
    var credit: String

    @Option(help: ArgumentHelp("Why; it is written down with the decision.", valueName: "text"))
    var why: String

    @Option(help: ArgumentHelp("Who decides; the login name unless given.", valueName: "name"))
    var who: String?

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    /// The most bytes of a reason or a name.
    static let textBytesMax = 1000

    func validate() throws {
        for (name, text) in [("--why", why), ("--who", who ?? LoginName.current)] {
            guard !text.allSatisfy(\.isWhitespace), text.utf8.count <= Self.textBytesMax else {
                throw ValidationError("\(name) is a text of 1 to \(Self.textBytesMax) bytes")
            }
        }
    }

    /// Writes the decision to the commands topic.
    func send(_ action: LedgerCommand.Action) throws {
        let application = try Application(pipeline, cluster, client: "credits")
        guard let (row, _) = try Credits(application).all.first(where: { $0.row.creditId == credit }) else {
            throw Failure.unusable("there is no credit \(credit) in \(application.topics.outputs[.credits] ?? "")")
        }
        if let refusal = Self.refusal(of: action, row.state) {
            throw Failure.unusable("the credit \(credit) is \(row.state); \(refusal)")
        }
        let now = WallClock.now
        var command = Command(
            id: "\(action.rawValue)-\(credit)-\(now)", who: who ?? LoginName.current, issuedAt: now,
            body: .decide(Command.Decision(action: action.rawValue, creditID: credit, why: why)))
        if let key = application.cluster.ledgerKey {
            command = command.signed(with: key, for: application.topics.application)
        } else {
            Console.error("warning: there is no ledger key, so the decision is not signed")
        }
        try application.produce([
            (
                OutboundRecord(
                    topic: application.topics.commands, partition: 0, key: Array(command.id.utf8),
                    value: command.bytes),
                now
            )
        ])
        let subject = "the \(row.state) credit \(credit) of \(row.merchantId), \(row.amount)"
        Console.output("asked to \(action.rawValue) \(subject)".printable)
        Console.output("it is done when the event time of its task goes on; then `rampart credits list` shows it")
    }

    /// Why a credit in some state cannot be decided like that, and what can be done instead (R29); nil where it can.
    ///
    /// The task decides again when its turn comes: another person may have been faster.
    static func refusal(of action: LedgerCommand.Action, _ state: String) -> String? {
        switch (action, state) {
        case (.approve, "held"), (.approve, "rejected"), (.approve, "reversed"), (.reject, "held"),
            (.reverse, "posted"):
            nil
        case (.approve, _): "it is paid already"
        case (.reject, "posted"): "only one that is held can be rejected; reverse it instead"
        case (.reject, _): "only one that is held can be rejected"
        case (.reverse, _): "only one that is posted can be reversed"
        }
    }
}

/// `rampart credits approve`.
struct ApproveCredit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Pay out a credit that is held, rejected or reversed.")

    @OptionGroup var decision: DecisionOptions

    func run() throws { try decision.send(.approve) }
}

/// `rampart credits reject`.
struct RejectCredit: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reject", abstract: "Refuse a credit that is held.")

    @OptionGroup var decision: DecisionOptions

    func run() throws { try decision.send(.reject) }
}

/// `rampart credits reverse`.
struct ReverseCredit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Take back a credit that is posted.")

    @OptionGroup var decision: DecisionOptions

    func run() throws { try decision.send(.reverse) }
}
