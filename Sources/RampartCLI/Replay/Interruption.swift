import Glibc
import Synchronization

/// Whether the user has asked the run to stop, by Ctrl-C or SIGTERM; a second time ends the process at once.
enum Interruption {
    static var isRequested: Bool { isStopRequested.load(ordering: .relaxed) }

    /// Starts to listen.
    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { received in
                isStopRequested.store(true, ordering: .relaxed)
                signal(received, SIG_DFL)
            }
        }
        // A reader of our output that goes away is a write error like any other.
        signal(SIGPIPE, SIG_IGN)
    }
}

/// Global, since a signal handler can capture nothing.
private let isStopRequested = Atomic<Bool>(false)
