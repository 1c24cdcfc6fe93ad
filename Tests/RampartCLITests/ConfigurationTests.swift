import ArgumentParser
import Engine
import Foundation
import Kafka
import Testing

@testable import RampartCLI

/// How settings are found: flags before the environment before the file, and what is refused.
@Suite struct ConfigurationTests {
    private func values(
        flags: [String: String] = [:], properties: [String] = [], file: String? = nil,
        environment: [String: String] = [:]
    ) throws -> ConfigurationValues {
        guard let file else {
            return try ConfigurationValues(flags: flags, properties: properties, file: nil, environment: environment)
        }
        let folder = try TemporaryFolder()
        let path = try folder.write("daemon.yaml", file)
        return try ConfigurationValues(flags: flags, properties: properties, file: path, environment: environment)
    }

    private func refusal(of body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return (error as? Failure)?.message ?? "\(error)"
        }
    }

    // MARK: - Precedence

    @Test func flagsGoBeforeVariablesBeforeTheFileBeforeDefaults() throws {
        let file = "workers: 4\ncommit_interval: 4s\nidle_after: 4m\n"
        let environment = ["RAMPART_WORKERS": "3", "RAMPART_COMMIT_INTERVAL": "3s"]
        let configuration = try DaemonConfiguration(
            values(flags: ["workers": "2"], file: file, environment: environment))
        #expect(configuration.workers == 2)
        #expect(configuration.worker.commitInterval == 3000)
        #expect(configuration.worker.idleAfter == 240_000)
        #expect(configuration.shutdownTimeout == .seconds(30))
    }

    @Test func jsonIsReadAsWell() throws {
        let configuration = try DaemonConfiguration(
            values(file: #"{"brokers": "kafka:9092", "workers": 2, "watch": true, "kafka": {"fetch.max.bytes": 7}}"#))
        #expect(configuration.cluster.brokers == "kafka:9092" && configuration.workers == 2)
        #expect(configuration.watchesFile && configuration.cluster.properties == ["fetch.max.bytes": "7"])
    }

    @Test func propertiesOfTheClientComeFromAllThreePlaces() throws {
        let values = try values(
            properties: ["a.b=1", "linger.ms=9=9"], file: "kafka:\n  a.b: 3\n  c.d: 3\n  e.f: 3\n",
            environment: ["RAMPART_KAFKA_A_B": "2", "RAMPART_KAFKA_C_D": "2"])
        #expect(values.properties == ["a.b": "1", "c.d": "2", "e.f": "3", "linger.ms": "9=9"])
        #expect(refusal { _ = try self.values(properties: ["hunter2"]) }.contains("name=value"))
        #expect(!refusal { _ = try self.values(properties: ["hunter2"]) }.contains("hunter2"))
    }

    @Test func theFileCanBeNamedByTheEnvironment() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("daemon.yaml", "# only a comment\n")
        _ = try values(environment: ["RAMPART_CONFIG": path])
        #expect(refusal { _ = try self.values(environment: ["RAMPART_CONFIG": "/none"]) }.contains("/none"))
    }

    @Test func everyKeyHasAFlagUnlessItIsSecret() throws {
        for key in ConfigurationKeys.all {
            guard let flag = key.flag else { continue }
            let words = key.name == "watch" ? [flag] : [flag, "given"]
            let command = try #require(try Rampart.parseAsRoot(["run", "p.yaml"] + words) as? RunCommand)
            let values = command.cluster.values.merging(command.daemon.values) { _, new in new }
            #expect(values == [key.name: key.name == "watch" ? "true" : "given"], "\(flag)")
        }
    }

    // MARK: - Refusals

    @Test(
        arguments: [
            ("worker: 2", "daemon.yaml:1:1", "did you mean `workers`?"),
            ("workers: 2\nbroker: x", "daemon.yaml:2:1", "did you mean `brokers`?"),
            ("nonsense: 2", "`nonsense`", "docs/CONFIGURATION.md"),
            ("sasl_password: hunter2", "sasl_password_file", "RAMPART_SASL_PASSWORD"),
            ("kafka: hunter2", "`kafka`", "mapping"), ("brokers: [a, b]", "`brokers`", "one value"),
            ("- a", "mapping", "keys"), ("a: [hunter2", "neither YAML", "daemon.yaml:2:1"),
        ])
    func filesAreRefusedWithPlaceAndMend(file: String, first: String, second: String) {
        let message = refusal { _ = try self.values(file: file) }
        #expect(message.contains(first) && message.contains(second), "\(message)")
        #expect(!message.contains("hunter2"))
    }

    @Test(
        arguments: [
            (["workers": "0"], "--workers is 0", "1 to 64"), (["workers": "many"], "--workers", "1 to 64"),
            (["commit_interval": "5"], "--commit-interval", "10ms to 1m"),
            (["staged_bytes_max": "1KiB"], "--staged-bytes-max", "1MiB to 64GiB"),
            (["assignment": "rang"], "--assignment", "did you mean `range`?"),
            (["watch": "perhaps"], "--watch", "true, false"), (["application": "a b"], "--application", "letters"),
            (["instances": "2"], "2 instances", "fence"), (["security_protocol": "sasl_ssl"], "SASL", "sasl_mechanism"),
            (["sasl_password_file": "/none"], "/none", "secret"),
        ])
    func valuesAreRefusedWithBounds(flags: [String: String], first: String, second: String) {
        let message = refusal { _ = try DaemonConfiguration(self.values(flags: flags)) }
        #expect(message.contains(first) && message.contains(second), "\(message)")
    }

    @Test func everythingWrongIsSaidAtOnce() {
        let message = refusal {
            _ = try DaemonConfiguration(self.values(flags: ["workers": "0"], environment: ["RAMPART_INSTANCES": "0"]))
        }
        #expect(message.split(separator: "\n").count == 2 && message.contains("RAMPART_INSTANCES"))
    }

    @Test func instancesNeedNames() throws {
        let named = try DaemonConfiguration(values(flags: ["instances": "2", "instance": "b"]))
        let kafka = named.kafka(application: "shop", worker: 1)
        #expect(kafka.transactionalID == "shop:b:1" && kafka.group == "shop" && kafka.groupInstance == nil)
        let lasting = try DaemonConfiguration(values(flags: ["static_membership": "true", "group": "g"]))
        #expect(lasting.kafka(application: "shop", worker: 0).groupInstance == "shop-main-0")
        #expect(lasting.kafka(application: "shop", worker: 0).group == "g")
    }

    /// Names hold dashes, so that a dash between them could stand for either.
    @Test func applicationsThatShareACornerOfANameDoNotShareTransactions() throws {
        func kafka(_ application: String, _ instance: String) throws -> KafkaConfiguration {
            try DaemonConfiguration(values(flags: ["instance": instance])).kafka(application: application, worker: 0)
        }
        let (one, other) = (try kafka("shop", "eu-main"), try kafka("shop-eu", "main"))
        #expect(one.transactionalID != other.transactionalID && one.clientID != other.clientID)
        #expect(one.transactionalID.hasPrefix("shop:") && !other.transactionalID.hasPrefix("shop:"))
        #expect(
            refusal { _ = try DaemonConfiguration(self.values(flags: ["application": "shop:eu"])) }.contains("letters"))
    }

    @Test func variablesThatAreNearlyOursAreMentioned() throws {
        #expect(try values(environment: ["RAMPART_WORKER": "2"]).warnings.count == 1)
        #expect(try values(environment: ["RAMPART_SEEDS": "2", "RAMPART_WORKERS": "2"]).warnings == [])
    }

    // MARK: - Secrets

    @Test func secretsComeFromFilesOrVariablesAndAreNotShown() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("password", "hunter2\n")
        let flags = [
            "security_protocol": "sasl_ssl", "sasl_mechanism": "scram-sha-512", "sasl_username": "u",
            "sasl_password_file": path,
        ]
        let configuration = try DaemonConfiguration(values(flags: flags))
        #expect(configuration.cluster.security.password == "hunter2")
        #expect(configuration.cluster.security.mechanism == .scramSHA512)
        var shown = ""
        dump(configuration.cluster.security, to: &shown)
        #expect(!"\(configuration.cluster.security)".contains("hunter2") && !shown.contains("hunter2"))
        let both = refusal {
            _ = try DaemonConfiguration(
                self.values(flags: flags, environment: ["RAMPART_SASL_PASSWORD": "hunter3"]))
        }
        #expect(both.contains("both given") && !both.contains("hunter"))
        #expect(
            refusal { _ = try DaemonConfiguration(self.values(environment: ["RAMPART_LEDGER_KEY": "short"])) }
                .contains("16"))
    }

    @Test(arguments: [
        "ssl.keystore.password", "ssl.key.pem", "ssl.key.password", "sasl.password", "sasl.oauthbearer.config",
        "sasl.oauthbearer.client.secret",
    ])
    func secretsOfTheClientAreTakenFromVariablesAlone(property: String) throws {
        let variable = "RAMPART_KAFKA_" + property.uppercased().replacing(".", with: "_")
        let mends = [
            "sasl.password": "`sasl_password_file`", "ssl.key.password": "`ssl_key_password_file`",
        ]
        let flag = refusal { _ = try self.values(properties: ["a.b=1", "\(property)=hunter2"]) }
        #expect(flag.contains("--kafka \(property)") && flag.contains(mends[property] ?? variable), "\(flag)")
        let file = refusal { _ = try self.values(file: "workers: 2\nkafka:\n  a.b: 1\n  \(property): hunter2\n") }
        #expect(file.contains("daemon.yaml:4:3: \(property)"), "\(file)")
        #expect(file.contains(mends[property] ?? variable) && !(flag + file).contains("hunter2"), "\(file)")
        #expect(try values(environment: [variable: "hunter2"]).properties == [property: "hunter2"])
    }

    @Test func noSecretIsInAnyOutput() throws {
        let folder = try TemporaryFolder()
        let key = try folder.write("key", "hunter2-hunter2-hunter2\n")
        let variables = [
            "RAMPART_SASL_PASSWORD": "hunter2", "RAMPART_SSL_KEY_PASSWORD": "hunter2",
            "RAMPART_KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET": "hunter2", "RAMPART_LOG_LEVEL": "debug",
        ]
        for properties in [[], ["--kafka", "ssl.key.pem=hunter2"], ["--kafka", "sasl.password=hunter2"]] {
            let result = try Command.run(
                [
                    "run", Command.marketplace, "--brokers", "127.0.0.1:1", "--security-protocol", "sasl_plaintext",
                    "--sasl-mechanism", "PLAIN", "--sasl-username", "u", "--ledger-key-file", key, "--start-timeout",
                    "1s",
                    "--request-timeout", "1s", "--data-dir", folder.path("data"),
                ] + properties, environment: variables)
            #expect(result.code != 0 && !result.errors.isEmpty)
            #expect(!(result.output + result.errors).contains("hunter2"), "\(result.errors)")
        }
    }

    // MARK: - The page

    @Test func thePageNamesEveryKey() throws {
        let url = Command.root.appending(path: "docs/CONFIGURATION.md")
        let page = try String(contentsOf: url, encoding: .utf8)
        var expected = page
        let groups = [
            ("cluster", ConfigurationKeys.connection), ("security", ConfigurationKeys.security),
            ("work", ConfigurationKeys.work), ("reporting", ConfigurationKeys.reporting),
        ]
        for (name, keys) in groups {
            let rows = keys.map { key in
                let flag = key.flag.map { "`\($0)`" } ?? "only `\(key.variable)`"
                return
                    "| `\(key.name)` | \(flag) | \(key.fallback.map { "`\($0)`" } ?? "") | \(key.values) | \(key.summary) |"
            }
            let start = "<!-- table: \(name) -->\n"
            let parts = expected.components(separatedBy: start)
            try #require(parts.count == 2, "The page has one table of \(name).")
            let rest = try #require(parts[1].range(of: "<!-- end -->"))
            let head = "| key | flag | default | values | what it is for |\n|---|---|---|---|---|\n"
            expected =
                parts[0] + start + "\n" + head + rows.joined(separator: "\n") + "\n\n" + parts[1][rest.lowerBound...]
        }
        if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] == "1" {
            try expected.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(page == expected, "Run the tests with GOLDEN_UPDATE=1 and look at the difference.")
        #expect(groups.flatMap(\.1) == ConfigurationKeys.all)
    }
}
