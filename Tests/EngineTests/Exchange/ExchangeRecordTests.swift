import Pipelines
import RampartCore
import Testing

/// The bytes that exchanges carry, as they should be and as nobody wrote them.
@Suite struct ExchangeRecordTests {
    private static func topology(_ name: String = "farms") throws -> Topology {
        let text = """
            pipeline: \(name)
            sources: { clicks: { event: click } }
            stages:
              farm:
                from: clicks
                key: [device_id]
                window: { size: 10s, every: 10s }
                measure: { clicks: count(), merchants: distinct(merchant_id) }
                when: clicks >= 2
            """
        return try PipelineLoader.load(text: text, file: "farms.yaml").get().topology
    }

    private static func task(_ topology: Topology) -> TaskState {
        TaskState(
            topology: topology, partitions: [.source(0), .exchange(1, upstreamTasks: 2)], bounds: Intake.Bounds(),
            hashSeed: 1)
    }

    private static func click(_ id: String, at time: Int, merchant: String = "m", device: String? = "d") -> [UInt8] {
        let device = device.map { #","device_id":"\#($0)""# } ?? ""
        return Array(
            #"{"type":"click","event_id":"\#(id)","ts":\#(time),"merchant_id":"\#(merchant)"\#(device),"cost":1,"currency":"GBP"}"#
                .utf8)
    }

    /// What a task sends of some clicks, with its watermark.
    private static func sent(_ clicks: [[UInt8]], _ topology: Topology, from number: Int = 0) -> [UInt8] {
        var upstream = task(topology)
        _ = upstream.read(RecordBatch(json: clicks + [click("end", at: 1_000_000, device: nil)]), of: 0)
        var record = ExchangeRecord(from: number, of: topology)
        for batch in upstream.advance().departed[1] ?? [] {
            for row in 0..<batch.count { record.append(row, of: batch) }
        }
        return record.take(watermark: upstream.watermark(sentTo: 1))
    }

    private static func receive(_ records: [[UInt8]], _ task: inout TaskState) throws -> [Alert] {
        try task.receive(RecordBatch(json: records), of: 1)
        return task.advance().alerts
    }

    @Test func eventsMeetByTheirKeyWhateverTheirMerchant() throws {
        let topology = try Self.topology()
        var task = Self.task(topology)
        let first = Self.sent([Self.click("a", at: 1000), Self.click("b", at: 2000, device: "e")], topology)
        let second = Self.sent([Self.click("c", at: 3000, merchant: "n")], topology, from: 1)
        #expect(try Self.receive([first], &task).isEmpty, "One of two upstream tasks was not heard from.")
        let alerts = try Self.receive([second], &task)
        #expect(alerts.filter { $0.state == .open }.map(\.key) == [["d"]])
        #expect(alerts.first?.measures == [.integer(2), .integer(2)])
        #expect(alerts.first?.merchantID == nil)
    }

    @Test func whatLacksTheKeyIsCountedAndDoesNotTravel() throws {
        let topology = try Self.topology()
        var upstream = Self.task(topology)
        _ = upstream.read(
            RecordBatch(json: [Self.click("a", at: 1000, device: nil), Self.click("z", at: 60_000)]), of: 0)
        #expect(upstream.advance().departed.isEmpty)
        #expect(upstream.counters.stages[0].unkeyed == 1)
    }

    @Test func aTaskThatIsNotHeardFromHoldsAllBack() throws {
        let topology = try Self.topology()
        var task = Self.task(topology)
        let clicks = [Self.click("a", at: 1000), Self.click("b", at: 2000)]
        #expect(try Self.receive([Self.sent(clicks, topology)], &task).isEmpty)
        #expect(task.lowestWatermark == .distantPast)
        var silent = ExchangeRecord(from: 1, of: topology)
        #expect(try Self.receive([silent.take(watermark: EventTime(milliseconds: 9999))], &task).isEmpty)
        #expect(try Self.receive([silent.take(watermark: nil)], &task).isEmpty)
        #expect(try Self.receive([silent.take(watermark: EventTime(milliseconds: 10_000))], &task).count == 1)
    }

    @Test func foreignRecordsAreRefused() throws {
        let topology = try Self.topology()
        var task = Self.task(topology)
        let other = Self.sent([Self.click("a", at: 1000)], try Self.topology("others"))
        let unknown = Self.sent([Self.click("a", at: 1000)], topology, from: 2)
        for bytes in [other, unknown, [], [9], Array("{}".utf8)] {
            #expect(throws: SnapshotError.self) { try task.receive(RecordBatch(json: [bytes]), of: 1) }
        }
    }

    /// Bytes that were changed are refused or taken; the task goes on and writes down what it can read back.
    @Test(arguments: 0..<6) func damagedRecordsNeverTrap(_ seed: UInt64) throws {
        let topology = try Self.topology()
        var random = SplitMix64(seed: seed)
        let whole = Self.sent((1...20).map { Self.click("c\($0)", at: $0 * 700) }, topology)
        for _ in 0..<25 {
            var bytes = whole
            for _ in 0..<random.number(1...3) {
                bytes[random.number(0...bytes.count - 1)] = UInt8(random.pick([0, 1, 0x7F, 0x80, 0xFF, 42]))
            }
            if random.chance(20) { bytes.removeLast(random.number(1...bytes.count / 2)) }
            var task = Self.task(topology)
            do throws(SnapshotError) {
                try task.receive(RecordBatch(json: [whole, bytes]), of: 1)
                try task.receive(RecordBatch(json: [Self.sent([], topology, from: 1)]), of: 1)
            } catch {
                continue
            }
            _ = task.advance()
            _ = try? TaskState(
                topology: topology, partitions: [.source(0), .exchange(1, upstreamTasks: 2)],
                bounds: Intake.Bounds(), snapshot: task.snapshot())
            _ = task.flush()
        }
    }
}
