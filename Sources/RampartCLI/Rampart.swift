import ArgumentParser
import Glibc

/// The command `rampart`.
@main
struct Rampart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rampart",
        abstract: "Finds organised attacks on marketplaces in event logs, and the money to give back.",
        discussion: """
            A pipeline file says which events there are, what to measure, and when to raise an alert or a credit.

              rampart check pipelines/marketplace.yaml            is the file right?
              rampart test pipelines/marketplace.yaml             does it find what its author says?
              rampart replay pipelines/marketplace.yaml day.ndjson.gz --out found
              rampart run pipelines/marketplace.yaml --embedded   the daemon, without Kafka
              rampart run pipelines/marketplace.yaml --brokers kafka:9092

            Exit codes: 0 done, 1 failed while running, 2 unusable arguments or pipeline.
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, StateCommand.self, CreditsCommand.self, DeadLettersCommand.self, RecordCommand.self,
            ReplayCommand.self,
            CheckCommand.self,
            TestCommand.self, GraphCommand.self, ListCommand.self, SchemaCommand.self,
        ])

    /// Runs the command that the arguments name, with the exit codes that the help promises.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Console.error(failure.message)
            Glibc.exit(failure.code)
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if code == .success {
                print(message)
                Glibc.exit(0)
            }
            Console.error(message)
            Glibc.exit(code == .validationFailure ? Failure.unusable : code.rawValue)
        }
    }
}

/// Why a command ends with an exit code other than 0; the message may be empty where all was said before.
struct Failure: Error {
    /// Failed while running.
    static let running: Int32 = 1
    /// Unusable arguments or pipeline.
    static let unusable: Int32 = 2

    let code: Int32
    let message: String

    /// What was asked for cannot be done as it was asked.
    static func unusable(_ message: String) -> Failure { Failure(code: unusable, message: message) }
    /// What was asked for failed on the way.
    static func running(_ message: String) -> Failure { Failure(code: running, message: message) }
}
