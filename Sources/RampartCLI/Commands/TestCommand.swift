import ArgumentParser

/// `rampart test`: runs the tests inside pipeline files.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "Run the tests inside pipeline files.")
}
