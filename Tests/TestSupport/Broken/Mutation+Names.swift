/// Mistakes in names: what leads nowhere, what is no name, what is taken.
extension Mutation {
    static let names = [
        misspeltReference(
            "an input that does not exist", at: ["stages.*.from", "stages.*.from.*"]),
        misspeltReference("a key field that does not exist", at: ["stages.*.key", "stages.*.key.*"]),
        misspeltReference("a test of a stage that does not exist", at: ["tests.*.expect.alerts.*.stage"]),
        misspeltReference("a test of a source that does not exist", at: ["tests.*.records.*.source"]),
        misspeltReference("a credit of a field that does not exist", at: ["stages.*.credit.amount"]),
        misspeltReference("a test of an incident that does not exist", at: ["tests.*.expect.incidents.*.stage"]),
        misspeltMember("a test of a stage outside the incident", at: ["tests.*.expect.incidents.*.alerts.*"]),
        misspeltMember("a test of a measure that does not exist", at: ["tests.*.expect.alerts.*.measures.*"]),
        misspeltMember("a test of a field outside the key", at: ["tests.*.expect.alerts.*.key.*"]),
        // Of names that are as near to the misspelling as the right one, any may be meant.
        misspeltMember("a test of a threshold that does not exist", at: ["tests.*.set.*"], says: "did you mean"),
        values(
            "a test of a threshold outside its bounds", at: ["tests.*.set.*"],
            [
                (.plain("many"), "expected a number")
            ]),
        values("money in a key", at: ["stages.*.key.*"], [(.plain("cost"), "is money")]),
        values("a long text in a key", at: ["stages.*.key.*"], [(.plain("title"), "is a long text")]),
        badName(at: ["sources.*", "stages.*", "stages.*.measure.*", "stages.*.tune.*"]).withOthers,
        values(
            "no name", at: ["pipeline", "stages.*.credit.component", "stages.*.credit.reason"],
            isStructural: true, hasMend: true, [(.plain("My Shop"), "write my_shop")]),
        values(
            "a name of other letters", at: ["pipeline", "stages.*.credit.component"], isStructural: true,
            [
                (.plain("2shop"), "is no name of"), (.plain("magasin-d'été"), "is no name of"),
            ]),
        readsWindow, gathersEvents, cycle, readTwice, keyTwice, noMerchant, sharedName, thresholdOfField,
        thresholdOfMeasure,
        reserved, unmappedIdentity.withOthers, loneBrace, strangeBrace,
    ]

    private static func misspeltReference(_ name: String, at patterns: [String]) -> Mutation {
        Mutation(name: name, patterns: patterns) { tree, path, generator in
            guard let word = tree[path]?.text else { return [] }
            let wrong = misspelt(word, &generator)
            return [
                Edit(tree: tree.replacing(path, with: .plain(wrong)), blame: path, says: "did you mean `\(word)`?")
            ]
        }
    }

    private static func misspeltMember(_ name: String, at patterns: [String], says: String? = nil) -> Mutation {
        Mutation(name: name, patterns: patterns) { tree, path, generator in
            guard case .key(let word)? = path.last else { return [] }
            let last = word.split(separator: ".").last.map(String.init) ?? word
            let wrong = word.dropLast(last.count) + misspelt(last, &generator)
            return [
                Edit(
                    tree: tree.renaming(path, to: String(wrong)), blame: path.dropLast() + [.key(String(wrong))],
                    says: says ?? "did you mean `\(last)`?")
            ]
        }
    }

    private static func badName(at patterns: [String]) -> Mutation {
        Mutation(name: "a name in capitals", patterns: patterns, isStructural: true) { tree, path, _ in
            guard case .key(let name)? = path.last else { return [] }
            let wrong = name.prefix(1).uppercased() + name.dropFirst()
            return [
                Edit(
                    tree: tree.renaming(path, to: wrong), blame: path.dropLast() + [.key(wrong)],
                    says: "write \(name)")
            ]
        }
    }

    private static func isIncident(_ stage: Tree?) -> Bool { stage?[[.key("kind")]]?.text == "incident" }

    private static func isWindow(_ stage: Tree?) -> Bool { stage?[[.key("window")]] != nil }

    private static func names(in tree: Tree, _ key: String) -> [String] {
        guard case .map(let members)? = tree[[.key(key)]] else { return [] }
        return members.map(\.key)
    }

    private static let readsWindow = Mutation(
        name: "a stage that reads a window", patterns: ["stages.*.from"]
    ) { tree, path, _ in
        let other = names(in: tree, "stages").first { name in
            isWindow(tree[[.key("stages"), .key(name)]]) && path[1] != .key(name)
        }
        guard let other, !isIncident(tree[Array(path.prefix(2))]) else { return [] }
        return [
            Edit(
                tree: tree.replacing(path, with: .plain(other)), blame: path, says: "read a source or a transform")
        ]
    }

    private static let gathersEvents = Mutation(
        name: "an incident of what raises no alerts", patterns: ["stages.*.from"]
    ) { tree, path, _ in
        guard isIncident(tree[Array(path.prefix(2))]), let source = names(in: tree, "sources").first else { return [] }
        return [
            Edit(
                tree: tree.replacing(path, with: .plain(source)), blame: path,
                says: "an incident gathers the alerts of windows")
        ]
    }

