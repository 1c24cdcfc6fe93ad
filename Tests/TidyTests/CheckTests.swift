import Testing

/// Each check is shown a sample that it must refuse and one that it must let pass.
@Suite struct CheckTests {
    private func page(_ text: String, path: String = "docs/PAGE.md") -> TextFile { TextFile(path: path, text: text) }

    private func lines(_ problems: [Problem]) -> [Int] { problems.map(\.line) }

    @Test func longFile() {
        let text = { (count: Int) in Array(repeating: "x", count: count).joined(separator: "\n") + "\n" }
        #expect(TextChecks.length(page(text(600))).isEmpty)
        #expect(lines(TextChecks.length(page(text(601)))) == [601])
    }

    @Test(arguments: [
        "func long() {", "init(a: Int) {", "subscript(a: Int) -> Int {", "@inlinable public func long() -> [Int] {",
    ])
    func longFunction(opening: String) {
        let text = { (body: Int) in "struct S {\n\(opening)\n" + String(repeating: "a()\n", count: body) + "}\n}\n" }
        #expect(SwiftChecks.longFunctions(SwiftFile(path: "A.swift", text: text(68))).isEmpty)
        #expect(lines(SwiftChecks.longFunctions(SwiftFile(path: "A.swift", text: text(69)))) == [2])
    }

