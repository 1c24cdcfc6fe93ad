internal import RampartCore

/// The state part of a checkpoint: what the shell has to know of a task, and the core's snapshot of its facts.
struct TaskCheckpoint {
    /// What the shell has to know.
    struct Header: Codable {
        /// The number of control records that the state covers.
        var controlCount: Int64
        /// Where the control partition ended when the checkpoint was taken.
        ///
        /// Note: A hint and no more. Whoever has lost the task without knowing it finds its successor's records there too.
        var controlEnd: Int64
        /// The settings in force.
        var inForce: PipelineSettings
        /// Commands whose pane has not come.
        var pending: [ControlRecord.Effect]
    }

    var header: Header
    var snapshot: [UInt8]

    /// Both as bytes: the header's length in four bytes, the header, the snapshot.
    var bytes: [UInt8] {
        let text = ControlCoding.encode(header)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + text.count + snapshot.count)
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: text.count >> shift)) }
        bytes.append(contentsOf: text)
        bytes.append(contentsOf: snapshot)
        return bytes
    }

    init(header: Header, snapshot: [UInt8]) {
        self.header = header
        self.snapshot = snapshot
    }

    /// Reads bytes; nil where they are none of these.
    init?(bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        let count = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard count <= bytes.count - 4,
            let header = ControlCoding.decode(Header.self, from: Array(bytes[4..<4 + count])),
            header.controlCount >= 0, header.controlEnd >= 0
        else { return nil }
        self.header = header
        snapshot = Array(bytes[(4 + count)...])
    }
}