    private static let cycle = Mutation(name: "a cycle", patterns: ["stages"]) { tree, path, _ in
        guard let source = names(in: tree, "sources").first else { return [] }
        let filter = { (from: [String]) in
            Tree.map([
                Tree.Member(key: "kind", value: .plain("filter")),
                Tree.Member(key: "from", value: .list(from.map(Tree.plain))),
                Tree.Member(key: "keep", value: .plain("ts > timestamp(\"2000-01-01T00:00:00Z\")")),
            ])
        }
        let changed = tree.adding("one", filter([source, "two"]), to: path).adding("two", filter(["one"]), to: path)
        return [Edit(tree: changed, blame: path + [.key("two"), .key("from")], says: "read each other")]
    }

    private static let readTwice = Mutation(
        name: "an input that is read twice", patterns: ["stages.*.from"]
    ) { tree, path, _ in
        guard let name = tree[path]?.text else { return [] }
        return [
            Edit(
                tree: tree.replacing(path, with: .list([.plain(name), .plain(name)])), blame: path,
                says: "is read twice")
        ]
    }

    private static let keyTwice = Mutation(
        name: "a field twice in a key", patterns: ["stages.*.key"]
    ) { tree, path, _ in
        guard case .list(let fields)? = tree[path] else { return [] }
        return [
            Edit(
                tree: tree.replacing(path, with: .list(fields + [fields[0]])), blame: path,
                says: "stands twice in the key")
        ]
    }

    private static let noMerchant = Mutation(
        name: "a key without the merchant", patterns: ["stages.*.key"]
    ) { tree, path, _ in
        // Without money any key will do.
        let credit = Array(path.dropLast()) + [.key("credit")]
        guard case .list(let fields)? = tree[path], fields.count > 1, tree[credit] != nil else { return [] }
        let others = fields.filter { $0.text != "merchant_id" }
        return [
            Edit(tree: tree.replacing(path, with: .list(others)), blame: path, says: "add merchant_id to the key")
        ]
    }

    private static let sharedName = Mutation(
        name: "a source and a stage of one name", patterns: ["stages"]
    ) { tree, path, _ in
        guard let source = names(in: tree, "sources").first else { return [] }
        let filter = Tree.map([
            Tree.Member(key: "kind", value: .plain("filter")),
            Tree.Member(key: "from", value: .plain(source)),
            Tree.Member(key: "keep", value: .plain("ts > timestamp(\"2000-01-01T00:00:00Z\")")),
        ])
        return [
            Edit(tree: tree.adding(source, filter, to: path), blame: path + [.key(source)], says: "rename one of them")
        ]
    }

    private static let thresholdOfField = Mutation(
        name: "a threshold with the name of a field", patterns: ["stages.*.tune"]
    ) { tree, path, _ in
        [
            Edit(
                tree: tree.adding("rating", .plain("1"), to: path), blame: path + [.key("rating")],
                says: "has the name of a field")
        ]
    }

    private static let thresholdOfMeasure = Mutation(
        name: "a threshold with the name of a measure", patterns: ["stages.*.measure"]
    ) { tree, path, _ in
        let fields = ["cost", "amount", "price", "rating"]
        guard case .map(let members)? = tree[path], let last = members.map(\.key).last(where: { !fields.contains($0) }),
            case .map? = tree[path.dropLast() + [.key("tune")]]
        else { return [] }
        let changed = tree.adding(last, .plain("1"), to: path.dropLast() + [.key("tune")])
        return [Edit(tree: changed, blame: path + [.key(last)], says: "names a threshold and a measure")]
    }

    private static let reserved = Mutation(
        name: "a measure with a reserved name", patterns: ["stages.*.measure"]
    ) { tree, path, _ in
        [
            Edit(
                tree: tree.adding("in", .plain("count()"), to: path), blame: path + [.key("in")],
                says: "is a word of the expression language")
        ]
    }

    private static let unmappedIdentity = Mutation(
        name: "a credit without ids", patterns: ["stages.*.credit"]
    ) { tree, path, _ in
        guard let source = tree[path.dropLast() + [.key("from")]]?.text,
            let settings = tree[[.key("sources"), .key(source)]], settings[[.key("dedupe")]] == nil
        else { return [] }
        let fields: Path = [.key("sources"), .key(source), .key("fields")]
        let none = Tree.plain("none")
        let changed =
            tree[fields] == nil
            ? tree.adding("fields", .map([Tree.Member(key: "event_id", value: none)]), to: Path(fields.dropLast()))
            : tree.adding("event_id", none, to: fields)
        return [Edit(tree: changed, blame: path, says: "map event_id")]
    }

    private static let loneBrace = texts(
        "a brace that stands alone", at: ["stages.*.alert.message"], says: "write two for a brace itself"
    ) { $0 + " }" }

    private static let strangeBrace = Mutation(
        name: "a message that names nothing", patterns: ["stages.*.alert.message"]
    ) { tree, path, generator in
        guard let text = tree[path]?.text, let start = text.firstIndex(of: "{"),
            let end = text[start...].firstIndex(of: "}")
        else { return [] }
        let name = String(text[text.index(after: start)..<end])
        let changed = text.replacing("{\(name)}", with: "{\(misspelt(name, &generator))}")
        return [
            Edit(
                tree: tree.replacing(path, with: .scalar(changed, isPlain: false)), blame: path,
                says: "did you mean `\(name)`?")
        ]
    }
}
