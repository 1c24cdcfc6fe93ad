/// Mistakes of shape: keys and kinds of values.
extension Mutation {
    static let shapes = [
        misspeltKey, missingKey, duplicateKey, strangeKey,
        kind("a mapping where a value belongs", scalars, .map([Tree.Member(key: "a", value: .plain("b"))])),
        kind("a list of lists where a value belongs", scalars + oneOrMore, .list([.list([.plain("a")])])),
        kind("nothing where a value belongs", scalars + oneOrMore + lists + mappings, .plain("")),
        kind("null where a value belongs", scalars + oneOrMore + lists + mappings, .plain("null")),
        kind("a text where a list belongs", lists, .plain("words")),
        kind("a text where a mapping belongs", mappings, .plain("words")),
        kind("a list where a mapping belongs", mappings + ["sources.*", "stages.*"], .list([.plain("a")])),
        values("an empty list", at: oneOrMore, isStructural: true, [(.list([]), "is empty")]),
    ]

    /// Mappings whose keys the language fixes.
    private static let fixed = [
        "", "sources.*", "sources.*.event", "sources.*.event.cases.*", "sources.*.dedupe", "sources.*.fields",
        "sources.*.fields.*", "sources.*.event.cases.*.fields", "sources.*.event.cases.*.fields.*", "stages.*",
        "stages.*.window", "stages.*.tune.*", "stages.*.alert", "stages.*.credit", "stages.*.escalate", "ledger",
        "sinks",
        "sinks.*", "tests.*.expect.incidents.*", "tests.*", "tests.*.records.*", "tests.*.expect",
        "tests.*.expect.alerts.*", "tests.*.expect.credits.*",
    ]

    private static let required = [
        "pipeline", "sources", "stages", "sources.*.event", "sources.*.event.switch", "sources.*.event.cases",
        "sources.*.event.cases.*.event", "sources.*.dedupe.by", "stages.*.from", "stages.*.key", "stages.*.window",
        "stages.*.measure", "stages.*.when", "stages.*.keep", "stages.*.window.size", "stages.*.tune.*.default",
        "stages.*.credit.component", "stages.*.credit.reason", "tests.*.name", "tests.*.records", "tests.*.expect",
        "tests.*.records.*.record", "tests.*.expect.alerts.*.stage",
        "stages.*.escalate.stages", "stages.*.escalate.severity", "tests.*.expect.incidents.*.stage",
    ]

    private static let scalars = [
        "pipeline", "lateness", "max_ahead", "sources.*.format", "sources.*.topic", "sources.*.partitioned_by",
        "sources.*.lateness", "sources.*.scale", "sources.*.dedupe.by", "sources.*.dedupe.horizon",
        "sources.*.event.default", "sources.*.fields.ts.format", "sources.*.fields.ts.zone",
        "sources.*.fields.*.prefix", "sources.*.fields.*.negate", "sources.*.fields.*.constant",
        "sources.*.event.cases.*.event", "sources.*.event.cases.*.equals", "sources.*.event.cases.*.starts_with",
        "stages.*.keep", "stages.*.when", "stages.*.measure.*", "stages.*.kind", "stages.*.window.size",
        "stages.*.window.every", "stages.*.tune.*.default", "stages.*.tune.*.min", "stages.*.tune.*.max",
        "stages.*.alert.severity", "stages.*.alert.close_after", "stages.*.alert.message",
        "stages.*.credit.component", "stages.*.credit.reason", "stages.*.credit.amount", "ledger.statement",
        "ledger.late_horizon", "ledger.late_credit", "ledger.claim_horizon", "ledger.caps.*",
        "ledger.review_above.*", "sinks.*.topic", "sinks.*.mask", "tests.*.name", "tests.*.records.*.source",
        "tests.*.records.*.repeat", "tests.*.records.*.at", "tests.*.records.*.every", "tests.*.records.*.lines",
        "tests.*.expect.accepted", "tests.*.expect.alerts.*.stage", "tests.*.expect.alerts.*.severity",
        "tests.*.expect.alerts.*.merchant_id", "tests.*.expect.alerts.*.opened", "tests.*.expect.alerts.*.key.*",
        "tests.*.expect.credits.*.state", "tests.*.expect.credits.*.currency",
        "tests.*.expect.credits.*.amount_minor", "tests.*.expect.credits.*.lines", "stages.*.quiet",
        "stages.*.escalate.stages", "stages.*.escalate.severity", "tests.*.expect.incidents.*.stage",
        "tests.*.expect.incidents.*.severity", "tests.*.expect.incidents.*.merchant_id",
        "tests.*.expect.incidents.*.opened", "tests.*.expect.incidents.*.closed",
        "tests.*.expect.incidents.*.alerts.*",
    ]

