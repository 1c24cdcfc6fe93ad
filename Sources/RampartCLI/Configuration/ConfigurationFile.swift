import Configuration
import Foundation
import Pipelines
import Yams

/// The file of a daemon's configuration: YAML, of which JSON is a part.
struct ConfigurationFile {
    /// The most bytes that are read.
    static let bytesMax = 1 << 20

    /// Its values.
    let snapshot: any ConfigSnapshot
    /// The names under `kafka:`.
    let properties: [String]

    /// Reads a file; all that is wrong with its keys is said at once, and none of its values is.
    init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure.unusable("\(path): the configuration cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= Self.bytesMax else {
            throw Failure.unusable("\(path): a configuration has at most \(Self.bytesMax) bytes, this is larger")
        }
        do {
            let root = try Parser(yaml: data).singleRoot()
            properties = try Self.check(root, path: path)
            let contents = root == nil ? Data("{}".utf8) : data
            snapshot = try YAMLSnapshot(data: contents.bytes, providerName: path, parsingOptions: .default)
        } catch let error as YamlError {
            throw Failure.unusable("\(path)\(Self.place(of: error)): this is neither YAML nor JSON")
        }
    }

    /// Refuses keys that do not exist, and returns the names under `kafka:`.
    private static func check(_ root: Node?, path: String) throws -> [String] {
        guard let root else { return [] }
        guard let mapping = root.mapping else {
            throw Failure.unusable("\(path): a configuration is a mapping of keys to values")
        }
        var problems: [String] = []
        var properties: [String] = []
        for (key, value) in mapping {
            let place = path + (key.mark.map { ":\($0)" } ?? "")
            let name = key.string ?? ""
            if name == ConfigurationKeys.properties {
                guard let entries = value.mapping,
                    entries.allSatisfy({ $0.key.string != nil && $0.value.scalar != nil })
                else {
                    problems.append("\(place): `kafka` is a mapping of librdkafka's properties to values")
                    continue
                }
                properties = entries.compactMap { $0.key.string }
                problems += secrets(among: entries, path: path)
            } else if let problem = problem(with: name, value) {
                problems.append("\(place): \(problem)")
            }
        }
        guard problems.isEmpty else { throw Failure.unusable(problems.joined(separator: "\n")) }
        return properties
    }

    /// What is wrong with properties of the client library that are secrets.
    private static func secrets(among entries: Node.Mapping, path: String) -> [String] {
        entries.compactMap { key, _ in
            guard let name = key.string, let mend = ConfigurationValues.secretMend(of: name) else { return nil }
            let place = path + (key.mark.map { ":\($0)" } ?? "")
            return "\(place): \(name): a secret does not belong into this file; \(mend)"
        }
    }

    private static func problem(with name: String, _ value: Node) -> String? {
        guard let key = ConfigurationKeys.all.first(where: { $0.name == name }) else {
            let names = ConfigurationKeys.all.filter(\.isInFile).map(\.name) + [ConfigurationKeys.properties]
            let mend = Suggestion.didYouMean(name, among: names) ?? "docs/CONFIGURATION.md names all keys"
            return "there is no key `\(name)`; \(mend)"
        }
        guard key.isInFile else {
            return "a secret does not belong into this file; put it into a file of its own and name that with "
                + "`\(name)_file`, or set \(key.variable)"
        }
        return value.scalar == nil ? "`\(name)` takes one value: \(key.values)" : nil
    }

    private static func place(of error: YamlError) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): ":\(mark)"
        default: ""
        }
    }
}
