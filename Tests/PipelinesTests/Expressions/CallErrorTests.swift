import Pipelines
import RampartCore
import Testing

/// What is refused of conditionals, functions, times and macros, where, and with which mend.
@Suite struct CallErrorTests {
    /// Each text with the one piece of it that the only error points to, between `«` and `»`.
    static let conditionals: [(String, String, String?)] = [
        ("«amount» ? true : false", "`? :` needs a bool before the `?`; found int", nil),
        ("(amount > 1 ? «1 : 'a'») == 1", "two values of one type; found int and string", nil),
        (
            "(amount > 1 ? «1 : 0.5») > 1", "two values of one type; found int and double",
            "write whole numbers with a fraction, such as `1.0`"
        ),
        ("amount > 1 ? «type» : type", "`? :` chooses between values; found the event's `type`", nil),
        ("amount > 1 ? true«»", "expected an operator, or the `:` of the `?` in column 12", nil),
        ("amount > 1 ? true «)»: false", "expected an operator, or the `:` of the `?` in column 12", nil),
        ("true ? true «?» true : false : true", "found `?`", "put the inner `? :` in parentheses"),
        ("true ? false : «amuont» > 1", "unknown name `amuont`", "did you mean `amount`?"),
        ("true «:» false", "found `:`; expected an operator or the end", nil),
    ]
    static let functions: [(String, String, String?)] = [
        ("«amount».startsWith('x')", "`startsWith` needs a string; found int", nil),
        ("«amount».size() > 1", "`size` needs a string; found int", nil),
        ("size(«amount») > 1", "`size` needs a string; found int", nil),
        ("«type».contains('x')", "`contains` needs a string; found the event's `type`", nil),
        ("title.contains(«1»)", "`contains` takes a string; found int", nil),
        ("title.contains(«type»)", "`contains` takes a string; found the event's `type`", nil),
        ("title.contains«()»", "`contains` takes one string, as in `title.contains(\"sale\")`", nil),
        ("title.endsWith«('a', 'b')»", "`endsWith` takes one string", nil),
        ("title.lowerAscii«('a')» == 'x'", "takes nothing in its parentheses, as in `title.lowerAscii()`", nil),
        ("size«()» > 1", "`size` takes one string, as in `size(title)`", nil),
        ("«startsWith»(title, 'x')", "`startsWith` is called behind a value", "write `title.startsWith(...)`"),
        ("«getHours»(ts) > 1", "`getHours` is called behind a value", "write `ts.getHours(...)`"),
        ("title.«startswith»('x')", "the function `startswith` is not in the subset", "did you mean `startsWith`?"),
        ("title.«matches»('x')", "the function `matches` is not in the subset", nil),
        ("«sise»(title) > 1", "the function `sise` is not in the subset", "did you mean `size`?"),
        ("title«.size» > 1", "members are not in the subset", "write `.size(...)`"),
        ("title.«»", "expected a name after `.`", nil),
        ("title.contains('x'«»", "expected an operator, or `,` or the `)` of the `(` in column 15", nil),
        ("«title.size()»", "found int; expected bool", "compare it with a bound, such as `>= 10`"),
    ]
    static let times: [(String, String, String?)] = [
        ("«amount».getHours() > 1", "`getHours` needs a timestamp or a duration; found int", nil),
        ("«duration('1h')».getMonth() > 1", "`getMonth` needs a timestamp; found duration", nil),
        ("duration('1h').getHours(«'UTC'») > 1", "a duration is as long in every time zone", nil),
        (
            "ts.getHours(«currency») > 1", "a time zone is a constant in quotes; found string",
            "write it as in `ts.getHours(\"Europe/London\")`"
        ),
        ("ts.getHours«('UTC', 'UTC')» > 1", "takes nothing or one time zone", nil),
        ("ts.getHours(«'Europe/Lodnon'») > 1", "no time zone", "did you mean `Europe/London`?"),
        ("ts.getHours(«'PST'») > 1", "`PST` is no time zone", nil),
        ("ts.getHours(«'+24:00'») > 1", "`+24:00` is no time zone", nil),
        ("ts.getHours(«'+1:00'») > 1", "`+1:00` is no time zone", nil),
        (
            "«ts > 0»", "`>` needs two numbers, strings, timestamps or durations; found timestamp and int",
            "write a constant as in `timestamp(\"2026-01-01T00:00:00Z\")`"
        ),
        (
            "«ts == '2026'»", "found timestamp and string",
            "write a constant as in `timestamp(\"2026-01-01T00:00:00Z\")`"
        ),
        ("«duration('1h') < ts»", "found duration and timestamp", nil),
        (
            "«ts - 1» > ts", "`-` does not take timestamp and int",
            "write a constant as in `timestamp(\"2026-01-01T00:00:00Z\")`"
        ),
        ("«ts + ts» > ts", "`+` does not take timestamp and timestamp", nil),
        ("«duration('1h') - ts» > ts", "`-` does not take duration and timestamp", nil),
        (
            "«duration('1h') * 2» > duration('1h')", "`*` does not take duration and int",
            "ask a duration for its number, as in `duration(\"5m\").getSeconds()`"
        ),
        ("-«duration('1h')» > duration('1h')", "`-` needs a number; found duration", nil),
        ("ts > timestamp«(ts)»", "takes one text in quotes", "write `ts`, which is a timestamp already"),
        ("ts > timestamp«(title)»", "`timestamp` takes one text in quotes", nil),
        ("ts > timestamp«()»", "as in `timestamp(\"2026-01-01T00:00:00Z\")`", nil),
        ("duration«(5)» > duration('1h')", "`duration` takes one text in quotes, as in `duration(\"5m\")`", nil),
    ]
    static let macros: [(String, String, String?)] = [
        ("«title».exists(x, x == 'a')", "", nil),
        ("title.«exists»(x, x == 'a')", "`exists` takes a name and a condition", nil),
        ("[1, 2].«exist»(x, x > 1)", "found `exist` behind a list", "did you mean `exists`?"),
        ("[1, 2].«map»(x, x > 1)", "found `map` behind a list; expected `exists(...)` or `all(...)`", nil),
        ("[1, 2].«all»", "found `all` behind a list", "did you mean `all`?"),
        ("[1, 2].exists«(x > 1)»", "`exists` takes a name and a condition, as in", nil),
        ("[1, 2].all«(true, true)»", "`all` takes a name and a condition", nil),
        ("[1, 2].all(x, «x»)", "the condition of `all` is a bool; found int", nil),
        ("[1, 2].all(x, «y» > 1)", "unknown name `y`", "`rampart list fields` lists the fields"),
        ("[1, 2].all(x, x > 1) && «x» > 1", "unknown name `x`", "`rampart list fields` lists the fields"),
        ("[1, 2].all(x, «x > 'a'»)", "found int and string", nil),
        ("[1, «'a'»].all(x, x > 1)", "a list holds values of one type; found string behind int", nil),
        ("«[]».all(x, x > 1)", "found an empty list; expected at least one value", nil),
        ("[1].all(x, x > 1«»", "expected an operator, or the `)` of the `(` in column 8", nil),
        ("['a'].all(x, has(«x»))", "`x` is an element of a list", nil),
        (
            "[«type»].all(t, t == 'order')", "the event's `type` is no value that a list could hold",
            "ask for it as in `type in [\"order\", \"refund\"]`"
        ),
        ("['order', «'refnd'»].all(t, type == t)", "unknown event type `refnd`", "did you mean `refund`?"),
        ("[1, 2].all(x, x > 1 «&» true)", "`&` is no operator", "did you mean `&&`?"),
        ("[1, 2].all(x, x > 1 «and» true)", "found `and`", "did you mean `&&`?"),
    ]

