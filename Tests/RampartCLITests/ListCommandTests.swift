import Foundation
import Pipelines
import Testing

/// `rampart list` and `rampart schema` from outside.
@Suite struct ListCommandTests {
    private typealias Row = [String: String]

    private func json(_ arguments: [String]) throws -> [String: [Row]] {
        let result = try Command.run(["list", "--json"] + arguments)
        #expect(result.code == 0 && result.errors == "")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [Row]])
    }

    @Test func everythingIsListed() throws {
        let listed = try json([])
        #expect(Set(listed.keys) == Set(PipelineReference.Topic.allCases.map(\.rawValue)))
        #expect(listed.values.allSatisfy { !$0.isEmpty })
        #expect(listed["kinds"]?.compactMap { $0["name"] } == StageKind.all.map(\.name))
        let fields = try #require(listed["fields"])
        #expect(fields.contains(["of": "click", "name": "cost", "type": "int (money)"]))
        #expect(fields.contains(["of": "refund", "name": "ts", "type": "timestamp"]))
        let keys = try #require(listed["keys"])
        #expect(keys.contains { $0["of"] == "a window" && $0["name"] == "size" && $0["required"] == "required" })

        let tables = try Command.run(["list"])
        #expect(tables.code == 0)
        for name in listed.values.joined().compactMap({ $0["types"] ?? $0["name"] }) {
            #expect(tables.output.contains("  \(name)"), "\(name)")
        }
    }

    @Test func aFilterKeepsRows() throws {
        #expect(
            try json(["reasons", "--filter", "CURRENCY"])["reasons"]?.compactMap { $0["name"] }
                == ["missing_currency", "unknown_currency"])
        #expect(
            Set(try json(["fields", "--filter", "livestream"])["fields"]?.compactMap { $0["of"] } ?? [])
                == ["livestream"])
        let table = try Command.run(["list", "sinks", "fates", "--filter", "dead"])
        #expect(
            table.output == """
                Sinks (sinks:)
                  dead_letters  records set aside

                Fates of records
                  dead_lettered  records set aside

                """)
        let none = try Command.run(["list", "--filter", "zzzz"])
        #expect(none.code == 2 && none.errors.contains("nothing that is listed holds `zzzz`"))
    }

    @Test func theSchemaIsPrinted() throws {
        let result = try Command.run(["schema"])
        #expect(result.code == 0 && result.output == PipelineSchema.text)
    }
}
