import Engine

/// A partition whose reading stopped before its end, though the user did not ask for that.
struct Stall: Error {
    var partition: TopicPartition
    /// The offset that could not be read.
    var position: Int64
    /// Where the partition ended when its reading began.
    var end: Int64
    /// Whether the cluster still answers.
    var isAnswered: Bool

    /// How far the reading came, and what most likely stopped it.
    var message: String {
        let reason =
            isAnswered
            ? "most likely a transaction is open there, or else its broker is away; try again later"
            : "the cluster does not answer any more"
        return "\(partition) could be read only up to offset \(position) of \(end): \(reason)"
    }
}
