import Pipelines
import RampartCore
import Testing

/// Data files are read with the pipeline, and every mistake in one is told at its place in it.
@Suite struct DataFileTests {
    private static let pipeline = """
        pipeline: shop
        sources:
          clicks: { event: click }
        stages:
          own:
            kind: filter
            from: clicks
            keep: '!(ip in offices)'
          flood:
            from: own
            key: [merchant_id]
            window: { size: 10m, every: 1m }
            measure: { clicks: count(), costly: count(cost > dear) }
            tune: { min_clicks: { default: 10, min: 2, max: 100 }, dear: 5 }
            when: clicks >= min_clicks
            allow: [offices]
        tables:
          offices: { file: lists/offices.csv, key: ip }
          segments: { file: lists/segments.csv, key: merchant_id }
        overrides: { file: lists/overrides.csv, segments: segments }
        mutes: { file: lists/mutes.csv }

        """
    private static let files = [
        "lists/offices.csv": "ip,note\n10.0.0.1,head office\n",
        "lists/segments.csv": "merchant_id,segment\nm1,small\nm2,\n",
        "lists/overrides.csv": "stage,threshold,merchant_id,segment,value,until\nflood,min_clicks,m1,,20,2027-04-01\n",
        "lists/mutes.csv": "merchant_id,stage,until,reason\nm1,flood,2027-04-01T12:00:00Z,\"an audit, at last\"\n",
    ]

    private static func data(_ files: [String: String]) -> DataFiles {
        DataFiles(files.map { DataFile(path: $0.key, text: $0.value) })
    }

    private static func load(
        _ text: String = pipeline, _ changes: [String: String] = [:], set: [ThresholdOverride] = []
    ) -> Result<Pipeline, Diagnostics> {
        let files = Self.files.merging(changes) { $1 }
        return PipelineLoader.load(text: text, file: "folder/p.yaml", overrides: set, data: data(files))
    }

    /// The errors of a load.
    private static func told(_ text: String = pipeline, _ changes: [String: String] = [:]) -> [String] {
        switch load(text, changes) {
        case .success: []
        case .failure(let diagnostics): diagnostics.errors.map(\.rendered)
        }
    }

