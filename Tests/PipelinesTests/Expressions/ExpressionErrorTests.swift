import Pipelines
import RampartCore
import Testing

/// What is refused, where, and with which mend.
@Suite struct ExpressionErrorTests {
    /// Each text with the one piece of it that the only error points to, between `«` and `»`.
    @Test(
        arguments: [
            // Syntax.
            ("amount > «»", "found the end of the expression", nil),
            ("« »", "found nothing", nil),
            ("amount > 1 «amount»", "found `amount`; expected an operator or the end", nil),
            ("(amount > 1«»", "expected an operator, or the `)` of the `(` in column 1", nil),
            ("amount > 1«)»", "no `(` is open", nil),
            ("amount «=» 1", "`=` is no operator", "did you mean `==`?"),
            ("amount > 1 «&» amount < 2", "`&` is no operator", "did you mean `&&`?"),
            ("amount > 1 «|» amount < 2", "`|` is no operator", "did you mean `||`?"),
            ("amount «<>» 1", "`<>` is no operator", "did you mean `!=`?"),
            ("amount «=>» 1", "`=>` is no operator", "did you mean `>=`?"),
            ("amount > 1 «and» amount < 2", "found `and`", "did you mean `&&`?"),
            ("amount > 1 «OR» amount < 2", "found `OR`", "did you mean `||`?"),
            ("«not»(amount > 1)", "the function `not` is not in the subset", "did you mean `!`?"),
            ("amount > 1 «#»", "`#` has no meaning", nil),
            ("currency == «“»GBP", "`“` has no meaning", "write strings between `\"` and `\"`"),
            ("currency == «'GBP»", "the string has no end", nil),
            ("currency == 'G«\\q»BP'", "`\\q` is no escape", "write `\\\\` for a backslash"),
            ("currency == '«\\u12»'", "`\\u` has 2 hexadecimal digits", nil),
            ("currency == '«\\ud800»'", "half of a surrogate pair", nil),
            ("amount > «10m»", "`10m` is no number", nil),
            ("amount > «0x»", "`0x` has no digits", nil),
            ("amount > «1.5.2»", "`1.5.2` is no number", nil),
            ("amount > «1e999»", "too large for a double", nil),
            ("amount > «9223372036854775808»", "outside the 64 bits", nil),
            ("amount > «18446744073709551616»", "outside the 64 bits", nil),
            ("amount > «-9223372036854775809»", "outside", nil),
            ("currency in «'GBP'»", "the right side of `in` is a list", nil),
            ("currency in «[]»", "an empty list", nil),
            ("currency in ['GBP'«»", "`,` or the `]` of the list in column 13", nil),
            ("«[»1] == 1", "a list can only stand on the right", nil),
            // Not in the subset.
            ("amount > «5u»", "unsigned integers are not in the subset", "write `5`"),
            ("buyer_id == «null»", "`null` is not in the subset", "ask `has(field)` whether an event has a field"),
            ("currency == «b»'GBP'", "raw strings and bytes are not in the subset", nil),
            ("currency == «'''»GBP'''", "strings in three quotes", nil),
            ("amount > 1 «// always»", "comments are not in the subset", nil),
            ("buyer_id«.length» > 1", "members are not in the subset", nil),
            ("buyer_id«[0]» == 'b'", "indexing is not in the subset", nil),
            ("«hass»(buyer_id)", "the function `hass` is not in the subset", "did you mean `has`?"),
            ("«sum»(amount) > 1", "`sum` is a measure", "give it a name under `measure`, and use that name here"),
            ("«{»'a': 1} == 1", "maps and messages are not in the subset", nil),
            ("(amount > 1)«(2)»", "found a call of something that is no function", nil),
            ("1 < amount «<» 3", "comparisons do not chain", "write `a < b && b < c` for `a < b < c`"),
            // Names.
            ("«amuont» > 1", "unknown name `amuont`", "did you mean `amount`?"),
            ("amount > «min_click»", "unknown name `min_click`", "did you mean `min_clicks`?"),
            ("amount > 1 && «True»", "unknown name `True`", "did you mean `true`?"),
            ("«Merchant-id»", "", nil),
            (
                "«zzz» > 1", "expected a field of the event, `type`, `ts` or a threshold of `tune`",
                "`rampart list fields` lists the fields"
            ),
            (
                "has(«buyer»)", "unknown name `buyer`; expected a field of the event",
                "`rampart list fields` lists the fields"
            ),
            ("has(«bueyr_id»)", "unknown name", "did you mean `buyer_id`?"),
            ("has(«ts»)", "every event has `ts`", nil),
            ("has«(buyer_id, ip)»", "`has` takes the name of one field", nil),
            ("has«(event.ip)»", "`has` takes the name of one field", nil),
            // Types.
            ("«amount»", "found int; expected bool", "compare it with a bound, such as `>= 10`"),
            (
                "«type»", "found the event's `type`; expected bool",
                "compare it with an event type, such as `type == \"order\"`"
            ),
            ("«currency»", "found string; expected bool", nil),
            ("«amount» && true", "`&&` needs a bool on its left side; found int", nil),
            ("true || «'x'»", "`||` needs a bool on its right side; found string", nil),
            ("!«amount»", "`!` needs a bool; found int", nil),
            ("-«currency» == 'x'", "`-` needs a number; found string", nil),
            ("«currency == 1»", "`==` needs two values of one type; found string and int", nil),
            ("true && «(amount != 'x')»", "`!=` needs two values of one type; found int and string", nil),
            ("«currency < 1»", "`<` needs two numbers, strings, timestamps or durations; found string and int", nil),
            ("«true < false»", "found bool and bool", nil),
            ("amount + «'x'» > 1", "`+` needs numbers; found string", nil),
            ("«currency + 'x'» == 'y'", "joining strings with `+` is not in the subset", nil),
            ("amount % «2.0» == 1", "`%` needs whole numbers (int); found double", nil),
            ("«currency in [1]»", "`in` needs values of one type; found string in a list of int", nil),
            ("amount in [1, «'x'»]", "a list holds values of one type; found string behind int", nil),
            ("amount in [1, «1.5»]", "a list holds values of one type; found double behind int", nil),
            (
                "amount in [«type»]", "the event's `type` is no value that a list could hold",
                "ask for it as in `type in [\"order\", \"refund\"]`"
            ),
            ("type == «'refnd'»", "unknown event type `refnd`", "did you mean `refund`?"),
            ("type in ['order', «'x'»]", "expected one of order, refund, click", nil),
            (
                "type == «currency»", "`type` compares with the name of an event type; found string",
                "write it in quotes, such as `\"order\"`"
            ),
            ("«type < 'order'»", "found the event's `type` and string", nil),
            ("type + «1» == 2", "", nil),
        ] as [(String, String, String?)])
    func oneError(_ marked: String, _ message: String, _ suggestion: String?) throws {
        // These texts have a range or a number of errors of their own, checked below.
        guard !message.isEmpty else { return }
        try Samples.expectOneError(marked, message, suggestion)
    }

