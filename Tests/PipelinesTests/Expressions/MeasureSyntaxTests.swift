import Pipelines
import RampartCore
import Testing

/// What stands behind the name of a measure.
@Suite struct MeasureSyntaxTests {
    @Test(
        arguments: [
            ("count()", Measure.Function.count, nil, nil, nil),
            (" count ( ) ", .count, nil, nil, nil),
            ("count(type == \"refund\")", .count, nil, nil, 6..<22),
            ("sum(cost)", .sum, .cost, 4..<8, nil),
            ("min( rating )", .min, .rating, 5..<11, nil),
            ("max(amount, currency in [\"GBP\", \"EUR\"])", .max, .amount, 4..<10, 11..<38),
            ("avg(price,(amount > 1) || has(ip))", .avg, .price, 4..<9, 10..<33),
            ("distinct(buyer_id, type == \"refund\")", .distinct, .buyerID, 9..<17, 18..<35),
            ("distinct(amount)", .distinct, .amount, 9..<15, nil),
            ("count(has(ip) && currency in ['a', 'b'])", .count, nil, nil, 6..<39),
            ("count(reason == \"a,b)\")", .count, nil, nil, 6..<22),
        ] as [(String, Measure.Function, Field?, Range<Int>?, Range<Int>?)])
    func accepted(
        _ text: String, _ function: Measure.Function, _ field: Field?, _ fieldRange: Range<Int>?,
        _ conditionRange: Range<Int>?
    ) throws {
        let measure = try MeasureSyntax.parse(text).get()
        #expect(measure.function == function)
        #expect(measure.field == field)
        #expect(measure.fieldRange == fieldRange)
        #expect(measure.conditionRange == conditionRange)
        let condition = conditionRange.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        #expect(measure.condition == condition)
        if let condition { _ = try Samples.check(condition, Samples.event) }
    }

    @Test(
        arguments: [
            ("«»", "found the end; expected a measure", nil),
            ("«5»", "found `5`; expected a measure", nil),
            ("«cuont»()", "unknown measure `cuont`; expected one of count, sum", "did you mean `count`?"),
            ("count«»", "found the end behind `count`; expected `(`", "write `count()`"),
            ("sum «cost»", "found `cost` behind `sum`; expected `(`", nil),
            (
                "sum(cost«»", "expected the `)` of the `(` in column 4",
                "in { } a measure that holds a comma stands in quotation marks"
            ),
            ("sum(cost«]»", "expected `)`", nil),
            ("sum(cost) «/» 2", "found `/` behind the measure", "calculate with measures in `when`"),
            ("sum(«)»", "expected the name of a field", nil),
            ("distinct(«)»", "expected the name of a field", "write `distinct(buyer_id)`"),
            ("sum(«cost + 1»)", "expected the name of a field", nil),
            ("sum(«cots»)", "unknown field `cots`", "did you mean `cost`?"),
            ("distinct(«buyer»)", "unknown field `buyer`", nil),
            (
                "sum(«buyer_id»)", "`sum` needs a field of numbers; found `buyer_id`",
                "use one of amount, cost, price, rating, or `distinct(buyer_id)`"
            ),
            (
                "min(«text», true)", "`min` needs a field of numbers",
                "use one of amount, cost, price, rating, or `distinct(text)`"
            ),
            ("sum(cost«,»)", "found nothing behind `,`", nil),
            ("count(buyer_id«,» true)", "`count` takes a condition and nothing else", nil),
            (
                "count(«buyer_id»)", "`count` takes a condition; found the field `buyer_id`",
                "write `count(has(buyer_id))`, or `distinct(buyer_id)` for the number of its values"
            ),
            ("sum(«'cost»", "the string has no end", nil),
        ] as [(String, String, String?)])
    func refused(_ marked: String, _ message: String, _ suggestion: String?) throws {
        let text = marked.replacing("«", with: "").replacing("»", with: "")
        guard case .failure(let errors) = MeasureSyntax.parse(text) else {
            Issue.record("`\(text)` was accepted.")
            return
        }
        let error = try #require(errors.errors.first)
        let start = try #require(marked.utf8.firstRange(of: "«".utf8)).lowerBound
        let end = try #require(marked.utf8.firstRange(of: "»".utf8)).lowerBound
        let lower = marked.utf8.distance(from: marked.startIndex, to: start)
        let upper = marked.utf8.distance(from: marked.startIndex, to: end) - "«".utf8.count
        #expect(error.range == lower..<upper, "\(error)")
        #expect(error.message.contains(message), "\(error)")
        #expect(error.suggestion == suggestion, "\(error)")
        #expect(errors.errors.count == 1)
    }
}
