// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "rampart",
    products: [.executable(name: "rampart", targets: ["RampartCLI"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "RampartCore", swiftSettings: settings),
        .target(
            name: "Pipelines",
            dependencies: ["RampartCore", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(name: "Engine", dependencies: ["RampartCore", "Pipelines"], swiftSettings: settings),
        .target(name: "Storage", dependencies: ["RampartCore", "Engine", "CZlib", "CZstd"], swiftSettings: settings),
        .target(
            name: "Kafka",
            dependencies: ["RampartCore", "Engine", "CRdkafka", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .target(name: "Simulation", dependencies: ["RampartCore", "Pipelines", "Engine"], swiftSettings: settings),
        .executableTarget(
            name: "RampartCLI",
            dependencies: [
                "RampartCore", "Pipelines", "Storage", "Engine", "Kafka",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "RampartBench",
            dependencies: [
                "RampartCore", "Pipelines", "Storage", "Engine", "Kafka", "Simulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "RampartCoreTests", dependencies: ["RampartCore", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "PipelinesTests", dependencies: ["RampartCore", "Pipelines", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "EngineTests", dependencies: ["RampartCore", "Pipelines", "Engine"], swiftSettings: settings),
        .testTarget(name: "StorageTests", dependencies: ["RampartCore", "Engine", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "SimulationTests", dependencies: ["RampartCore", "Pipelines", "Engine", "Simulation"],
            swiftSettings: settings),
        .target(name: "TestBroker", path: "Tests/TestBroker", swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: [.product(name: "Yams", package: "Yams")],
            path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "KafkaTests",
            dependencies: ["RampartCore", "Pipelines", "Engine", "Kafka", "Simulation", "TestBroker"],
            swiftSettings: settings),
        .testTarget(
            name: "RampartCLITests",
            dependencies: [
                "RampartCLI", "Pipelines", "RampartCore", "Engine", "Kafka", "Simulation", "TestBroker", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
