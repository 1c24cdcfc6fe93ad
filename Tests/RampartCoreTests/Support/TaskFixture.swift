@testable import RampartCore

/// A task over one partition of clicks in JSON, with the window of `TestPipeline`.
struct TaskFixture {
    var pipeline = TestPipeline()
    var bounds = Intake.Bounds()

    var topology: Topology {
        var topology = pipeline.topology
        let fields: [(Field, FieldMapping.Reading)] = [
            (.merchantID, .string(prefix: nil)), (.adID, .string(prefix: nil)), (.deviceID, .string(prefix: nil)),
            (.cost, .units), (.currency, .currency),
        ]
        topology.sources[0].mappings[.click] = Mapping(
            time: Path(["ts"]), timeFormat: .epochMilliseconds, identity: Path(["event_id"]),
            fields: fields.map { FieldMapping(field: $0.0, path: Path([$0.0.name]), reading: $0.1) })
        return topology
    }

    func start() -> TaskState {
        TaskState(topology: topology, partitions: [.source(0)], bounds: bounds, hashSeed: 7)
    }

    /// The record of a click.
    static func record(_ id: String, at seconds: Int64, cost: Int = 15) -> [UInt8] {
        Array(
            #"{"event_id":"\#(id)","ts":\#(seconds * 1000),"merchant_id":"m1","ad_id":"a1","device_id":"d1","cost":\#(cost),"currency":"GBP"}"#
                .utf8)
    }

    /// Clicks of one second, as a batch.
    static func clicks(_ ids: String..., at seconds: Int64) -> RecordBatch {
        RecordBatch(json: ids.map { record($0, at: seconds) })
    }

    /// A batch of messages, each with its append time in seconds.
    static func messages(_ records: [(record: [UInt8], appended: Int64?)], isAppendTime: Bool = true) -> RecordBatch {
        var batch = RecordBatch()
        for (offset, message) in records.enumerated() {
            let key = Array("k".utf8)
            key.withUnsafeBytes { key in
                message.record.withUnsafeBytes { value in
                    batch.append(
                        offset: 100 + offset, timestamp: message.appended.map { $0 * 1000 },
                        isAppendTime: isAppendTime, key: key, value: value,
                        headers: [RecordEnvelope.Header(name: "trace", value: [0xFF])])
                }
            }
        }
        return batch
    }
}
