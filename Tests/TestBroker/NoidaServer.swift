import Foundation

/// The broker's process, on a free port of the loopback interface, with a folder of its own.
package final class NoidaServer: @unchecked Sendable {
    /// Where clients find it.
    package let bootstrapServers: String
    private let port: UInt16
    private let folder: URL
    private var process: Process

    /// What went wrong, for a person.
    package struct Failure: Error, CustomStringConvertible {
        /// What went wrong.
        package var description: String
    }

    /// Installs it if need be, and starts it.
    package init() throws {
        port = try Self.freePort()
        bootstrapServers = "127.0.0.1:\(port)"
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("noida-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = try Self.start(port: port, folder: folder)
        try waitForAnswer()
        Self.stopAtExit(self)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ends the process, which writes its data down before.
    package func stop() {
        guard process.isRunning else { return }
        process.terminate()
        // Note: killed, it would forget its last second.
        for _ in 0..<400 where process.isRunning { sleep(.milliseconds(50)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// Starts it again with the data that it has.
    package func restart() throws {
        stop()
        process = try Self.start(port: port, folder: folder)
        try waitForAnswer()
    }

    private func waitForAnswer() throws {
        for _ in 0..<200 {
            if Self.isListening(port) { return }
            guard process.isRunning else { throw Failure(description: "noida ended at its start") }
            sleep(.milliseconds(50))
        }
        throw Failure(description: "noida does not listen on port \(port)")
    }

    private static func start(port: UInt16, folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try install())
        process.arguments = [
            "start", "--host", "127.0.0.1", "--only", "kafka", "--kafka-port", "\(port)", "--data-dir", folder.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try withSignals { try process.run() }
        return process
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

    /// Runs the script that installs the broker; returns the path of its program.
    private static func install() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = root.appendingPathComponent("deploy/test-broker.sh")
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let path = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "the test broker cannot be installed: \(text)")
        }
        return path.trimmingCharacters(in: .whitespacesAndNewlines)
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

    // MARK: The end of the tests

    nonisolated(unsafe) private static var running: [NoidaServer] = []
    private static let lock = NSLock()

    /// Note: a server that all tests share has no owner that would end.
    private static func stopAtExit(_ server: NoidaServer) {
        lock.withLock {
            if running.isEmpty {
                atexit {
                    for server in NoidaServer.running {
                        server.stop()
                        try? FileManager.default.removeItem(at: server.folder)
                    }
                }
            }
            running.append(server)
        }
    }
}

/// Blocks the thread.
package func sleep(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
}