    @Test func rowsBecomeSettings() throws {
        let pipeline = try Self.load().get()
        #expect(pipeline.warnings == [] && pipeline.files.map(\.path) == Self.files.keys.sorted())
        let stage = pipeline.topology.stages[1]
        #expect(stage.allowLists == [AllowList(field: .ip, keys: TableKeys(name: "offices", keys: ["10.0.0.1"]))])
        let until = EventTime(milliseconds: 1_806_537_600_000)
        #expect(
            stage.exceptions.merchants == [
                "m1": [.init(threshold: 0, value: .integer(20), scope: .merchant, until: until)]
            ])
        #expect(
            stage.exceptions.mutes == ["m1": .init(until: until + .hours(12), reason: "an audit, at last")])
    }

    @Test func aDrawingSaysWhatIsExcepted() throws {
        let text = PipelineDiagram(try Self.load().get()).text(as: .text)
        #expect(text.contains("lets pass offices; 1 merchants or segments overridden; 1 merchants muted"), "\(text)")
    }

    /// What is wrong in one data file, where, and in which words.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let file: String
        let text: String
        let says: [String]

        init(_ file: String, _ text: String, _ says: String...) {
            self.file = file
            self.text = text
            self.says = says
        }

        var testDescription: String { "\(file): \(text.prefix(60))" }
    }

    private static let overrides = "stage,threshold,merchant_id,segment,value,until\n"
    private static let mutes = "merchant_id,stage,until,reason\n"

    static let mistakes = [
        Mistake("offices", "", "1:1: error: the file has no header"),
        Mistake("offices", "# nothing\n\n", "1:1: error: the file has no header"),
        Mistake("offices", "address\n", "1:1: error: the column `ip`"),
        Mistake("offices", "ip,ip\n", "1:4: error: the column `ip` stands twice"),
        Mistake("offices", "ip,note\n10.0.0.1\n", "2:1: error: found 1 cells; expected 2"),
        Mistake("offices", "ip,note\n\"10.0.0.1,x\n", "2:1: error: a quoted cell does not end"),
        Mistake("offices", "ip,note\n\"10.0.0.1\"x,y\n", "2:1: error: a quoted cell does not end"),
        Mistake("offices", "ip,note\n,x\n", "2:1: error: the row has no ip"),
        Mistake("offices", "ip,note\na,x\r\n\na,y\n", "4:1: error: `a` is the key of line 2 too"),
        Mistake("offices", "ip,note\n a\u{1},x\n", "2:2: error: found the control character U+1"),
        Mistake(
            "offices", "ip\n\(String(repeating: "a", count: 1025))\n", "2:1: error: a cell is longer than 1024 bytes"),
        Mistake(
            "overrides", "stage,treshold,value,merchant_id\n",
            "1:7: error: `treshold` is no column of this file (did you"),
        Mistake("overrides", "stage,threshold,value\n", "neither merchant_id nor segment"),
        Mistake(
            "overrides", overrides + "flod,min_clicks,m1,,20,\n", "2:1: error: there is no stage `flod` (did you mean"),
        Mistake("overrides", overrides + "own,min_clicks,m1,,20,\n", "2:1: error: the stage `own` is no window"),
        Mistake("overrides", overrides + "flood,min_click,m1,,20,\n", "2:7: error: stage `flood` has no threshold"),
        Mistake(
            "overrides", overrides + "flood,min_clicks,m1,,many,\n", "2:22: error: found `many`; expected a number"),
        Mistake("overrides", overrides + "flood,min_clicks,m1,,1,\n", "2:22: error: `min_clicks` is set to 1"),
        Mistake("overrides", overrides + "flood,min_clicks,m1,,101,\n", "expected at most 100 (max)"),
        Mistake(
            "overrides", overrides + "flood,dear,m1,,7,\n", "2:7: error: the threshold `dear` decides which events"),
        Mistake("overrides", overrides + "flood,min_clicks,,,20,\n", "2:1: error: a row is for one merchant_id or"),
        Mistake("overrides", overrides + "flood,min_clicks,m1,small,20,\n", "2:1: error: a row is for one"),
        Mistake(
            "overrides", overrides + "flood,min_clicks,,smal,20,\n", "no merchant is in the segment `smal` (did you"),
        Mistake(
            "overrides", overrides + "flood,min_clicks,m1,,20,tomorrow\n", "2:25: error: found `tomorrow` for until"),
        Mistake("overrides", overrides + "flood,min_clicks,m1,,20,2027-02-29\n", "expected a day or a moment"),
        Mistake(
            "overrides", overrides + "flood,min_clicks,m1,,20,\nflood,min_clicks,m1,,30,\n",
            "3:1: error: line 2 overrides the same"),
        Mistake("mutes", mutes + ",flood,2027-04-01,\n", "2:1: error: the row has no merchant_id"),
        Mistake("mutes", mutes + "m1,flood,,\n", "2:1: error: the mute has no end"),
        Mistake("mutes", mutes + "m1,own,2027-04-01,\n", "2:4: error: the stage `own` is no window"),
        Mistake("mutes", mutes + "m1,flod,2027-04-01,\n", "2:4: error: there is no stage `flod` (did you mean"),
        Mistake("mutes", mutes + "m1,,2027-04-01,\nm1,,2027-05-01,\n", "3:1: error: line 2 mutes the same"),
    ]

    @Test(arguments: mistakes) func mistakesAreToldInTheirFile(_ mistake: Mistake) {
        let told = Self.told(Self.pipeline, ["lists/\(mistake.file).csv": mistake.text])
        #expect(told.count == mistake.says.count, "\(told)")
        for (line, words) in zip(told, mistake.says) {
            #expect(line.hasPrefix("folder/lists/\(mistake.file).csv:") && line.contains(words), "\(line)")
        }
    }

    // MARK: - The pipeline file

    @Test(arguments: [
        ("allow: [offices]", "allow: [ofices]", "there is no table `ofices` (did you mean `offices`?)"),
        ("allow: [offices]", "allow: [offices, offices]", "`offices` stands twice in allow"),
        ("ip in offices", "ip in ofices", "or a table (did you mean `offices`?)"),
        ("ip in offices", "cost in offices", "the keys of the table `offices` are strings; found int"),
        ("segments: segments", "segments: segment", "there is no table `segment` (did you mean `segments`?)"),
        ("segments: segments", "segments: offices", "does not say which segment"),
        ("key: ip", "key: cost", "`cost` is money"),
        ("lists/mutes.csv", "lists/mute.csv", "cannot be read: there is no such file"),
        ("lists/mutes.csv", "../mutes.csv", "`../mutes.csv` is no path of a data file"),
        ("lists/mutes.csv", "/etc/passwd", "is no path of a data file"),
        ("lists/mutes.csv", "lists//mutes.csv", "is no path of a data file"),
        ("lists/mutes.csv", "\"lists/\\0.csv\"", "is no path of a data file"),
    ])
    func namesAreChecked(old: String, new: String, says: String) {
        let told = Self.told(Self.pipeline.replacing(old, with: new))
        #expect(told.count == 1 && told[0].hasPrefix("folder/p.yaml:") && told[0].contains(says), "\(told)")
    }

    @Test func aDataFileThatIsNotUTF8IsRefused() {
        let data = DataFiles { _, _ in .success([0x69, 0x70, 0x0A, 0xFF]) }
        guard case .failure(let found) = PipelineLoader.load(text: Self.pipeline, file: "p.yaml", data: data) else {
            Issue.record("It was taken.")
            return
        }
        #expect(
            found.errors.contains {
                $0.rendered == "lists/offices.csv:1:1: error: the file is not UTF-8 (save it as UTF-8)"
            })
    }

    // MARK: - Limits

    @Test func rowsAreLimited() {
        func rows(_ count: Int) -> String { "ip\n" + (0..<count).map { "\($0)\n" }.joined() }
        #expect(Self.told(Self.pipeline, ["lists/offices.csv": rows(20_000)]) == [])
        let told = Self.told(Self.pipeline, ["lists/offices.csv": rows(20_001)])
        #expect(told.count == 1 && told[0].contains(":20002:1: error: the file has more than 20000 rows"), "\(told)")
    }

    @Test func bytesAreLimitedTogether() {
        let others = Self.files.filter { $0.key != "lists/offices.csv" }.values.reduce(0) { $0 + $1.utf8.count }
        func file(_ bytes: Int) -> String { "ip\n#" + String(repeating: "x", count: bytes - 4) }
        #expect(Self.told(Self.pipeline, ["lists/offices.csv": file((256 << 10) - others)]) == [])
        let told = Self.told(Self.pipeline, ["lists/offices.csv": file((256 << 10) - others + 1)])
        #expect(told.count == 1 && told[0].contains("more than 262144 bytes together"), "\(told)")
    }

    @Test func columnsAreLimited() {
        func header(_ count: Int) -> String { (["ip"] + (1..<count).map { "c\($0)" }).joined(separator: ",") + "\n" }
        #expect(Self.told(Self.pipeline, ["lists/offices.csv": header(32)]) == [])
        #expect(Self.told(Self.pipeline, ["lists/offices.csv": header(33)]).count == 1)
    }

    @Test func cellsAndPathsAreLimited() {
        let key = String(repeating: "k", count: 1024)
        #expect(Self.told(Self.pipeline, ["lists/offices.csv": "ip\n\(key)\n"]) == [])
        let path = String(repeating: "p", count: 255)
        let text = Self.pipeline.replacing("lists/offices.csv", with: path)
        #expect(Self.told(text, [path: "ip\n"]) == [])
        let long = Self.pipeline.replacing("lists/offices.csv", with: path + "p")
        #expect(Self.told(long, [path + "p": "ip\n"]).count == 1)
    }

    /// Whatever stands in a data file, the loader says yes or no.
    @Test(arguments: 0..<200 as Range<UInt64>) func randomBytesNeverTrap(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % bound
        }
        let pieces = [
            ",", "\"", "\n", "\r\n", "#", " ", "\t", "\u{0}", "\u{FEFF}", "é", "ip", "merchant_id", "stage", "flood",
            "until",
            "threshold", "value", "segment", "min_clicks", "9", "2027-01-01", "-", ".", "9223372036854775808",
        ]
        var changes: [String: String] = [:]
        for path in Self.files.keys.sorted() {
            var text = next(2) == 0 ? "" : Self.files[path]!
            for _ in 0..<next(60) { text += pieces[Int(next(UInt64(pieces.count)))] }
            changes[path] = text
        }
        _ = Self.load(Self.pipeline, changes)
    }

    // MARK: - The revision

    @Test func rowsAreOfTheRevisionAndNotOfTheGraph() throws {
        let first = try Self.load().get().topology
        let changes = [
            ("offices", "ip\n10.0.0.2\n"), ("segments", "merchant_id,segment\n"),
            ("overrides", Self.overrides + "flood,min_clicks,m1,,21,2027-04-01\n"), ("mutes", Self.mutes),
        ]
        for (file, text) in changes {
            let other = try Self.load(Self.pipeline, ["lists/\(file).csv": text]).get().topology
            #expect(other.revision != first.revision && other.graph == first.graph, "\(file)")
        }
        let layout = ["lists/offices.csv": "# a remark\nnote,ip\n\n\"head office\" , 10.0.0.1 \n"]
        #expect(try Self.load(Self.pipeline, layout).get().topology.revision == first.revision)
        let without = try Self.load(Self.pipeline.replacing("    allow: [offices]\n", with: "")).get().topology
        #expect(without.graph != first.graph)
    }

    /// A row counts before `--set`, and what `--set` sets counts for all others.
    @Test func aRowCountsBeforeWhatIsSet() throws {
        let set = [ThresholdOverride(stage: "flood", threshold: "min_clicks", text: "50")]
        let stage = try Self.load(set: set).get().topology.stages[1]
        #expect(stage.thresholds[0].value == .integer(50))
        #expect(stage.exceptions.merchants["m1"]?[0].value == .integer(20))
    }

    @Test func segmentsGatherMerchants() throws {
        let text = Self.overrides + "flood,min_clicks,,small,20,\n"
        let exceptions = try Self.load(Self.pipeline, ["lists/overrides.csv": text]).get().topology.stages[1].exceptions
        #expect(exceptions.segmentOf == ["m1": "small"])
        #expect(
            exceptions.segments == [
                "small": [.init(threshold: 0, value: .integer(20), scope: .segment("small"), until: nil)]
            ])
        let noTable = Self.pipeline.replacing(", segments: segments", with: "")
        #expect(Self.told(noTable, ["lists/overrides.csv": text]).first?.contains("nothing says who is in it") == true)
    }
}
