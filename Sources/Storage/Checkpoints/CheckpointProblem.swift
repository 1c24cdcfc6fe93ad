/// Why a file that has a checkpoint's name is passed over.
public struct CheckpointProblem: Error, Hashable, CustomStringConvertible {
    /// What is wrong, for code that tells the cases apart.
    public enum Reason: Hashable, Sendable {
        /// It is no file of ours at all.
        case foreign
        /// It was written by another version, in a layout that this one does not know.
        case otherVersion
        /// It has more or fewer bytes than it says.
        case wrongLength
        /// It says that it holds more than a checkpoint may.
        case tooLarge
        /// Its bytes are not those that were written.
        case damaged
        /// It holds another checkpoint than its name says.
        case misnamed
        /// The disk cannot give it back, or it is gone.
        case unreadable
    }

    /// The file.
    public var file: String
    /// What is wrong.
    public var reason: Reason
    /// The whole message.
    public var description: String

    init(_ reason: Reason, file: String, _ text: String) {
        self.file = file
        self.reason = reason
        self.description = "\(file): the checkpoint is passed over: \(text)"
    }
}
