import Configuration
import Kafka
import Pipelines
import RampartCore

/// The values that were given for keys: flags before the environment before the file before the defaults.
struct ConfigurationValues {
    /// A place where values are given.
    private struct Layer {
        /// How messages call a key that was found here.
        var name: (ConfigurationKey) -> String
        var snapshot: any ConfigSnapshot
        var prefix: [String] = []
    }

    private var layers: [Layer] = []
    /// Properties of the client library.
    let properties: [String: String]
    /// What is odd, though it can run.
    let warnings: [String]
    private(set) var problems: [String] = []

    /// Takes what was given; the file is named by a flag or by `RAMPART_CONFIG`.
    init(flags: [String: String], properties: [String], file: String?, environment: [String: String]) throws {
        let variables = environment.filter { $0.key.hasPrefix("RAMPART_") && !$0.value.isEmpty }
        layers.append(
            Layer(
                name: { $0.flag ?? $0.name },
                snapshot: InMemoryProvider(
                    values: Dictionary(
                        uniqueKeysWithValues: flags.map {
                            (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false))
                        })
                ).snapshot()))
        layers.append(
            Layer(
                name: \.variable,
                snapshot: EnvironmentVariablesProvider(environmentVariables: variables, secretsSpecifier: .all)
                    .snapshot(),
                prefix: ["rampart"]))
        var collected: [String: String] = [:]
        if let path = file ?? environment["RAMPART_CONFIG"] {
            let contents = try ConfigurationFile(path: path)
            layers.append(Layer(name: { "\(path): \($0.name)" }, snapshot: contents.snapshot))
            for name in contents.properties {
                collected[name] = Self.text(contents.snapshot, [ConfigurationKeys.properties, name])
            }
        }
        collected.merge(Self.propertyVariables(variables)) { _, variable in variable }
        collected.merge(try Self.parse(properties)) { _, flag in flag }
        self.properties = collected
        warnings = Self.unknownVariables(variables)
    }

    // MARK: - Values

    /// The text given for a key, or its default.
    mutating func text(_ key: ConfigurationKey) -> String? {
        guard let (text, name) = find(key) else { return key.fallback }
        guard text.isEmpty else { return text }
        problems.append("\(name) is empty; it takes \(key.values)")
        return nil
    }

    /// One of the words of a key.
    mutating func choice<Choice: RawRepresentable>(
        _ key: ConfigurationKey, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard case .choice(let words) = key.kind else { preconditionFailure("\(key.name) takes no word.") }
        guard let (text, name) = find(key) else { return key.fallback.flatMap(Choice.init) }
        if let word = words.first(where: { $0.lowercased() == text.lowercased() }), let choice = Choice(rawValue: word)
        {
            return choice
        }
        let mend = Suggestion.didYouMean(text, among: words) ?? "it takes \(key.values)"
        problems.append("\(name) is \(text); \(mend)")
        return key.fallback.flatMap(Choice.init)
    }

    /// The value of a key that is true or false.
    mutating func boolean(_ key: ConfigurationKey) -> Bool {
        guard let (text, name) = find(key) else { return key.fallback == "true" }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            problems.append("\(name) is \(text); it takes \(key.values)")
            return false
        }
    }

    /// The whole number given for a key; nil where there is none.
    mutating func count(_ key: ConfigurationKey) -> Int? {
        guard case .count(let range) = key.kind else { preconditionFailure("\(key.name) is no number.") }
        return bounded(key, range) { Int($0) }
    }

    /// The milliseconds given for a key; nil where there are none.
    mutating func duration(_ key: ConfigurationKey) -> Int64? {
        guard case .duration(let range) = key.kind else { preconditionFailure("\(key.name) is no span.") }
        return bounded(key, range) { EventSpan(text: $0)?.milliseconds }
    }

    /// The bytes given for a key; nil where there are none.
    mutating func size(_ key: ConfigurationKey) -> Int? {
        guard case .size(let range) = key.kind else { preconditionFailure("\(key.name) is no size.") }
        return bounded(key, range, ByteSize.bytes)
    }

    /// Where a key was given, as messages call it; nil where its default holds.
    func origin(of key: ConfigurationKey) -> String? { find(key)?.name }

    /// Notes something else that is wrong.
    mutating func refuse(_ problem: String) { problems.append(problem) }

    private mutating func bounded<Value: Comparable>(
        _ key: ConfigurationKey, _ range: ClosedRange<Value>, _ parse: (String) -> Value?
    ) -> Value? {
        guard let (text, name) = find(key) else { return key.fallback.flatMap(parse) }
        if let value = parse(text), range.contains(value) { return value }
        problems.append("\(name) is \(text); it takes \(key.values)")
        return key.fallback.flatMap(parse)
    }

    private func find(_ key: ConfigurationKey) -> (text: String, name: String)? {
        for layer in layers {
            if let text = Self.text(layer.snapshot, layer.prefix + [key.name]) { return (text, layer.name(key)) }
        }
        return nil
    }

    private static func text(_ snapshot: any ConfigSnapshot, _ components: [String]) -> String? {
        let found = try? snapshot.value(forKey: AbsoluteConfigKey(components), type: .string)
        guard case .string(let text)? = found?.value?.content else { return nil }
        return text
    }

    // MARK: - Properties and variables

    private static let propertyPrefix = "RAMPART_KAFKA_"

    /// `RAMPART_KAFKA_FETCH_MAX_BYTES` is the property `fetch.max.bytes`.
    private static func propertyVariables(_ variables: [String: String]) -> [String: String] {
        var properties: [String: String] = [:]
        for (name, value) in variables where name.hasPrefix(propertyPrefix) {
            properties[name.dropFirst(propertyPrefix.count).lowercased().replacing("_", with: ".")] = value
        }
        return properties
    }

    private static func parse(_ arguments: [String]) throws -> [String: String] {
        var properties: [String: String] = [:]
        for argument in arguments {
            let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else {
                // Note: the argument may be a secret that lost its name, so it is not repeated.
                throw Failure.unusable("--kafka: expected name=value, such as fetch.max.bytes=1048576")
            }
            if let mend = secretMend(of: String(sides[0])) {
                throw Failure.unusable(
                    "--kafka \(sides[0]): anyone can read a secret in a process's arguments; \(mend)")
            }
            properties[String(sides[0])] = String(sides[1])
        }
        return properties
    }

    /// How a property is to be given whose value is a secret; nil for any other.
    static func secretMend(of property: String) -> String? {
        guard KafkaConfiguration.isSecret(property: property) else { return nil }
        let own: [String: (file: ConfigurationKey, secret: ConfigurationKey)] = [
            "sasl.password": (ConfigurationKeys.saslPasswordFile, ConfigurationKeys.saslPassword),
            "ssl.key.password": (ConfigurationKeys.sslKeyPasswordFile, ConfigurationKeys.sslKeyPassword),
        ]
        if let keys = own[property] {
            return
                "put it into a file of its own and name that with `\(keys.file.name)`, or set \(keys.secret.variable)"
        }
        return "set \(propertyPrefix)\(property.uppercased().replacing(".", with: "_")) instead"
    }

    /// Variables that look as if they were meant for us, and are not used; other programs may have such too.
    private static func unknownVariables(_ variables: [String: String]) -> [String] {
        let known = Set(ConfigurationKeys.all.map(\.variable) + ["RAMPART_CONFIG"])
        let names = ConfigurationKeys.all.map(\.name)
        return variables.keys.sorted().compactMap { variable in
            guard !known.contains(variable), !variable.hasPrefix(propertyPrefix) else { return nil }
            let name = variable.dropFirst("RAMPART_".count).lowercased()
            return Suggestion.closest(to: name, among: names).map {
                "the environment variable \(variable) is not used; did you mean RAMPART_\($0.uppercased())?"
            }
        }
    }
}
