import Testing

/// Walks the repository and holds it to its own rules of style; each check is itself tested in `CheckTests`.
@Suite struct TreeTests {
    private let written = Repository.files.filter(\.isWritten)
    private let pages = Repository.files.filter { $0.has(".md") }

    /// An empty tree would pass every check.
    @Test func treeIsFound() {
        #expect(Repository.exists("Package.swift"))
        #expect(Repository.swiftFiles.count > 20)
        #expect(Repository.swiftFiles.contains { $0.file.isIn("Sources/RampartCore") })
        #expect(pages.contains { $0.path == "README.md" })
    }

    /// Reference pages are as long as what they refer to; code is not.
    @Test func filesAreShort() {
        expectNone(written.filter { !$0.has(".md") }.flatMap(TextChecks.length))
    }

    @Test func functionsFitAScreen() {
        expectNone(Repository.swiftFiles.flatMap(SwiftChecks.longFunctions))
    }

    @Test func nothingIsPromised() {
        expectNone(written.flatMap(TextChecks.promises))
    }

    @Test func coreIsPure() {
        expectNone(Repository.swiftFiles.filter { $0.file.isIn("Sources/RampartCore") }.flatMap(SwiftChecks.impurities))
    }

    @Test func onlyStorageKnowsCompression() {
        let others = Repository.swiftFiles.filter { $0.file.isIn("Sources") && !$0.file.isIn("Sources/Storage") }
        expectNone(others.flatMap { SwiftChecks.imports(of: "CZlib", $0) + SwiftChecks.imports(of: "CZstd", $0) })
    }

    @Test func publicDeclarationsAreDocumented() {
        let sources = Repository.swiftFiles.filter { $0.file.isIn("Sources") }
        let requirements = sources.map(SwiftChecks.requirements).reduce(into: Set()) { $0.formUnion($1) }
        expectNone(sources.flatMap { SwiftChecks.undocumented($0, requirements: requirements) })
    }

    @Test func linksResolve() {
        expectNone(
            pages.flatMap { page in
                DocumentChecks.brokenLinks(
                    page, page: { path in pages.first { $0.path == path } }, exists: Repository.exists)
            })
    }

    @Test func everyRuleIsProved() throws {
        let page = try #require(pages.first { $0.path == "docs/SEMANTICS.md" })
        let tests = Repository.swiftFiles.filter { $0.file.isIn("Tests") }.map(RuleChecks.testNames)
        expectNone(RuleChecks.problems(page, tests: tests.reduce(into: []) { $0.formUnion($1) }))
    }

    @Test func noPathOfOneMachine() {
        expectNone(written.flatMap(TextChecks.machinePaths))
        let others = written.filter { !$0.isIn("Tests") }
        expectNone(others.flatMap { TextChecks.pathsOutside($0, exists: Repository.exists) })
    }

    @Test func scriptsRun() {
        expectNone(written.flatMap(TextChecks.scripts))
    }

    @Test(arguments: ["README.md", "docs/HACKING.md"])
    func commandsExist(path: String) throws {
        let page = try #require(pages.first { $0.path == path })
        expectNone(DocumentChecks.missingFiles(page, exists: Repository.exists))
        let commandLine = Repository.swiftFiles.filter { $0.file.isIn("Sources/RampartCLI") }
        expectNone(DocumentChecks.missingCommands(page, commandLine: commandLine))
    }
}

/// Reports the whole list at once, so that it is mended at once.
private func expectNone(_ problems: [Problem], location: SourceLocation = #_sourceLocation) {
    guard !problems.isEmpty else { return }
    let list = problems.map { "\n\($0)" }.joined()
    Issue.record("\(problems.count) problems:\(list)", sourceLocation: location)
}
