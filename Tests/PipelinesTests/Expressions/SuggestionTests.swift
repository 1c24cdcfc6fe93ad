import Pipelines
import RampartCore
import Testing

/// Which word was meant.
@Suite struct SuggestionTests {
    @Test(
        arguments: [
            ("min_click", "min_clicks"), ("min-clicks", "min_clicks"), ("MIN_CLICKS", "min_clicks"),
            ("mni_clicks", "min_clicks"),
            ("min_clicks_", "min_clicks"), ("mim_clix", nil), ("orders", "order"), ("oder", "order"),
            ("ordre", "order"),
            ("xyz", nil), ("", nil), ("ip", "ip"), ("iq", nil), ("i", nil),
        ] as [(String, String?)])
    func closest(_ word: String, _ expected: String?) {
        #expect(Suggestion.closest(to: word, among: ["min_clicks", "order", "ip", ""]) == expected)
    }

    @Test func theNearestAndThenTheFirstWins() {
        #expect(Suggestion.closest(to: "cost", among: ["coast", "costs", "cosy"]) == "coast")
        #expect(Suggestion.closest(to: "costs", among: ["coast", "costs", "cosy"]) == "costs")
    }

    @Test func longWordsAreComparedWithNothing() {
        let long = String(repeating: "a", count: 100_000)
        #expect(Suggestion.closest(to: long, among: [long]) == nil)
        #expect(Suggestion.closest(to: "cost", among: [long, "cots"]) == "cots")
    }

    @Test func question() {
        #expect(Suggestion.didYouMean("cots", among: ["cost"]) == "did you mean `cost`?")
        #expect(Suggestion.didYouMean("zebra", among: ["cost"]) == nil)
    }
}

/// The reference says what the code does.
@Suite struct ExpressionReferenceTests {
    @Test(arguments: ExpressionReference.operators + ExpressionReference.functions)
    func examplesOfConditionsAreAccepted(_ entry: ExpressionReference.Entry) throws {
        _ = try Samples.check(entry.example, Samples.event)
        // `? :` is written in two pieces.
        for piece in entry.name.split(separator: " ") {
            #expect(entry.example.contains(piece))
            #expect(entry.signature.contains(piece))
        }
        #expect(entry.summary.hasSuffix("."))
    }

    @Test(arguments: ExpressionReference.measures)
    func examplesOfMeasuresAreAccepted(_ entry: ExpressionReference.Entry) throws {
        let measure = try MeasureSyntax.parse(entry.example).get()
        #expect(measure.function.rawValue == entry.name)
        #expect(entry.signature.hasPrefix(entry.name + "("))
        #expect(entry.summary.hasSuffix("."))
    }

    @Test func nothingIsLeftOut() {
        #expect(ExpressionReference.measures.map(\.name) == Measure.Function.allCases.map(\.rawValue))
        let operators = ["? :", "||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "!"]
        #expect(ExpressionReference.operators.map(\.name) == operators)
        let functions = [
            "has", "size", "startsWith", "endsWith", "contains", "lowerAscii", "timestamp", "duration", "getFullYear",
            "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes",
            "getSeconds", "getMilliseconds", "exists", "all",
        ]
        #expect(ExpressionReference.functions.map(\.name) == functions)
    }
}
