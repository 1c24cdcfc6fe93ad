/// Mistakes as people make them, which no mutation thinks of.
public enum HandWritten {
    /// Each with a mark where the mistake stands.
    public static let all = [
        broken("a measure with a comma in a flow mapping", "in quotation marks", isAlone: false) {
            $0.replacing("measure:\n      clicks: count()", with: "measure: { «a: sum(cost, cost > 0) }")
        },
        broken("a stage under sources", "is not a key of a source", isAlone: false) {
            $0.replacing("stages:\n", with: "").replacing("    from: clicks", with: "«    from: clicks")
        },
        broken("a stage without its name", "found `clicks` for a stage", isAlone: false, hasMend: false) {
            $0.replacing("  many-clicks:\n", with: "").replacing("    from: clicks", with: "«    from: clicks")
        },
        broken("text after the end", "this is not YAML", hasMend: false) { $0 + "«}\n" },
        broken("a heredoc's end", "remove the line") { $0 + "«EOF\n" },
        broken("a merge conflict", "remove the line", isAlone: false) {
            $0.replacing("sources:", with: "«<<<<<<< ours\nsources:")
        },
        broken("JSON with a trailing quotation mark", "close the quotation mark") {
            $0.replacing("event: click", with: "«event: \"click")
        },
        broken("a percentage", "expected a number", hasMend: false) {
            $0.replacing("{ min_clicks: 10 }", with: "«{ min_clicks: 10% }")
        },
        broken("a comment that eats the value", "found nothing for when", hasMend: false) {
            $0.replacing("when: clicks", with: "«when: # clicks")
        },
        broken("two conditions in a list", "found a list for when", hasMend: false) {
            $0.replacing("when: clicks >= min_clicks", with: "«when: [clicks >= 1, clicks >= 2]")
        },
        broken("a condition of SQL", "==") {
            $0.replacing("when: clicks >= min_clicks", with: "«when: clicks = min_clicks AND clicks > 1")
        },
        broken("a window in seconds", "write 600s") {
            $0.replacing("window: { size: 10m", with: "«window: { size: 600")
        },
        broken("an hour in words", "write 1h") {
            $0.replacing("window: { size: 10m", with: "«window: { size: 1 hour")
        },
        broken("a camel-case key", "did you mean `partitioned_by`?") {
            $0.replacing("event: click", with: "event: click\n«    partitionedBy: merchant_id")
        },
        broken("a key with a hyphen", "did you mean `close_after`?") {
            $0.replacing("severity: high", with: "«severity: high, close-after: 10m")
        },
        broken("a key in capitals", "did you mean `severity`?") {
            $0.replacing("severity: high", with: "«Severity: high")
        },
        broken("a severity of another tool", "expected low, medium, high or critical", hasMend: false) {
            $0.replacing("severity: high", with: "«severity: warning")
        },
        broken("events for an event", "did you mean `click`?") {
            $0.replacing("event: click", with: "«event: clicks")
        },
        broken("a topic in place of a source", "did you mean `clicks`?") {
            $0.replacing("from: clicks", with: "«from: click")
        },
        broken("a stage that reads itself", "which gives findings and no events") {
            $0.replacing("from: clicks", with: "«from: many-clicks")
        },
        broken("a field for a measure", "unknown measure `cost`", hasMend: false) {
            $0.replacing("clicks: count()", with: "«clicks: cost")
        },
        broken("a count of everything", "expected", hasMend: false) {
            $0.replacing("clicks: count()", with: "«clicks: count(*)")
        },
        broken("a number with a thousands separator", "expected", hasMend: false) {
            $0.replacing("when: clicks >= min_clicks", with: "«when: clicks >= 1,000")
        },
        broken("a threshold of another stage", "there is min_clicks or clicks") {
            $0.replacing("when: clicks >= min_clicks", with: "«when: clicks >= threshold_of_orders")
        },
        broken("a brace for a set", "expected", isAlone: false, hasMend: false) {
            $0.replacing("when: clicks >= min_clicks", with: "«when: clicks in {1, 2}")
        },
    ]

    private static let right = """
        pipeline: shop
        sources:
          clicks:
            event: click
        stages:
          many-clicks:
            from: clicks
            key: [merchant_id, ad_id]
            window: { size: 10m, every: 1m }
            measure:
              clicks: count()
            tune: { min_clicks: 10 }
            when: clicks >= min_clicks
            alert: { severity: high }

        """

    private static func broken(
        _ name: String, _ says: String, isAlone: Bool = true, hasMend: Bool = true, _ change: (String) -> String
    ) -> BrokenPipeline {
        let marked = change(right)
        let before = marked.prefix { $0 != "«" }
        precondition(before.count < marked.count, "The mark of `\(name)` is missing.")
        return BrokenPipeline(
            mistake: name, place: "by hand", text: marked.replacing("«", with: ""),
            line: before.split(separator: "\n", omittingEmptySubsequences: false).count, says: says, hasMend: hasMend,
            isAlone: isAlone, isStructural: false)
    }
}
