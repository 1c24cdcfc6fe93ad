import ArgumentParser
import RampartCore

/// The flags of the demonstration that needs no Kafka.
struct EmbeddedOptions: ParsableArguments {
    @Flag(help: "Run on a small stand-in for Kafka inside this process, with made-up traffic; nothing is kept.")
    var embedded = false

    @Option(name: .customLong("for"), help: ArgumentHelp("End after this time.", valueName: "time"))
    var length: Span?

    @Option(help: ArgumentHelp("How many times faster than the clock the shops live.", valueName: "number"))
    var speed = 3600

    @Option(
        name: .customLong("traffic"),
        help: ArgumentHelp("The log that is played over and over; the siege that ships unless given.", valueName: "log")
    )
    var traffic: String?

    func validate() throws {
        if !embedded, length != nil || traffic != nil {
            throw ValidationError("--for and --traffic belong to --embedded")
        }
        guard (1...Self.speedMax).contains(speed) else {
            throw ValidationError("--speed is \(speed); it can be 1 to \(Self.speedMax)")
        }
    }

    /// A day in a second.
    static let speedMax = 86_400
}

/// A span of time on the command line, such as `60s`.
struct Span: ExpressibleByArgument {
    let milliseconds: Int64

    init?(argument: String) {
        guard let span = EventSpan(text: argument), span.milliseconds > 0 else { return nil }
        milliseconds = span.milliseconds
    }
}
