internal import RampartCore

/// What the group has committed of a task: its offsets, and the notes beside them. Empty for a task that is new.
struct TaskCommit {
    private(set) var offsets: [TopicPartition: CommittedOffset] = [:]
    /// In the order of the task's partitions; likewise `offsetsNext`.
    private(set) var notes: [OffsetNote] = []
    private(set) var offsetsNext: [Int64] = []

    init() {}

    /// Reads the notes; an offset that is missing or was committed by somebody else needs a person.
    init(
        _ offsets: [TopicPartition: CommittedOffset], of partitions: [TopicPartition], task: Int
    ) throws(DaemonError) {
        guard !offsets.isEmpty else { return }
        self.offsets = offsets
        for partition in partitions {
            guard let offset = offsets[partition] else {
                throw DaemonError(
                    .stop,
                    "the group has committed other partitions of task \(task) but not \(partition); its offset has "
                        + "expired or was deleted: reset it to where the task stood, or give the application another "
                        + "name to begin anew")
            }
            guard let note = OffsetNote(text: offset.metadata) else {
                throw DaemonError(
                    .stop,
                    "the offset of \(partition) was committed by another program (\"\(offset.metadata.prefix(40))\"); "
                        + "use a group of Rampart's own")
            }
            notes.append(note)
            offsetsNext.append(offset.offsetNext)
        }
    }

    var isEmpty: Bool { offsets.isEmpty }

    /// The task's watermark at the commit.
    var watermark: EventTime { notes.first?.watermark ?? .distantPast }

    /// What a state that was read again differs in from the notes, if in anything.
    func difference(
        to state: TaskState, revision: String, of partitions: [TopicPartition], task: Int, hadCheckpoint: Bool
    ) -> DaemonError? {
        // Whoever makes topics anew and keeps the folder has generations and offsets that fit by chance.
        let formerLife =
            hadCheckpoint
            ? "; or its checkpoint is of a former life of the topics or the group, which were made anew since: then remove "
                + "the checkpoints of task \(task) from the folders in data_dir, and start again" : ""
        func differs(_ found: String, _ committed: String) -> DaemonError {
            DaemonError(
                .stop,
                "task \(task) was read again up to its commit and is not the same: \(found), but \(committed) was "
                    + "committed; the log, the settings or this version of Rampart differ from those of the commit"
                    + formerLife)
        }
        for (index, note) in notes.enumerated() where state.watermark(of: index) != note.partitionWatermark {
            return differs(
                "\(partitions[index]) is at \(state.watermark(of: index).text)", note.partitionWatermark.text)
        }
        for note in notes {
            if state.watermark != note.watermark {
                return differs("it is at \(state.watermark.text)", note.watermark.text)
            }
            if revision != note.revision { return differs("revision \(revision) is in force", note.revision) }
            if state.digest != note.digest {
                return differs("its digest is \(String(state.digest, radix: 16))", String(note.digest, radix: 16))
            }
        }
        return nil
    }
}