    @Test func namesOfAnotherSubject() {
        let window = Samples.errors("clicks > 1 && buyer_id == 'x'", Samples.window)
        #expect(window.map(\.range) == [14..<22])
        #expect(window[0].message.hasPrefix("`buyer_id` belongs to events"))
        #expect(Samples.errors("has(clicks)", Samples.window).map(\.range) == [0..<11])
        #expect(Samples.errors("clik > 1", Samples.window)[0].suggestion == "did you mean `clicks`?")
        #expect(Samples.errors("count() > 1", Samples.window)[0].message.contains("is a measure"))
        #expect(Samples.errors("type == 'order'", Samples.window).map(\.range) == [0..<4])
    }

    @Test func errorsAreToldTogetherInTheOrderOfTheText() {
        let errors = Samples.errors("amuont > 1 && currency == 2 && !rating && type == 'ordr'")
        #expect(errors.map(\.range) == [0..<6, 14..<27, 32..<38, 50..<56])
        let lexical = Samples.errors("amount = 1 & # 'x")
        #expect(lexical.map(\.range) == [7..<8, 11..<12, 13..<14, 15..<17])
        let mixed = Samples.errors("amount.x > 1 && null == 1 && cury == 'x'")
        #expect(mixed.map(\.range) == [6..<8, 16..<20, 29..<33])
    }

