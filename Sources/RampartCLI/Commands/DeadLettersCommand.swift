import ArgumentParser
import Engine
import Pipelines
import RampartCore

/// `rampart dead-letters`: records that could not be used, and their second chance.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List records that could not be used, and produce them again.",
        discussion: """
            Once the pipeline reads what it could not read, the records are produced again to where they were, with their
            keys, times and headers. They come late by then, and a late charge can still be credited (R30).

              rampart dead-letters list pipelines/marketplace.yaml
              rampart dead-letters redrive pipelines/marketplace.yaml --reason missing_currency
            """,
        subcommands: [ListDeadLetters.self, RedriveDeadLetters.self])
}

/// Which dead letters are meant.
struct DeadLetterOptions: ParsableArguments {
    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Argument(help: ArgumentHelp("Only these, each as topic/partition/offset.", valueName: "record"))
    var records: [String] = []

    @Option(help: ArgumentHelp("Only those with this reason.", valueName: "reason"))
    var reason: String?

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func validate() throws {
        let reasons = DeadLetterReason.allCases.map(\.rawValue)
        if let reason, !reasons.contains(reason) {
            let mend = Suggestion.didYouMean(reason, among: reasons) ?? "`rampart list reasons` names all"
            throw ValidationError("--reason is \(reason); \(mend)")
        }
    }

    /// Reads the dead letters' topic, and hands out those that are meant.
    func read(_ application: Application, _ body: (DeadLetterRow, [UInt8]) throws -> Void) throws {
        let wanted = Set(records)
        var found: Set<String> = []
        try application.readAll(of: application.topics.outputs[.deadLetters] ?? "") { _, record in
            guard let value = record.value, let row = DeadLetterRow(bytes: value) else { return }
            guard reason == nil || row.reason == reason else { return }
            guard wanted.isEmpty || wanted.contains(row.coordinates) else { return }
            found.insert(row.coordinates)
            try body(row, value)
        }
        let missing = wanted.subtracting(found).sorted()
        guard missing.isEmpty else {
            throw Failure.unusable("there is no dead letter \(missing.joined(separator: ", "))")
        }
    }
}

/// `rampart dead-letters list`.
struct ListDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters: where they were, and why they could not be used.")

    /// The most that are put into one table.
    static let rowsMax = 1000

    @OptionGroup var selection: DeadLetterOptions

    @Flag(help: "Print the rows as they are in the topic, one JSON object a line; they hold the records.")
    var json = false

    func run() throws {
        let application = try Application(selection.pipeline, selection.cluster, client: "dead-letters")
        var table = Table(.left, .left, .left)
        table.add("record", "reason", "what was found")
        var count = 0
        try selection.read(application) { row, value in
            count += 1
            if json {
                Console.output(String(decoding: value, as: UTF8.self))
            } else if count <= Self.rowsMax {
                table.add(row.coordinates.printable, row.reason.printable, row.detail.printable)
            }
        }
        guard !json else { return }
        for line in count == 0 ? ["No dead letters"] : table.lines { Console.output(line) }
        if count > Self.rowsMax { Console.output("and \((count - Self.rowsMax).grouped) more; --json prints all") }
    }
}

/// `rampart dead-letters redrive`.
struct RedriveDeadLetters: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Produce dead letters again to where they were.")

    /// Records that are produced at once.
    private static let batchSize = 1000

    @OptionGroup var selection: DeadLetterOptions

    @Flag(help: "Mean all dead letters, where neither records nor a reason are named.")
    var all = false

    func validate() throws {
        guard all || selection.reason != nil || !selection.records.isEmpty else {
            throw ValidationError("name records as topic/partition/offset, a --reason, or --all")
        }
    }

    func run() throws {
        let application = try Application(selection.pipeline, selection.cluster, client: "dead-letters")
        let inputs = Set(application.topics.inputs.map(\.topic))
        var batch: [(record: OutboundRecord, timestamp: Int64?)] = []
        var redriven = 0
        var refused = 0
        func produce() throws {
            try application.produce(batch)
            redriven += batch.count
            batch.removeAll()
        }
        // Whatever stops this, those that were produced come a second time when it is done again.
        defer { Console.output("produced again: \(redriven.grouped), refused: \(refused.grouped)") }
        try selection.read(application) { row, _ in
            do throws(DeadLetterRow.Refusal) {
                let again = try row.record()
                guard inputs.contains(again.record.topic) else {
                    throw DeadLetterRow.Refusal(reason: "the pipeline does not read its topic")
                }
                batch.append(again)
            } catch {
                refused += 1
                Console.error("\(row.coordinates) cannot be produced again: \(error.reason)".printable)
            }
            if batch.count >= Self.batchSize { try produce() }
        }
        try produce()
        if refused > 0 { throw Failure.running("") }
    }
}
