/// Mistakes in values: words, durations, numbers, amounts, times, zones.
extension Mutation {
    static let values = [
        misspeltChoice,
        values(
            "a word that is none of the choices", at: choices, isStructural: true,
            [(.plain("zzzzzzzz"), "expected")]),
        values("a duration without unit", at: durations, isStructural: true, hasMend: true, [(.plain("10"), "10s")]),
        values(
            "a duration in words", at: durations, isStructural: true, hasMend: true,
            [(.plain("10 minutes"), "write 10m"), (.plain("1.5h"), "write 90m"), (.plain("2H"), "write 2h")]),
        values(
            "no duration", at: durations, isStructural: true,
            [(.plain("-5s"), "expected a duration"), (.plain("soon"), "expected a duration"), (.plain("5w"), "35d")]),
        values("a duration of nothing", at: nonZero, isStructural: true, [(.plain("0s"), "above zero")]),
        values("a duration beyond all bounds", at: durations, [(.plain("4000d"), "expected at most 3653d")]),
        brokenPanes,
        values(
            "a closing between panes", at: ["stages.*.alert.close_after"], hasMend: true,
            [(.plain("7ms"), "is not a whole number of panes")]),
        values(
            "lines forgotten too soon", at: ["ledger.claim_horizon"], hasMend: true,
            [(.plain("1s"), "set claim_horizon in ledger:")]),
        values(
            "a scale that is none", at: ["sources.*.scale"], isStructural: true,
            [
                (.plain("10"), "from 0 to 9"), (.plain("-1"), "from 0 to 9"), (.plain("two"), "from 0 to 9"),
            ]),
        values(
            "a prefix of nothing", at: ["sources.*.fields.*.prefix"], isStructural: true,
            [
                (.plain("0"), "from 1 to 1024"), (.plain("3.5"), "from 1 to 1024"),
            ]),
        values(
            "no currency", at: ["sources.*.fields.currency.constant", "sources.*.fields.currency.default"],
            isStructural: true, [(.plain("XYZ"), "is no currency"), (.plain("pounds"), "is no currency")]),
        values(
            "a currency in small letters",
            at: [
                "sources.*.fields.currency.constant", "sources.*.fields.currency.default",
                "tests.*.expect.credits.*.currency",
            ], isStructural: true, hasMend: true, [(.plain("gbp"), "write GBP")]),
        smallCurrency,
        values(
            "no amount", at: ["ledger.caps.*", "ledger.review_above.*"], isStructural: true,
            [
                (.plain("-1"), "not below zero"), (.plain("much"), "expected an amount"),
                (.plain("5,00"), "expected an amount"), (.scalar("5.00", isPlain: false), "expected an amount"),
            ]),
        values(
            "no number", at: thresholds + ["stages.*.tune.*.min", "stages.*.tune.*.max"], isStructural: true,
            [
                (.plain("many"), "expected a number"), (.plain("50%"), "expected a number"),
                (.scalar("5", isPlain: false), "expected a number"),
            ]),
        values("a threshold below its bounds", at: ["stages.*.tune.*.default"], [(.plain("-5"), "expected at least")]),
        values(
            "a threshold above its bounds", at: ["stages.*.tune.*.default"], [(.plain("1e300"), "expected at most")]),
        values("bounds that cross", at: ["stages.*.tune.*.max"], [(.plain("-9"), "is below min")]),
        values(
            "a zone that is none", at: ["sources.*.fields.ts.zone"], hasMend: true,
            [
                (.plain("Europe/Londn"), "did you mean `Europe/London`?"),
                (.plain("europe/london"), "did you mean `Europe/London`?"),
                (.plain("London"), "did you mean `Europe/London`?"),
            ]),
        values(
            "letters for a zone", at: ["sources.*.fields.ts.zone"], isStructural: true,
            [
                (.plain("PST"), "is no time zone"), (.plain("CET"), "is no time zone"),
            ]),
        values(
            "no moment", at: ["tests.*.records.*.at", "tests.*.expect.alerts.*.opened"], isStructural: true,
            [
                (.plain("noon"), "expected a time"), (.plain("2011-11-14"), "expected a time"),
                (.plain("2011-11-14 12:00:00"), "expected a time"),
            ]),
        values(
            "a day that is none",
            at: [
                "tests.*.records.*.at", "tests.*.expect.alerts.*.opened", "tests.*.expect.incidents.*.closed",
            ],
            [(.plain("2011-02-29T12:00:00Z"), "expected a time")]),
        values(
            "no count", at: ["tests.*.records.*.repeat"], isStructural: true,
            [
                (.plain("0"), "from 1 to 1000000"), (.plain("1000001"), "from 1 to 1000000"),
                (.plain("often"), "from 1 to 1000000"),
            ]),
        values(
            "a fate below zero", at: ["tests.*.expect.accepted"], isStructural: true,
            [
                (.plain("-1"), "of at least 0"), (.plain("1.5"), "of at least 0"),
            ]),
        values(
            "true and false in other words", at: ["sources.*.fields.*.negate", "sinks.*.mask"], isStructural: true,
            hasMend: true,
            [(.plain("yes"), "write true"), (.plain("off"), "write false"), (.plain("True"), "write true")]),
    ]

    private static let nonZero = [
        "max_ahead", "sources.*.dedupe.horizon", "stages.*.window.size", "stages.*.window.every",
        "stages.*.alert.close_after", "stages.*.quiet", "ledger.statement", "ledger.late_horizon",
        "ledger.claim_horizon",
        "tests.*.records.*.every",
    ]
    private static let durations = nonZero + ["lateness", "sources.*.lateness"]
    private static let thresholds = ["stages.*.tune.*.default"]
    private static let choices = [
        "sources.*.event", "sources.*.event.default", "sources.*.event.cases.*.event", "sources.*.format",
        "sources.*.partitioned_by", "sources.*.dedupe.by", "sources.*.fields.ts.format", "sources.*.fields.*.format",
        "stages.*.kind", "stages.*.alert.severity", "stages.*.escalate.severity",
        "tests.*.expect.incidents.*.severity", "ledger.late_credit", "tests.*.expect.credits.*.state",
        "tests.*.expect.alerts.*.severity",
    ]

    private static let brokenPanes = Mutation(
        name: "panes that do not fill the window", patterns: ["stages.*.window.size"]
    ) { tree, path, _ in
        guard tree[path.dropLast() + [.key("every")]] != nil else { return [] }
        let changed = tree.replacing(path, with: .plain("7001ms"))
        return [Edit(tree: changed, blame: path, says: "is not a whole number of panes")]
    }

    private static let misspeltChoice = Mutation(
        name: "a misspelt choice", patterns: choices, isStructural: true
    ) { tree, path, generator in
        // The format of local times is a pattern, which nobody learns by heart.
        guard let word = tree[path]?.text, !word.contains(" ") else { return [] }
        let wrong = misspelt(word, &generator)
        return [
            Edit(tree: tree.replacing(path, with: .plain(wrong)), blame: path, says: "did you mean `\(word)`?")
        ]
    }

    private static let smallCurrency = Mutation(
        name: "a key in small letters that is a currency", patterns: ["ledger.caps.*", "ledger.review_above.*"],
        isStructural: true
    ) { tree, path, _ in
        guard case .key(let name)? = path.last else { return [] }
        let wrong = name.lowercased()
        return [
            Edit(
                tree: tree.renaming(path, to: wrong), blame: path.dropLast() + [.key(wrong)], says: "write \(name)")
        ]
    }
}
