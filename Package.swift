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
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "RampartCore", swiftSettings: settings),
        .target(
            name: "Pipelines",
            dependencies: ["RampartCore", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(name: "Storage", dependencies: ["RampartCore", "CZlib"], swiftSettings: settings),
        .target(name: "Engine", dependencies: ["RampartCore", "Pipelines", "Storage"], swiftSettings: settings),
        .executableTarget(
            name: "RampartCLI",
            dependencies: [
                "RampartCore", "Pipelines", "Storage", "Engine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(name: "RampartCoreTests", dependencies: ["RampartCore"], swiftSettings: settings),
        .testTarget(name: "PipelinesTests", dependencies: ["RampartCore", "Pipelines"], swiftSettings: settings),
        .testTarget(name: "StorageTests", dependencies: ["RampartCore", "Storage"], swiftSettings: settings),
        .testTarget(
            name: "EngineTests", dependencies: ["RampartCore", "Pipelines", "Storage", "Engine"],
            swiftSettings: settings),
        .testTarget(name: "RampartCLITests", dependencies: ["RampartCLI", "Pipelines"], swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
