import Pipelines
import RampartCore
import Testing

/// Columns, and the expressions over them.
@Suite struct ColumnTests {
    private static let columns = """
        columns:
              quantity: int
              price: { path: Unit.price, type: money, default: -1.50 }
              paid: bool
              name: { path: [a.b, 0, "0"], type: string }
        """

    private static func text(_ fields: String, format: String = "json", columns: String = columns) -> String {
        let source = "event: click\n    format: \(format)\n    \(columns)\n    fields: { \(fields) }"
        return Refusal.base.replacing("event: click", with: source)
    }

    private func mapping(_ fields: String, _ field: Field) throws -> FieldMapping {
        let mapping = try #require(try load(Self.text(fields)).topology.sources[0].mappings[.click])
        return try #require(mapping.fields.first { $0.field == field })
    }

    @Test func anExpressionReadsTheColumnsThatItNames() throws {
        let cost = try mapping("cost: { expr: 'paid ? quantity * price : quantity', default: 3 }", .cost)
        #expect(cost.path == nil && cost.fallback == Array("3".utf8) && cost.reading == .units)
        let expression = try #require(cost.expression)
        #expect(
            expression.program.instructions == [
                .column(0), .column(1), .column(2), .multiply, .column(1), .conditional,
            ])
        #expect(
            expression.columns == [
                RecordExpression.Column(path: Path(["paid"]), fallback: nil, kind: .boolean),
                RecordExpression.Column(path: Path(["quantity"]), fallback: nil, kind: .integer),
                RecordExpression.Column(path: Path(["Unit", "price"]), fallback: Array("-1.50".utf8), kind: .money),
            ])
    }

    @Test func pathsOfColumnsCanHaveIndices() throws {
        let ad = try mapping("ad_id: { expr: 'has(name) ? name : \"none\"', prefix: 3 }", .adID)
        #expect(ad.expression?.program.instructions == [.hasColumn(0), .column(0), .string(0), .conditional])
        let steps: [Path.Step] = [.name(Array("a.b".utf8)), .index(0), .name(Array("0".utf8))]
        #expect(ad.expression?.columns.map(\.path) == [Path(steps: steps)])
        #expect(ad.reading == .string(prefix: 3))
    }

    @Test func pathsAreReadWithTheirIndices() throws {
        let ad = try mapping("ad_id: \"grid[0][12].cell.x[9999]\"", .adID)
        let steps: [Path.Step] = [
            .name(Array("grid".utf8)), .index(0), .index(12), .name(Array("cell".utf8)), .name(Array("x".utf8)),
            .index(9999),
        ]
        #expect(ad.path == Path(steps: steps))
        let literal = try mapping("ad_id: [\"a[0]\", \"0\", 7a]", .adID)
        #expect(literal.path == Path(["a[0]", "0", "7a"]))
        let csv = try load(Self.text("ad_id: \"items[0].x\"", format: "csv", columns: "lateness: 0s"))
        #expect(
            csv.topology.sources[0].mappings[.click]?.fields.first { $0.field == .adID }?.path == Path(["items[0].x"]))
    }

    @Test func theRevisionKnowsTheExpressionAndWhatItReads() throws {
        let base = Self.text("cost: { expr: quantity * price, default: 3 }")
        let revision = try load(base).topology.revision
        let same = [
            ("quantity: int", "quantity: { type: int }"), ("paid: bool", "paid: string"),
            ("quantity * price", "quantity*price"),
        ]
        for (old, new) in same {
            #expect(try load(base.replacing(old, with: new)).topology.revision == revision, "\(new)")
        }
        let other = [
            ("quantity * price", "price * quantity"), ("quantity * price", "quantity + price"),
            ("default: 3", "default: 4"),
            ("quantity: int", "quantity: money"), ("Unit.price", "\"Unit[0]\""), ("-1.50", "-1.51"),
            (", default: -1.50", ""),
        ]
        var seen: Set = [revision]
        for (old, new) in other {
            #expect(base.contains(old))
            let changed = try load(base.replacing(old, with: new)).topology.revision
            #expect(seen.insert(changed).inserted, "\(new)")
        }
    }

    @Test func anIndexIsNoName() throws {
        let revisions = try ["ad_id: [a, 0]", "ad_id: [a, \"0\"]", "ad_id: \"a[0]\"", "ad_id: [\"a[0]\"]"].map {
            try load(Self.text($0)).topology.revision
        }
        #expect(revisions[0] == revisions[2] && Set(revisions).count == 3)
    }

    private static func fields(_ name: String, _ fields: String, _ says: String...) -> Refusal {
        var refusal = Refusal(name, "    fields: {  }", "    fields: { " + fields + " }")
        refusal.says = says
        return refusal
    }

    private static func columns(_ name: String, _ column: String, _ says: String...) -> Refusal {
        // An expression that reads columns is not told of their mistakes once more.
        var refusal = Refusal(
            name, "paid: bool", column + "\n      paid: bool")
        refusal.says = says
        return refusal
    }

    static let refusals = [
        fields("an unknown column", "cost: { expr: quantity * «prize }", "did you mean `price`?"),
        fields(
            "a field in place of a column", "cost: { expr: «amount }", "expected a column of the source's `columns`"),
        fields(
            "whether there is an unknown column", "cost: { expr: \"has(«prize) ? 1 : 2\" }", "did you mean `price`?"),
        fields("text as money", "cost: { expr: «name }", "found string; expected int"),
        fields("a truth as money", "cost: { expr: «quantity > 1 }", "found bool; expected int"),
        fields("a fraction as money", "cost: { expr: «price * 0.5 }", "stay with whole numbers"),
        fields("a number as text", "ad_id: { expr: «quantity }", "found int; expected string"),
        fields("types that do not meet", "cost: { expr: quantity + «name }", "`+` needs numbers; found string"),
        fields("text that is joined", "ad_id: { expr: «name + name }", "joining strings"),
        fields(
            "a path beside an expression", "cost: { expr: quantity, «path: x }",
            "cost is computed, so `path` has no meaning"),
        fields("a constant beside an expression", "ad_id: { expr: name, «constant: x }", "`constant` has no meaning"),
        fields(
            "a format beside an expression", "cost: { expr: quantity, «format: decimal, «times: n, «negate: true }",
            "`format` has no meaning", "`times` has no meaning", "`negate` has no meaning"),
        fields("a default that is no amount", "cost: { expr: quantity, default: «x }", "a whole number of at least 0"),
        fields("an empty expression", "cost: { expr: «\"\" }", "expected a text"),
        fields("an expression for time", "ts: { «expr: quantity }", "`expr` is not a key of the mapping of ts"),
        columns("a column of no type", "«x: { path: y }", "`type` is missing in a column"),
        columns("a column of an unknown type", "x: «integer", "expected string, int, money or bool"),
        columns("a word of expressions", "«in: int", "another name"),
        columns("a name in capitals", "«Quantity2: int", "write quantity2"),
        columns("a default that is no number", "x: { type: int, default: «1.5 }", "a whole number"),
        columns("a default that is no amount", "x: { type: money, default: «1.005 }", "at most 2 decimal places"),
        columns("a default that is no truth", "x: { type: bool, default: «1 }", "expected true or false"),
        columns("a path into nothing", "x: { type: int, path: «a..b }", "joined by single dots"),
        columns("an unknown key", "x: { type: int, «scale: 2 }", "`scale` is not a key of a column"),
    ]

    @Test(arguments: refusals) func columnIsRefused(_ refusal: Refusal) throws {
        try refusal.check(base: Self.text(""))
    }

    @Test func aMistakeInAColumnIsToldOnce() {
        let text = Self.text("cost: { expr: quantity * price }").replacing("quantity: int", with: "quantity: intt")
        #expect(diagnostics(of: text).filter { $0.severity == .error }.map(\.suggestion) == ["did you mean `int`?"])
    }

    @Test(arguments: [(64, true), (65, false)]) func columnsAreCounted(count: Int, isGood: Bool) {
        let columns = "columns: { " + (0..<count).map { "c\($0): int" }.joined(separator: ", ") + " }"
        let found = diagnostics(of: Self.text("cost: { expr: c0 }", columns: columns)).filter { $0.severity == .error }
        #expect(found.map(\.message) == (isGood ? [] : ["`columns` has 65 entries; expected at most 64"]))
    }
}
