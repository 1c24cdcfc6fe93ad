/// The name of a checkpoint's file: it alone says which of two checkpoints of a task is the newer one.
struct CheckpointName: Comparable, Hashable, Sendable {
    private static let suffix = ".checkpoint"
    /// The most digits that are read, so that no number can be too large to be counted on from.
    private static let digitsMax = 18

    /// The task.
    let task: Int
    /// The generation of the group in which it was taken.
    let generation: Int
    /// Its number among the task's checkpoints.
    let sequence: Int

    init(task: Int, generation: Int, sequence: Int) {
        precondition(task >= 0 && generation >= 0 && sequence >= 0, "A checkpoint's numbers begin at 0.")
        self.task = task
        self.generation = generation
        self.sequence = sequence
    }

    /// Reads a name that `text` has made; nil for any other file.
    init?(_ text: String) {
        guard text.hasSuffix(Self.suffix) else { return nil }
        let parts = text.dropLast(Self.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let task = Self.number(parts[0], after: "task-"),
            let generation = Self.number(parts[1], after: "generation-"),
            let sequence = Self.number(parts[2], after: "sequence-")
        else { return nil }
        self.init(task: task, generation: generation, sequence: sequence)
        guard self.text == text else { return nil }
    }

    /// Reads the name that a file has while it is being written.
    init?(partial text: String) {
        guard text.hasSuffix(OutputFile.partialSuffix) else { return nil }
        self.init(String(text.dropLast(OutputFile.partialSuffix.count)))
    }

    /// The name while the file is being written.
    var partial: String { text + OutputFile.partialSuffix }

    /// The file's name; files of one task sort by age.
    var text: String {
        "task-\(Self.padded(task, to: 5)).generation-\(Self.padded(generation, to: 10))"
            + ".sequence-\(Self.padded(sequence, to: 10))\(Self.suffix)"
    }

    /// By task, generation and sequence.
    static func < (left: CheckpointName, right: CheckpointName) -> Bool {
        (left.task, left.generation, left.sequence) < (right.task, right.generation, right.sequence)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func number(_ text: Substring, after label: String) -> Int? {
        guard text.hasPrefix(label) else { return nil }
        let digits = text.dropFirst(label.count).utf8
        guard (1...digitsMax).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
