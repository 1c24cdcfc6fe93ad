import Pipelines
import RampartCore
import Testing

/// From the text of a condition to its verdict.
@Suite struct ConditionTests {
    @Test(arguments: [
        "amount == 250", "amount != 251", "amount >= 250", "amount > 249", "amount <= 250", "amount < 251",
        "amount + 1 == 251", "amount - 251 == -1", "amount * 2 == 500", "amount / 100 == 2", "amount % 100 == 50",
        "amount == 250.0", "amount * 0.5 == 125.0", "-amount == -250", "- -amount == 250", "amount == 0xFa",
        "ts == timestamp('1970-01-01T00:00:01Z')", "amount > 1e2", "amount == 2.5e+2", ".5 < 1", "1.5E3 == 1500",
        "currency == \"GBP\"", "currency == 'GBP'", "currency != 'EUR'", "currency > 'EUR'",
        "currency in ['EUR', 'GBP']",
        "!(currency in ['EUR'])", "amount in [1, -2, 250]", "amount in [1.5, 250.0]", "true in [true]",
        "text == 'it\\'s\\n\\\"fine\\\"\\t\\u00e9'", "text == \"it's\\n\\\"fine\\\"\\té\"", "'\\\\' < 'a'",
        "type == \"refund\"", "\"refund\" == type", "type != \"order\"", "type in [\"order\", \"refund\"]",
        "!(type in ['order', 'click'])", "(type) == (\"refund\")",
        "has(amount)", "!has(cost)", "has(currency) && !has(device_id)",
        "amount >= min_clicks", "rating < min_ratio * 5", "(amount > 1) == true", "true != false",
        "cost > 1 || amount > 1", "amount > 1 || cost > 1", "!(cost > 1 && amount < 1)",
        "-9223372036854775808 < -9223372036854775807", "9223372036854775807 > 0", "0 - -5 == 5", "2-1==1",
        " \t\r\n amount\n==\n250 ",
    ])
    func holds(_ text: String) throws { #expect(try Samples.verdict(text) == .holds) }

    @Test(arguments: [
        "amount == 249", "amount != 250", "amount >= 251", "amount > 250", "amount <= 249", "amount < 250",
        "currency == 'gbp'", "currency in ['EUR']", "type == 'order'", "type != 'refund'", "type in ['order', 'click']",
        "has(cost)", "cost > 1 && amount < 1", "amount < 1 && cost > 1", "!(cost > 1 || amount > 1)", "false",
        "text == ''", "amount in [249, 251]",
    ])
    func fails(_ text: String) throws { #expect(try Samples.verdict(text) == .fails) }

    @Test(arguments: [
        ("cost > 1", EvaluationFailure.absent), ("!(cost > 1)", .absent), ("cost > 1 && amount > 1", .absent),
        ("cost in [1]", .absent), ("amount / (amount - 250) > 1", .divisionByZero),
        ("amount % (amount - 250) > 1", .divisionByZero), ("amount + 9223372036854775807 > 1", .overflow),
        ("-(-9223372036854775808) > 1", .overflow), ("-9223372036854775808 / -1 > 0", .overflow),
        ("device_id == 'x' || amount < 1", .absent),
    ])
    func hasNoValue(_ text: String, _ failure: EvaluationFailure) throws {
        #expect(try Samples.verdict(text) == .failed(failure))
    }

    @Test(arguments: [
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 - 2 - 1 == 4", "100 / 10 / 5 == 2", "7 % 4 * 2 == 6",
        "true || false && false", "!((true || false) && false)", "!false && true", "!(false && true)",
        "1 + 1 < 3 && 2 > 1 || false", "-2 + 3 == 1", "-2 * -3 == 6",
    ])
    func precedence(_ text: String) throws {
        #expect(try Samples.verdict(text) == .holds)
    }

    @Test func namesThatAnExpressionReads() throws {
        let event = try Samples.check(
            "has(amount) && currency == 'GBP' && amount > min_ratio && ts.getHours() > 0", Samples.event)
        #expect(event.fields == [.amount, .currency])
        #expect(event.thresholds == [1])
        #expect(event.measures == [])
        #expect(event.type == .boolean)
        #expect(!event.holdsOnZeros)
        let window = try Samples.check("mean > 1.0 || clicks >= min_clicks && clicks > 0", Samples.window)
        #expect(window.measures == [0, 4])
        #expect(window.fields == [])
        #expect(window.thresholds == [0])
    }

    @Test func thresholdsComeBeforeTheSubject() throws {
        let scope = ExpressionScope(subject: .event, thresholds: [Threshold(name: "amount", value: .integer(7))])
        let expression = try Samples.check("amount == 7", scope)
        #expect(expression.fields == [])
        #expect(expression.thresholds == [0])
    }

    @Test func slotsAreThoseOfTheLayout() throws {
        let expression = try Samples.check("amount == 250 && has(currency)", Samples.event)
        for fields in [[Field.currency, .amount], [.amount, .ip, .currency]] {
            let layout = EventLayout(fields: fields)
            let verdict = expression.program(layout: layout)
                .verdict(event: 0, of: Samples.refund.batch(layout), thresholds: [])
            #expect(verdict == .holds)
        }
    }

    @Test(arguments: [
        ("clicks >= min_clicks", false), ("clicks < min_clicks", true), ("cost == 0", true), ("worst <= 1", false),
        ("worst <= 1 || orders == 0", true), ("mean < 1", false), ("cost > 0 || clicks > 0", false),
        ("clicks >= min_ratio * orders", true),
    ])
    func conditionsOnNothing(_ text: String, _ expected: Bool) throws {
        #expect(try Samples.check(text, Samples.window).holdsOnZeros == expected)
    }

    @Test func typesOfValues() throws {
        #expect(try Samples.check("amount", Samples.event, .integer).type == .integer)
        #expect(try Samples.check("amount * 2.0", Samples.event, .double).type == .double)
        #expect(try Samples.check("amount", Samples.event, .double).type == .integer)
        #expect(try Samples.check("currency", Samples.event, .string).type == .string)
        #expect(try Samples.check("mean", Samples.window, .double).type == .double)
        #expect(Samples.errors("mean", Samples.window, .integer).map(\.message) == ["found double; expected int"])
    }

    @Test func constantsAreKeptOnce() throws {
        let program = try Samples.check("currency == 'GBP' || reason == \"GBP\"", Samples.event)
            .program(layout: Samples.layout)
        #expect(program.strings == [Array("GBP".utf8)])
    }

    // MARK: - Scores

    /// The score of 19 against 10, and the other way round.
    static let past = 20.0 / 11
    static let short = 11.0 / 20

    /// `clicks` is 19, `orders` 4, `cost` 0; `worst` and `mean` have no value. `min_clicks` is 10, `min_ratio` 0.5.
    static let comparisons: [(String, Double)] = [
        ("clicks >= min_clicks", past), ("clicks > min_clicks", past), ("min_clicks <= clicks", past),
        ("clicks <= min_clicks", short), ("clicks < min_clicks", short), ("clicks >= 19", 1.0), ("clicks > 19", 1.0),
        ("orders - clicks >= 0", 0.0625), ("orders - clicks <= 0", 16.0), ("orders >= -5", 10.0),
        ("clicks >= 19 && orders >= 1", 1.0), ("clicks >= 19 || orders >= 1", 2.5),
        ("clicks == 19", 2.0), ("clicks != 19", 0.0), ("clicks in [1, 19]", 2.0), ("clicks in [1]", 0.0),
        ("true", 2.0), ("false", 0.0), ("'a' < 'b'", 2.0), ("'a' > 'b'", 0.0), ("!('a' < 'b')", 0.0),
        ("(clicks > 1) == (orders > 1)", 2.0),
    ]
    static let negations: [(String, Double)] = [
        ("!(clicks >= min_clicks)", short), ("!(clicks > min_clicks)", short),
        ("!(clicks < min_clicks)", past), ("!(clicks <= min_clicks)", past),
        ("!!(clicks >= min_clicks)", past), ("!(clicks == 19)", 0.0), ("!(clicks != 19)", 2.0),
        ("!(clicks in [19])", 0.0), ("!(clicks in [1])", 2.0), ("!true", 0.0), ("!false", 2.0),
        ("!(clicks >= 19 && orders >= 1)", 1.0), ("!(clicks >= 19 || orders >= 1)", 0.4),
        ("!(clicks >= 19 && !(orders >= 1))", 2.5),
    ]
    static let errors: [(String, Double)] = [
        ("worst <= 1", 0.0), ("!(worst <= 1)", 0.0), ("worst == 1", 0.0), ("!(worst == 1)", 0.0),
        ("worst <= 1 && clicks >= 19", 0.0), ("worst <= 1 || clicks >= 19", 1.0), ("clicks / cost >= 1", 0.0),
    ]

    @Test(arguments: comparisons + negations + errors)
    func scores(_ text: String, _ expected: Double) throws {
        let measures: [Value] = [.integer(19), .integer(4), .integer(0), .failure(.absent), .failure(.absent)]
        #expect(try Samples.score(text, measures) == expected)
    }
}
