import Foundation
import Testing

/// `rampart run` as a process, until it ends or its owner goes.
final class ChildDaemon {
    private let process = Process()
    private let output: String

    /// Starts it; what it says goes to a file. It can be given a disk on which no file grows beyond a few kilobytes.
    init(
        _ arguments: [String], environment: [String: String] = [:], fileKilobytesMax: Int? = nil, output: String
    ) throws {
        self.output = output
        try Data().write(to: URL(filePath: output))
        let handle = try #require(FileHandle(forWritingAtPath: output))
        // Note: a crash is not to start the runtime's tracer, which holds what tells us that the process has ended.
        let crashes = ["SWIFT_BACKTRACE": "enable=no"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            crashes.merging(environment) { _, new in new }
        ) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.executableURL = Command.executable
        process.arguments = ["run"] + arguments
        process.standardOutput = handle
        process.standardError = handle
        if let fileKilobytesMax {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["bash", "-c", "ulimit -f \(fileKilobytesMax); exec \"$0\" \"$@\"", Command.executable.path, "run"]
                + arguments
            // The limit holds for the file of what it says too, but not for a pipe.
            let pipe = Pipe()
            pipe.fileHandleForReading.readabilityHandler = { handle.write($0.availableData) }
            process.standardOutput = pipe
            process.standardError = pipe
        }
        try process.run()
    }

    deinit { end() }

    /// Everything that it has said so far.
    var said: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Ends it as a power cut would, and waits until it is gone.
    func end() {
        guard process.isRunning else { return }
        signal(SIGKILL)
        process.waitUntilExit()
    }

    /// How often it has said something.
    func count(of words: String) -> Int { said.components(separatedBy: words).count - 1 }

    /// Waits until it has said something; false after twenty seconds.
    func says(_ words: String, times: Int = 1) -> Bool { waits(seconds: 20) { count(of: words) >= times } }

    /// The exit code, once it has ended by itself; nil after so many seconds.
    func exitCode(within seconds: Double = 20) -> Int32? {
        guard waits(seconds: seconds, { !process.isRunning }) else { return nil }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

/// Waits until something holds; false if it does not in time.
func waits(seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
    let limit = Date().addingTimeInterval(seconds)
    while Date() < limit {
        if try condition() { return true }
        usleep(20_000)
    }
    return try condition()
}