    static let all: [(String, String, String?)] = [conditionals, functions, times, macros].flatMap { $0 }

    @Test(arguments: all)
    func oneError(_ marked: String, _ message: String, _ suggestion: String?) throws {
        guard !message.isEmpty else { return }
        try Samples.expectOneError(marked, message, suggestion)
    }

    // MARK: - Texts of times

    @Test(
        arguments: [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
            ("2026-01-01T00:00:00+05:30", "2025-12-31T18:30:00.000Z"),
            ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z"),
            ("2026-01-01T00:00:00.123000000Z", "2026-01-01T00:00:00.123Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
        ])
    func timestamps(_ text: String, _ expected: String) throws {
        #expect(try Samples.value("timestamp('\(text)')") == expected)
    }

    @Test(
        arguments: [
            ("2026-01-01T00:00:00", "no timestamp", "write `2026-01-01T00:00:00Z` if you mean UTC"),
            ("2026-01-01", "no timestamp", "write `2026-01-01T00:00:00Z` if you mean UTC"),
            ("2026-01-01 00:00:00Z", "no timestamp", "write `2026-01-01T00:00:00Z` if you mean UTC"),
            ("2026-01-01 00:00:00", "no timestamp", "write `2026-01-01T00:00:00Z` if you mean UTC"),
            ("2026-01-01T00:00:00+0530", "no timestamp", nil), ("2026-02-29T00:00:00Z", "no timestamp", nil),
            ("2026-01-01T24:00:00Z", "no timestamp", nil), ("", "no timestamp", nil), ("soon", "no timestamp", nil),
            ("0000-12-31T23:59:59Z", "outside the years 1 to 9999", nil),
            ("0001-01-01T00:00:00+00:01", "outside the years 1 to 9999", nil),
            ("9999-12-31T23:59:59-00:01", "outside the years 1 to 9999", nil),
            ("10000-01-01T00:00:00Z", "no timestamp", nil),
            ("2026-01-01T00:00:00.0001Z", "a part of a millisecond", nil),
        ] as [(String, String, String?)])
    func noTimestamps(_ text: String, _ message: String, _ suggestion: String?) throws {
        try Samples.expectOneError("ts > timestamp(«'\(text)'»)", message, suggestion)
    }

    @Test(
        arguments: [
            ("5m", "5m"), ("1h30m", "90m"), ("90s", "90s"), ("1.5s", "1500ms"), (".5s", "500ms"), ("1.s", "1s"),
            ("0", "0s"),
            ("-1h", "-1h"), ("+1h", "1h"), ("1000000us", "1s"), ("1000000ns", "1ms"), ("2000µs", "2ms"), ("1m1m", "2m"),
            ("9223372036854ms", "9223372036854ms"), ("-9223372036854ms", "-9223372036854ms"), ("0.001s", "1ms"),
        ])
    func durations(_ text: String, _ expected: String) throws {
        #expect(try Samples.value("duration('\(text)')") == expected)
    }

    @Test(
        arguments: [
            ("", "no duration", nil), ("5", "no duration", nil), ("m", "no duration", nil), ("-", "no duration", nil),
            ("5 m", "no duration", nil), ("5x", "no duration", nil), ("1h-5m", "no duration", nil),
            (".s", "no duration", nil),
            ("2d", "no duration", "write `48h`"), ("é", "no duration", nil),
            ("1234567890123456789s", "no duration", nil), ("0.0000000000000000001s", "no duration", nil),
            ("1us", "a part of a millisecond", nil), ("0.0001s", "a part of a millisecond", nil),
            ("9223372036855ms", "longer than the 292 years", nil),
            ("-9223372036855ms", "longer than the 292 years", nil),
            ("999999999999999999h", "longer than the 292 years", nil),
        ] as [(String, String, String?)])
    func noDurations(_ text: String, _ message: String, _ suggestion: String?) throws {
        try Samples.expectOneError("duration(«'\(text)'») > duration('1s')", message, suggestion)
    }

    @Test func longTextsOfDurations() throws {
        let longest = String(repeating: "1h", count: 32)
        #expect(try Samples.value("duration('\(longest)')") == "32h")
        try Samples.expectOneError("duration(«'\(longest)1h'») > duration('1s')", "no duration", nil)
    }

    // MARK: - Limits

    @Test func timeZones() throws {
        func text(_ count: Int) -> String {
            (0..<count).map { "ts.getHours('+0\($0):00') > 1" }.joined(separator: " && ")
        }
        let longest = text(Limits.expressionZones)
        _ = try Samples.check(longest, Samples.event)
        _ = try Samples.check("\(longest) && ts.getHours('+00:00') > 1", Samples.event)
        let errors = Samples.errors(text(Limits.expressionZones + 1))
        #expect(errors.map(\.message) == ["an expression names at most 8 time zones"])
    }

    /// A macro of n elements takes n steps for them, three for each body and one for itself.
    @Test func macrosCountEveryElement() throws {
        func text(_ count: Int) -> String { "[\((0..<count).map(String.init).joined(separator: ","))].all(x, x > 1)" }
        let program = try Samples.check(text(204), Samples.event).program(layout: Samples.layout)
        #expect(program.instructions.count == 204 * 4 + 1)
        #expect(Samples.errors(text(300))[0].message.contains("at most 1024 steps"))
        #expect(Samples.errors(text(5_000))[0].message.contains("at most 1024 steps"))
    }

    /// Macros inside macros multiply, and are cut off long before they cost anything.
    @Test func nestedMacrosEndSoon() throws {
        let tower = (0..<50).map { "[1, 2, 3].exists(x\($0), " }.joined() + "true" + String(repeating: ")", count: 50)
        #expect(Samples.errors(tower)[0].message.contains("at most 1024 steps"))
        let flood = "[\(String(repeating: "1, ", count: 400))1].all(x, \(String(repeating: "{", count: 100_000)))"
        let clock = ContinuousClock()
        let time = clock.measure { _ = Samples.errors(flood) }
        #expect(time < .seconds(10))
    }
}
