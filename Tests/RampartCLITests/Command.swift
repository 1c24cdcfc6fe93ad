import Foundation
import Testing

/// Runs the built `rampart` as its users do: as a process, with its streams and its exit code.
struct Command {
    /// What a run left behind.
    struct Result {
        var code: Int32
        var output: String
        var errors: String
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let marketplace = root.appending(path: "pipelines/marketplace.yaml").path
    static let demo = root.appending(path: "deploy/demo/siege.ndjson.gz").path

    /// The executable in the folder of builds that also holds the test bundle.
    static let executable: URL = {
        let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" } ?? Bundle.main.bundleURL
        var folder = bundle
        while folder.path.count > 1 {
            let candidate = folder.appending(path: "rampart")
            let isFile = (try? candidate.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile ?? false
            if isFile { return candidate }
            folder.deleteLastPathComponent()
        }
        return bundle.deletingLastPathComponent().appending(path: "rampart")
    }()

    /// Runs `rampart` with arguments to its end, and ends it after a minute.
    static func run(
        _ arguments: [String], input: Data? = nil, environment: [String: String] = [:]
    ) throws -> Result {
        try run(executable, arguments, input: input, environment: environment)
    }

    /// Runs a program to its end.
    static func run(
        _ program: URL, _ arguments: [String], input: Data? = nil, environment: [String: String] = [:]
    ) throws -> Result {
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.path("stdout"), folder.path("stderr"))
        for file in [output, errors] { try Data().write(to: URL(filePath: file)) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        if let input {
            let file = folder.path("stdin")
            try input.write(to: URL(filePath: file))
            process.standardInput = FileHandle(forReadingAtPath: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        let limit = Date().addingTimeInterval(60)
        while process.isRunning, Date() < limit { usleep(5000) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return Result(code: process.terminationStatus, output: try text(output), errors: try text(errors))
    }

    /// What a file holds, with a mark in place of bytes that are no text.
    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "rampart-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// The text of a file in it.
    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// The JSON objects of a file of rows in it.
    func rows(_ name: String) throws -> [[String: Any]] {
        try text(name).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }
}
