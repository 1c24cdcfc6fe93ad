import Foundation
import Pipelines
import TestSupport
import Testing

/// The schema that editors go by is the one of the loader: what is right fits it, and a wrong form does not.
@Suite struct SchemaTests {
    private static let path = "docs/schemas/pipeline.schema.json"

    private static func schema() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(PipelineSchema.text.utf8)) as? [String: Any])
    }

    @Test func theCopyIsTheCodes() throws {
        let url = Repository.root.appending(path: Self.path)
        if ProcessInfo.processInfo.environment["GOLDEN_UPDATE"] == "1" {
            try PipelineSchema.text.write(to: url, atomically: true, encoding: .utf8)
        }
        let copy = try String(contentsOf: url, encoding: .utf8)
        #expect(copy == PipelineSchema.text, "Run the tests with GOLDEN_UPDATE=1 and look at the difference.")
    }

    @Test func whatIsRightFits() throws {
        let schema = try Self.schema()
        let checker = JSONSchemaChecker(definitionsOf: schema)
        for entry in try PipelineTexts.shipped() + PipelineTexts.examples() + [PipelineTexts.everyKey] {
            let faults = checker.faults(of: try Tree(yaml: entry.text).json, against: schema)
            #expect(faults == [], "\(entry.name)")
        }
    }

    @Test func wrongFormsDoNotFit() throws {
        let schema = try Self.schema()
        let checker = JSONSchemaChecker(definitionsOf: schema)
        var count = 0
        let broken = try BrokenPipeline.drawn(seed: 1) + BrokenPipeline.drawn(seed: 2)
        for pipeline in broken where pipeline.isStructural {
            let faults = checker.faults(of: try Tree(yaml: pipeline.text).json, against: schema)
            #expect(!faults.isEmpty, "\(pipeline.mistake) (\(pipeline.place), line \(pipeline.line))")
            count += 1
        }
        #expect(count >= 300)
    }

    /// Every key has its form, and is described where an editor shows it.
    @Test func everyKeyIsDescribed() throws {
        let schema = try Self.schema()
        let definitions = try #require(schema["definitions"] as? [String: [String: Any]])
        let groups = ([schema] + definitions.values).compactMap { $0["properties"] as? [String: [String: Any]] }
        let described = groups.flatMap { $0 }.filter { $1["description"] != nil && $1.count > 1 || $0 == "record" }
        #expect(described.count == groups.map(\.count).reduce(0, +))
        #expect(Set(PipelineKeys.all.flatMap { $0.keys.map(\.name) }).subtracting(described.map(\.key)) == [])
    }

    /// Shipped pipelines name the schema, so that an editor checks them as they lie in the repository.
    @Test func shippedPipelinesNameIt() throws {
        for name in try Repository.files(in: "pipelines") where name.hasSuffix(".yaml") {
            let first = try Repository.text("pipelines/\(name)").split(separator: "\n").first
            #expect(first == "# yaml-language-server: $schema=../\(Self.path)")
        }
    }
}
