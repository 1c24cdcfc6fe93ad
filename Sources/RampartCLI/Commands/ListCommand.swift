import ArgumentParser

/// `rampart list`: what a pipeline file can say.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what a pipeline file can say.")
}