    @Test func anErrorIsNotToldAgainByWhatFollowsFromIt() {
        #expect(Samples.errors("(unknown_a + 1) * 2 > 3 && !(unknown_b == 'x')").map(\.range) == [1..<10, 29..<38])
    }

    @Test func manyErrorsAreCut() {
        let unknown = (0..<100).map { "nothing_\($0) > 1" }.joined(separator: " || ")
        #expect(Samples.errors(unknown).count == ExpressionErrors.countMax)
        #expect(Samples.errors(String(repeating: "#", count: 5_000)).count == ExpressionErrors.countMax)
    }

    @Test func rangesAreInBytes() {
        #expect(Samples.errors("text == 'é€😀' && amuont > 1").map(\.range) == [23..<29])
        #expect(Samples.errors("text == 'x' && é").map(\.range) == [15..<17])
    }

    @Test func errorsShift() throws {
        guard case .failure(let errors) = checkExpression("amuont > 1", scope: Samples.event, expecting: .boolean)
        else {
            Issue.record("It was accepted.")
            return
        }
        #expect(errors.shifted(by: 7).errors.map(\.range) == [7..<13])
    }

    // MARK: - Limits

    @Test(arguments: [("(", ")"), ("!", ""), ("(!", ")")])
    func nesting(_ open: String, _ close: String) throws {
        func text(_ count: Int) -> String {
            String(repeating: open, count: count) + "true" + String(repeating: close, count: count)
        }
        let deepest = Limits.expressionNesting / open.count
        _ = try Samples.check(text(deepest), Samples.event)
        #expect(Samples.errors(text(deepest + 1))[0].message.contains("nested more than 64 deep"))
        #expect(Samples.errors(text(5_000))[0].message.contains("nested more than 64 deep"))
    }

    @Test func nestingOfSignsListsAndConditionals() {
        for piece in ["- ", "1 in [", "true ? true : ", "[1].all(x, ", "amount.size(", "size("] {
            let text = String(repeating: piece, count: 5_000)
            #expect(Samples.errors(text).contains { $0.message.contains("nested more than 64 deep") }, "\(piece)")
        }
    }

    /// A chain of n numbers takes n + (n - 1) steps, and two more with its comparison.
    @Test func instructions() throws {
        func text(_ count: Int) -> String { Array(repeating: "1", count: count).joined(separator: "+") + ">0" }
        let program = try Samples.check(text(511), Samples.event).program(layout: Samples.layout)
        #expect(program.instructions.count == 1023)
        #expect(program.verdict(event: 0, of: Samples.refund.batch(Samples.layout), thresholds: []) == .holds)
        #expect(Samples.errors(text(512))[0].message.contains("at most 1024 steps"))
        #expect(Samples.errors(text(5_000))[0].message.contains("at most 1024 steps"))
    }

    /// The score has more steps than the value: each truth is turned into a number.
    @Test func instructionsOfTheScore() throws {
        func text(_ count: Int) -> String { Array(repeating: "true", count: count).joined(separator: "&&") }
        let score = try Samples.check(text(341), Samples.event).scoreProgram(layout: Samples.layout)
        #expect(score.instructions.count == 1022)
        #expect(Samples.errors(text(342))[0].message.contains("at most 1024 steps"))
    }
}
