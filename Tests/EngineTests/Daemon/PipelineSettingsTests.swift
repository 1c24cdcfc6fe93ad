import Engine
import Pipelines
import RampartCore
import Testing

/// Settings carry all that they were made from, so that whoever reads them from a log needs no disk.
@Suite struct PipelineSettingsTests {
    private static let text = """
        pipeline: carried
        sources:
          clicks: { event: click }
        stages:
          flood:
            from: clicks
            key: [merchant_id]
            window: { size: 1m }
            measure: { clicks: count() }
            tune: { min_clicks: 3 }
            when: clicks >= min_clicks
        """
    private static let mutes = "\nmutes: { file: mutes.csv }\n"

    private static func reload(_ settings: PipelineSettings) -> Command {
        Command(id: "1", who: "test", issuedAt: 0, body: .reload(settings))
    }

    @Test func dataFilesTravelWithTheText() throws {
        let files = [DataFile(path: "mutes.csv", text: "merchant_id,until\n\"m\"\"1\",2027-04-01\n")]
        let pipeline = try PipelineLoader.load(
            text: Self.text + Self.mutes, file: "p.yaml", data: DataFiles(files)
        ).get()
        let command = Self.reload(PipelineSettings(pipeline, overrides: []))
        let read = try #require(Command(bytes: command.bytes))
        #expect(read == command)
        guard case .reload(let settings) = read.body else { return }
        let loaded = try settings.load()
        #expect(loaded.topology.revision == pipeline.topology.revision && loaded.files == files)
        #expect(loaded.topology.stages[0].exceptions.mutes.keys.sorted() == ["m\"1"])
        // A signature covers them.
        let key = Array("a key of sixteen bytes".utf8)
        var signed = command.signed(with: key, for: "shop")
        var other = settings
        other.files[0].text = "merchant_id,until\n"
        signed.body = .reload(other)
        #expect(!signed.isSigned(with: key, for: "shop"))
    }

    @Test func settingsWithoutDataFilesAreWhatTheyWere() throws {
        let pipeline = try PipelineLoader.load(text: Self.text, file: "p.yaml").get()
        let command = Self.reload(PipelineSettings(pipeline, overrides: []))
        #expect(!String(decoding: command.bytes, as: UTF8.self).contains("files"))
        #expect(Command(bytes: command.bytes) == command)
    }

    /// A file that the settings lack is not looked for anywhere else.
    @Test func whatIsMissingIsNotReadFromADisk() throws {
        let pipeline = try PipelineLoader.load(text: Self.text, file: "p.yaml").get()
        var settings = PipelineSettings(pipeline, overrides: [])
        settings.text += Self.mutes
        #expect(throws: DaemonError.self) { try settings.load() }
    }
}
