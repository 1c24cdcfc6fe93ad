public import RampartCore

/// What is committed beside an offset: how far the task had come, so that a recovery can tell that it got there again.
public struct OffsetNote: Hashable, Sendable {
    /// The task's watermark.
    public var watermark: EventTime
    /// The watermark of the partition itself.
    public var partitionWatermark: EventTime
    /// The revision in force.
    public var revision: String
    /// The digest of the task's facts.
    public var digest: UInt64
    /// The offset of the first command that the task has not seen.
    public var commandNext: Int64
    /// The number of control records that the task has written.
    public var controlCount: Int64
    /// The offset at which the group began the partition.
    public var offsetBorn: Int64

    /// Creates a note.
    public init(
        watermark: EventTime, partitionWatermark: EventTime, revision: String, digest: UInt64, commandNext: Int64,
        controlCount: Int64, offsetBorn: Int64
    ) {
        self.watermark = watermark
        self.partitionWatermark = partitionWatermark
        self.revision = revision
        self.digest = digest
        self.commandNext = commandNext
        self.controlCount = controlCount
        self.offsetBorn = offsetBorn
    }

    /// The note as the metadata of an offset: its members apart by spaces, behind the version of the form.
    public var text: String {
        let words = [
            "rampart1", "\(watermark.milliseconds)", "\(partitionWatermark.milliseconds)", revision,
            String(digest, radix: 16), "\(commandNext)", "\(controlCount)",
            "\(offsetBorn)",
        ]
        return words.joined(separator: " ")
    }

    /// Reads metadata; nil where somebody else has committed, which negative counts and offsets show as well.
    public init?(text: String) {
        let words = text.split(separator: " ")
        guard words.count == 8, words[0] == "rampart1", let watermark = Int64(words[1]),
            let partitionWatermark = Int64(words[2]), let digest = UInt64(words[4], radix: 16),
            let commandNext = Int64(words[5]), let controlCount = Int64(words[6]),
            let offsetBorn = Int64(words[7]), commandNext >= 0, controlCount >= 0, offsetBorn >= 0
        else { return nil }
        self.init(
            watermark: EventTime(milliseconds: watermark),
            partitionWatermark: EventTime(milliseconds: partitionWatermark), revision: String(words[3]),
            digest: digest, commandNext: commandNext, controlCount: controlCount,
            offsetBorn: offsetBorn)
    }
}