    @Test func functionsEndAtTheirOwnBrace() {
        let text = #"""
            protocol P {
                func bare(a: Int)
                init(b: Int)
                var c: Int { get }
            }
            func braces(
                a: () -> Void = {},
                b: String = "}{{"
            ) {
                // } not here }
                if a { print("\(b.map { "}" })") }
            }
            let made = S.init(a: 1)
            """#
        let functions = SwiftChecks.functions(SwiftFile(path: "A.swift", text: text))
        #expect(functions.map(\.lines) == [5..<12])
    }

    @Test func commentsAndStringsAreNoCode() {
        let text = ##"""
            let a = "async \(await b("actor")) \" Date" // Task
            /* Thread /* Date */ Task */ let c = 1
            let d = """
                Task " \(e) Date
                """
            let f = #"async \(g) \#(h)"#; let i = 2
            """##
        let file = SwiftFile(path: "A.swift", text: text)
        let words = file.code.indices.flatMap { file.words($0) }
        #expect(
            words == ["let", "a", "await", "b", "let", "c", "1", "let", "d", "e", "let", "f", "h", "let", "i", "2"])
    }

    @Test(arguments: [
        "TO" + "DO: later", "// FIX" + "ME", "a XX" + "X b", "HA" + "CK", "a Place" + "holder", "good for" + " now",
        "Not" + " implemented",
    ])
    func promise(text: String) {
        #expect(lines(TextChecks.promises(page("fine\n\(text)\n"))) == [2])
    }

    @Test func noPromise() {
        #expect(TextChecks.promises(page("HACKING is before nowadays; to do something; XXXL; \"XX" + "X\"")).isEmpty)
    }

    @Test(arguments: [
        "import Foundation", "internal import Glibc", "public import struct Foundation.Date", "func a() async {}",
        "let a = await b", "Task { }", "actor A {}", "let now = Date()", "ContinuousClock().now", "clock_gettime(a, b)",
        "Int.random(in: a)", "SystemRandomNumberGenerator()", "a.hashValue", "Thread.detachNewThread {}",
        "a.shuffled()",
    ])
    func impureCore(code: String) {
        #expect(!SwiftChecks.impurities(SwiftFile(path: "Sources/RampartCore/A.swift", text: code)).isEmpty)
    }

    @Test(arguments: [
        "let task = CivilDate(a)", "// Task", "let a = \"Date\"", "/// Waits for no actor.", "import Swift",
    ])
    func pureCore(code: String) {
        #expect(SwiftChecks.impurities(SwiftFile(path: "Sources/RampartCore/A.swift", text: code)).isEmpty)
    }

    @Test func foreignImport() {
        let file = SwiftFile(path: "Sources/Engine/A.swift", text: "import RampartCore\ninternal import CZlib\n")
        #expect(lines(SwiftChecks.imports(of: "CZlib", file)) == [2])
        #expect(SwiftChecks.imports(of: "Storage", file).isEmpty)
    }

    @Test func undocumentedDeclaration() {
        let text = """
            /// Documented.
            @inlinable
            public func a() {}
            public import Foundation
            public struct B {
                /// Both bounds.
                public static let c = 1
                public static let d = 2
                public var e = 3
                public static func < (left: B, right: B) -> Bool { true }
                @inlinable public init() {}
                var inside = 4
            }
            """
        #expect(lines(SwiftChecks.undocumented(SwiftFile(path: "A.swift", text: text))) == [5, 9, 11])
    }

    @Test func undocumentedWitness() {
        let text = """
            public protocol Written {
                /// Writes it.
                func write()
            }
            extension Int: Written {
                public func write() {}
                public func other() {}
            }
            extension String {
                public func write() {}
            }
            """
        let file = SwiftFile(path: "A.swift", text: text)
        #expect(SwiftChecks.requirements(file) == ["write"])
        #expect(lines(SwiftChecks.undocumented(file, requirements: ["write"])) == [1, 7, 10])
    }

    @Test func brokenLink() {
        let text = """
            # A Page: two words
            [a](OTHER.md) [b](../README.md#start) [c](#a-page-two-words) [d](https://example.org/x)
            [e](NONE.md) [f](../../outside.md)
            [g](#none) `[h](NONE.md)`
            ```
            [i](NONE.md)
            ```
            """
        let files = [
            "docs/PAGE.md": page(text), "docs/OTHER.md": page(""), "README.md": page("## Start", path: "README.md"),
        ]
        let problems = DocumentChecks.brokenLinks(
            page(text), page: { files[$0] }, exists: { files[$0] != nil })
        #expect(lines(problems) == [3, 3, 4])
    }

    @Test func unprovedRule() {
        var text = RuleChecks.numbers.map { "**R\($0) Name.** Words.\nProved by: `one`, `two`.\n\n" }
        let tests: Set<String> = ["one", "two"]
        #expect(RuleChecks.problems(page(text.joined()), tests: tests).isEmpty)
        text[0] = "**R1 Name.** Words that name R2.\n\n"
        text[1] = "**R2 Name** and **R3 name** are not\nin this version.\n\n"
        text[2] = ""
        text[3] = "**R4 Name.** Words.\nProved by: `three`,\n`one`.\n\n"
        text[4] = ""
        text[5] = "**R6 Name.** Words.\nProved by: `two`.\n\n**R6 Name.** Words.\nProved by: `two`.\n"
        let problems = RuleChecks.problems(page(text.joined()), tests: tests)
        #expect(
            problems.map { $0.message.prefix(3) } == ["R5 ", "R1 ", "R4 ", "R6 "],
            "\(problems)")
    }

    @Test func testNames() {
        let text = """
            @Test func one() {}
            @Test(arguments: [1])
            func two(a: Int) {}
            func helper() {}
            // @Test
            func other() {}
            """
        #expect(RuleChecks.testNames(SwiftFile(path: "A.swift", text: text)) == ["one", "two"])
    }

    @Test(arguments: ["home", "Users", "root", "work"])
    func machinePath(folder: String) {
        #expect(lines(TextChecks.machinePaths(page("a\nsee `/\(folder)/ann/x.md`\n"))) == [2])
        #expect(
            TextChecks.machinePaths(page("https://example.org/\(folder)/a and Tests/\(folder)/b and /usr/bin")).isEmpty)
    }

    @Test func pathOutside() {
        let text = "a ../README.md b\n`../else/where`\n../../up\n"
        let problems = TextChecks.pathsOutside(page(text), exists: { $0 == "README.md" })
        #expect(lines(problems) == [2, 3])
    }

    @Test func carelessScript() {
        let good = "#!/usr/bin/env bash\nset -euo pipefail\n"
        #expect(TextChecks.scripts(TextFile(path: "a.sh", text: good, isExecutable: true)).isEmpty)
        #expect(TextChecks.scripts(TextFile(path: "a.sh", text: good)).count == 1)
        #expect(TextChecks.scripts(TextFile(path: "run", text: "#!/bin/bash\n", isExecutable: true)).count == 1)
        #expect(TextChecks.scripts(TextFile(path: "a.sh", text: "echo\n", isExecutable: true)).count == 1)
        #expect(TextChecks.scripts(page("# Page")).isEmpty)
    }

    @Test func missingCommand() {
        let source = """
            struct Replay: ParsableCommand {
                @Option var out: String
                @Flag(inversion: .prefixedNo) var flush = true
                @Option(name: .customLong("max-ts")) var latest: String?
            }
            """
        let commandLine = [SwiftFile(path: "Sources/RampartCLI/Replay.swift", text: source)]
        let text = """
            ```
            rampart replay a.yaml --out x --no-flush --max-ts 1 --help
            rampart frobnicate
            .build/release/rampart replay a --speed 3
            ```
            Run `deploy/demo.sh`, not `deploy/none.sh`; rampart sleeps.
            Use `--out DIR` or `--in DIR`; `swift build --product rampart` has flags of its own.
            """
        #expect(lines(DocumentChecks.missingCommands(page(text), commandLine: commandLine)) == [3, 4, 7])
        #expect(lines(DocumentChecks.missingFiles(page(text), exists: { $0 == "deploy/demo.sh" })) == [6])
    }
}
