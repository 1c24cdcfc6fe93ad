import Glibc
import Synchronization

/// What the user asks for by signals: Ctrl-C and SIGTERM to stop, a second time at once; SIGHUP to load again.
enum Interruption {
    static var isRequested: Bool { isStopRequested.load(ordering: .relaxed) }

    /// Starts to listen for the signals that stop.
    static func watch() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { received in
                isStopRequested.store(true, ordering: .relaxed)
                signal(received, SIG_DFL)
            }
        }
        unblock([SIGINT, SIGTERM])
        // A reader of our output that goes away is a write error like any other.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Starts to listen for SIGHUP too, which else ends the process.
    static func watchHangup() {
        signal(SIGHUP) { _ in isReloadRequested.store(true, ordering: .relaxed) }
        unblock([SIGHUP])
    }

    /// A parent that blocks signals hands that down to its children.
    private static func unblock(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Whether SIGHUP came since this was last asked.
    static func takeReload() -> Bool { isReloadRequested.exchange(false, ordering: .relaxed) }
}

/// Global, since a signal handler can capture nothing.
private let isStopRequested = Atomic<Bool>(false)
private let isReloadRequested = Atomic<Bool>(false)
