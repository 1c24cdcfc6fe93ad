import ArgumentParser

@main
struct Rampart: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rampart")
}
