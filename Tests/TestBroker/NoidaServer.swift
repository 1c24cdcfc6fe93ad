import Foundation

/// The broker's process, on a free port of the loopback interface, with a folder of its own.
///
/// It ends when the pipe to it does, so that none is left over however the tests end.
package final class NoidaServer: @unchecked Sendable {
    /// Where clients find it.
    package let bootstrapServers: String
    private let port: UInt16
    private let folder: URL
    private var process = Process()
    private var control = Pipe()

    /// What went wrong, for a person.
    package struct Failure: Error, CustomStringConvertible {
        /// What went wrong.
        package var description: String
    }

    /// Installs it if need be, and starts it.
    package init() throws {
        try Self.install()
        port = try Self.freePort()
        bootstrapServers = "127.0.0.1:\(port)"
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("noida-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try start()
    }

    /// Ends the process and starts it again with the data that it wrote down.
    package func restart() throws {
        control.fileHandleForWriting.write(Data("stop\n".utf8))
        process.waitUntilExit()
        try start()
    }

    private func start() throws {
        process = Process()
        control = Pipe()
        process.executableURL = Self.script
        process.arguments = ["run", "\(port)", folder.path]
        process.standardInput = control
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try Self.withSignals { try process.run() }
        try waitForAnswer()
    }

    /// Note: a process inherits which signals are blocked, and a pool's thread blocks SIGTERM.
    private static func withSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Ends the process for good; its data goes too.
    package func stop() {
        guard process.isRunning else { return }
        try? control.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func waitForAnswer() throws {
        for _ in 0..<200 {
            if Self.isListening(port) { return }
            guard process.isRunning else { throw Failure(description: "noida ended at its start") }
            sleep(.milliseconds(50))
        }
        throw Failure(description: "noida does not listen on port \(port)")
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("deploy/test-broker.sh")

    private static func install() throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = script
        process.arguments = ["install"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "the test broker cannot be installed: \(text)")
        }
    }

    // MARK: Ports

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard isBound else { throw Failure(description: "there is no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func isListening(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }
}

/// Blocks the thread.
package func sleep(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
}