    /// One name or several.
    private static let oneOrMore = ["stages.*.from", "stages.*.key", "stages.*.credit.event"]

    private static let lists = [
        "sources.*.event.cases", "tests", "tests.*.records", "tests.*.expect.alerts", "tests.*.expect.credits",
        "tests.*.expect.incidents",
    ]

    private static let mappings = [
        "sources", "stages", "sources.*.fields", "stages.*.window", "stages.*.measure", "stages.*.tune",
        "stages.*.alert", "stages.*.credit", "stages.*.escalate", "tests.*.expect.incidents.*.alerts", "ledger",
        "ledger.caps", "sinks", "sinks.*", "tests.*.set",
        "tests.*.records.*.record", "tests.*.expect", "tests.*.expect.alerts.*.key",
        "tests.*.expect.alerts.*.measures",
    ]

    private static func kind(_ name: String, _ patterns: [String], _ value: Tree) -> Mutation {
        Mutation(name: name, patterns: patterns, isStructural: true) { tree, path, _ in
            // A value may begin on the line below its name.
            let blame = path + (value.paths.first ?? [])
            return [Edit(tree: tree.replacing(path, with: value), blame: blame, says: "found", hasMend: false)]
        }
    }

    private static let misspeltKey = Mutation(
        name: "a misspelt key", patterns: fixed.map { $0.isEmpty ? "*" : $0 + ".*" }, isStructural: true
    ) { tree, path, generator in
        guard case .key(let name)? = path.last else { return [] }
        let wrong = misspelt(name, &generator)
        let blame: Path = path.dropLast() + [.key(wrong)]
        return [Edit(tree: tree.renaming(path, to: wrong), blame: blame, says: "did you mean `\(name)`?")]
    }

    private static let missingKey = Mutation(
        name: "a missing key", patterns: required, isStructural: true
    ) { tree, path, _ in
        guard case .key(let name)? = path.last else { return [] }
        // A single member is not left out: a mapping without any is another mistake.
        guard case .map(let members)? = tree[Path(path.dropLast())], members.count > 1 else { return [] }
        return [Edit(tree: tree.removing(path), blame: Path(path.dropLast()), says: "add \(name): ")]
    }

    private static let duplicateKey = Mutation(
        name: "a key twice",
        patterns: (fixed + ["sources", "stages", "stages.*.measure", "stages.*.tune"])
            .map { $0.isEmpty ? "*" : $0 + ".*" }
    ) { tree, path, _ in
        guard case .key(let name)? = path.last, let value = tree[path] else { return [] }
        return [Edit(tree: tree.inserting(name, value, behind: path), blame: path, says: "stands more than once")]
    }

    private static let strangeKey = Mutation(
        name: "a key that does not exist", patterns: fixed, isStructural: true
    ) { tree, path, _ in
        guard case .map? = tree[path] else { return [] }
        let changed = tree.adding("zzzzzzzz", .plain("1"), to: path)
        return [Edit(tree: changed, blame: path + [.key("zzzzzzzz")], says: "`zzzzzzzz` is not a")]
    }
}
